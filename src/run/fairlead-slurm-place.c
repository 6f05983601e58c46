/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-slurm-place-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"

/* Seconds between two looks at a job that runs, and how long before its end it is spoken of. */
#define WATCH_INTERVAL 60
#define WARN_BEFORE (10 * 60)

/* Seconds that a job that is ending is waited for. */
#define END_TRIES 60

/* Seconds that Slurm gives a job between TERM and KILL, and some for its bookkeeping. */
#define KILL_WAIT 40

/**
 * FairleadSlurmPlace:
 *
 * A job of Slurm, seen from the cluster's login node, which is the host of the connection. Preparing it finds the
 * job of the profile's path, or submits one, waits in the queue, and signs in to the job's node through the open
 * session of the login node; from then on scripts, log and tunnel are the node's, where the server listens on the
 * loopback. The job's batch script (scripts/slurm-job.sh) has launched the server by then: it is only adopted.
 * Ours is the job whose id, submit time, account and token are those of our record (scripts/slurm.sh).
 */
G_DEFINE_FINAL_TYPE (FairleadSlurmPlace, fairlead_slurm_place, FAIRLEAD_TYPE_PLACE)

static void
tell (FairleadSlurmPlace *self)
{
  g_autofree char *note = NULL;

  if (fairlead_slurm_job_waits (&self->job))
    note = fairlead_slurm_job_dup_queue (&self->job);
  else if (fairlead_slurm_job_runs (&self->job))
    note = fairlead_slurm_job_dup_running (&self->job);
  fairlead_place_set_note (FAIRLEAD_PLACE (self), note);
}

static void
node_state_cb (FairleadRemote     *node,
               GParamSpec         *pspec,
               FairleadSlurmPlace *self)
{
  FairleadSessionState state = fairlead_remote_get_state (node);

  if ((state == FAIRLEAD_SESSION_FAILED || state == FAIRLEAD_SESSION_CLOSED) && self->node == node
      && fairlead_place_get_host (FAIRLEAD_PLACE (self)) != NULL)
    fairlead_place_moved (FAIRLEAD_PLACE (self));
}

/* Its thread ends by itself, after its farewell. */
void
fairlead_slurm_place_drop_node (FairleadSlurmPlace *self)
{
  g_autoptr (FairleadRemote) node = g_steal_pointer (&self->node);

  g_clear_handle_id (&self->watch_id, g_source_remove);
  fairlead_place_set_remote (FAIRLEAD_PLACE (self), NULL);
  if (node == NULL)
    return;
  g_signal_handlers_disconnect_by_data (node, self);
  fairlead_remote_close_async (node, NULL, NULL, NULL);
}

void
fairlead_slurm_place_forget_job (FairleadSlurmPlace *self)
{
  fairlead_slurm_job_clear (&self->job);
  g_clear_pointer (&self->cluster, g_free);
  g_clear_pointer (&self->job_dir, g_free);
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->outcome, g_free);
  g_clear_pointer (&self->command, g_free);
  self->warned = FALSE;
  tell (self);
}

static void
fairlead_slurm_place_dispose (GObject *object)
{
  FairleadSlurmPlace *self = FAIRLEAD_SLURM_PLACE (object);

  fairlead_slurm_place_drop_node (self);
  g_clear_object (&self->profile);
  g_clear_pointer (&self->login, fairlead_target_unref);
  g_clear_pointer (&self->options, fairlead_target_options_free);

  G_OBJECT_CLASS (fairlead_slurm_place_parent_class)->dispose (object);
}

static void
fairlead_slurm_place_finalize (GObject *object)
{
  FairleadSlurmPlace *self = FAIRLEAD_SLURM_PLACE (object);

  fairlead_slurm_job_clear (&self->job);
  g_free (self->cluster);
  g_free (self->job_dir);
  g_free (self->token);
  g_free (self->outcome);
  g_free (self->command);

  G_OBJECT_CLASS (fairlead_slurm_place_parent_class)->finalize (object);
}

static const char *
get_step_title (FairleadPlace *place)
{
  return _("Wait in queue");
}

/* The connection to the login node went, and those through it. */
static void
host_changed (FairleadPlace *place)
{
  if (fairlead_place_get_host (place) == NULL)
    fairlead_slurm_place_drop_node (FAIRLEAD_SLURM_PLACE (place));
}

/* No server but the job's is ever started: that there is none there any more looks like one that may not be. */
static GError *
explain_exposure (FairleadPlace    *place,
                  FairleadExposure  exposure,
                  const char       *bound_to,
                  guint             port)
{
  FairleadSlurmPlace *self = FAIRLEAD_SLURM_PLACE (place);
  GError *error;

  if (exposure != FAIRLEAD_EXPOSURE_EXPOSED || bound_to != NULL)
    return NULL;
  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("The solver of job %s on %s has ended."), self->job.id,
                              self->job.node);
  fairlead_error_set_hint (error, _("The log says why."));
  return error;
}

/* A script that looks after the job, for the login node. */
FairleadRemoteScript *
fairlead_slurm_place_new_script (FairleadSlurmPlace *self,
                                 const char         *act)
{
  FairleadRemoteScript *script = fairlead_remote_script_new ("slurm");

  fairlead_remote_script_set (script, "FL_ACT", act);
  fairlead_remote_script_set (script, "FL_JOB", self->job_dir);
  return script;
}

/* ---- the end ---- */

static GError *
cancel_error (FairleadSlurmPlace *self,
              const char         *result,
              const char         *errors)
{
  const char *host = fairlead_place_get_host_name (FAIRLEAD_PLACE (self));
  GError *error;

  if (g_str_equal (result, "changed"))
    return fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                               _("Another job has been submitted on %s since, from elsewhere: nothing was "
                                 "cancelled."), host);
  if (g_str_equal (result, "stuck"))
    {
      error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                  _("Job %s on %s was cancelled, but does not end: its state is %s."),
                                  self->job.id, host, self->job.state);
      fairlead_error_set_hint (error, _("Its node may not answer. Slurm goes on trying to end it."));
      return error;
    }
  return fairlead_slurm_submit_error (host, result, errors);
}

static void
cancelled_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  g_autoptr (FairleadRemoteReply) reply = NULL;
  g_autofree char *errors = NULL;
  GError *error = NULL;
  const char *said;

  reply = fairlead_remote_script_run_finish (FAIRLEAD_REMOTE (source), result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  said = fairlead_remote_reply_get (reply, "result");
  errors = fairlead_make_inert_lines (fairlead_remote_reply_get (reply, "error"),
                                      strlen (fairlead_remote_reply_get (reply, "error")));
  if (g_str_equal (said, "stopped") || g_str_equal (said, "gone"))
    {
      fairlead_slurm_place_drop_node (self);
      fairlead_slurm_place_forget_job (self);
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (g_str_equal (said, "stuck"))
    fairlead_slurm_place_take_job (self, reply);
  g_task_return_error (task, cancel_error (self, said, errors));
}

/* Cancels the job, and nothing else (scancel(1)), and waits until it has ended: Slurm sends TERM to its processes, and
 * KILL after KillWait (slurm.conf(5)). One that has ended, or is not ours any more, counts as cancelled. */
static void
end_async (FairleadPlace       *place,
           guint                grace,
           GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data)
{
  FairleadSlurmPlace *self = FAIRLEAD_SLURM_PLACE (place);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (FairleadRemoteScript) script = fairlead_slurm_place_new_script (self, "cancel");

  g_task_set_source_tag (task, end_async);
  fairlead_remote_script_set (script, "FL_TOKEN", self->token);
  fairlead_remote_script_set_int (script, "FL_GRACE", (grace + KILL_WAIT) * 10);
  fairlead_remote_script_run_async (script, fairlead_place_get_host (place),
                                    FAIRLEAD_SLURM_TIMEOUT + 2 * (grace + KILL_WAIT), cancellable, cancelled_cb,
                                    g_steal_pointer (&task));
}

static gboolean
end_finish (FairleadPlace  *place,
            GAsyncResult   *result,
            GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, place), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* A job in the queue, or one that runs, as far as we know. */
static gboolean
holds (FairleadPlace *place)
{
  FairleadSlurmPlace *self = FAIRLEAD_SLURM_PLACE (place);

  return fairlead_place_get_host (place) != NULL
         && (fairlead_slurm_job_waits (&self->job) || fairlead_slurm_job_runs (&self->job));
}

/* Where nodes cannot be signed in to, scripts run as a step of the job (srun(1), --overlap). */
static GBytes *
enter (FairleadPlace *place,
       GBytes        *inner,
       gboolean       lasting)
{
  FairleadSlurmPlace *self = FAIRLEAD_SLURM_PLACE (place);
  g_autoptr (FairleadRemoteScript) script = NULL;
  g_autofree char *text = NULL;

  if (!fairlead_profile_get_slurm_direct (self->profile))
    return g_bytes_ref (inner);
  text = g_strndup (g_bytes_get_data (inner, NULL), g_bytes_get_size (inner));
  script = fairlead_remote_script_new ("slurm-enter");
  fairlead_remote_script_set (script, "FL_ID", self->job.id);
  fairlead_remote_script_set (script, "FL_INNER", text);
  fairlead_remote_script_set (script, "FL_LASTING", lasting ? "yes" : "");
  fairlead_remote_script_set_int (script, "FL_LENGTH", (gint64) strlen (text));
  fairlead_remote_script_set_script (script, "FL_LINE", "lasting");
  return fairlead_remote_script_to_bytes (script);
}

static void
fairlead_slurm_place_class_init (FairleadSlurmPlaceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  FairleadPlaceClass *place_class = FAIRLEAD_PLACE_CLASS (klass);

  object_class->dispose = fairlead_slurm_place_dispose;
  object_class->finalize = fairlead_slurm_place_finalize;
  place_class->get_step_title = get_step_title;
  place_class->prepare_async = fairlead_slurm_place_prepare_async;
  place_class->prepare_finish = fairlead_slurm_place_prepare_finish;
  place_class->look_async = fairlead_slurm_place_look_async;
  place_class->look_finish = fairlead_slurm_place_look_finish;
  place_class->host_changed = host_changed;
  place_class->enter = enter;
  place_class->explain_exposure = explain_exposure;
  place_class->holds = holds;
  place_class->end_async = end_async;
  place_class->end_finish = end_finish;
}

static void
fairlead_slurm_place_init (FairleadSlurmPlace *self)
{
  fairlead_place_set_may_launch (FAIRLEAD_PLACE (self), FALSE);
}

/**
 * fairlead_slurm_place_new:
 * @profile: copied
 * @login: what the login node's connection resolved to
 * @options: (nullable): what was given beside the profile; copied
 *
 * Returns: (transfer full): a place that is to be prepared
 */
FairleadPlace *
fairlead_slurm_place_new (FairleadProfile             *profile,
                          FairleadTarget              *login,
                          const FairleadTargetOptions *options)
{
  FairleadSlurmPlace *self = g_object_new (FAIRLEAD_TYPE_SLURM_PLACE, NULL);

  self->profile = fairlead_profile_duplicate (profile);
  self->login = fairlead_target_ref (login);
  self->options = fairlead_target_options_copy (options);
  fairlead_place_set_permits_exposure (FAIRLEAD_PLACE (self), fairlead_profile_get_slurm_direct (profile));
  return FAIRLEAD_PLACE (self);
}

static void
take_text (char               **field,
           FairleadRemoteReply *reply,
           const char          *key)
{
  g_free (*field);
  *field = fairlead_remote_reply_dup_text (reply, key);
}

/* A time there, by the clock here. */
static gint64
take_time (FairleadRemoteReply *reply,
           const char          *key)
{
  gint64 time = fairlead_remote_reply_get_int (reply, key, 0);
  gint64 now = fairlead_remote_reply_get_int (reply, "now", 0);

  return time > 0 && now > 0 ? time - now + g_get_real_time () / G_USEC_PER_SEC : 0;
}

/* What scripts/slurm.sh says of the job. */
void
fairlead_slurm_place_take_job (FairleadSlurmPlace  *self,
                               FairleadRemoteReply *reply)
{
  take_text (&self->job.id, reply, "id");
  take_text (&self->job.state, reply, "state");
  take_text (&self->job.reason, reply, "reason");
  take_text (&self->job.node, reply, "node");
  take_text (&self->cluster, reply, "cluster");
  take_text (&self->token, reply, "token");
  take_text (&self->outcome, reply, "outcome");
  take_text (&self->command, reply, "command");
  g_free (self->job_dir);
  self->job_dir = g_strdup (fairlead_remote_reply_get (reply, "job-dir"));
  self->job.start = take_time (reply, "start");
  self->job.end = take_time (reply, "end");
  self->job.place = (guint) fairlead_remote_reply_get_int (reply, "place", 0);
  self->job.waiting = (guint) fairlead_remote_reply_get_int (reply, "waiting", 0);
  self->log_offset = fairlead_remote_reply_get_int (reply, "log", 0);
  tell (self);
}

/* Once, when its time is nearly over. */
void
fairlead_slurm_place_tell_job (FairleadSlurmPlace *self)
{
  gint64 left = self->job.end - g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *text = NULL;

  if (self->job.end <= 0 || left > WARN_BEFORE || self->warned || !fairlead_slurm_job_runs (&self->job))
    return;
  self->warned = TRUE;
  text = g_strdup_printf (_("The job's time is nearly over: %s. Save what the solver has done."),
                          fairlead_place_get_note (FAIRLEAD_PLACE (self)));
  fairlead_place_say (FAIRLEAD_PLACE (self), FAIRLEAD_LOG_WARNING, text);
}

/* ---- looking ---- */

static void look (GTask *task);

static gboolean
look_again_cb (gpointer user_data)
{
  look (user_data);
  return G_SOURCE_REMOVE;
}

/* Why it ends is known when it has ended. Slurm takes its KillWait for it, and no time at all on a node that is
 * gone. */
static gboolean
wait_for_end (FairleadSlurmPlace *self,
              GTask              *task)
{
  guint tries = GPOINTER_TO_UINT (g_task_get_task_data (task));

  if (g_strcmp0 (self->job.state, "COMPLETING") != 0 || tries >= END_TRIES)
    return FALSE;
  g_task_set_task_data (task, GUINT_TO_POINTER (tries + 1), NULL);
  g_timeout_add_seconds (1, look_again_cb, g_object_ref (task));
  return TRUE;
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  g_autoptr (FairleadRemoteReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  const char *said;

  reply = fairlead_remote_script_run_finish (FAIRLEAD_REMOTE (source), result, &error);
  said = reply != NULL ? fairlead_remote_reply_get (reply, "result") : "";
  if (self->job.id == NULL || !(g_str_equal (said, "found") || g_str_equal (said, "gone")))
    {
      /* It could not be found out: the controller is down, say. Jobs go on meanwhile. */
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (g_str_equal (said, "gone"))
    g_clear_pointer (&self->job.state, g_free);
  else
    fairlead_slurm_place_take_job (self, reply);
  if (wait_for_end (self, task))
    return;
  if (fairlead_slurm_job_waits (&self->job) || fairlead_slurm_job_runs (&self->job))
    {
      fairlead_slurm_place_tell_job (self);
      g_task_return_boolean (task, TRUE);
      return;
    }
  error = fairlead_slurm_job_end_error (&self->job, fairlead_place_get_host_name (FAIRLEAD_PLACE (self)));
  fairlead_place_set_gone (FAIRLEAD_PLACE (self), TRUE);
  tell (self);
  g_task_return_error (task, g_steal_pointer (&error));
}

/* Takes the task. */
static void
look (GTask *task)
{
  g_autoptr (GTask) held = task;
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  FairleadRemote *host = fairlead_place_get_host (FAIRLEAD_PLACE (self));
  g_autoptr (FairleadRemoteScript) script = NULL;

  if (host == NULL || self->job_dir == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  script = fairlead_slurm_place_new_script (self, "look");
  fairlead_remote_script_run_async (script, host, FAIRLEAD_SLURM_TIMEOUT, g_task_get_cancellable (task),
                                    looked_cb, g_object_ref (task));
}

void
fairlead_slurm_place_look_async (FairleadPlace       *place,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task = g_task_new (place, cancellable, callback, user_data);

  g_task_set_source_tag (task, fairlead_slurm_place_look_async);
  look (task);
}

gboolean
fairlead_slurm_place_look_finish (FairleadPlace  *place,
                                  GAsyncResult   *result,
                                  GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, place), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
watch_cb (gpointer user_data)
{
  fairlead_place_look_async (FAIRLEAD_PLACE (user_data), NULL, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

/* Its time limit may be changed, and comes nearer. */
void
fairlead_slurm_place_watch (FairleadSlurmPlace *self)
{
  if (self->node != NULL)
    g_signal_connect (self->node, "notify::state", G_CALLBACK (node_state_cb), self);
  g_clear_handle_id (&self->watch_id, g_source_remove);
  self->watch_id = g_timeout_add_seconds (WATCH_INTERVAL, watch_cb, self);
}
