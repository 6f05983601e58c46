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
  FairleadRemote *remote;
  FairleadRemoteReply *reply;
  gint64 sent;
  gint64 received;
  GError *forwarding;
} Check;

static void
check_free (Check *check)
{
  g_clear_object (&check->profile);
  g_clear_object (&check->remote);
  g_clear_pointer (&check->reply, fairlead_remote_reply_free);
  g_clear_error (&check->forwarding);
  g_free (check);
}

static void
conclude (GTask                *task,
          FairleadSolverStatus *solver,
          const GError         *solver_error)
{
  Check *check = g_task_get_task_data (task);
  const FairleadCheckupFacts facts = {
    .reply = check->reply,
    .profile = check->profile,
    .host = fairlead_visit_get_host (g_task_get_source_object (task)),
    .sent = check->sent,
    .received = check->received,
    .forwarding = check->forwarding,
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
  Check *check = g_task_get_task_data (task);
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (FairleadSolverClient) client = NULL;

  stream = fairlead_remote_open_tcp_finish (FAIRLEAD_REMOTE (source), result, &check->forwarding);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (stream != NULL)
    g_io_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  if (stream == NULL || !fairlead_checkup_may_ask (check->reply))
    {
      conclude (task, NULL, NULL);
      return;
    }
  client = fairlead_solver_client_new (FAIRLEAD_REMOTE (source),
                                       fairlead_profile_get_server_port (check->profile),
                                       fairlead_profile_get_project_name (check->profile));
  fairlead_solver_client_query_async (client, g_task_get_cancellable (task), answered_cb, g_object_ref (task));
}

static void
ran_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;

  check->reply = fairlead_visit_ask_finish (FAIRLEAD_VISIT (source), result, &error);
  check->received = g_get_real_time ();
  if (check->reply == NULL)
    g_task_return_error (task, error);
  else
    fairlead_remote_open_tcp_async (check->remote, "127.0.0.1",
                                    fairlead_profile_get_server_port (check->profile),
                                    g_task_get_cancellable (task), opened_cb, g_object_ref (task));
}

static FairleadRemoteScript *
make_script (FairleadProfile *profile)
{
  FairleadRemoteScript *script = fairlead_remote_script_new ("doctor");

  fairlead_remote_script_use (script, "look");
  fairlead_remote_script_set (script, "FL_PATH", fairlead_profile_get_remote_path (profile));
  fairlead_remote_script_set (script, "FL_COMMAND", fairlead_profile_get_launch_command (profile));
  fairlead_remote_script_set (script, "FL_PYTHON", fairlead_profile_get_python (profile));
  fairlead_remote_script_set_int (script, "FL_PORT", fairlead_profile_get_server_port (profile));
  fairlead_remote_script_set_script (script, "FL_IMPORTS", "imports.py");
  return script;
}

/* From here on the time on the way is that of the script, not of a connection that had to be made. */
static void
ready_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;

  check->remote = fairlead_visit_open_finish (FAIRLEAD_VISIT (source), result, &error);
  if (check->remote == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  check->sent = g_get_real_time ();
  fairlead_visit_ask_async (FAIRLEAD_VISIT (source), make_script (check->profile), TIMEOUT,
                            g_task_get_cancellable (task), ran_cb, g_object_ref (task));
}

/**
 * fairlead_doctor_async:
 * @visit: where
 *
 * Looks at all that may keep the connection's solver from being started and reached. Only looks, beside a
 * running solver too: it starts, stops and writes nothing on the host.
 */
void
fairlead_doctor_async (FairleadVisit       *visit,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (visit, cancellable, callback, user_data);
  Check *check = g_new0 (Check, 1);

  g_return_if_fail (FAIRLEAD_IS_VISIT (visit));

  g_task_set_source_tag (task, fairlead_doctor_async);
  g_task_set_task_data (task, check, (GDestroyNotify) check_free);
  check->profile = fairlead_visit_dup_profile (visit);
  fairlead_visit_open_async (visit, cancellable, ready_cb, g_object_ref (task));
}

/**
 * fairlead_doctor_finish:
 *
 * Returns: (transfer full): what was found; the error is %FAIRLEAD_ERROR_REMOTE when the script did not run
 */
FairleadCheckup *
fairlead_doctor_finish (FairleadVisit  *visit,
                        GAsyncResult   *result,
                        GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, visit), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
