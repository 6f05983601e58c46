/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-doctor.h"

#include "fairlead-error.h"
#include "fairlead-remote-script.h"
#include "fairlead-solver-client.h"

/* Seconds for all that the script looks at; each thing that may hang has less. */
#define TIMEOUT 60

/* One exec, one channel to the solver's port, and one question to the solver if it is ours. */
typedef struct {
  FairleadProfile *profile;
  char *host;
  FairleadRemoteReply *reply;
  gint64 sent;
  gint64 received;
  GError *forwarding;
} Visit;

static void
visit_free (Visit *visit)
{
  g_clear_object (&visit->profile);
  g_free (visit->host);
  g_clear_pointer (&visit->reply, fairlead_remote_reply_free);
  g_clear_error (&visit->forwarding);
  g_free (visit);
}

static void
conclude (GTask                *task,
          FairleadSolverStatus *solver,
          const GError         *solver_error)
{
  Visit *visit = g_task_get_task_data (task);
  const FairleadCheckupFacts facts = {
    .reply = visit->reply,
    .profile = visit->profile,
    .host = visit->host,
    .sent = visit->sent,
    .received = visit->received,
    .forwarding = visit->forwarding,
    .solver = solver,
    .solver_error = solver_error,
  };

  g_task_return_pointer (task, fairlead_checkup_new (&facts), g_object_unref);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadSolverStatus) status = NULL;

  status = fairlead_solver_client_query_finish (FAIRLEAD_SOLVER_CLIENT (source), result, &error);
  if (!g_task_return_error_if_cancelled (task))
    conclude (task, status, error);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Visit *visit = g_task_get_task_data (task);
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (FairleadSolverClient) client = NULL;

  stream = fairlead_remote_open_tcp_finish (FAIRLEAD_REMOTE (source), result, &visit->forwarding);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (stream != NULL)
    g_io_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  if (stream == NULL || !fairlead_checkup_may_ask (visit->reply))
    {
      conclude (task, NULL, NULL);
      return;
    }
  client = fairlead_solver_client_new (FAIRLEAD_REMOTE (source),
                                       fairlead_profile_get_server_port (visit->profile),
                                       fairlead_profile_get_project_name (visit->profile));
  fairlead_solver_client_query_async (client, g_task_get_cancellable (task), answered_cb, g_object_ref (task));
}

static void
ran_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Visit *visit = g_task_get_task_data (task);
  GError *error = NULL;

  visit->reply = fairlead_remote_script_run_finish (FAIRLEAD_REMOTE (source), result, &error);
  visit->received = g_get_real_time ();
  if (visit->reply == NULL)
    g_task_return_error (task, error);
  else
    fairlead_remote_open_tcp_async (FAIRLEAD_REMOTE (source), "127.0.0.1",
                                    fairlead_profile_get_server_port (visit->profile),
                                    g_task_get_cancellable (task), opened_cb, g_object_ref (task));
}

/**
 * fairlead_doctor_async:
 * @remote: a remote in the state OPEN
 * @profile: the connection; it may change meanwhile
 * @host: its host as the person calls it
 *
 * Looks at all that may keep the connection's solver from being started and reached. Only looks, beside a
 * running solver too: it starts, stops and writes nothing on the host.
 */
void
fairlead_doctor_async (FairleadRemote      *remote,
                       FairleadProfile     *profile,
                       const char          *host,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (remote, cancellable, callback, user_data);
  g_autoptr (FairleadRemoteScript) script = fairlead_remote_script_new ("doctor");
  Visit *visit = g_new0 (Visit, 1);

  g_return_if_fail (FAIRLEAD_IS_REMOTE (remote) && FAIRLEAD_IS_PROFILE (profile));

  g_task_set_source_tag (task, fairlead_doctor_async);
  g_task_set_task_data (task, visit, (GDestroyNotify) visit_free);
  visit->profile = fairlead_profile_duplicate (profile);
  visit->host = g_strdup (host);
  fairlead_remote_script_use (script, "look");
  fairlead_remote_script_set (script, "FL_PATH", fairlead_profile_get_remote_path (profile));
  fairlead_remote_script_set (script, "FL_COMMAND", fairlead_profile_get_launch_command (profile));
  fairlead_remote_script_set (script, "FL_PYTHON", fairlead_profile_get_python (profile));
  fairlead_remote_script_set_int (script, "FL_PORT", fairlead_profile_get_server_port (profile));
  fairlead_remote_script_set_script (script, "FL_IMPORTS", "imports.py");
  visit->sent = g_get_real_time ();
  fairlead_remote_script_run_async (script, remote, TIMEOUT, cancellable, ran_cb, g_object_ref (task));
}

/**
 * fairlead_doctor_finish:
 *
 * Returns: (transfer full): what was found; the error is %FAIRLEAD_ERROR_REMOTE when the script did not run
 */
FairleadCheckup *
fairlead_doctor_finish (FairleadRemote  *remote,
                        GAsyncResult    *result,
                        GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, remote), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
