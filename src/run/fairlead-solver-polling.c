/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solver-polling.h"

#include "fairlead-solver-status-private.h"

/* While it works and each answer is another one, twice as often each time, down to this; up to the other
 * while its answers stay the same. */
#define BUSY_MIN_MS 250
#define BUSY_MAX_MS 1000

/* While it does nothing, or does not answer. */
#define IDLE_MIN_MS 1000
#define IDLE_MAX_MS 12000

/* While it works and nobody looks: for the news that it is done. */
#define HIDDEN_MS 5000

/* Whether @status says another thing than the answer before. */
static gboolean
is_news (FairleadSolverPolling *self,
         FairleadSolverStatus  *status)
{
  if (status == NULL || self->last == NULL)
    return status != self->last;
  return !fairlead_solver_status_equals (status, self->last);
}

/**
 * fairlead_solver_polling_next:
 * @status: (nullable): the answer that has just come; %NULL: there was none
 * @watched: somebody looks at it
 *
 * Returns: in how many milliseconds to ask again; 0: not by itself
 */
guint
fairlead_solver_polling_next (FairleadSolverPolling *self,
                              FairleadSolverStatus  *status,
                              gboolean               watched)
{
  gboolean news = is_news (self, status);

  if (status != NULL)
    self->active = fairlead_solver_status_is_active (status);
  g_set_object (&self->last, status);
  if (!watched)
    {
      self->interval = 0;
      return self->active ? HIDDEN_MS : 0;
    }
  if (self->active && status != NULL)
    self->interval = news ? MAX (self->interval / 2, BUSY_MIN_MS)
                          : CLAMP (self->interval * 3 / 2, BUSY_MIN_MS, BUSY_MAX_MS);
  else if (news && self->interval >= IDLE_MIN_MS)
    self->interval = IDLE_MIN_MS;
  else
    self->interval = CLAMP (self->interval * 2, BUSY_MIN_MS, IDLE_MAX_MS);
  if (self->active && self->interval > BUSY_MAX_MS)
    self->interval = BUSY_MAX_MS;
  return self->interval;
}

/**
 * fairlead_solver_polling_hurry:
 *
 * Something was asked of the solver, so that its next answers will be others.
 */
void
fairlead_solver_polling_hurry (FairleadSolverPolling *self)
{
  self->interval = 0;
}

void
fairlead_solver_polling_clear (FairleadSolverPolling *self)
{
  g_clear_object (&self->last);
  self->interval = 0;
  self->active = FALSE;
}
