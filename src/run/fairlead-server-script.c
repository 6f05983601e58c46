/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-server-private.h"

/* A script beside the follower. Where the host allows one session at a time (MaxSessions, sshd_config(5))
 * it waits for the follower's to end: so the follower makes way, and goes on after it, from where it was. */

/* How long a script may take before the follower is thought to be in its way. */
#define PATIENCE_MS 2000

typedef struct {
  guint patience_id;
  gboolean paused;
} Turn;

static void
turn_free (Turn *turn)
{
  g_clear_handle_id (&turn->patience_id, g_source_remove);
  g_free (turn);
}

static void
make_way (FairleadServer *self,
          Turn           *turn)
{
  if (!fairlead_follow_is_active (self->follow))
    return;
  fairlead_follow_stop (self->follow);
  turn->paused = TRUE;
}

static gboolean
patience_cb (gpointer user_data)
{
  GTask *task = user_data;
  FairleadServer *self = g_task_get_source_object (task);
  Turn *turn = g_task_get_task_data (task);

  turn->patience_id = 0;
  make_way (self, turn);
  self->one_at_a_time |= turn->paused;
  return G_SOURCE_REMOVE;
}

static void
run_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadServer *self = g_task_get_source_object (task);
  Turn *turn = g_task_get_task_data (task);
  FairleadRemoteReply *reply;
  GError *error = NULL;

  g_clear_handle_id (&turn->patience_id, g_source_remove);
  reply = fairlead_remote_script_run_finish (FAIRLEAD_REMOTE (source), result, &error);
  if (turn->paused && self->token != NULL && self->remote != NULL
      && (self->remote == FAIRLEAD_REMOTE (source)
          || fairlead_place_get_remote (self->place) == FAIRLEAD_REMOTE (source)))
    fairlead_server_start_follow (self, FALSE);
  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) fairlead_remote_reply_free);
  else
    g_task_return_error (task, error);
}

static void
run (FairleadServer       *self,
     FairleadRemoteScript *script,
     FairleadRemote       *remote,
     guint                 timeout,
     GCancellable         *cancellable,
     GAsyncReadyCallback   callback,
     gpointer              user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Turn *turn = g_new0 (Turn, 1);

  g_task_set_source_tag (task, fairlead_server_run_async);
  g_task_set_task_data (task, turn, (GDestroyNotify) turn_free);
  /* The caller looks at what was done before it looks at a cancel. */
  g_task_set_check_cancellable (task, FALSE);
  if (self->one_at_a_time)
    make_way (self, turn);
  else
    turn->patience_id = g_timeout_add (PATIENCE_MS, patience_cb, task);
  fairlead_remote_script_run_async (script, remote, timeout, cancellable, run_cb, task);
}

/* As fairlead_remote_script_run_async(), in the server's place. */
void
fairlead_server_run_async (FairleadServer       *self,
                           FairleadRemoteScript *script,
                           guint                 timeout,
                           GCancellable         *cancellable,
                           GAsyncReadyCallback   callback,
                           gpointer              user_data)
{
  fairlead_remote_script_set_place (script, self->place, FALSE);
  run (self, script, fairlead_place_get_remote (self->place), timeout, cancellable, callback, user_data);
}

/* The same on the host itself, wherever the server is. */
void
fairlead_server_run_on_host_async (FairleadServer       *self,
                                   FairleadRemoteScript *script,
                                   guint                 timeout,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data)
{
  run (self, script, self->remote, timeout, cancellable, callback, user_data);
}

FairleadRemoteReply *
fairlead_server_run_finish (FairleadServer  *self,
                            GAsyncResult    *result,
                            GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
