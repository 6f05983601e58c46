/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-solver-status.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_SOLVE_VIEW (fairlead_solve_view_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSolveView, fairlead_solve_view, FAIRLEAD, SOLVE_VIEW, AdwBin)

void fairlead_solve_view_show       (FairleadSolveView    *self,
                                     FairleadSolverStatus *solver,
                                     gboolean              past);
void fairlead_solve_view_show_error (FairleadSolveView    *self,
                                     const GError         *error);

G_END_DECLS
