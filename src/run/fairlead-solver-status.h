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

/**
 * FairleadSolverRequest:
 * @FAIRLEAD_SOLVER_REQUEST_BUILD: make what is solved of the scene that was sent
 * @FAIRLEAD_SOLVER_REQUEST_CANCEL_BUILD: end the build
 * @FAIRLEAD_SOLVER_REQUEST_START: solve, from the first frame
 * @FAIRLEAD_SOLVER_REQUEST_RESUME: solve on, from what was saved
 * @FAIRLEAD_SOLVER_REQUEST_TERMINATE: end the solve
 * @FAIRLEAD_SOLVER_REQUEST_SAVE_AND_QUIT: save, so that it can be resumed, and end the solve
 * @FAIRLEAD_SOLVER_REQUEST_DELETE: delete the project with all that was solved: not to be undone
 *
 * What a solver can be asked to do with a project.
 */
typedef enum {
  FAIRLEAD_SOLVER_REQUEST_BUILD,
  FAIRLEAD_SOLVER_REQUEST_CANCEL_BUILD,
  FAIRLEAD_SOLVER_REQUEST_START,
  FAIRLEAD_SOLVER_REQUEST_RESUME,
  FAIRLEAD_SOLVER_REQUEST_TERMINATE,
  FAIRLEAD_SOLVER_REQUEST_SAVE_AND_QUIT,
  FAIRLEAD_SOLVER_REQUEST_DELETE,
} FairleadSolverRequest;

#define FAIRLEAD_SOLVER_N_REQUESTS (FAIRLEAD_SOLVER_REQUEST_DELETE + 1)

#define FAIRLEAD_TYPE_SOLVER_STATUS (fairlead_solver_status_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSolverStatus, fairlead_solver_status, FAIRLEAD, SOLVER_STATUS, GObject)

/* One answer of the solver: immutable. Each property may be absent: NULL, -1. All text is inert.
 *
 *   protocol-version  string
 *   version-note      string   what a version that we do not know means and what to do, translated; NULL: known
 *   state             FairleadSolverState
 *   state-text        string   translated: "Solving"
 *   project           string
 *   frame             int      the last one that is done
 *   frames            int      how many there will be
 *   progress          double   0 to 1
 *   info              string   what it does just now, in its own words
 *   error             string   in its own words
 *   violations        GStrv    what is wrong with the scene, one text each; NULL: nothing
 *   gpu, vram, cuda, sm, cpu, ram   string
 *   gpu-memory-used   int64    bytes
 *   gpu-memory-total  int64    bytes
 *   summary           string   lines "name: value"
 *
 * What we make of several answers, in those that a FairleadRun gives:
 *
 *   time-left         int      seconds until the build or solve is done, estimated from how fast it went
 *   elapsed           int      seconds that the build or solve takes already, or took when it has just ended,
 *                              as far as it was watched from here
 *   previous-state    FairleadSolverState   that of the answer before; UNKNOWN: there was none */

FairleadSolverState fairlead_solver_status_get_state   (FairleadSolverStatus  *self);
const char         *fairlead_solver_status_get_version (FairleadSolverStatus  *self);
const char         *fairlead_solver_status_get_error   (FairleadSolverStatus  *self);
gboolean            fairlead_solver_status_is_active   (FairleadSolverStatus  *self);
gboolean            fairlead_solver_status_allows      (FairleadSolverStatus  *self,
                                                        FairleadSolverRequest  request);

G_END_DECLS
