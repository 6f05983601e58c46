/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-remote.h"

#include "fairlead-core-enums.h"

G_DEFINE_INTERFACE (FairleadRemote, fairlead_remote, G_TYPE_OBJECT)

enum {
  MESSAGE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
fairlead_remote_default_init (FairleadRemoteInterface *iface)
{
  g_object_interface_install_property (iface,
    g_param_spec_enum ("state", NULL, NULL,
                       FAIRLEAD_TYPE_SESSION_STATE, FAIRLEAD_SESSION_IDLE,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));

  /**
   * FairleadRemote::message:
   * @text: one line for the person's log, translated; never a secret
   */
  signals[MESSAGE] =
    g_signal_new ("message", G_TYPE_FROM_INTERFACE (iface), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

/**
 * fairlead_remote_connect_async:
 * @self: a remote in the state IDLE
 * @cancellable: (nullable): ends the attempt at any moment, also while a question is open
 * @callback: called on the caller's thread
 *
 * Connects, verifies the host and signs in. May ask questions through the #FairleadInteraction the
 * remote was made with. Errors: %FAIRLEAD_ERROR_CONFIG, _NETWORK, _HOST_KEY, _AUTH, _NEEDS_PERSON.
 */
void
fairlead_remote_connect_async (FairleadRemote      *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_return_if_fail (FAIRLEAD_IS_REMOTE (self));

  FAIRLEAD_REMOTE_GET_IFACE (self)->connect_async (self, cancellable, callback, user_data);
}

gboolean
fairlead_remote_connect_finish (FairleadRemote  *self,
                                GAsyncResult    *result,
                                GError         **error)
{
  return FAIRLEAD_REMOTE_GET_IFACE (self)->connect_finish (self, result, error);
}

/**
 * fairlead_remote_spawn_async:
 * @self: a remote in the state OPEN
 * @command: the exec string; no value of anybody's goes into it unquoted: send a script on standard
 *   input to `exec sh -s` instead
 * @cancellable: (nullable): ends the wait for the start; the process itself is ended by
 *   fairlead_remote_process_close()
 *
 * Starts @command (RFC 4254 §6.5).
 */
void
fairlead_remote_spawn_async (FairleadRemote      *self,
                             const char          *command,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_return_if_fail (FAIRLEAD_IS_REMOTE (self));
  g_return_if_fail (command != NULL);

  FAIRLEAD_REMOTE_GET_IFACE (self)->spawn_async (self, command, cancellable, callback, user_data);
}

/**
 * fairlead_remote_spawn_finish:
 *
 * Returns: (transfer full): the running process
 */
FairleadRemoteProcess *
fairlead_remote_spawn_finish (FairleadRemote  *self,
                              GAsyncResult    *result,
                              GError         **error)
{
  return FAIRLEAD_REMOTE_GET_IFACE (self)->spawn_finish (self, result, error);
}

/**
 * fairlead_remote_open_tcp_async:
 * @self: a remote in the state OPEN
 * @host: the destination as the remote sees it, usually "127.0.0.1"
 * @port: 1–65535
 *
 * Opens one TCP connection from the remote (direct-tcpip, RFC 4254 §7.2) without any local listener.
 * Each direction is closed by itself: closing the stream's output sends EOF and leaves its input open.
 */
void
fairlead_remote_open_tcp_async (FairleadRemote      *self,
                                const char          *host,
                                guint                port,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_return_if_fail (FAIRLEAD_IS_REMOTE (self));
  g_return_if_fail (host != NULL && port > 0 && port <= G_MAXUINT16);

  FAIRLEAD_REMOTE_GET_IFACE (self)->open_tcp_async (self, host, port, cancellable, callback,
                                                    user_data);
}

/**
 * fairlead_remote_open_tcp_finish:
 *
 * Returns: (transfer full): the connection; the error is %FAIRLEAD_ERROR_REMOTE when the remote refused
 *   (nothing listens there, or forwarding is not allowed)
 */
GIOStream *
fairlead_remote_open_tcp_finish (FairleadRemote  *self,
                                 GAsyncResult    *result,
                                 GError         **error)
{
  return FAIRLEAD_REMOTE_GET_IFACE (self)->open_tcp_finish (self, result, error);
}

/**
 * fairlead_remote_forward_async:
 * @self: a remote in the state OPEN
 * @spec: what to listen on and where to; copied
 *
 * Opens a local listener whose connections go to the remote's destination.
 */
void
fairlead_remote_forward_async (FairleadRemote            *self,
                               const FairleadForwardSpec *spec,
                               GCancellable              *cancellable,
                               GAsyncReadyCallback        callback,
                               gpointer                   user_data)
{
  g_return_if_fail (FAIRLEAD_IS_REMOTE (self));
  g_return_if_fail (spec != NULL);

  FAIRLEAD_REMOTE_GET_IFACE (self)->forward_async (self, spec, cancellable, callback, user_data);
}

/**
 * fairlead_remote_forward_finish:
 *
 * Returns: (transfer full): the open forward; it closes with the remote or by fairlead_forward_close()
 */
FairleadForward *
fairlead_remote_forward_finish (FairleadRemote  *self,
                                GAsyncResult    *result,
                                GError         **error)
{
  return FAIRLEAD_REMOTE_GET_IFACE (self)->forward_finish (self, result, error);
}

/**
 * fairlead_remote_check_async:
 * @self: a remote in the state OPEN
 * @cancellable: (nullable): ends the wait; the question has been asked then
 *
 * Asks for a sign of life now, where there is a reason to doubt the connection: the computer slept, the
 * network changed, something ended early. Where none comes within a few seconds the connection counts as
 * lost: the state is FAILED then before this calls back.
 */
void
fairlead_remote_check_async (FairleadRemote      *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_return_if_fail (FAIRLEAD_IS_REMOTE (self));

  FAIRLEAD_REMOTE_GET_IFACE (self)->check_async (self, cancellable, callback, user_data);
}

/**
 * fairlead_remote_check_finish:
 *
 * Returns: whether the connection stands; else the error says why not
 */
gboolean
fairlead_remote_check_finish (FairleadRemote  *self,
                              GAsyncResult    *result,
                              GError         **error)
{
  return FAIRLEAD_REMOTE_GET_IFACE (self)->check_finish (self, result, error);
}

/**
 * fairlead_remote_new_behind:
 * @self: a remote in the state OPEN
 * @target: a host that @self's host reaches; jump hosts and proxy commands of its own do not count
 * @interaction: who answers the questions that come up
 *
 * Makes a remote whose connection goes through that of @self, as through a jump host (ssh_config(5),
 * ProxyJump), without another sign-in there: a node of a cluster behind its login node. Host key and sign-in
 * are those of any other connection. It is lost when @self is.
 *
 * Returns: (transfer full) (nullable): a remote in the state IDLE; %NULL where the transport has no such way
 */
FairleadRemote *
fairlead_remote_new_behind (FairleadRemote      *self,
                            FairleadTarget      *target,
                            FairleadInteraction *interaction)
{
  FairleadRemoteInterface *iface;

  g_return_val_if_fail (FAIRLEAD_IS_REMOTE (self), NULL);

  iface = FAIRLEAD_REMOTE_GET_IFACE (self);
  return iface->new_behind != NULL ? iface->new_behind (self, target, interaction) : NULL;
}

/**
 * fairlead_remote_close_async:
 * @self: a remote in any state
 *
 * Closes the connection in order (forwards, channels, disconnect message) and ends its thread.
 * What runs on the remote is not touched. Calls back when the thread has ended; never fails but by
 * @cancellable, which drops the socket at once.
 */
void
fairlead_remote_close_async (FairleadRemote      *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_return_if_fail (FAIRLEAD_IS_REMOTE (self));

  FAIRLEAD_REMOTE_GET_IFACE (self)->close_async (self, cancellable, callback, user_data);
}

gboolean
fairlead_remote_close_finish (FairleadRemote  *self,
                              GAsyncResult    *result,
                              GError         **error)
{
  return FAIRLEAD_REMOTE_GET_IFACE (self)->close_finish (self, result, error);
}

FairleadSessionState
fairlead_remote_get_state (FairleadRemote *self)
{
  FairleadSessionState state;

  g_return_val_if_fail (FAIRLEAD_IS_REMOTE (self), FAIRLEAD_SESSION_IDLE);

  g_object_get (self, "state", &state, NULL);
  return state;
}

/**
 * fairlead_remote_get_error:
 * @self: a remote
 *
 * Returns: (nullable) (transfer none): why the state is FAILED
 */
const GError *
fairlead_remote_get_error (FairleadRemote *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_REMOTE (self), NULL);

  return FAIRLEAD_REMOTE_GET_IFACE (self)->get_error (self);
}

/**
 * fairlead_remote_emit_message:
 * @self: a remote
 * @text: a line for the person's log
 *
 * For implementations, on the thread that made @self.
 */
void
fairlead_remote_emit_message (FairleadRemote *self,
                              const char     *text)
{
  g_signal_emit (self, signals[MESSAGE], 0, text);
}

typedef struct {
  GBytes *input;
  gsize max_output;
  GBytes *out;
  GBytes *err;
} RunData;

static void
run_data_free (RunData *data)
{
  g_clear_pointer (&data->input, g_bytes_unref);
  g_clear_pointer (&data->out, g_bytes_unref);
  g_clear_pointer (&data->err, g_bytes_unref);
  g_free (data);
}

static void
run_communicate_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  RunData *data = g_task_get_task_data (task);
  FairleadRemoteProcess *process = FAIRLEAD_REMOTE_PROCESS (source);
  GError *error = NULL;

  if (fairlead_remote_process_communicate_finish (process, result, &data->out, &data->err, &error))
    g_task_return_pointer (task, g_object_ref (process), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
run_spawn_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  RunData *data = g_task_get_task_data (task);
  g_autoptr (FairleadRemoteProcess) process = NULL;
  GError *error = NULL;

  process = fairlead_remote_spawn_finish (FAIRLEAD_REMOTE (source), result, &error);
  if (process == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  fairlead_remote_process_communicate_async (process, data->input, data->max_output,
                                             g_task_get_cancellable (task),
                                             run_communicate_cb, g_object_ref (task));
}

/**
 * fairlead_remote_run_async:
 * @self: a remote in the state OPEN
 * @command: the exec string, usually `exec sh -s`
 * @input: (nullable): what goes to its standard input, then EOF
 * @max_output: bytes of standard output and of standard error to keep each; the rest is dropped
 *
 * Runs @command to its end and collects what it prints.
 */
void
fairlead_remote_run_async (FairleadRemote      *self,
                           const char          *command,
                           GBytes              *input,
                           gsize                max_output,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  RunData *data = g_new0 (RunData, 1);

  data->input = input ? g_bytes_ref (input) : NULL;
  data->max_output = max_output;
  g_task_set_source_tag (task, fairlead_remote_run_async);
  g_task_set_task_data (task, data, (GDestroyNotify) run_data_free);
  fairlead_remote_spawn_async (self, command, cancellable, run_spawn_cb, g_object_ref (task));
}

/**
 * fairlead_remote_run_finish:
 * @out: (out) (transfer full) (optional): standard output
 * @err: (out) (transfer full) (optional): standard error
 *
 * Returns: (transfer full): the ended process, for its exit status
 */
FairleadRemoteProcess *
fairlead_remote_run_finish (FairleadRemote  *self,
                            GAsyncResult    *result,
                            GBytes         **out,
                            GBytes         **err,
                            GError         **error)
{
  RunData *data;
  FairleadRemoteProcess *process;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  process = g_task_propagate_pointer (G_TASK (result), error);
  if (process == NULL)
    return NULL;
  data = g_task_get_task_data (G_TASK (result));
  if (out != NULL)
    *out = g_steal_pointer (&data->out);
  if (err != NULL)
    *err = g_steal_pointer (&data->err);
  return process;
}
