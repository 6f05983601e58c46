/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-slurm-place-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-launch-approval.h"
#include "fairlead-log-model.h"
#include "fairlead-random.h"
#include "fairlead-slurm-options.h"

/* From "there is a profile" to "its job runs, and its node is signed in to". */

#define TAIL_LINES 20

/* Seconds between two looks at the queue: every look is the controller's work, for everybody. */
static const guint intervals[] = { 1, 1, 2, 2, 3, 3, 5, 5, 10, 10, 15 };

typedef struct {
  FairleadInteraction *interaction;
  guint port;
  gboolean again;
  guint looks;
  guint look_id;
  GCancellable *cancellable;
  gulong cancelled_id;
  guint cancel_id;
} Prepare;

static void
prepare_free (Prepare *prepare)
{
  g_clear_object (&prepare->interaction);
  g_clear_object (&prepare->cancellable);
  g_free (prepare);
}

static void examine (GTask *task);

/* ---- failing, with the end of server.log ---- */

typedef struct {
  GTask *task;
  GError *error;
} Fail;

static void
tail_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autofree Fail *fail = user_data;
  g_autoptr (GTask) task = fail->task;
  g_autoptr (FairleadRemoteReply) reply = NULL;
  const char *tail;

  reply = fairlead_remote_script_run_finish (FAIRLEAD_REMOTE (source), result, NULL);
  tail = reply != NULL ? fairlead_remote_reply_get (reply, "tail") : "";
  if (*tail != '\0')
    {
      g_autofree char *details = fairlead_make_inert_lines (tail, strlen (tail));

      fairlead_error_set_details (fail->error, details);
    }
  g_task_return_error (task, fail->error);
}

/* Takes @task and @error. The job's output is server.log, which the login node mostly sees too. */
static void
fail_with_log (GTask  *task,
               GError *error)
{
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  FairleadRemote *host = fairlead_place_get_host (FAIRLEAD_PLACE (self));
  g_autoptr (FairleadRemoteScript) script = NULL;
  Fail *fail;

  if (host == NULL || fairlead_error_get_details (error) != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  script = fairlead_remote_script_new ("tail");
  fairlead_remote_script_set (script, "FL_PATH", fairlead_profile_get_remote_path (self->profile));
  fairlead_remote_script_set_int (script, "FL_OFFSET", self->log_offset);
  fairlead_remote_script_set_int (script, "FL_LINES", TAIL_LINES);
  fail = g_new0 (Fail, 1);
  fail->task = task;
  fail->error = error;
  fairlead_remote_script_run_async (script, host, FAIRLEAD_SLURM_TIMEOUT, g_task_get_cancellable (task), tail_cb,
                                    fail);
}

/* ---- the job's node ---- */

/* Its batch script started no server. Takes the task. */
static void
fail_by_outcome (GTask *task)
{
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  g_autofree char *path = fairlead_make_inert (fairlead_profile_get_remote_path (self->profile), -1);

  fairlead_place_set_gone (FAIRLEAD_PLACE (self), TRUE);
  fail_with_log (task, fairlead_slurm_outcome_error (&self->job, self->outcome, path, self->command));
}

static gboolean
outcome_is_bad (FairleadSlurmPlace *self)
{
  return self->outcome != NULL && *self->outcome != '\0' && !g_str_equal (self->outcome, "launched");
}

static void
node_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadSlurmPlace *self = FAIRLEAD_SLURM_PLACE (source);
  GError *error = NULL;

  if (!fairlead_slurm_node_finish (self, result, &error))
    {
      if (fairlead_error_is_cancel (error))
        g_task_return_error (task, error);
      else
        fail_with_log (g_steal_pointer (&task), error);
    }
  else if (outcome_is_bad (self))
    {
      fail_by_outcome (g_steal_pointer (&task));
    }
  else
    {
      fairlead_slurm_place_tell_job (self);
      g_task_return_boolean (task, TRUE);
    }
}

/* Takes the task. */
static void
sign_in_to_node (GTask *task)
{
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  Prepare *prepare = g_task_get_task_data (task);
  g_autofree char *job = fairlead_slurm_job_dup_running (&self->job);

  fairlead_place_progress (FAIRLEAD_PLACE (self), job);
  fairlead_slurm_node_async (self, prepare->interaction, g_task_get_cancellable (task), node_cb, task);
}

/* ---- the queue ---- */

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  g_autoptr (FairleadRemoteReply) reply = NULL;
  GError *error = NULL;
  const char *said;

  reply = fairlead_remote_script_run_finish (FAIRLEAD_REMOTE (source), result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  said = fairlead_remote_reply_get (reply, "result");
  if (g_str_equal (said, "unreachable"))
    fairlead_place_progress (FAIRLEAD_PLACE (self), _("Slurm's controller does not answer; asking again"));
  else if (g_str_equal (said, "gone"))
    g_clear_pointer (&self->job.state, g_free);
  else
    fairlead_slurm_place_take_job (self, reply);
  examine (g_steal_pointer (&task));
}

static void
stop_waiting (Prepare *prepare)
{
  g_clear_handle_id (&prepare->look_id, g_source_remove);
  g_clear_handle_id (&prepare->cancel_id, g_source_remove);
  g_clear_signal_handler (&prepare->cancelled_id, prepare->cancellable);
}

/* The timer holds the task. */
static gboolean
look_cb (gpointer user_data)
{
  GTask *task = user_data;
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  Prepare *prepare = g_task_get_task_data (task);
  FairleadRemote *host = fairlead_place_get_host (FAIRLEAD_PLACE (self));
  g_autoptr (FairleadRemoteScript) script = NULL;

  prepare->look_id = 0;
  stop_waiting (prepare);
  if (host == NULL)
    {
      g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection was lost.")));
      g_object_unref (task);
      return G_SOURCE_REMOVE;
    }
  script = fairlead_slurm_place_new_script (self, "look");
  fairlead_remote_script_run_async (script, host, FAIRLEAD_SLURM_TIMEOUT, g_task_get_cancellable (task), looked_cb,
                                    task);
  return G_SOURCE_REMOVE;
}

static gboolean
cancel_idle_cb (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Prepare *prepare = g_task_get_task_data (task);

  prepare->cancel_id = 0;
  stop_waiting (prepare);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  return G_SOURCE_REMOVE;
}

/* Not from within the signal: a handler of a GCancellable cannot be disconnected there. */
static void
cancelled_cb (GCancellable *cancellable,
              GTask        *task)
{
  Prepare *prepare = g_task_get_task_data (task);

  if (prepare->cancel_id == 0)
    prepare->cancel_id = g_idle_add (cancel_idle_cb, task);
}

/* Takes the task. */
static void
look_later (GTask *task)
{
  Prepare *prepare = g_task_get_task_data (task);
  guint i = MIN (prepare->looks, G_N_ELEMENTS (intervals) - 1);

  prepare->looks++;
  prepare->look_id = g_timeout_add_seconds (intervals[i], look_cb, task);
  if (prepare->cancellable == NULL)
    return;
  prepare->cancelled_id = g_signal_connect (prepare->cancellable, "cancelled", G_CALLBACK (cancelled_cb), task);
  if (g_cancellable_is_cancelled (prepare->cancellable))
    cancelled_cb (prepare->cancellable, task);
}

/* Where the job is, and what comes next. Takes the task. */
static void
examine (GTask *task)
{
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  FairleadPlace *place = FAIRLEAD_PLACE (self);
  g_autofree char *queue = NULL;

  if (fairlead_slurm_job_waits (&self->job))
    {
      queue = fairlead_slurm_job_dup_queue (&self->job);
      fairlead_place_progress (place, queue);
      look_later (task);
    }
  else if (outcome_is_bad (self))
    {
      fail_by_outcome (task);
    }
  else if (g_strcmp0 (self->job.state, "RUNNING") == 0)
    {
      sign_in_to_node (task);
    }
  else if (fairlead_slurm_job_runs (&self->job))
    {
      look_later (task);
    }
  else
    {
      fairlead_place_set_gone (place, TRUE);
      fail_with_log (task, fairlead_slurm_job_end_error (&self->job, fairlead_place_get_host_name (place)));
    }
}

/* ---- the job ---- */

static void
say_job (FairleadSlurmPlace *self,
         gboolean            submitted)
{
  g_autofree char *text = g_strdup_printf (submitted ? _("Submitted job %s to Slurm.")
                                                     : _("Found job %s in Slurm's queue."), self->job.id);

  fairlead_place_say (FAIRLEAD_PLACE (self), FAIRLEAD_LOG_NOTICE, text);
}

static void
submitted_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  const char *host = fairlead_place_get_host_name (FAIRLEAD_PLACE (self));
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
  if (g_str_equal (said, "submitted") || g_str_equal (said, "found") || g_str_equal (said, "over"))
    {
      gboolean submitted = g_str_equal (said, "submitted");

      fairlead_slurm_place_take_job (self, reply);
      if (submitted)
        fairlead_place_set_started (FAIRLEAD_PLACE (self), self->token);
      if (!g_str_equal (said, "over"))
        say_job (self, submitted);
      examine (g_steal_pointer (&task));
      return;
    }
  errors = fairlead_make_inert_lines (fairlead_remote_reply_get (reply, "error"),
                                      strlen (fairlead_remote_reply_get (reply, "error")));
  g_task_return_error (task, fairlead_slurm_submit_error (host, said, errors));
}

/* What sbatch is given: launch.sh, and what it takes. */
static FairleadRemoteScript *
new_batch_script (FairleadSlurmPlace *self,
                  guint               port,
                  const char         *token)
{
  FairleadRemoteScript *script = fairlead_remote_script_new ("slurm-job");
  FairleadProfile *profile = self->profile;

  fairlead_remote_script_set (script, "FL_PATH", fairlead_profile_get_remote_path (profile));
  fairlead_remote_script_set (script, "FL_COMMAND", fairlead_profile_get_launch_command (profile));
  fairlead_remote_script_set_lines (script, "FL_ENVIRONMENT", fairlead_profile_get_environment (profile));
  fairlead_remote_script_set_lines (script, "FL_ENVIRONMENT", fairlead_profile_get_environment (profile));
  fairlead_remote_script_set (script, "FL_PYTHON", fairlead_profile_get_python (profile));
  fairlead_remote_script_set_int (script, "FL_PORT", port);
  fairlead_remote_script_set (script, "FL_BIND", "127.0.0.1");
  fairlead_remote_script_set (script, "FL_DIRECT", fairlead_profile_get_slurm_direct (profile) ? "yes" : "");
  fairlead_remote_script_set (script, "FL_MAY_LAUNCH", "yes");
  fairlead_remote_script_set (script, "FL_TOKEN", token);
  fairlead_remote_script_set (script, "FL_PROFILE", fairlead_profile_get_name (profile));
  fairlead_remote_script_set (script, "FL_DESKTOP", g_get_host_name ());
  fairlead_remote_script_set_script (script, "FL_SUPERVISE", "supervise");
  return script;
}

static FairleadRemoteScript *
new_submit_script (FairleadSlurmPlace  *self,
                   Prepare             *prepare,
                   GError             **error)
{
  g_autofree char *token = fairlead_random_hex (16);
  g_autoptr (FairleadRemoteScript) batch = new_batch_script (self, prepare->port, token);
  g_auto (GStrv) words = NULL;
  g_autofree char *options = NULL;
  g_autofree char *wrong = NULL;
  FairleadRemoteScript *script;

  wrong = fairlead_profile_check_field (self->profile, "environment");
  if (wrong != NULL)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, "%s", wrong);
      return NULL;
    }
  words = fairlead_slurm_options_split (fairlead_profile_get_slurm_options (self->profile), error);
  if (words == NULL)
    return NULL;
  options = g_strjoinv ("\n", words);
  script = fairlead_slurm_place_new_script (self, "submit");
  fairlead_remote_script_set (script, "FL_PATH", fairlead_profile_get_remote_path (self->profile));
  fairlead_remote_script_set (script, "FL_TOKEN", token);
  fairlead_remote_script_set (script, "FL_OPTIONS", options);
  fairlead_remote_script_set (script, "FL_ONLY_FIND", prepare->again ? "yes" : "");
  fairlead_remote_script_set_batch (script, "FL_SCRIPT", batch, "launch");
  return script;
}

/* Takes the task. */
static void
submit (GTask *task)
{
  g_autoptr (GTask) held = task;
  FairleadPlace *place = g_task_get_source_object (task);
  Prepare *prepare = g_task_get_task_data (task);
  FairleadRemote *host = fairlead_place_get_host (place);
  g_autoptr (FairleadRemoteScript) script = NULL;
  GError *error = NULL;

  if (host == NULL)
    error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection was lost."));
  else
    script = new_submit_script (FAIRLEAD_SLURM_PLACE (place), prepare, &error);
  if (script == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  fairlead_place_progress (place, prepare->again ? _("Looking for the job") : _("Submitting the job"));
  fairlead_remote_script_run_async (script, host, FAIRLEAD_SLURM_TIMEOUT, prepare->cancellable, submitted_cb,
                                    g_steal_pointer (&held));
}

static void
approved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  fairlead_launch_approval_finish (result, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    submit (g_steal_pointer (&task));
}

void
fairlead_slurm_place_prepare_async (FairleadPlace       *place,
                                    guint                port,
                                    FairleadInteraction *interaction,
                                    gboolean             again,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  FairleadSlurmPlace *self = FAIRLEAD_SLURM_PLACE (place);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Prepare *prepare = g_new0 (Prepare, 1);

  g_task_set_source_tag (task, fairlead_slurm_place_prepare_async);
  g_task_set_task_data (task, prepare, (GDestroyNotify) prepare_free);
  g_set_object (&prepare->interaction, interaction);
  g_set_object (&prepare->cancellable, cancellable);
  prepare->port = port;
  prepare->again = again;
  fairlead_place_set_gone (place, FALSE);
  fairlead_slurm_place_drop_node (self);
  if (!again && fairlead_launch_needs_approval (self->profile))
    fairlead_launch_approval_async (self->profile, interaction, cancellable, approved_cb, g_steal_pointer (&task));
  else
    submit (g_steal_pointer (&task));
}

gboolean
fairlead_slurm_place_prepare_finish (FairleadPlace  *place,
                                     GAsyncResult   *result,
                                     GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, place), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
