/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_TUNNEL_CARD (fairlead_tunnel_card_get_type ())
G_DECLARE_FINAL_TYPE (FairleadTunnelCard, fairlead_tunnel_card, FAIRLEAD, TUNNEL_CARD, AdwBin)

void fairlead_tunnel_card_set_run (FairleadTunnelCard *self,
                                   FairleadRun        *run);

G_END_DECLS
