/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-server-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-explain.h"
#include "fairlead-log-model.h"

/* Wait for ready, and Check exposure. */

/* Waiting: until the first of a word in progress.log, the process's end, the channel's end, the deadline
 * and a cancel. */
typedef struct {
  FairleadFollow *follow;
  gulong handlers[4];
  GCancellable *cancellable;
  gulong cancelled_id;
  guint timeout;
  guint timeout_id;
  guint cancel_id;
  GCancellable *port;          /* ends the looks at a command's port; NULL: there are none */
  gboolean done;
} Wait;

static void
wait_disconnect (Wait *wait)
{
  g_clear_handle_id (&wait->timeout_id, g_source_remove);
  g_clear_handle_id (&wait->cancel_id, g_source_remove);
  for (gsize i = 0; i < G_N_ELEMENTS (wait->handlers); i++)
    g_clear_signal_handler (&wait->handlers[i], wait->follow);
  g_clear_signal_handler (&wait->cancelled_id, wait->cancellable);
  g_cancellable_cancel (wait->port);
}

static void
wait_free (Wait *wait)
{
  g_clear_object (&wait->follow);
  g_clear_object (&wait->cancellable);
  g_clear_object (&wait->port);
  g_free (wait);
}

/* The end of the waiting: whose task is to be returned; NULL when it has ended before. Only the first end
 * counts. */
static GTask *
steal_task (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  if (wait->done)
    return NULL;
  wait->done = TRUE;
  wait_disconnect (wait);
  return task;
}

/* Takes @error; NULL is success. */
static void
wait_end (GTask  *task,
          GError *error)
{
  FairleadServer *self = g_task_get_source_object (task);
  g_autoptr (GTask) held = steal_task (task);

  if (held == NULL)
    g_clear_error (&error);
  else if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    fairlead_server_fail (self, task, error);
}

static void
wait_fail (GTask                      *task,
           const FairleadExplainFacts *facts)
{
  FairleadServer *self = g_task_get_source_object (task);
  g_autoptr (GTask) held = steal_task (task);

  if (held != NULL)
    fairlead_server_fail_explained (self, task, facts);
}

static void
line_cb (FairleadFollow *follow,
         const char     *line,
         GTask          *task)
{
  FairleadServer *self = g_task_get_source_object (task);
  FairleadExplainFacts facts = { .when = FAIRLEAD_EXPLAIN_REPORTED, .code = -1 };

  self->wrote_progress = TRUE;
  if (strstr (line, "SERVER_READY") != NULL)
    {
      self->said_ready = TRUE;
      wait_end (task, NULL);
      return;
    }
  if (strstr (line, "ERROR") == NULL && strstr (line, "FAILED") == NULL)
    return;
  facts.reported = line;
  fairlead_server_answered (self, FALSE);
  wait_fail (task, &facts);
}

static void
exited_cb (FairleadFollow *follow,
           int             code,
           GTask          *task)
{
  const FairleadExplainFacts facts = { .when = FAIRLEAD_EXPLAIN_STARTING, .code = code };

  wait_fail (task, &facts);
}

static void
ended_cb (FairleadFollow *follow,
          GTask          *task)
{
  FairleadServer *self = g_task_get_source_object (task);

  /* The server looks whether it has lost its place, and else follows it again. */
  if (fairlead_place_can_look (self->place))
    return;
  fairlead_server_give_up (self);
  wait_end (task, fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                      _("The solver's log on %s cannot be followed."), self->host));
}

static void
state_cb (FairleadServer *self,
          GParamSpec     *pspec,
          GTask          *task)
{
  if (self->state == FAIRLEAD_SERVER_EXITED && self->end_error != NULL)
    wait_end (task, g_error_copy (self->end_error));
  else if (self->state == FAIRLEAD_SERVER_UNKNOWN)
    wait_end (task, fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection was lost.")));
}

static gboolean
deadline_cb (gpointer user_data)
{
  GTask *task = user_data;
  FairleadServer *self = g_task_get_source_object (task);
  Wait *wait = g_task_get_task_data (task);
  const FairleadExplainFacts facts = {
    .when = FAIRLEAD_EXPLAIN_NOT_READY, .code = -1, .seconds = wait->timeout
  };

  wait->timeout_id = 0;
  fairlead_server_answered (self, FALSE);
  wait_fail (task, &facts);
  return G_SOURCE_REMOVE;
}

static gboolean
cancel_idle_cb (gpointer user_data)
{
  GTask *task = user_data;
  FairleadServer *self = g_task_get_source_object (task);
  Wait *wait = g_task_get_task_data (task);

  wait->cancel_id = 0;
  fairlead_server_give_up (self);
  wait_end (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  return G_SOURCE_REMOVE;
}

/* Not from within the signal: a handler of a GCancellable cannot be disconnected there. */
static void
cancelled_cb (GCancellable *cancellable,
              GTask        *task)
{
  Wait *wait = g_task_get_task_data (task);

  if (wait->cancel_id == 0)
    wait->cancel_id = g_idle_add (cancel_idle_cb, task);
}

static void
port_found_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadServer *self = FAIRLEAD_SERVER (source);
  Wait *wait = g_task_get_task_data (task);

  if (!fairlead_server_find_port_finish (self, result, NULL) || wait->done || self->wrote_progress)
    return;
  self->ready_by_port = TRUE;
  wait_end (task, NULL);
}

/**
 * fairlead_server_wait_async:
 * @timeout: seconds until it has to be ready
 *
 * Waits until the server says that it is ready; after a good fairlead_server_launch_async(). A launch command
 * that writes nothing to progress.log is ready when it takes a connection on its port.
 */
void
fairlead_server_wait_async (FairleadServer      *self,
                            guint                timeout,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Wait *wait = g_new0 (Wait, 1);

  g_return_if_fail (FAIRLEAD_IS_SERVER (self));

  g_task_set_source_tag (task, fairlead_server_wait_async);
  g_task_set_task_data (task, wait, (GDestroyNotify) wait_free);
  wait->follow = g_object_ref (self->follow);
  wait->timeout = timeout;
  if (self->said_ready)
    {
      wait_end (task, NULL);
      return;
    }
  if (self->state != FAIRLEAD_SERVER_WAITING)
    {
      exited_cb (self->follow, self->exit_code, task);
      return;
    }
  wait->handlers[0] = g_signal_connect (self->follow, "progress-line", G_CALLBACK (line_cb), task);
  wait->handlers[1] = g_signal_connect (self->follow, "exited", G_CALLBACK (exited_cb), task);
  wait->handlers[2] = g_signal_connect (self->follow, "ended", G_CALLBACK (ended_cb), task);
  if (g_str_equal (self->kind, "command"))
    {
      wait->port = g_cancellable_new ();
      fairlead_server_find_port_async (self, wait->port, port_found_cb, g_object_ref (task));
    }
  wait->timeout_id = g_timeout_add_seconds (timeout, deadline_cb, task);
  g_signal_connect_object (self, "notify::state", G_CALLBACK (state_cb), task, 0);
  if (cancellable != NULL)
    {
      wait->cancellable = g_object_ref (cancellable);
      wait->cancelled_id = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled_cb), task);
      if (g_cancellable_is_cancelled (cancellable))
        cancelled_cb (cancellable, task);
    }
}

gboolean
fairlead_server_wait_finish (FairleadServer  *self,
                             GAsyncResult    *result,
                             GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static GError *
exposure_error (FairleadServer *self)
{
  guint port = fairlead_profile_get_server_port (self->profile);
  GError *error = fairlead_place_explain_exposure (self->place, self->exposure, self->bound_to, port);

  if (error != NULL)
    return error;
  if (self->exposure == FAIRLEAD_EXPOSURE_EXPOSED)
    {
      error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                  _("The solver on %s can be reached from the network: it listens on %s."),
                                  self->host, self->bound_to);
      fairlead_error_set_hint (error, _("Anyone who reaches that address can use it. Stop Solver, and "
                                        "have it listen on 127.0.0.1. No tunnel was opened."));
      return error;
    }
  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                              _("The solver on %s says that it is ready, but does not listen on port %u."),
                              self->host, port);
  fairlead_error_set_hint (error, _("A launch command has to pass on --host and --port."));
  return error;
}

static void
exposure_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadServer *self = g_task_get_source_object (task);
  g_autoptr (FairleadRemoteReply) reply = NULL;
  g_autofree char *bound_to = NULL;
  GError *error = NULL;
  FairleadExposure exposure;

  reply = fairlead_server_run_finish (FAIRLEAD_SERVER (source), result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_strcmp0 (fairlead_remote_reply_get (reply, "result"), "found") != 0)
    {
      error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("The solver on %s has ended."), self->host);
      if (self->state == FAIRLEAD_SERVER_WAITING)
        {
          fairlead_server_forget (self);
          fairlead_server_set_state (self, FAIRLEAD_SERVER_EXITED);
        }
      fairlead_server_fail (self, task, error);
      return;
    }
  exposure = fairlead_place_judge (self->place, fairlead_remote_reply_get (reply, "sockets"),
                                   fairlead_profile_get_server_port (self->profile), &bound_to);
  fairlead_server_set_exposure (self, exposure, bound_to);
  if (exposure == FAIRLEAD_EXPOSURE_LOOPBACK
      || (exposure == FAIRLEAD_EXPOSURE_EXPOSED && fairlead_place_permits_exposure (self->place)))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  /* Exposed, it is up, but nothing is sent to it; its state is then red by its exposure. */
  fairlead_server_answered (self, exposure == FAIRLEAD_EXPOSURE_EXPOSED);
  fairlead_server_fail (self, task, exposure_error (self));
}

/**
 * fairlead_server_check_exposure_async:
 *
 * Looks at what the server's processes listen on.
 */
void
fairlead_server_check_exposure_async (FairleadServer      *self,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (FairleadRemoteScript) script = NULL;

  g_return_if_fail (FAIRLEAD_IS_SERVER (self));

  g_task_set_source_tag (task, fairlead_server_check_exposure_async);
  if (self->remote == NULL || self->token == NULL)
    {
      g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                                     _("The solver on %s has ended."), self->host));
      return;
    }
  script = fairlead_remote_script_new ("exposure");
  fairlead_remote_script_set (script, "FL_DIR", self->record);
  fairlead_remote_script_set (script, "FL_TOKEN", self->token);
  fairlead_server_run_async (self, script, FAIRLEAD_SERVER_LOOK_TIMEOUT, cancellable, exposure_cb,
                             g_steal_pointer (&task));
}

/**
 * fairlead_server_check_exposure_finish:
 *
 * Returns: whether only loopback can reach it
 */
gboolean
fairlead_server_check_exposure_finish (FairleadServer  *self,
                                       GAsyncResult    *result,
                                       GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
