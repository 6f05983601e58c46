/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-remote.h"
#include "fairlead-tunnel.h"

G_BEGIN_DECLS

FairleadTunnel *fairlead_tunnel_new          (FairleadTunnelOrigin       origin,
                                              const FairleadForwardSpec *spec,
                                              const char                *title,
                                              const char                *source);
void            fairlead_tunnel_open_async   (FairleadTunnel            *self,
                                              FairleadRemote            *remote,
                                              GCancellable              *cancellable,
                                              GAsyncReadyCallback        callback,
                                              gpointer                   user_data);
gboolean        fairlead_tunnel_open_finish  (FairleadTunnel            *self,
                                              GAsyncResult              *result,
                                              GError                   **error);
void            fairlead_tunnel_take_forward (FairleadTunnel            *self,
                                              FairleadForward           *forward);
gboolean        fairlead_tunnel_redirect     (FairleadTunnel            *self,
                                              const FairleadForwardSpec *spec);
void            fairlead_tunnel_set_spec     (FairleadTunnel            *self,
                                              const FairleadForwardSpec *spec);
void            fairlead_tunnel_set_option   (FairleadTunnel            *self,
                                              const char                *option);
const char     *fairlead_tunnel_get_option   (FairleadTunnel            *self);
void            fairlead_tunnel_set_ssh      (FairleadTunnel            *self,
                                              const char                *options);
void            fairlead_tunnel_set_health   (FairleadTunnel            *self,
                                              FairleadTunnelHealth       health,
                                              const char                *reason);
void            fairlead_tunnel_fail         (FairleadTunnel            *self,
                                              const GError              *error);
void            fairlead_tunnel_hold         (FairleadTunnel            *self,
                                              const GError              *error);
gboolean        fairlead_tunnel_is_held      (FairleadTunnel            *self);
void            fairlead_tunnel_lose         (FairleadTunnel            *self,
                                              gboolean                   refusing);
void            fairlead_tunnel_close        (FairleadTunnel            *self);

G_END_DECLS
