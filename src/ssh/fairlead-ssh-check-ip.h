/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-known-hosts.h"
#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

gboolean fairlead_ssh_check_ip (FairleadSshLoop     *loop,
                                FairleadKnownHosts  *known_hosts,
                                GBytes              *key,
                                GError             **error);
void     fairlead_ssh_save_ip  (FairleadSshLoop     *loop,
                                GBytes              *key);

G_END_DECLS
