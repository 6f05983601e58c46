/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-channel.h"
#include "fairlead-ssh-listener.h"

G_BEGIN_DECLS

/* Called on the I/O thread, once: @error is owned; without it the host listens, on @port. */
typedef void (*FairleadSshListenedFunc) (FairleadSshListener *listener,
                                         guint                port,
                                         GError              *error,
                                         gpointer             data);

void     fairlead_ssh_remote_listen      (FairleadSshListener     *listener,
                                          FairleadSshListenedFunc  func,
                                          gpointer                 data);
void     fairlead_ssh_remote_cancel      (FairleadSshListener     *listener);
gboolean fairlead_ssh_remote_step        (FairleadSshLoop         *loop);
gint64   fairlead_ssh_remote_tend        (FairleadSshLoop         *loop,
                                          gint64                   now);
void     fairlead_ssh_remote_end         (FairleadSshLoop         *loop);

/* fairlead-ssh-incoming.c: the host's channels. */
gboolean fairlead_ssh_incoming_take      (FairleadSshLoop         *loop);
gboolean fairlead_ssh_incoming_step      (FairleadSshChannel      *channel);
void     fairlead_ssh_incoming_forget    (FairleadSshChannel      *channel);

G_END_DECLS
