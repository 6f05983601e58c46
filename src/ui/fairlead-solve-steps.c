/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solve-steps.h"

#include <glib/gi18n-lib.h>

/* What can be done with a solve: by which action, what comes next, and what is asked before. */

static const char * const actions[FAIRLEAD_SOLVER_N_REQUESTS] = {
  [FAIRLEAD_SOLVER_REQUEST_BUILD] = "win.solve-build",
  [FAIRLEAD_SOLVER_REQUEST_CANCEL_BUILD] = "win.solve-cancel-build",
  [FAIRLEAD_SOLVER_REQUEST_START] = "win.solve-start",
  [FAIRLEAD_SOLVER_REQUEST_RESUME] = "win.solve-resume",
  [FAIRLEAD_SOLVER_REQUEST_TERMINATE] = "win.solve-terminate",
  [FAIRLEAD_SOLVER_REQUEST_SAVE_AND_QUIT] = "win.solve-save-and-quit",
  [FAIRLEAD_SOLVER_REQUEST_DELETE] = "win.solve-delete",
};

static const FairleadSolveStep steps[] = {
  { FAIRLEAD_SOLVER_NO_DATA, N_("_Upload Scene…"), "win.upload-scene", TRUE },
  { FAIRLEAD_SOLVER_NO_BUILD, N_("_Build Scene"), "win.solve-build", TRUE },
  { FAIRLEAD_SOLVER_BUILDING, N_("_Cancel Build"), "win.solve-cancel-build", FALSE },
  { FAIRLEAD_SOLVER_READY, N_("Start _Solve"), "win.solve-start", TRUE },
  { FAIRLEAD_SOLVER_RESUMABLE, N_("Re_sume Solve"), "win.solve-resume", TRUE },
  { FAIRLEAD_SOLVER_FAILED, N_("_Build Again"), "win.solve-build", TRUE },
  { FAIRLEAD_SOLVER_BUSY, N_("Save and _Quit Solve"), "win.solve-save-and-quit", FALSE },
};

#define IN(state) (1u << FAIRLEAD_SOLVER_##state)

static const FairleadSolveQuestion questions[] = {
  { FAIRLEAD_SOLVER_REQUEST_DELETE, ~0u, N_("Delete Project “%s”?"),
    N_("The scene and all that was solved of it are deleted on “%s”. This cannot be undone."),
    N_("_Delete") },
  { FAIRLEAD_SOLVER_REQUEST_TERMINATE, IN (BUSY) | IN (SAVE_AND_QUIT), N_("Terminate the Solve of “%s”?"),
    N_("What the solver on “%s” has not saved yet is lost. To go on later, save and quit."),
    N_("_Terminate") },
  { FAIRLEAD_SOLVER_REQUEST_START, IN (RESUMABLE), N_("Start “%s” from the First Frame?"),
    N_("The solve on “%s” that could be resumed is lost."), N_("_Start") },
  { FAIRLEAD_SOLVER_REQUEST_BUILD, IN (RESUMABLE), N_("Build “%s” Again?"),
    N_("The solve on “%s” that could be resumed is lost."), N_("_Build") },
};

/**
 * fairlead_solve_next_step:
 * @state: the state of a solve
 *
 * Returns: (nullable): what comes next, where there is something
 */
const FairleadSolveStep *
fairlead_solve_next_step (FairleadSolverState state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    if (steps[i].state == state)
      return &steps[i];
  return NULL;
}

/**
 * fairlead_solve_question:
 * @state: the state of a solve
 * @request: what a person wants of it
 *
 * Returns: (nullable): what to ask before; %NULL where nothing is lost by it
 */
const FairleadSolveQuestion *
fairlead_solve_question (FairleadSolverState   state,
                         FairleadSolverRequest request)
{
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    if (questions[i].request == request && (questions[i].states & 1u << state) != 0)
      return &questions[i];
  return NULL;
}

/**
 * fairlead_solve_action:
 *
 * Returns: the action of the window that asks for @request
 */
const char *
fairlead_solve_action (FairleadSolverRequest request)
{
  g_return_val_if_fail ((gsize) request < G_N_ELEMENTS (actions), NULL);

  return actions[request];
}
