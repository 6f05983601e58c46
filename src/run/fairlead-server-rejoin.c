/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-server-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"

/* The connection was lost and stands again: the server is found again as it was, or what became of it is
 * said. None is ever launched here. */

/* How long its last words may take to come, once it is known to have ended. */
#define LAST_WORDS_MS 5000

/* Which server: that of a launch whose outcome is not known, or the one that ran. */
static const char *
wanted_token (FairleadServer *self)
{
  return self->launching != NULL ? self->launching : self->token;
}

/* NULL: its exit code and its log tell. */
static GError *
end_error (FairleadServer *self,
           const char     *result)
{
  if (g_str_equal (result, "rebooted"))
    return fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                               _("%s was restarted while it was not connected: the solver on it has ended."),
                               self->host);
  if (g_str_equal (result, "stopped"))
    return fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                               _("The solver on %s was stopped from elsewhere while the connection was lost."),
                               self->host);
  return NULL;
}

/* It has ended. What it wrote until then is still to be read: the follower goes on until it has seen the
 * end too. */
typedef struct {
  FairleadFollow *follow;
  gulong handlers[2];
  guint timeout_id;
  char *result;
  int code;
} Ended;

static void
stop_listening (Ended *ended)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ended->handlers); i++)
    g_clear_signal_handler (&ended->handlers[i], ended->follow);
  g_clear_handle_id (&ended->timeout_id, g_source_remove);
}

static void
ended_free (Ended *ended)
{
  g_clear_object (&ended->follow);
  g_free (ended->result);
  g_free (ended);
}

/* Nobody waits for it any more, or it has been lost again. */
static gboolean
is_over (FairleadServer *self,
         GTask          *task)
{
  if (self->remote != NULL && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return FALSE;
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  return TRUE;
}

static void
ended_told (GTask *task)
{
  g_autoptr (GTask) held = task;
  FairleadServer *self = g_task_get_source_object (task);
  Ended *ended = g_task_get_task_data (task);
  const FairleadExplainFacts facts = { .when = FAIRLEAD_EXPLAIN_AWAY, .code = ended->code };
  GError *error;

  stop_listening (ended);
  if (is_over (self, task))
    return;
  fairlead_follow_stop (self->follow);
  fairlead_server_forget (self);
  self->exit_code = ended->code;
  fairlead_server_set_state (self, FAIRLEAD_SERVER_EXITED);
  error = end_error (self, ended->result);
  if (error != NULL)
    fairlead_server_fail (self, task, error);
  else
    fairlead_server_fail_explained (self, task, &facts);
}

static void
exited_cb (FairleadFollow *follow,
           int             code,
           GTask          *task)
{
  Ended *ended = g_task_get_task_data (task);

  if (code >= 0)
    ended->code = code;
  ended_told (task);
}

static void
follow_ended_cb (FairleadFollow *follow,
                 GTask          *task)
{
  ended_told (task);
}

static gboolean
overdue_cb (gpointer user_data)
{
  GTask *task = user_data;
  Ended *ended = g_task_get_task_data (task);

  ended->timeout_id = 0;
  ended_told (task);
  return G_SOURCE_REMOVE;
}

static void
hear_last_words (FairleadServer      *self,
                 FairleadRemoteReply *reply,
                 GTask               *task /* taken */)
{
  Ended *ended = g_new0 (Ended, 1);

  g_free (self->record);
  self->record = g_strdup (fairlead_remote_reply_get (reply, "dir"));
  ended->code = (int) fairlead_remote_reply_get_int (reply, "code", -1);
  if (self->pid == 0)
    self->pid = fairlead_remote_reply_get_int (reply, "pid", 0);
  ended->follow = g_object_ref (self->follow);
  ended->result = g_strdup (fairlead_remote_reply_get (reply, "result"));
  ended->handlers[0] = g_signal_connect (self->follow, "exited", G_CALLBACK (exited_cb), task);
  ended->handlers[1] = g_signal_connect (self->follow, "ended", G_CALLBACK (follow_ended_cb), task);
  ended->timeout_id = g_timeout_add (LAST_WORDS_MS, overdue_cb, task);
  g_task_set_task_data (task, ended, (GDestroyNotify) ended_free);
  fairlead_server_start_follow (self, FALSE);
}

static void
take_alive (FairleadServer      *self,
            FairleadRemoteReply *reply)
{
  gboolean same = g_strcmp0 (fairlead_remote_reply_get (reply, "token"), wanted_token (self)) == 0;
  gboolean launched = same && self->launching != NULL;

  /* Another one in its place was started by somebody else. */
  fairlead_server_take_launch (self, reply, same ? self->adopted : TRUE, launched);
}

static void
rejoined_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadServer *self = g_task_get_source_object (task);
  g_autoptr (FairleadRemoteReply) reply = NULL;
  GError *error = NULL;
  const char *said;

  reply = fairlead_server_run_finish (FAIRLEAD_SERVER (source), result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (is_over (self, task))
    return;
  said = fairlead_remote_reply_get (reply, "result");
  if (g_str_equal (said, "alive"))
    {
      take_alive (self, reply);
      g_task_return_boolean (task, TRUE);
    }
  else if (g_str_equal (said, "none"))
    {
      g_clear_pointer (&self->launching, g_free);
      g_task_return_boolean (task, FALSE);
    }
  else if (g_str_equal (said, "ended") || g_str_equal (said, "rebooted") || g_str_equal (said, "stopped"))
    {
      hear_last_words (self, reply, g_steal_pointer (&task));
    }
  else
    {
      error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                  _("Another start or stop of a solver is under way on %s."), self->host);
      fairlead_error_set_hint (error, _("Try again in a moment."));
      g_task_return_error (task, error);
    }
}

/**
 * fairlead_server_rejoin_async:
 * @self: one for which fairlead_server_has_left_off() holds, and that has a remote again
 *
 * Finds the server again that ran, or was being launched, when the connection was lost, and follows it on
 * from where it was. Its state is WAITING then, or EXITED.
 */
void
fairlead_server_rejoin_async (FairleadServer      *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (FairleadRemoteScript) script = fairlead_remote_script_new ("rejoin");

  g_return_if_fail (FAIRLEAD_IS_SERVER (self) && self->remote != NULL);
  g_return_if_fail (fairlead_server_has_left_off (self));

  g_task_set_source_tag (task, fairlead_server_rejoin_async);
  g_task_set_check_cancellable (task, FALSE);
  fairlead_remote_script_set (script, "FL_PATH", self->path);
  fairlead_remote_script_set_int (script, "FL_PORT", fairlead_profile_get_server_port (self->profile));
  fairlead_remote_script_set (script, "FL_TOKEN", wanted_token (self));
  fairlead_remote_script_set (script, "FL_LAUNCHING", self->launching != NULL ? "yes" : "");
  fairlead_server_run_async (self, script, FAIRLEAD_SERVER_LOOK_TIMEOUT, cancellable, rejoined_cb,
                             g_steal_pointer (&task));
}

/**
 * fairlead_server_rejoin_finish:
 * @found: (out): it runs; else the launch under way had started nothing, so that it can be done again
 *
 * Returns: %FALSE with %FAIRLEAD_ERROR_REMOTE when it has ended meanwhile, and how
 */
gboolean
fairlead_server_rejoin_finish (FairleadServer  *self,
                               GAsyncResult    *result,
                               gboolean        *found,
                               GError         **error)
{
  GError *local_error = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  *found = g_task_propagate_boolean (G_TASK (result), &local_error);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}
