/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_SOLVER_CARD (fairlead_solver_card_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSolverCard, fairlead_solver_card, FAIRLEAD, SOLVER_CARD, AdwBin)

void fairlead_solver_card_set_run          (FairleadSolverCard *self,
                                            FairleadRun        *run);
void fairlead_solver_card_show_solve_error (FairleadSolverCard *self,
                                            const GError       *error);

G_END_DECLS
