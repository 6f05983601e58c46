/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-known-hosts.h"
#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

gboolean   fairlead_ssh_host_certificate_is_one     (GBytes              *shown);
char     **fairlead_ssh_host_certificate_list_types (void);
gboolean   fairlead_ssh_host_certificate_verify     (FairleadSshLoop     *loop,
                                                     FairleadKnownHosts  *known_hosts,
                                                     const char          *name,
                                                     guint                port,
                                                     GBytes              *shown,
                                                     GBytes             **key,
                                                     GError             **error);

G_END_DECLS
