/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-solver-status.h"

G_BEGIN_DECLS

/* How many steps of the progress are remembered. */
#define FAIRLEAD_SOLVER_COURSE_STEPS 16

/**
 * FairleadSolverCourse:
 *
 * What the answers of a solver come to, one after another: how long it works, how long it will, and when
 * it is done. All zero: nothing was heard yet.
 */
typedef struct {
  FairleadSolverState state;   /* the one answered last */
  FairleadSolverState active;  /* what it does or did last: BUILDING or BUSY; UNKNOWN while it does nothing */
  gint64 since;                /* when that was seen first, µs of g_get_monotonic_time() */

  /* When each of the last steps of the progress was seen. */
  guint n_steps;
  gint64 when[FAIRLEAD_SOLVER_COURSE_STEPS];
  double progress[FAIRLEAD_SOLVER_COURSE_STEPS];
} FairleadSolverCourse;

gboolean fairlead_solver_course_take (FairleadSolverCourse *self,
                                      FairleadSolverStatus *status,
                                      gint64                now);

G_END_DECLS
