/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_TRANSFERS_CARD (fairlead_transfers_card_get_type ())
G_DECLARE_FINAL_TYPE (FairleadTransfersCard, fairlead_transfers_card, FAIRLEAD, TRANSFERS_CARD, AdwBin)

void fairlead_transfers_card_set_run (FairleadTransfersCard *self,
                                      FairleadRun           *run);

G_END_DECLS
