/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <libssh2.h>
#include <signal.h>

#include "fairlead-core-enums.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-session-private.h"

/**
 * FairleadSshSession:
 *
 * One SSH connection as the main thread sees it: a #FairleadRemote whose work is done by a
 * #FairleadSshLoop. Used once.
 */
struct _FairleadSshSession {
  GObject parent_instance;

  FairleadSshLoop *loop;
  FairleadSessionState state;
  GError *error;
  gboolean started;
  gboolean ended;
  GTask *connect_task;
  gulong cancelled_id;
  GPtrArray *close_tasks;          /* of GTask */
};

enum {
  PROP_0,
  PROP_STATE,
  N_PROPS
};

static void remote_init (FairleadRemoteInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FairleadSshSession, fairlead_ssh_session, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FAIRLEAD_TYPE_REMOTE, remote_init))

static void
fairlead_ssh_session_get_property (GObject    *object,
                                   guint       prop_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  FairleadSshSession *self = FAIRLEAD_SSH_SESSION (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
end_loop (FairleadSshSession *self)
{
  if (self->state == FAIRLEAD_SESSION_OPEN)
    fairlead_ssh_loop_close (self->loop);
  else
    g_cancellable_cancel (self->loop->cancellable);
}

static void
fairlead_ssh_session_dispose (GObject *object)
{
  FairleadSshSession *self = FAIRLEAD_SSH_SESSION (object);

  if (self->loop != NULL)
    {
      self->loop->owner = NULL;
      if (self->started && !self->ended)
        end_loop (self);
      g_clear_pointer (&self->loop, fairlead_ssh_loop_unref);
    }

  G_OBJECT_CLASS (fairlead_ssh_session_parent_class)->dispose (object);
}

static void
fairlead_ssh_session_finalize (GObject *object)
{
  FairleadSshSession *self = FAIRLEAD_SSH_SESSION (object);

  g_clear_pointer (&self->close_tasks, g_ptr_array_unref);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (fairlead_ssh_session_parent_class)->finalize (object);
}

static void
fairlead_ssh_session_class_init (FairleadSshSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fairlead_ssh_session_get_property;
  object_class->dispose = fairlead_ssh_session_dispose;
  object_class->finalize = fairlead_ssh_session_finalize;
  g_object_class_override_property (object_class, PROP_STATE, "state");

  if (libssh2_init (0) != 0)
    g_error ("libssh2_init failed");
  /* As GSocket does: a stream whose other end has gone gives an error and not a signal. */
  signal (SIGPIPE, SIG_IGN);
}

static void
fairlead_ssh_session_init (FairleadSshSession *self)
{
  self->close_tasks = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
finish_connect (FairleadSshSession *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->connect_task);

  if (task == NULL)
    return;
  g_cancellable_disconnect (g_task_get_cancellable (task), self->cancelled_id);
  self->cancelled_id = 0;
  if (self->state == FAIRLEAD_SESSION_OPEN)
    g_task_return_boolean (task, TRUE);
  else if (self->error != NULL)
    g_task_return_error (task, g_error_copy (self->error));
  else
    g_task_return_error (task, fairlead_ssh_error_closed (self->loop));
}

static void
state_changed (gpointer              owner,
               FairleadSessionState  state,
               const GError         *error)
{
  g_autoptr (FairleadSshSession) self = g_object_ref (FAIRLEAD_SSH_SESSION (owner));

  self->state = state;
  if (error != NULL && self->error == NULL)
    self->error = g_error_copy (error);
  g_object_notify (G_OBJECT (self), "state");
  if (state == FAIRLEAD_SESSION_OPEN || state == FAIRLEAD_SESSION_CLOSED
      || state == FAIRLEAD_SESSION_FAILED)
    finish_connect (self);
}

static void
message (gpointer    owner,
         const char *text)
{
  fairlead_remote_emit_message (FAIRLEAD_REMOTE (owner), text);
}

static void
loop_ended (FairleadSshLoop *loop,
            gpointer         data)
{
  g_autoptr (GPtrArray) tasks = NULL;
  FairleadSshSession *self = loop->owner;

  if (self == NULL)
    return;
  self->ended = TRUE;
  tasks = g_steal_pointer (&self->close_tasks);
  self->close_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (tasks->pdata[i], TRUE);
}

/**
 * fairlead_ssh_session_new:
 * @target: what to connect to
 * @interaction: who answers the questions that come up
 *
 * Returns: (transfer full): a session in the state IDLE
 */
FairleadRemote *
fairlead_ssh_session_new (FairleadTarget      *target,
                          FairleadInteraction *interaction)
{
  FairleadSshSession *self = g_object_new (FAIRLEAD_TYPE_SSH_SESSION, NULL);

  self->loop = fairlead_ssh_loop_new (target, interaction, fairlead_ssh_memory_get_default (),
                                      state_changed, message, self);
  return FAIRLEAD_REMOTE (self);
}

static FairleadRemote *
fairlead_ssh_session_new_behind (FairleadRemote      *remote,
                                 FairleadTarget      *target,
                                 FairleadInteraction *interaction)
{
  FairleadRemote *inner = fairlead_ssh_session_new (target, interaction);

  FAIRLEAD_SSH_SESSION (inner)->loop->outer = fairlead_ssh_loop_ref (FAIRLEAD_SSH_SESSION (remote)->loop);
  return inner;
}

FairleadSshLoop *
fairlead_ssh_session_get_loop (FairleadSshSession *self)
{
  return self->loop;
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
}

static void
fairlead_ssh_session_connect_async (FairleadRemote      *remote,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  FairleadSshSession *self = FAIRLEAD_SSH_SESSION (remote);

  g_return_if_fail (!self->started);

  /* The thread says itself that it was cancelled, once it has let go of everything. */
  self->connect_task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (self->connect_task, FALSE);
  g_task_set_source_tag (self->connect_task, fairlead_ssh_session_connect_async);
  self->started = TRUE;
  if (cancellable != NULL)
    self->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb),
                                                g_object_ref (self->loop->cancellable),
                                                g_object_unref);
  fairlead_ssh_loop_start (self->loop, loop_ended, NULL);
}

static gboolean
fairlead_ssh_session_connect_finish (FairleadRemote  *remote,
                                     GAsyncResult    *result,
                                     GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, remote), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
fairlead_ssh_session_close_async (FairleadRemote      *remote,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  FairleadSshSession *self = FAIRLEAD_SSH_SESSION (remote);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, fairlead_ssh_session_close_async);
  if (!self->started || self->ended)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (cancelled_cb),
                             self->loop->cancellable, 0);
  g_ptr_array_add (self->close_tasks, g_steal_pointer (&task));
  end_loop (self);
}

static gboolean
fairlead_ssh_session_close_finish (FairleadRemote  *remote,
                                   GAsyncResult    *result,
                                   GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, remote), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static const GError *
fairlead_ssh_session_get_error (FairleadRemote *remote)
{
  return FAIRLEAD_SSH_SESSION (remote)->error;
}

static void
remote_init (FairleadRemoteInterface *iface)
{
  iface->connect_async = fairlead_ssh_session_connect_async;
  iface->connect_finish = fairlead_ssh_session_connect_finish;
  iface->spawn_async = fairlead_ssh_session_spawn_async;
  iface->spawn_finish = fairlead_ssh_session_spawn_finish;
  iface->open_tcp_async = fairlead_ssh_session_open_tcp_async;
  iface->open_tcp_finish = fairlead_ssh_session_open_tcp_finish;
  iface->forward_async = fairlead_ssh_session_forward_async;
  iface->forward_finish = fairlead_ssh_session_forward_finish;
  iface->check_async = fairlead_ssh_session_check_async;
  iface->check_finish = fairlead_ssh_session_check_finish;
  iface->new_behind = fairlead_ssh_session_new_behind;
  iface->close_async = fairlead_ssh_session_close_async;
  iface->close_finish = fairlead_ssh_session_close_finish;
  iface->get_error = fairlead_ssh_session_get_error;
}
