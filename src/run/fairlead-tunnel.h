/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-run-types.h"
#include "fairlead-traffic.h"

G_BEGIN_DECLS

/**
 * FairleadTunnelOrigin:
 * @FAIRLEAD_TUNNEL_ORIGIN_SOLVER: the job's own
 * @FAIRLEAD_TUNNEL_ORIGIN_PROFILE: of the profile
 * @FAIRLEAD_TUNNEL_ORIGIN_CONFIG: of ssh_config or a pasted command; "source" says where
 * @FAIRLEAD_TUNNEL_ORIGIN_SESSION: added while connected, and gone with the connection
 *
 * Who wishes for a tunnel.
 */
typedef enum {
  FAIRLEAD_TUNNEL_ORIGIN_SOLVER,
  FAIRLEAD_TUNNEL_ORIGIN_PROFILE,
  FAIRLEAD_TUNNEL_ORIGIN_CONFIG,
  FAIRLEAD_TUNNEL_ORIGIN_SESSION,
} FairleadTunnelOrigin;

/**
 * FairleadTunnelState:
 * @FAIRLEAD_TUNNEL_STATE_CLOSED: not open, and nobody tries
 * @FAIRLEAD_TUNNEL_STATE_OPENING: about to be
 * @FAIRLEAD_TUNNEL_STATE_OPEN: its listener is served
 * @FAIRLEAD_TUNNEL_STATE_WAITING: the connection was lost; it will be open again with the next one. Its
 *   listener on this computer stays
 * @FAIRLEAD_TUNNEL_STATE_FAILED: it could not be opened; "error" says why
 */
typedef enum {
  FAIRLEAD_TUNNEL_STATE_CLOSED,
  FAIRLEAD_TUNNEL_STATE_OPENING,
  FAIRLEAD_TUNNEL_STATE_OPEN,
  FAIRLEAD_TUNNEL_STATE_WAITING,
  FAIRLEAD_TUNNEL_STATE_FAILED,
} FairleadTunnelState;

#define FAIRLEAD_TYPE_TUNNEL (fairlead_tunnel_get_type ())
G_DECLARE_FINAL_TYPE (FairleadTunnel, fairlead_tunnel, FAIRLEAD, TUNNEL, FairleadTraffic)

/* Properties, readable and notified on the main thread, beside those of FairleadTraffic:
 *
 *   spec           FairleadForwardSpec   what was wished for
 *   origin         FairleadTunnelOrigin
 *   source         string                CONFIG: where it stands: "~/.ssh/config:12"; else NULL
 *   title          string                translated: "Solver", "SSH for other tools"; else NULL
 *   state          FairleadTunnelState
 *   health         FairleadTunnelHealth  what was proved; CLOSED while the state is not OPEN
 *   health-reason  string                why it is NO_ANSWER or WRONG_SERVICE; NULL: nothing to say
 *   error          boxed GError          why the state is FAILED; else NULL
 *   local          string                what is listened on: "127.0.0.1:8080", a path; for a REMOTE
 *                                        one that is on the remote. With the port that was taken
 *   destination    string                where it leads, NULL for SOCKS; for a REMOTE one that is here
 *   forward        FairleadForward       while OPEN; else NULL
 */

const FairleadForwardSpec *fairlead_tunnel_get_spec          (FairleadTunnel *self);
FairleadTunnelOrigin       fairlead_tunnel_get_origin        (FairleadTunnel *self);
const char                *fairlead_tunnel_get_source        (FairleadTunnel *self);
const char                *fairlead_tunnel_get_title         (FairleadTunnel *self);
FairleadTunnelState        fairlead_tunnel_get_state         (FairleadTunnel *self);
FairleadTunnelHealth       fairlead_tunnel_get_health        (FairleadTunnel *self);
const char                *fairlead_tunnel_get_health_reason (FairleadTunnel *self);
const GError              *fairlead_tunnel_get_error         (FairleadTunnel *self);
FairleadForward           *fairlead_tunnel_get_forward       (FairleadTunnel *self);
guint                      fairlead_tunnel_get_local_port    (FairleadTunnel *self);
char                      *fairlead_tunnel_dup_local         (FairleadTunnel *self);
char                      *fairlead_tunnel_dup_destination   (FairleadTunnel *self);
gboolean                   fairlead_tunnel_is_ssh            (FairleadTunnel *self);
char                      *fairlead_tunnel_dup_command       (FairleadTunnel *self);

G_END_DECLS
