/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

/* Called on the I/O thread: at most ten times a second with new counters, and once with NULL when the
 * listener has gone. */
typedef void (*FairleadSshListenerFunc) (FairleadSshListener           *listener,
                                         const FairleadForwardCounters *counters,
                                         gpointer                       data);

int                  fairlead_ssh_listen                (const FairleadForwardSpec *spec,
                                                         guint                     *port,
                                                         GError                   **error);
FairleadSshListener *fairlead_ssh_listener_new          (FairleadSshLoop           *loop,
                                                         int                        fd,
                                                         const FairleadForwardSpec *spec,
                                                         FairleadSshListenerFunc    func,
                                                         gpointer                   data);
void                 fairlead_ssh_listener_free         (FairleadSshListener       *self);
int                  fairlead_ssh_listener_get_fd       (FairleadSshListener       *self);
void                 fairlead_ssh_listener_accept       (FairleadSshListener       *self);
gint64               fairlead_ssh_listener_tend         (FairleadSshListener       *self,
                                                         gint64                     now);
void                 fairlead_ssh_listener_count        (FairleadSshListener       *self,
                                                         gsize                      received,
                                                         gsize                      sent);
void                 fairlead_ssh_listener_channel_gone (FairleadSshListener       *self,
                                                         FairleadSshChannel        *channel);

G_END_DECLS
