/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-loop.h"
#include "fairlead-ssh-sockets.h"

G_BEGIN_DECLS

/* Called on the I/O thread: at most ten times a second with new counters and, where there is one, the
 * failure that came last; and once with no counters when the listener has gone. */
typedef void (*FairleadSshListenerFunc) (FairleadSshListener           *listener,
                                         const FairleadForwardCounters *counters,
                                         const GError                  *failure,
                                         gpointer                       data);

FairleadSshListener *fairlead_ssh_listener_new          (FairleadSshLoop           *loop,
                                                         const FairleadSshSockets  *sockets,
                                                         const FairleadForwardSpec *spec,
                                                         FairleadSshListenerFunc    func,
                                                         gpointer                   data);
void                 fairlead_ssh_listener_lead_to      (FairleadSshListener       *self,
                                                         const FairleadForwardSpec *spec);
void                 fairlead_ssh_listener_free         (FairleadSshListener       *self);
FairleadSshLoop     *fairlead_ssh_listener_get_loop     (FairleadSshListener       *self);
const FairleadForwardSpec *fairlead_ssh_listener_get_spec (FairleadSshListener     *self);
void                 fairlead_ssh_listener_set_port     (FairleadSshListener       *self,
                                                         guint                      port);
void                 fairlead_ssh_listener_take         (FairleadSshListener       *self,
                                                         FairleadSshChannel        *channel);
int                  fairlead_ssh_listener_get_fd       (FairleadSshListener       *self);
void                 fairlead_ssh_listener_accept       (FairleadSshListener       *self);
gint64               fairlead_ssh_listener_tend         (FairleadSshListener       *self,
                                                         gint64                     now);
void                 fairlead_ssh_listener_count        (FairleadSshListener       *self,
                                                         gsize                      received,
                                                         gsize                      sent);
void                 fairlead_ssh_listener_channel_reached (FairleadSshListener    *self);
void                 fairlead_ssh_listener_channel_gone (FairleadSshListener       *self,
                                                         FairleadSshChannel        *channel);

G_END_DECLS
