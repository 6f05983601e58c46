/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-remote.h"

#include <unistd.h>

#include "fairlead-core-enums.h"
#include "fairlead-error.h"
#include "fake-forward.h"

struct _FakeRemote {
  GObject parent_instance;

  FakeRemoteSetup setup;
  char *home;
  char *path;
  FairleadInteraction *interaction;
  FairleadSessionState state;
  GError *error;
  GPtrArray *processes;
  GPtrArray *forwards;
  guint n_running;
  guint n_checks;
  gboolean mute;
  GQueue waiting;              /* tasks of commands, with their text */
};

static void remote_init (FairleadRemoteInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeRemote, fake_remote, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FAIRLEAD_TYPE_REMOTE, remote_init))

enum {
  PROP_0,
  PROP_STATE,
};

static void
set_state (FakeRemote           *self,
           FairleadSessionState  state)
{
  self->state = state;
  g_object_notify (G_OBJECT (self), "state");
}

static void
fake_remote_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, FAKE_REMOTE (object)->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
drop_all (FakeRemote *self)
{
  for (guint i = 0; i < self->processes->len; i++)
    fairlead_remote_process_close (self->processes->pdata[i]);
  g_ptr_array_set_size (self->processes, 0);
  for (guint i = 0; i < self->forwards->len; i++)
    fairlead_forward_close (self->forwards->pdata[i]);
  g_ptr_array_set_size (self->forwards, 0);
}

static void
fake_remote_finalize (GObject *object)
{
  FakeRemote *self = FAKE_REMOTE (object);

  drop_all (self);
  g_queue_clear_full (&self->waiting, g_object_unref);
  g_clear_pointer (&self->processes, g_ptr_array_unref);
  g_clear_pointer (&self->forwards, g_ptr_array_unref);
  g_clear_pointer (&self->home, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_object (&self->interaction);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (fake_remote_parent_class)->finalize (object);
}

static void
fake_remote_class_init (FakeRemoteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fake_remote_get_property;
  object_class->finalize = fake_remote_finalize;
  g_object_class_override_property (object_class, PROP_STATE, "state");
}

static void
fake_remote_init (FakeRemote *self)
{
  self->processes = g_ptr_array_new_with_free_func (g_object_unref);
  self->forwards = g_ptr_array_new_with_free_func (g_object_unref);
}

FairleadRemote *
fake_remote_new (const FakeRemoteSetup *setup,
                 FairleadInteraction   *interaction)
{
  FakeRemote *self = g_object_new (FAKE_TYPE_REMOTE, NULL);

  self->setup = *setup;
  self->home = g_strdup (setup->home);
  self->path = g_strdup (setup->path);
  self->interaction = g_object_ref (interaction);
  return FAIRLEAD_REMOTE (self);
}

/* The connection is lost: every stream ends, and the state says so. */
void
fake_remote_lose (FakeRemote *self)
{
  self->error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "The connection to gpu01 was lost.");
  drop_all (self);
  set_state (self, FAIRLEAD_SESSION_FAILED);
}

/* Connecting: one state per turn of the main loop. */

static gboolean connect_next_cb (gpointer user_data);

static void
ask_thread (GTask        *task,
            gpointer      source,
            gpointer      task_data,
            GCancellable *cancellable)
{
  FakeRemote *self = source;
  g_autoptr (FairleadHostKeyQuestion) question = fairlead_host_key_question_new ("gpu01");
  GError *error = NULL;

  if (fairlead_interaction_ask (self->interaction, FAIRLEAD_QUESTION (question), cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
connect_failed (GTask  *task,
                GError *error)
{
  FakeRemote *self = g_task_get_source_object (task);

  self->error = g_error_copy (error);
  set_state (self, FAIRLEAD_SESSION_FAILED);
  g_task_return_error (task, error);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      connect_failed (task, error);
      return;
    }
  set_state (FAKE_REMOTE (source), FAIRLEAD_SESSION_AUTHENTICATING);
  g_idle_add (connect_next_cb, g_steal_pointer (&task));
}

static void
hang_cancelled_cb (GCancellable *cancellable,
                   GTask        *task)
{
  g_idle_add_once ((GSourceOnceFunc) g_object_unref, g_object_ref (task));
  connect_failed (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  g_object_unref (task);
}

static gboolean
connect_next_cb (gpointer user_data)
{
  GTask *task = user_data;
  FakeRemote *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (g_cancellable_is_cancelled (cancellable))
    {
      connect_failed (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
      g_object_unref (task);
    }
  else if (self->state == self->setup.hang_in && self->state != FAIRLEAD_SESSION_IDLE)
    {
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (hang_cancelled_cb), task);
    }
  else if (self->state == FAIRLEAD_SESSION_VERIFYING && self->setup.ask)
    {
      g_autoptr (GTask) question = g_task_new (self, cancellable, answered_cb, task);

      g_task_run_in_thread (question, ask_thread);
    }
  else if (self->state == FAIRLEAD_SESSION_CONNECTING && self->setup.unreachable)
    {
      connect_failed (task, fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "gpu01 does not answer."));
      g_object_unref (task);
    }
  else if (self->state == FAIRLEAD_SESSION_AUTHENTICATING && self->setup.refuse != NULL)
    {
      connect_failed (task, fairlead_error_new (FAIRLEAD_ERROR_AUTH, "%s", self->setup.refuse));
      g_object_unref (task);
    }
  else if (self->state == FAIRLEAD_SESSION_AUTHENTICATING)
    {
      set_state (self, FAIRLEAD_SESSION_OPEN);
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else
    {
      set_state (self, self->state + 1);
      return G_SOURCE_CONTINUE;
    }
  return G_SOURCE_REMOVE;
}

static void
fake_connect_async (FairleadRemote      *remote,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  GTask *task = g_task_new (remote, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  g_idle_add (connect_next_cb, task);
}

static gboolean
fake_boolean_finish (FairleadRemote  *remote,
                     GAsyncResult    *result,
                     GError         **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gpointer
fake_pointer_finish (FairleadRemote  *remote,
                     GAsyncResult    *result,
                     GError         **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* As sshd: a session of its own for each command. */
static void
child_setup (gpointer user_data)
{
  setsid ();
}

static void spawn_now (FakeRemote *self,
                       GTask      *task);

/* The place of a command is free. */
static void
next_session (FakeRemote *self)
{
  g_autoptr (GTask) task = NULL;

  self->n_running--;
  task = g_queue_pop_head (&self->waiting);
  if (task != NULL)
    spawn_now (self, task);
}

static void
waited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadRemoteProcess) process = user_data;
  GSubprocess *subprocess = G_SUBPROCESS (source);
  g_autoptr (FakeRemote) self = g_weak_ref_get (g_object_get_data (G_OBJECT (subprocess), "remote"));

  g_subprocess_wait_finish (subprocess, result, NULL);
  fairlead_remote_process_complete (process,
                                    g_subprocess_get_if_exited (subprocess)
                                    ? g_subprocess_get_exit_status (subprocess) : -1, NULL, NULL);
  /* A command may outlive its connection. */
  if (self != NULL)
    next_session (self);
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
spawn_now (FakeRemote *self,
           GTask      *task)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess) subprocess = NULL;
  g_autofree char *state = g_build_filename (self->home, "state", NULL);
  FairleadRemoteProcess *process;
  GWeakRef *weak;
  GError *error = NULL;

  if (self->state != FAIRLEAD_SESSION_OPEN)
    {
      g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "Not connected."));
      return;
    }
  self->n_running++;
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                        | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, child_setup, NULL, NULL);
  g_subprocess_launcher_set_cwd (launcher, self->home);
  g_subprocess_launcher_setenv (launcher, "HOME", self->home, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_STATE_HOME", state, TRUE);
  g_subprocess_launcher_setenv (launcher, "SHELL", "/bin/sh", TRUE);
  if (self->path != NULL)
    {
      g_autofree char *path = g_strdup_printf ("%s:%s", self->path, g_getenv ("PATH"));

      g_subprocess_launcher_setenv (launcher, "PATH", path, TRUE);
    }
  subprocess = g_subprocess_launcher_spawn (launcher, &error, "sh", "-c", g_task_get_task_data (task), NULL);
  g_assert_no_error (error);
  process = fairlead_remote_process_new (g_object_ref (g_subprocess_get_stdin_pipe (subprocess)),
                                         g_object_ref (g_subprocess_get_stdout_pipe (subprocess)),
                                         g_object_ref (g_subprocess_get_stderr_pipe (subprocess)));
  g_ptr_array_add (self->processes, g_object_ref (process));
  weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  g_object_set_data_full (G_OBJECT (subprocess), "remote", weak, weak_ref_free);
  g_subprocess_wait_async (subprocess, NULL, waited_cb, g_object_ref (process));
  g_task_return_pointer (task, process, g_object_unref);
}

static void
fake_spawn_async (FairleadRemote      *remote,
                  const char          *command,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  FakeRemote *self = FAKE_REMOTE (remote);
  g_autoptr (GTask) task = g_task_new (remote, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (command), g_free);
  if (self->setup.one_session && self->n_running > 0)
    g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
  else
    spawn_now (self, task);
}

static void
tcp_opened_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  connection = g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);
  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else if (fairlead_error_is_cancel (error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "%s", error->message));
}

static void
fake_open_tcp_async (FairleadRemote      *remote,
                     const char          *host,
                     guint                port,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  GTask *task = g_task_new (remote, cancellable, callback, user_data);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_to_host_async (client, host, port, cancellable, tcp_opened_cb, task);
}

static void
fake_forward_async (FairleadRemote            *remote,
                    const FairleadForwardSpec *spec,
                    GCancellable              *cancellable,
                    GAsyncReadyCallback        callback,
                    gpointer                   user_data)
{
  FakeRemote *self = FAKE_REMOTE (remote);
  g_autoptr (GTask) task = g_task_new (remote, cancellable, callback, user_data);
  FairleadForward *forward;
  GError *error = NULL;

  forward = fake_forward_new (spec, &error);
  if (forward == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_add (self->forwards, g_object_ref (forward));
  g_task_return_pointer (task, forward, g_object_unref);
}

static void
fake_check_async (FairleadRemote      *remote,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  FakeRemote *self = FAKE_REMOTE (remote);
  g_autoptr (GTask) task = g_task_new (remote, cancellable, callback, user_data);

  self->n_checks++;
  if (self->mute)
    fake_remote_lose (self);
  if (self->state == FAIRLEAD_SESSION_OPEN)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "Not connected."));
}

/* It gives no sign of life when it is checked. */
void
fake_remote_set_mute (FakeRemote *self)
{
  self->mute = TRUE;
}

guint
fake_remote_count_checks (FakeRemote *self)
{
  return self->n_checks;
}

static void
fake_close_async (FairleadRemote      *remote,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  FakeRemote *self = FAKE_REMOTE (remote);
  g_autoptr (GTask) task = g_task_new (remote, cancellable, callback, user_data);

  drop_all (self);
  if (self->state != FAIRLEAD_SESSION_FAILED)
    set_state (self, FAIRLEAD_SESSION_CLOSED);
  g_task_return_boolean (task, TRUE);
}

static const GError *
fake_get_error (FairleadRemote *remote)
{
  return FAKE_REMOTE (remote)->error;
}

static void
remote_init (FairleadRemoteInterface *iface)
{
  iface->connect_async = fake_connect_async;
  iface->connect_finish = fake_boolean_finish;
  iface->spawn_async = fake_spawn_async;
  iface->spawn_finish = (gpointer) fake_pointer_finish;
  iface->open_tcp_async = fake_open_tcp_async;
  iface->open_tcp_finish = (gpointer) fake_pointer_finish;
  iface->forward_async = fake_forward_async;
  iface->forward_finish = (gpointer) fake_pointer_finish;
  iface->check_async = fake_check_async;
  iface->check_finish = fake_boolean_finish;
  iface->close_async = fake_close_async;
  iface->close_finish = fake_boolean_finish;
  iface->get_error = fake_get_error;
}
