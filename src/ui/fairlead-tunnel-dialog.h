/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-forward-spec.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_TUNNEL_DIALOG (fairlead_tunnel_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FairleadTunnelDialog, fairlead_tunnel_dialog, FAIRLEAD, TUNNEL_DIALOG, AdwWindow)

FairleadTunnelDialog *fairlead_tunnel_dialog_new        (GtkWindow                 *parent,
                                                         const FairleadForwardSpec *spec);
void                  fairlead_tunnel_dialog_offer_keep (FairleadTunnelDialog      *self,
                                                         gboolean                   keep);
void                  fairlead_tunnel_dialog_set_busy   (FairleadTunnelDialog      *self,
                                                         gboolean                   busy);
void                  fairlead_tunnel_dialog_show_error (FairleadTunnelDialog      *self,
                                                         const GError              *error);

G_END_DECLS
