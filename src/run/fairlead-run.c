/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-step-private.h"

/* The job: the list of its steps, and the way from one to the next. Connect, Verify host and Sign in are
 * one piece of work, whose session tells where it is (fairlead-run-watch.c). */
static const struct {
  FairleadStepId id;
  void (*start) (FairleadRun *self,
                 GTask       *task);
} job_steps[] = {
  { FAIRLEAD_STEP_RESOLVE, fairlead_run_resolve },
  { FAIRLEAD_STEP_CONNECT, fairlead_run_make_link },
  { FAIRLEAD_STEP_PREPARE, fairlead_run_prepare_place },
  { FAIRLEAD_STEP_CHECK_PATH, fairlead_run_check_path },
  { FAIRLEAD_STEP_START_SERVER, fairlead_run_start_server },
  { FAIRLEAD_STEP_WAIT_READY, fairlead_run_wait_ready },
  { FAIRLEAD_STEP_CHECK_EXPOSURE, fairlead_run_check_exposure },
  { FAIRLEAD_STEP_OPEN_TUNNEL, fairlead_run_open_tunnel },
};

/* The first step of the job that is the solver's, not the connection's. */
#define FIRST_SERVER_STEP 2

static void step_done_cb (GObject      *source,
                          GAsyncResult *result,
                          gpointer      user_data);

static void
begin_step (FairleadRun *self,
            gsize        i)
{
  GTask *task = g_task_new (self, self->job, step_done_cb, GSIZE_TO_POINTER (i));

  g_task_set_source_tag (task, begin_step);
  fairlead_step_set (fairlead_run_get_step (self, job_steps[i].id), FAIRLEAD_STEP_RUNNING, NULL);
  fairlead_run_status_changed (self);
  job_steps[i].start (self, task);
}

/* Each step that runs ends like this; with no @detail, its own stays. */
void
fairlead_run_end_steps (FairleadRun       *self,
                        FairleadStepState  state,
                        const char        *detail)
{
  for (guint id = 0; id < FAIRLEAD_N_STEPS; id++)
    {
      FairleadStep *step = fairlead_run_get_step (self, id);

      if (fairlead_step_get_state (step) == FAIRLEAD_STEP_RUNNING)
        fairlead_step_set (step, state, detail ? detail : fairlead_step_get_detail (step));
    }
}

static void
skip_pending_steps (FairleadRun *self,
                    const char  *detail)
{
  for (guint id = 0; id < FAIRLEAD_N_STEPS; id++)
    {
      FairleadStep *step = fairlead_run_get_step (self, id);

      if (fairlead_step_get_state (step) == FAIRLEAD_STEP_PENDING)
        fairlead_step_set (step, FAIRLEAD_STEP_SKIPPED, detail);
    }
}

static void
job_failed (FairleadRun *self,
            gsize        i,
            GError      *error)
{
  fairlead_run_end_steps (self, FAIRLEAD_STEP_FAILED, NULL);
  fairlead_run_say (self, FAIRLEAD_LOG_ERROR, error->message);
  fairlead_run_take_error (self, error);
  if (i < FIRST_SERVER_STEP)
    fairlead_link_fail (self->link, self->error);
  fairlead_server_forget_launch (self->server);
  fairlead_run_take_job (self, NULL);
}

typedef struct {
  FairleadRun *run;
  GCancellable *job;
  gsize i;
  GError *error;
} Failure;

static void
failure_free (Failure *failure)
{
  g_clear_object (&failure->run);
  g_clear_object (&failure->job);
  g_clear_error (&failure->error);
  g_free (failure);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Failure, failure_free)

static void
link_checked_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (Failure) failure = user_data;

  fairlead_remote_check_finish (FAIRLEAD_REMOTE (source), result, NULL);
  if (failure->run->job == failure->job)
    job_failed (failure->run, failure->i, g_steal_pointer (&failure->error));
}

/* Whether a lost connection may look like this; the others are answers, so that there was one. */
static gboolean
may_be_a_loss (const GError *error)
{
  return error->domain != FAIRLEAD_ERROR || error->code == FAIRLEAD_ERROR_NETWORK
         || error->code == FAIRLEAD_ERROR_REMOTE;
}

/* What a step stands on may have gone with the connection, and be heard of first. A lost connection ends the
 * job in its own way; so the question is whether it stands. */
static void
step_failed (FairleadRun *self,
             gsize        i,
             GError      *error)
{
  Failure *failure;

  if (fairlead_run_get_remote (self) == NULL || !may_be_a_loss (error))
    {
      job_failed (self, i, error);
      return;
    }
  failure = g_new0 (Failure, 1);
  failure->run = g_object_ref (self);
  failure->job = g_object_ref (self->job);
  failure->i = i;
  failure->error = error;
  fairlead_remote_check_async (fairlead_run_get_remote (self), self->job, link_checked_cb, failure);
}

static void
reset_steps (FairleadRun    *self,
             FairleadStepId  first)
{
  fairlead_run_take_error (self, NULL);
  for (guint id = first; id < FAIRLEAD_N_STEPS; id++)
    fairlead_step_set (fairlead_run_get_step (self, id), FAIRLEAD_STEP_PENDING, NULL);
}

static void
step_done_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  FairleadRun *self = FAIRLEAD_RUN (source);
  gsize i = GPOINTER_TO_SIZE (user_data);
  gboolean ours = self->job != NULL && g_task_get_cancellable (G_TASK (result)) == self->job;
  GError *error = NULL;
  gssize outcome = g_task_propagate_int (G_TASK (result), &error);

  /* Of a job that was cancelled, or whose link has gone: that has been told already. */
  if (!ours)
    {
      g_clear_error (&error);
      return;
    }
  if (outcome < 0 && fairlead_error_is_cancel (error))
    {
      g_clear_error (&error);
      fairlead_run_cancel (self);
      return;
    }
  if (outcome < 0)
    {
      step_failed (self, i, error);
      return;
    }
  if (outcome == FAIRLEAD_STEP_AGAIN)
    {
      reset_steps (self, job_steps[FIRST_SERVER_STEP].id);
      begin_step (self, FIRST_SERVER_STEP);
      return;
    }
  fairlead_run_end_steps (self, FAIRLEAD_STEP_DONE, NULL);
  if (outcome == FAIRLEAD_STEP_NEXT && i + 1 < G_N_ELEMENTS (job_steps))
    {
      begin_step (self, i + 1);
      return;
    }
  skip_pending_steps (self, NULL);
  fairlead_run_take_job (self, NULL);
}

static void
begin_job (FairleadRun *self,
           gsize        first)
{
  reset_steps (self, job_steps[first].id);
  self->resume = FAIRLEAD_RESUME_ALL;
  fairlead_run_take_job (self, g_cancellable_new ());
  begin_step (self, first);
}

/* The link is ONLINE again: what it carried is taken up. The job's steps look at @resume. */
void
fairlead_run_resume_job (FairleadRun       *self,
                         FairleadRunResume  resume)
{
  GTask *task;

  self->resume = resume;
  if (resume != FAIRLEAD_RESUME_NOTHING)
    reset_steps (self, job_steps[FIRST_SERVER_STEP].id);
  fairlead_run_take_job (self, g_cancellable_new ());
  task = g_task_new (self, self->job, step_done_cb, GSIZE_TO_POINTER (FIRST_SERVER_STEP - 1));
  g_task_set_source_tag (task, fairlead_run_resume_job);
  fairlead_run_use_link (self, task);
}

/* The server's place has to be prepared again, and the server found in it. */
void
fairlead_run_resume_place (FairleadRun *self)
{
  reset_steps (self, job_steps[FIRST_SERVER_STEP].id);
  self->resume = FAIRLEAD_RESUME_SERVER;
  fairlead_run_take_job (self, g_cancellable_new ());
  begin_step (self, FIRST_SERVER_STEP);
}

/**
 * fairlead_run_connect:
 * @self: a run whose link is OFFLINE or FAILED
 *
 * Starts the job: Resolve … Open tunnel. Returns at once; watch the properties.
 */
void
fairlead_run_connect (FairleadRun *self)
{
  FairleadLinkState state;

  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  state = fairlead_run_get_link_state (self);
  if (self->job != NULL || (state != FAIRLEAD_LINK_OFFLINE && state != FAIRLEAD_LINK_FAILED))
    return;
  fairlead_link_begin (self->link);
  begin_job (self, 0);
}

static gboolean
may_begin_server (FairleadRun *self)
{
  return self->job == NULL && fairlead_run_get_link_state (self) == FAIRLEAD_LINK_ONLINE
         && fairlead_server_get_state (self->server) != FAIRLEAD_SERVER_STOPPING;
}

/**
 * fairlead_run_start_solver:
 * @self: a run whose link is ONLINE
 *
 * Check path … Open tunnel again.
 */
void
fairlead_run_start_solver (FairleadRun *self)
{
  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  if (!may_begin_server (self))
    return;
  fairlead_run_let_go (self);
  begin_job (self, FIRST_SERVER_STEP);
}

/**
 * fairlead_run_restart_solver:
 * @self: a run whose link is ONLINE
 *
 * Ends our own solver, if it runs, and starts it anew: Check path … Open tunnel. The local port stays, and clients
 * wait meanwhile. Where there is nothing that could be started, it is not ended.
 */
void
fairlead_run_restart_solver (FairleadRun *self)
{
  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  if (!may_begin_server (self))
    return;
  self->restart = TRUE;
  begin_job (self, FIRST_SERVER_STEP);
}

/* Ends the job under way, if any, without a verdict: what it had begun is cancelled. */
void
fairlead_run_end_job (FairleadRun       *self,
                      FairleadStepState  state,
                      const char        *detail)
{
  g_autoptr (GCancellable) job = self->job ? g_object_ref (self->job) : NULL;

  if (job == NULL)
    return;
  fairlead_run_end_steps (self, state, detail);
  fairlead_server_give_up (self->server);
  fairlead_run_take_job (self, NULL);
  g_cancellable_cancel (job);
}

/**
 * fairlead_run_cancel:
 *
 * Ends what is under way, at any step; the connection stays if it was already made. A solver that was
 * launched runs on, and the next start finds it. A connection that is being made again is given up.
 */
void
fairlead_run_cancel (FairleadRun *self)
{
  FairleadLinkState state;

  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  if (self->job == NULL)
    {
      fairlead_run_stop_reconnecting (self);
      return;
    }
  fairlead_run_say (self, FAIRLEAD_LOG_NOTICE, _("Cancelled."));
  fairlead_run_end_job (self, FAIRLEAD_STEP_SKIPPED, _("Cancelled"));
  state = fairlead_run_get_link_state (self);
  if (state == FAIRLEAD_LINK_CONNECTING || state == FAIRLEAD_LINK_NEEDS_YOU)
    fairlead_link_close_async (self->link, NULL, NULL, NULL);
}

/**
 * fairlead_run_retry_now:
 *
 * While a lost connection waits to be made again: does not wait any longer.
 */
void
fairlead_run_retry_now (FairleadRun *self)
{
  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  fairlead_link_retry_now (self->link);
}

/**
 * fairlead_run_stop_reconnecting:
 *
 * A lost connection is not made again: the link is FAILED, with the reason.
 */
void
fairlead_run_stop_reconnecting (FairleadRun *self)
{
  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  fairlead_link_stop_reconnecting (self->link);
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (fairlead_link_close_finish (FAIRLEAD_LINK (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * fairlead_run_disconnect_async:
 *
 * Closes tunnel and connection, in any state; the solver keeps running.
 */
void
fairlead_run_disconnect_async (FairleadRun         *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  g_task_set_source_tag (task, fairlead_run_disconnect_async);
  fairlead_run_cancel_transfers (self);
  fairlead_run_end_job (self, FAIRLEAD_STEP_SKIPPED, _("Cancelled"));
  fairlead_run_let_go (self);
  fairlead_run_take_error (self, NULL);
  fairlead_link_close_async (self->link, cancellable, closed_cb, g_steal_pointer (&task));
}

gboolean
fairlead_run_disconnect_finish (FairleadRun   *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
stopped_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (fairlead_server_stop_finish (FAIRLEAD_SERVER (source), result, &error))
    {
      fairlead_run_say (self, FAIRLEAD_LOG_NOTICE, _("The solver was stopped."));
      fairlead_run_take_error (self, NULL);
      g_task_return_boolean (task, TRUE);
    }
  else
    {
      g_task_return_error (task, error);
    }
}

/**
 * fairlead_run_stop_solver_async:
 *
 * Ends our own solver's process group, and nothing else: TERM, then KILL after the grace time. The tunnel
 * is closed, the connection stays.
 */
void
fairlead_run_stop_solver_async (FairleadRun         *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  g_task_set_source_tag (task, fairlead_run_stop_solver_async);
  fairlead_run_cancel_transfers (self);
  fairlead_run_end_job (self, FAIRLEAD_STEP_SKIPPED, _("Cancelled"));
  fairlead_run_let_go (self);
  fairlead_server_stop_async (self->server, cancellable, stopped_cb, g_steal_pointer (&task));
}

gboolean
fairlead_run_stop_solver_finish (FairleadRun   *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
