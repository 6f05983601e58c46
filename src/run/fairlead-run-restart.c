/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-step-private.h"

/* Restart: a job like any other, but the solver that it finds is ended, and another started. What there is to
 * start is looked at before, so that none is ended for one that cannot be. The log goes on, and the tunnel's
 * listener too: its clients wait, since until the new one is known to answer, its port may be anybody's. */

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (fairlead_server_stop_finish (FAIRLEAD_SERVER (source), result, &error))
    g_task_return_int (task, FAIRLEAD_STEP_AGAIN);
  else
    g_task_return_error (task, error);
}

/* The step has found one that runs: returns whether it is ended now, after which the job begins again, with its
 * place too (a job of Slurm has ended with it). Once begun that is not cancelled; then none is started after it. */
gboolean
fairlead_run_end_found (FairleadRun *self,
                        GTask       *task)
{
  if (!self->restart || g_task_get_cancellable (task) != self->job)
    return FALSE;
  self->restart = FALSE;
  fairlead_step_set (fairlead_run_get_step (self, FAIRLEAD_STEP_START_SERVER), FAIRLEAD_STEP_RUNNING,
                     _("The one that was running is stopped first"));
  fairlead_server_stop_async (self->server, NULL, ended_cb, task);
  return TRUE;
}

/* Nothing is asked of the one that will be ended, and nobody is led to it. */
void
fairlead_run_pause_solver (FairleadRun *self)
{
  if (!self->restart)
    return;
  fairlead_run_leave_solver (self);
  if (self->solver_tunnel != NULL)
    fairlead_tunnel_pause (self->solver_tunnel, self->refuse_waiting);
}

/**
 * fairlead_run_set_restart:
 * @restart: the next connect ends a solver that runs there already, if it is ours, and starts it anew, instead of
 *   adopting it
 */
void
fairlead_run_set_restart (FairleadRun *self,
                          gboolean     restart)
{
  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  self->restart = restart;
}
