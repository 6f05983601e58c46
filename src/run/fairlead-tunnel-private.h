/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-remote.h"
#include "fairlead-traffic-private.h"
#include "fairlead-tunnel.h"

G_BEGIN_DECLS

struct _FairleadTunnel {
  FairleadTraffic parent_instance;

  FairleadTunnelOrigin origin;
  FairleadForwardSpec *spec;        /* the wish */
  FairleadForwardSpec *taken;       /* with the port that was taken; NULL before it was first open */
  char *title;
  char *source;
  char *option;                     /* how it stands in the profile; NULL: it does not */
  char *ssh_options;                /* of the line for other tools; NULL: it does not lead to an sshd */

  FairleadTunnelState state;
  gboolean held;                    /* FAILED until the person opens it */
  FairleadTunnelHealth health;
  char *health_reason;
  GError *error;

  FairleadForward *forward;
  FairleadPortLease *lease;
  FairleadForwardCounters gone;     /* of the forwards before this one */
  guint attempt;                    /* tells an answer that nobody waits for any more */
};

/* fairlead-tunnel.c */
const FairleadForwardSpec *fairlead_tunnel_get_known (FairleadTunnel *self);
void            fairlead_tunnel_set_state    (FairleadTunnel            *self,
                                              FairleadTunnelState        state);
void            fairlead_tunnel_set_error    (FairleadTunnel            *self,
                                              const GError              *error);
/* fairlead-tunnel-life.c */
void            fairlead_tunnel_drop_forward (FairleadTunnel            *self);

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
void            fairlead_tunnel_pause        (FairleadTunnel            *self,
                                              gboolean                   refusing);
void            fairlead_tunnel_close        (FairleadTunnel            *self);

G_END_DECLS
