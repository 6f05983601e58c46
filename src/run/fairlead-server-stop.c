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
  static const struct {
    const char *result;
    const char *why;
    const char *hint;
  } errors[] = {
    { "changed", N_("Another one has been started there since, from elsewhere."), NULL },
    { "locked", N_("Another start or stop is under way there."), N_("Try again in a moment.") },
    { "no-state", N_("Its record cannot be locked."), N_("The home directory there may be full or read-only.") },
    { "unreadable", N_("Its record cannot be read any more."),
      N_("It says which process is ours, and no other is ever ended: end the solver on the host itself.") },
    { "stuck", N_("It does not end even when killed."),
      N_("It waits for a device or a file system, and ends when that answers or the host is restarted.") },
  };
  const char *why = "";
  const char *hint = NULL;
  GError *error;

  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    if (g_str_equal (result, errors[i].result))
      {
        why = _(errors[i].why);
        hint = errors[i].hint != NULL ? _(errors[i].hint) : NULL;
      }
  /* Translators: the host, and why. */
  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("The solver on %s was not stopped. %s"), self->host, why);
  fairlead_error_set_hint (error, hint);
  return error;
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

/* The place ends with the server. */
static void
place_ended_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadServer *self = g_task_get_source_object (task);
  GError *error = NULL;
  gboolean ended = fairlead_place_end_finish (FAIRLEAD_PLACE (source), result, &error);

  if (self->state == FAIRLEAD_SERVER_STOPPING && ended)
    {
      fairlead_follow_stop (self->follow);
      fairlead_server_forget (self);
      fairlead_server_set_state (self, FAIRLEAD_SERVER_STOPPED);
    }
  else if (self->state == FAIRLEAD_SERVER_STOPPING)
    {
      fairlead_server_set_state (self, FAIRLEAD_SERVER_UNKNOWN);
    }
  if (ended)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
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
  if (fairlead_place_holds (self->place))
    {
      fairlead_place_end_async (self->place, self->grace, cancellable, place_ended_cb, g_steal_pointer (&task));
      return;
    }
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
