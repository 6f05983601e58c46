/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-solver-status.h"

G_BEGIN_DECLS

/**
 * FairleadSolveStep:
 * @state: the state of a solve
 * @label: the label of a button, with a mnemonic; to be translated by its user
 * @action: what it does
 * @suggested: it is what a person is likely to want; else it is only at hand
 *
 * The obvious next step of a solve.
 */
typedef struct {
  FairleadSolverState state;
  const char *label;
  const char *action;
  gboolean suggested;
} FairleadSolveStep;

/**
 * FairleadSolveQuestion:
 * @request: what is asked for
 * @states: in which states it is not done without a question: bits of FairleadSolverState
 * @heading: the question; to be translated by its user, and formatted with the project's name
 * @body: what would be lost; the same, formatted with the connection's name
 * @answer: the label of the button that does it, with a mnemonic
 *
 * What a solve would lose by a request.
 */
typedef struct {
  FairleadSolverRequest request;
  guint states;
  const char *heading;
  const char *body;
  const char *answer;
} FairleadSolveQuestion;

const FairleadSolveStep     *fairlead_solve_next_step (FairleadSolverState    state);
const FairleadSolveQuestion *fairlead_solve_question  (FairleadSolverState    state,
                                                       FairleadSolverRequest  request);
const char                  *fairlead_solve_action    (FairleadSolverRequest  request);

G_END_DECLS
