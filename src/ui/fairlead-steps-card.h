/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_STEPS_CARD (fairlead_steps_card_get_type ())
G_DECLARE_FINAL_TYPE (FairleadStepsCard, fairlead_steps_card, FAIRLEAD, STEPS_CARD, AdwBin)

void fairlead_steps_card_set_run (FairleadStepsCard *self,
                                  FairleadRun       *run);

G_END_DECLS
