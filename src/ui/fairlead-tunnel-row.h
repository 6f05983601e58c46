/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_TUNNEL_ROW (fairlead_tunnel_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadTunnelRow, fairlead_tunnel_row, FAIRLEAD, TUNNEL_ROW, GtkListBoxRow)

GtkWidget      *fairlead_tunnel_row_new        (FairleadRun       *run,
                                                FairleadTunnel    *tunnel);
FairleadTunnel *fairlead_tunnel_row_get_tunnel (FairleadTunnelRow *self);

G_END_DECLS
