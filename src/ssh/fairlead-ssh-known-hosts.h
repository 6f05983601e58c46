/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-known-hosts.h"
#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

const char         *fairlead_ssh_known_hosts_name          (const FairleadTarget *target,
                                                            guint                *port);
FairleadKnownHosts *fairlead_ssh_known_hosts_load          (FairleadSshLoop      *loop,
                                                            GBytes               *shown,
                                                            GError              **error);
gboolean            fairlead_ssh_known_hosts_check_revoked (FairleadSshLoop      *loop,
                                                            GBytes               *shown,
                                                            GError              **error);

/* fairlead-ssh-known-hosts-command.c */
gboolean            fairlead_ssh_known_hosts_may_run       (FairleadSshLoop      *loop,
                                                            GError              **error);
gboolean            fairlead_ssh_known_hosts_run           (FairleadSshLoop      *loop,
                                                            GBytes               *shown,
                                                            char                **output,
                                                            gsize                *length,
                                                            GError              **error);

G_END_DECLS
