/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

gboolean fairlead_ssh_wait_cancellable (GCancellable *cancellable,
                                        int           fd,
                                        short         events,
                                        gint64        deadline,
                                        GError      **error);
gboolean fairlead_ssh_wait_fd      (FairleadSshLoop  *loop,
                                    int               fd,
                                    short             events,
                                    gint64            deadline,
                                    GError          **error);
int      fairlead_ssh_wait_session (FairleadSshLoop  *loop,
                                    gint64            deadline,
                                    GError          **error);
gint64   fairlead_ssh_deadline     (FairleadSshLoop  *loop);

G_END_DECLS
