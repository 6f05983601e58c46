/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-server-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"

static gboolean
is_end (const char *result)
{
  return g_str_equal (result, "stopped") || g_str_equal (result, "killed")
         || g_str_equal (result, "gone");
}

static GError *
stop_error (FairleadServer *self,
            const char     *result)
{
  if (g_str_equal (result, "changed"))
    return fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                               _("Another solver has been started on %s since, from elsewhere: nothing was "
                                 "stopped."), self->host);
  if (g_str_equal (result, "locked"))
    return fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                               _("Another start or stop of a solver is under way on %s."), self->host);
  return fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                             _("The solver on %s could not be stopped: it does not end even when killed."),
                             self->host);
}

static void
stopped_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadServer *self = g_task_get_source_object (task);
  g_autoptr (FairleadRemoteReply) reply = NULL;
  GError *error = NULL;
  const char *said;

  reply = fairlead_server_run_finish (FAIRLEAD_SERVER (source), result, &error);
  if (self->state != FAIRLEAD_SERVER_STOPPING)
    {
      if (error != NULL)
        g_task_return_error (task, error);
      else
        g_task_return_boolean (task, TRUE);
      return;
    }
  if (reply == NULL)
    {
      fairlead_server_set_state (self, FAIRLEAD_SERVER_UNKNOWN);
      g_task_return_error (task, error);
      return;
    }
  said = fairlead_remote_reply_get (reply, "result");
  if (is_end (said))
    {
      fairlead_server_forget (self);
      fairlead_server_set_state (self, FAIRLEAD_SERVER_STOPPED);
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (g_str_equal (said, "changed"))
    {
      fairlead_server_forget (self);
      fairlead_server_set_state (self, FAIRLEAD_SERVER_UNKNOWN);
    }
  else
    {
      fairlead_server_set_state (self, FAIRLEAD_SERVER_UNRESPONSIVE);
    }
  g_task_return_error (task, stop_error (self, said));
}

/**
 * fairlead_server_stop_async:
 *
 * Ends our own server's process group, and nothing else: TERM, then KILL after the grace time. One that is
 * not ours, or not running, is left alone and counts as stopped.
 */
void
fairlead_server_stop_async (FairleadServer      *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (FairleadRemoteScript) script = NULL;

  g_return_if_fail (FAIRLEAD_IS_SERVER (self));

  g_task_set_source_tag (task, fairlead_server_stop_async);
  if (!fairlead_server_is_ours (self) || self->state == FAIRLEAD_SERVER_STOPPING)
    {
      g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                                     _("No solver of yours runs on this connection.")));
      return;
    }
  fairlead_server_set_state (self, FAIRLEAD_SERVER_STOPPING);
  script = fairlead_remote_script_new ("stop");
  fairlead_remote_script_set (script, "FL_DIR", self->record);
  fairlead_remote_script_set (script, "FL_TOKEN", self->token);
  fairlead_remote_script_set_int (script, "FL_GRACE", self->grace * 10);
  fairlead_server_run_async (self, script, FAIRLEAD_SERVER_ACT_TIMEOUT + self->grace, cancellable, stopped_cb,
                             g_steal_pointer (&task));
}

gboolean
fairlead_server_stop_finish (FairleadServer  *self,
                             GAsyncResult    *result,
                             GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
