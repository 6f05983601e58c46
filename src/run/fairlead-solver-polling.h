/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-solver-status.h"

G_BEGIN_DECLS

/**
 * FairleadSolverPolling:
 *
 * How often a solver is asked. All zero: it was not asked yet.
 */
typedef struct {
  FairleadSolverStatus *last;  /* owned; NULL: no answer */
  gboolean active;             /* it worked when it answered last */
  guint interval;              /* ms */
} FairleadSolverPolling;

guint fairlead_solver_polling_next  (FairleadSolverPolling *self,
                                     FairleadSolverStatus  *status,
                                     gboolean               watched);
void  fairlead_solver_polling_hurry (FairleadSolverPolling *self);
void  fairlead_solver_polling_clear (FairleadSolverPolling *self);

G_END_DECLS
