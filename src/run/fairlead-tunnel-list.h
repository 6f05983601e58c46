/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-tunnel.h"

G_BEGIN_DECLS

/* The tunnels of a run, and their clock: they are sampled once a second, by one timer, which runs only
 * while a byte moved in the last minute. */

#define FAIRLEAD_TYPE_TUNNEL_LIST (fairlead_tunnel_list_get_type ())
G_DECLARE_FINAL_TYPE (FairleadTunnelList, fairlead_tunnel_list, FAIRLEAD, TUNNEL_LIST, GObject)

FairleadTunnelList *fairlead_tunnel_list_new         (void);
GListModel         *fairlead_tunnel_list_get_model   (FairleadTunnelList *self);
FairleadTraffic    *fairlead_tunnel_list_get_traffic (FairleadTunnelList *self);
void                fairlead_tunnel_list_add         (FairleadTunnelList *self,
                                                      FairleadTunnel     *tunnel);
gboolean            fairlead_tunnel_list_remove      (FairleadTunnelList *self,
                                                      FairleadTunnel     *tunnel);
void                fairlead_tunnel_list_clear       (FairleadTunnelList *self);
void                fairlead_tunnel_list_sample      (FairleadTunnelList *self,
                                                      gint64              now);
gboolean            fairlead_tunnel_list_is_sampling (FairleadTunnelList *self);

G_END_DECLS
