/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-slurm-place-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-async.h"
#include "fairlead-error.h"
#include "fairlead-log-model.h"

/* The node that a job runs on: a session of its own, through that of the login node. Its host key is verified as any
 * other, the account is that of the login node. */

/* A name of squeue(1), which is about to become a host's. */
static gboolean
is_node_name (const char *name)
{
  if (!g_ascii_isalnum (*name))
    return FALSE;
  return name[strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._")] == '\0';
}

/* The node as a connection: by the person's configuration for it, but for the way there. */
static FairleadProfile *
new_profile (FairleadSlurmPlace *self)
{
  return g_object_new (FAIRLEAD_TYPE_PROFILE, "name", self->job.node, "host", self->job.node,
                       "user", self->login->user, "key-path", fairlead_profile_get_key_path (self->profile),
                       "jump-host", "none", NULL);
}

static void
resolve (FairleadSlurmPlace  *self,
         GTask               *task,
         GAsyncReadyCallback  callback)
{
  g_autoptr (FairleadProfile) profile = new_profile (self);
  FairleadTargetOptions options = { 0 };

  if (self->options != NULL)
    options = *self->options;
  options.user = NULL;
  options.port = 0;
  options.forwards = NULL;
  if (self->login->identity_explicit && options.identity_files == NULL)
    options.identity_files = (const char * const *) self->login->identity_files;
  options.interaction = g_task_get_task_data (task);
  fairlead_target_resolve_async (profile, &options, g_task_get_cancellable (task), callback, task);
}

/* The node could not be signed in to. */
static GError *
node_error (FairleadSlurmPlace *self,
            GError             *error /* taken */)
{
  g_autofree char *cause = NULL;

  if (fairlead_error_is_cancel (error))
    return error;
  cause = g_steal_pointer (&error->message);
  error->message = g_strdup_printf (_("Job %s runs on %s, but that node cannot be signed in to: %s"), self->job.id,
                                    self->job.node, cause);
  if (error->domain == FAIRLEAD_ERROR && error->code == FAIRLEAD_ERROR_AUTH)
    fairlead_error_set_hint (error, _("The solver is reached by ssh to the job's node. The site has to allow that to "
                                      "those who have a job there (pam_slurm_adopt), and your public key has to be in "
                                      "authorized_keys of the home that the nodes share. The job runs on; Stop Solver "
                                      "cancels it."));
  return error;
}

static GError *
no_outcome_error (FairleadSlurmPlace *self)
{
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                      _("Job %s runs on %s, but its batch script left no word there."),
                                      self->job.id, self->job.node);

  fairlead_error_set_hint (error, _("The log may say why. Stop Solver cancels the job."));
  return error;
}

static void
take_node (FairleadSlurmPlace  *self,
           FairleadRemoteReply *reply)
{
  FairleadPlace *place = FAIRLEAD_PLACE (self);
  g_autofree char *address = fairlead_remote_reply_dup_text (reply, "address");
  g_autofree char *name = g_strdup_printf (_("%s (job %s on %s)"), self->job.node, self->job.id,
                                           fairlead_place_get_host_name (place));
  g_autofree char *identity = g_strdup_printf ("slurm %s %s", self->cluster, self->job.id);

  fairlead_place_set_own_port (place, (guint) fairlead_remote_reply_get_int (reply, "port", 0));
  fairlead_place_set_name (place, name);
  fairlead_place_set_identity (place, identity);
  fairlead_place_set_remote (place, self->node);
  fairlead_place_set_server_address (place, self->node != NULL ? "127.0.0.1" : address, 0);
  fairlead_slurm_place_watch (self);
}

/* What scripts for the node are sent to. */
static FairleadRemote *
way_in (FairleadSlurmPlace *self)
{
  return self->node != NULL ? self->node : fairlead_place_get_host (FAIRLEAD_PLACE (self));
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  g_autoptr (FairleadRemoteReply) reply = NULL;
  GError *error = NULL;
  const char *outcome;

  reply = fairlead_remote_script_run_finish (FAIRLEAD_REMOTE (source), result, &error);
  if (reply != NULL && FAIRLEAD_REMOTE (source) == way_in (self))
    {
      outcome = fairlead_remote_reply_get (reply, "result");
      g_free (self->outcome);
      self->outcome = g_strdup (outcome);
      g_free (self->command);
      self->command = fairlead_remote_reply_dup_text (reply, "command");
      if (g_str_equal (outcome, "launched"))
        take_node (self, reply);
      else if (*outcome == '\0')
        error = no_outcome_error (self);
    }
  else if (error == NULL)
    error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection was lost."));
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
ask_batch_script (FairleadSlurmPlace *self,
                  GTask              *task)
{
  g_autoptr (FairleadRemoteScript) script = fairlead_remote_script_new ("slurm-node");

  fairlead_remote_script_set (script, "FL_JOB", self->job_dir);
  fairlead_remote_script_set (script, "FL_ID", self->job.id);
  fairlead_remote_script_set_place (script, FAIRLEAD_PLACE (self), FALSE);
  fairlead_remote_script_run_async (script, way_in (self), FAIRLEAD_SLURM_TIMEOUT,
                                    g_task_get_cancellable (task), answered_cb,
                                    g_object_ref (task));
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!fairlead_remote_connect_finish (FAIRLEAD_REMOTE (source), result, &error))
    {
      if (self->node == FAIRLEAD_REMOTE (source))
        fairlead_slurm_place_drop_node (self);
      g_task_return_error (task, node_error (self, error));
      return;
    }
  ask_batch_script (self, task);
}

static void
message_cb (FairleadRemote     *node,
            const char         *text,
            FairleadSlurmPlace *self)
{
  fairlead_place_say (FAIRLEAD_PLACE (self), FAIRLEAD_LOG_PLAIN, text);
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadSlurmPlace *self = g_task_get_source_object (task);
  FairleadRemote *host = fairlead_place_get_host (FAIRLEAD_PLACE (self));
  g_autoptr (FairleadTarget) target = NULL;
  GError *error = NULL;

  target = fairlead_target_resolve_finish (result, &error);
  if (target != NULL && host != NULL)
    self->node = fairlead_remote_new_behind (host, target, g_task_get_task_data (task));
  if (target == NULL || self->node == NULL)
    {
      if (error == NULL)
        error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection was lost."));
      g_task_return_error (task, node_error (self, error));
      return;
    }
  g_signal_connect_object (self->node, "message", G_CALLBACK (message_cb), self, 0);
  fairlead_remote_connect_async (self->node, g_task_get_cancellable (task), connected_cb, task);
  g_steal_pointer (&task);
}

/* Signs in to the node of a job that runs, and makes the place that of its server; where the server listens on the
 * node's address, nobody signs in there. */
void
fairlead_slurm_node_async (FairleadSlurmPlace  *self,
                           FairleadInteraction *interaction,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *inert = NULL;

  g_task_set_source_tag (task, fairlead_slurm_node_async);
  g_task_set_task_data (task, interaction != NULL ? g_object_ref (interaction) : NULL, g_object_unref);
  fairlead_slurm_place_drop_node (self);
  if (!is_node_name (self->job.node))
    {
      inert = fairlead_make_inert (self->job.node, -1);
      g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                                     _("Slurm says that job %s runs on “%s”, which is no host."),
                                                     self->job.id, inert));
      return;
    }
  if (fairlead_profile_get_slurm_direct (self->profile))
    {
      fairlead_place_say (FAIRLEAD_PLACE (self), FAIRLEAD_LOG_WARNING,
                          _("The solver listens on its node's address, as the connection's settings have it: "
                            "everybody on the cluster's network can use it."));
      ask_batch_script (self, task);
      return;
    }
  resolve (self, g_steal_pointer (&task), resolved_cb);
}

gboolean
fairlead_slurm_node_finish (FairleadSlurmPlace  *self,
                            GAsyncResult        *result,
                            GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
