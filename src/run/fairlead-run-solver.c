/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-solver-request.h"

/* What the solver answers, and what it is asked for. */

/* Others that use the tunnel while nobody looks may have set the solver to work: so long after they did, it
 * is asked for that. */
#define SUSPICION_SECONDS 5

/* An answer of the solver: to the job, to a poll, or to a request. */
void
fairlead_run_take_status (FairleadRun          *self,
                          FairleadSolverStatus *status)
{
  gboolean ended = fairlead_solver_course_take (&self->course, status, g_get_monotonic_time ());

  fairlead_run_set_solver (self, status);
  fairlead_run_pump_transfers (self);
  if (ended)
    g_signal_emit_by_name (self, "solve-ended", status);
}

static void
probed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadRun) self = user_data;
  FairleadSolverClient *probe = FAIRLEAD_SOLVER_CLIENT (source);
  g_autoptr (FairleadSolverStatus) status = NULL;

  status = fairlead_solver_client_query_finish (probe, result, NULL);
  fairlead_run_set_health (self, fairlead_solver_client_get_verdict (probe));
}

static void
answered_cb (FairleadSolverClient *client,
             FairleadSolverStatus *status,
             FairleadRun          *self)
{
  g_autoptr (FairleadSolverClient) probe = NULL;

  if (client != self->client || fairlead_run_get_tunnel (self) == NULL)
    return;
  if (status == NULL)
    {
      fairlead_run_set_health (self, fairlead_solver_client_get_verdict (client));
      fairlead_server_doubt (self->server);
      return;
    }
  fairlead_run_take_status (self, status);
  if (fairlead_run_get_health (self) == FAIRLEAD_TUNNEL_REACHED)
    return;
  /* It answers again: prove the tunnel again. */
  probe = fairlead_solver_client_new_local (fairlead_tunnel_get_local_port (self->solver_tunnel),
                                            fairlead_profile_get_project_name (self->profile),
                                            fairlead_solver_client_get_framing (client));
  fairlead_solver_client_query_async (probe, NULL, probed_cb, g_object_ref (self));
}

static gboolean
suspicion_cb (gpointer user_data)
{
  FairleadRun *self = user_data;

  self->suspicion_id = 0;
  if (self->client != NULL && self->unwatched)
    fairlead_solver_client_poke (self->client);
  return G_SOURCE_REMOVE;
}

static void
tunnel_used_cb (FairleadRun *self)
{
  if (self->unwatched && self->suspicion_id == 0 && self->course.active == FAIRLEAD_SOLVER_UNKNOWN)
    self->suspicion_id = g_timeout_add_seconds (SUSPICION_SECONDS, suspicion_cb, self);
}

/* Polls the solver while the tunnel stands. */
void
fairlead_run_watch_solver (FairleadRun *self)
{
  g_signal_connect_object (self->client, "answered", G_CALLBACK (answered_cb), self, 0);
  fairlead_solver_client_set_watched (self->client, !self->unwatched);
  fairlead_solver_client_start (self->client);
  g_signal_handlers_disconnect_by_func (self->solver_tunnel, tunnel_used_cb, self);
  g_signal_connect_object (self->solver_tunnel, "notify::counters", G_CALLBACK (tunnel_used_cb), self,
                           G_CONNECT_SWAPPED);
}

/* Does not ask the solver any more, and forgets what it said last. */
void
fairlead_run_leave_solver (FairleadRun *self)
{
  g_clear_handle_id (&self->suspicion_id, g_source_remove);
  if (self->client != NULL)
    fairlead_solver_client_stop (self->client);
  g_clear_object (&self->client);
  fairlead_run_set_solver (self, NULL);
}

/* The next one that answers is another one, or was left alone: what this one did is over. */
void
fairlead_run_forget_solver (FairleadRun *self)
{
  fairlead_run_leave_solver (self);
  memset (&self->course, 0, sizeof self->course);
  fairlead_run_pump_transfers (self);
}

/**
 * fairlead_run_set_watched:
 * @watched: somebody looks at what the solver says; so it is, until told otherwise
 *
 * While nobody does, the solver is asked only as long as it builds or solves, and seldom, so that
 * FairleadRun::solve-ended comes; and after others have used its tunnel, since that may set it to work.
 */
void
fairlead_run_set_watched (FairleadRun *self,
                          gboolean     watched)
{
  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  self->unwatched = !watched;
  if (self->client != NULL)
    fairlead_solver_client_set_watched (self->client, watched);
}

static void
requested_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  g_autoptr (FairleadSolverStatus) status = NULL;
  GError *error = NULL;

  status = fairlead_solver_client_request_finish (FAIRLEAD_SOLVER_CLIENT (source), result, &error);
  if (status == NULL)
    {
      if (!fairlead_error_is_cancel (error))
        fairlead_run_say (self, FAIRLEAD_LOG_ERROR, error->message);
      g_task_return_error (task, error);
    }
  else
    {
      /* Where it is polled, that has told it already. */
      if (FAIRLEAD_SOLVER_CLIENT (source) == self->client && self->solver != status)
        fairlead_run_take_status (self, status);
      g_task_return_boolean (task, TRUE);
    }
}

/* Why there is no solver to be asked. */
GError *
fairlead_run_error_no_solver (FairleadRun *self)
{
  GError *error;

  if (fairlead_run_get_link_state (self) != FAIRLEAD_LINK_ONLINE)
    return fairlead_run_error_offline ();
  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("No solver is known to run on %s."), self->target->name);
  fairlead_error_set_hint (error, _("Start it first."));
  return error;
}

/**
 * fairlead_run_request_async:
 * @request: what to do with the profile's project
 * @cancellable: (nullable): to not wait for the answer any more; what was sent is sent
 *
 * Asks the solver for something, once. Where its answer has a new status, that is the property solver before
 * this is finished; polling goes on with it. Main thread.
 */
void
fairlead_run_request_async (FairleadRun           *self,
                            FairleadSolverRequest  request,
                            GCancellable          *cancellable,
                            GAsyncReadyCallback    callback,
                            gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  g_task_set_source_tag (task, fairlead_run_request_async);
  if (self->client == NULL || fairlead_run_get_server_state (self) != FAIRLEAD_SERVER_READY)
    g_task_return_error (task, fairlead_run_error_no_solver (self));
  else
    fairlead_solver_client_request_async (self->client, request, cancellable, requested_cb,
                                          g_steal_pointer (&task));
}

/**
 * fairlead_run_request_finish:
 *
 * Returns: whether the solver took it; else the error tells its own words and what to do:
 *   %FAIRLEAD_ERROR_REMOTE, %FAIRLEAD_ERROR_NETWORK without a connection, %FAIRLEAD_ERROR_CONFIG without the
 *   name of a project
 */
gboolean
fairlead_run_request_finish (FairleadRun   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
