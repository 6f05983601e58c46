/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <sys/socket.h>

#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-channel.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-session-private.h"

/* Commands and single connections: a channel on the I/O thread, socket pairs between the threads, and
 * streams on the main thread. The socket pairs carry the back-pressure both ways. */

enum {
  TO_REMOTE,
  FROM_REMOTE,
  ERRORS,
  N_STREAMS
};

/* Made on the main thread, handed to the I/O thread with the request, and back with its end. */
typedef struct {
  /* Main thread only. */
  GTask *task;                     /* NULL once it has been returned */
  GSource *cancelled;              /* NULL, or while the channel is not open yet */
  GWeakRef process;                /* a dropped process closes its streams, and they the channel */
  int main_fds[N_STREAMS];

  /* I/O thread only, until the end. */
  char *command;
  FairleadForwardEnd to;
  int fds[N_STREAMS];

  /* The end, on its way back. */
  GError *error;
  int exit_status;
  char *exit_signal;
} Request;

static void
unwatch_cancellable (Request *request)
{
  if (request->cancelled != NULL)
    g_source_destroy (request->cancelled);
  g_clear_pointer (&request->cancelled, g_source_unref);
}

static void
request_free (Request *request)
{
  for (guint i = 0; i < N_STREAMS; i++)
    {
      fairlead_fd_clear (&request->main_fds[i]);
      fairlead_fd_clear (&request->fds[i]);
    }
  unwatch_cancellable (request);
  g_clear_object (&request->task);
  g_weak_ref_clear (&request->process);
  g_clear_error (&request->error);
  g_free (request->command);
  g_free (request->to.host);
  g_free (request->exit_signal);
  g_free (request);
}

static Request *
request_new (GTask  *task,
             guint   n_streams,
             GError **error)
{
  Request *request = g_new0 (Request, 1);

  g_weak_ref_init (&request->process, NULL);
  for (guint i = 0; i < N_STREAMS; i++)
    request->main_fds[i] = request->fds[i] = -1;
  for (guint i = 0; i < n_streams; i++)
    {
      int pair[2];

      if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
        {
          int code = errno;

          g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
          request_free (request);
          return NULL;
        }
      request->main_fds[i] = pair[0];
      request->fds[i] = pair[1];
    }
  request->task = g_object_ref (task);
  return request;
}

/* Main thread: it could not be opened. */
static void
failed (FairleadSshLoop *loop,
        gpointer         data)
{
  Request *request = data;

  if (request->task != NULL)
    g_task_return_error (request->task, g_steal_pointer (&request->error));
  request_free (request);
}

/* Main thread: nobody wants it any more. A command may have to wait for its turn, or the network for its
 * answer, but not the person: the channel goes its way, and finds nobody at the other end. */
static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  Request *request = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&request->task);

  unwatch_cancellable (request);
  for (guint i = 0; i < N_STREAMS; i++)
    fairlead_fd_clear (&request->main_fds[i]);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (Request *request)
{
  GCancellable *cancellable = g_task_get_cancellable (request->task);

  if (cancellable == NULL)
    return;
  request->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (request->cancelled, G_SOURCE_FUNC (cancelled_cb), request, NULL);
  g_source_attach (request->cancelled, g_task_get_context (request->task));
}

/* Main thread: the channel is open; its streams go to whoever asked. */
static void
opened (FairleadSshLoop *loop,
        gpointer         data)
{
  Request *request = data;
  g_autoptr (GTask) task = g_steal_pointer (&request->task);
  GOutputStream *input;
  GInputStream *output;

  unwatch_cancellable (request);
  if (task == NULL)
    return;
  input = g_unix_output_stream_new (fairlead_steal_fd (&request->main_fds[TO_REMOTE]), TRUE);
  output = g_unix_input_stream_new (fairlead_steal_fd (&request->main_fds[FROM_REMOTE]), TRUE);
  if (request->command != NULL)
    {
      GInputStream *errors =
        g_unix_input_stream_new (fairlead_steal_fd (&request->main_fds[ERRORS]), TRUE);
      FairleadRemoteProcess *process = fairlead_remote_process_new (input, output, errors);

      g_weak_ref_set (&request->process, process);
      g_task_return_pointer (task, process, g_object_unref);
    }
  else
    {
      g_task_return_pointer (task, g_simple_io_stream_new (output, input), g_object_unref);
      g_object_unref (input);
      g_object_unref (output);
    }
}

/* Main thread: the channel has gone. */
static void
closed (FairleadSshLoop *loop,
        gpointer         data)
{
  Request *request = data;
  g_autoptr (FairleadRemoteProcess) process = g_weak_ref_get (&request->process);

  if (process != NULL)
    fairlead_remote_process_complete (process, request->exit_status, request->exit_signal,
                                      request->error);
  request_free (request);
}

static void
channel_opened (FairleadSshChannel *channel,
                const GError       *error,
                gpointer            data)
{
  Request *request = data;

  if (error == NULL)
    {
      fairlead_ssh_loop_reply (channel->loop, opened, request);
      return;
    }
  request->error = g_error_copy (error);
  fairlead_ssh_loop_reply (channel->loop, failed, request);
}

static void
channel_closed (FairleadSshChannel *channel,
                const GError       *error,
                gpointer            data)
{
  Request *request = data;

  request->error = error ? g_error_copy (error) : NULL;
  request->exit_status = channel->exit_status;
  request->exit_signal = g_steal_pointer (&channel->exit_signal);
  fairlead_ssh_loop_reply (channel->loop, closed, request);
}

/* The I/O thread. */
static void
begin (FairleadSshLoop *loop,
       gpointer         data)
{
  Request *request = data;
  FairleadSshChannel *channel;

  if (loop->state != FAIRLEAD_SESSION_OPEN)
    {
      request->error = fairlead_ssh_error_closed (loop);
      fairlead_ssh_loop_reply (loop, failed, request);
      return;
    }
  channel = request->command ? fairlead_ssh_channel_new_exec (loop, request->command)
                             : fairlead_ssh_channel_new_direct (loop, &request->to);
  channel->in_fd = fairlead_steal_fd (&request->fds[TO_REMOTE]);
  channel->out_fd = fairlead_steal_fd (&request->fds[FROM_REMOTE]);
  channel->err_fd = fairlead_steal_fd (&request->fds[ERRORS]);
  channel->opened = channel_opened;
  channel->closed = channel_closed;
  channel->data = request;
}

static void
post (FairleadSshSession *self,
      Request            *request)
{
  FairleadSshLoop *loop = fairlead_ssh_session_get_loop (self);

  watch_cancellable (request);
  if (!fairlead_ssh_loop_post (loop, begin, request))
    {
      g_task_return_error (request->task, fairlead_ssh_error_closed (loop));
      request_free (request);
    }
}

void
fairlead_ssh_session_spawn_async (FairleadRemote      *remote,
                                  const char          *command,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (remote, cancellable, callback, user_data);
  GError *error = NULL;
  Request *request = request_new (task, N_STREAMS, &error);

  g_task_set_source_tag (task, fairlead_ssh_session_spawn_async);
  if (request == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  request->command = g_strdup (command);
  post (FAIRLEAD_SSH_SESSION (remote), request);
}

FairleadRemoteProcess *
fairlead_ssh_session_spawn_finish (FairleadRemote  *remote,
                                   GAsyncResult    *result,
                                   GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, remote), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
fairlead_ssh_session_open_tcp_async (FairleadRemote      *remote,
                                     const char          *host,
                                     guint                port,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (remote, cancellable, callback, user_data);
  GError *error = NULL;
  Request *request = request_new (task, ERRORS, &error);

  g_task_set_source_tag (task, fairlead_ssh_session_open_tcp_async);
  if (request == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  request->to.host = g_strdup (host);
  request->to.port = port;
  post (FAIRLEAD_SSH_SESSION (remote), request);
}

GIOStream *
fairlead_ssh_session_open_tcp_finish (FairleadRemote  *remote,
                                      GAsyncResult    *result,
                                      GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, remote), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
