/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

/* The I/O thread of the session that is carried. */
int     fairlead_ssh_proxy_open      (FairleadSshLoop  *loop,
                                      GError          **error);
GError *fairlead_ssh_proxy_get_error (FairleadSshLoop  *loop);
void    fairlead_ssh_proxy_end       (FairleadSshLoop  *loop);

G_END_DECLS
