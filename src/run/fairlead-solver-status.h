/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  FAIRLEAD_SOLVER_UNKNOWN,
  FAIRLEAD_SOLVER_NO_DATA,
  FAIRLEAD_SOLVER_NO_BUILD,
  FAIRLEAD_SOLVER_BUILDING,
  FAIRLEAD_SOLVER_READY,
  FAIRLEAD_SOLVER_RESUMABLE,
  FAIRLEAD_SOLVER_FAILED,
  FAIRLEAD_SOLVER_BUSY,
  FAIRLEAD_SOLVER_SAVE_AND_QUIT,
} FairleadSolverState;

#define FAIRLEAD_TYPE_SOLVER_STATUS (fairlead_solver_status_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSolverStatus, fairlead_solver_status, FAIRLEAD, SOLVER_STATUS, GObject)

/* One answer of the solver: immutable. Each property may be absent: NULL, -1. All text is inert.
 *
 *   protocol-version string, state (FairleadSolverState), state-text string (translated: "Solving"),
 *   project string, frame int (-1), frames int (-1: the total, where the solver says it),
 *   progress double 0–1 (-1), error string, gpu string, vram string, cuda string, sm string,
 *   cpu string, ram string, summary string */

FairleadSolverState fairlead_solver_status_get_state (FairleadSolverStatus *self);

G_END_DECLS
