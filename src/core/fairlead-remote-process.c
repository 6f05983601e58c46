/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-remote-process.h"

#include <string.h>

/**
 * FairleadRemoteProcess:
 *
 * A command that runs on the remote, with its three streams, and its exit status once it has ended.
 * Lives on the thread that made its remote.
 */
struct _FairleadRemoteProcess {
  GObject parent_instance;

  GOutputStream *input;
  GInputStream *output;
  GInputStream *errors;

  gboolean complete;
  int exit_status;
  char *exit_signal;
  GError *error;
  GPtrArray *waiters;      /* of GTask */
};

G_DEFINE_FINAL_TYPE (FairleadRemoteProcess, fairlead_remote_process, G_TYPE_OBJECT)

static void
fairlead_remote_process_dispose (GObject *object)
{
  FairleadRemoteProcess *self = FAIRLEAD_REMOTE_PROCESS (object);

  fairlead_remote_process_close (self);
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_object (&self->errors);

  G_OBJECT_CLASS (fairlead_remote_process_parent_class)->dispose (object);
}

static void
fairlead_remote_process_finalize (GObject *object)
{
  FairleadRemoteProcess *self = FAIRLEAD_REMOTE_PROCESS (object);

  g_clear_pointer (&self->exit_signal, g_free);
  g_clear_error (&self->error);
  g_clear_pointer (&self->waiters, g_ptr_array_unref);

  G_OBJECT_CLASS (fairlead_remote_process_parent_class)->finalize (object);
}

static void
fairlead_remote_process_class_init (FairleadRemoteProcessClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fairlead_remote_process_dispose;
  object_class->finalize = fairlead_remote_process_finalize;
}

static void
fairlead_remote_process_init (FairleadRemoteProcess *self)
{
  self->exit_status = -1;
  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * fairlead_remote_process_new:
 * @input: (transfer full): the process's standard input
 * @output: (transfer full): its standard output
 * @errors: (transfer full): its standard error
 *
 * For implementations of #FairleadRemote, which later call fairlead_remote_process_complete().
 */
FairleadRemoteProcess *
fairlead_remote_process_new (GOutputStream *input,
                             GInputStream  *output,
                             GInputStream  *errors)
{
  FairleadRemoteProcess *self = g_object_new (FAIRLEAD_TYPE_REMOTE_PROCESS, NULL);

  self->input = input;
  self->output = output;
  self->errors = errors;
  return self;
}

GOutputStream *
fairlead_remote_process_get_input (FairleadRemoteProcess *self)
{
  return self->input;
}

GInputStream *
fairlead_remote_process_get_output (FairleadRemoteProcess *self)
{
  return self->output;
}

GInputStream *
fairlead_remote_process_get_errors (FairleadRemoteProcess *self)
{
  return self->errors;
}

/**
 * fairlead_remote_process_get_exit_status:
 *
 * Returns: 0–255 once it has ended by itself, else -1
 */
int
fairlead_remote_process_get_exit_status (FairleadRemoteProcess *self)
{
  return self->exit_status;
}

/**
 * fairlead_remote_process_get_exit_signal:
 *
 * Returns: (nullable): the signal that ended it, without "SIG" (RFC 4254 §6.10)
 */
const char *
fairlead_remote_process_get_exit_signal (FairleadRemoteProcess *self)
{
  return self->exit_signal;
}

/**
 * fairlead_remote_process_close:
 *
 * Closes all three streams, and with them the channel. What the process does then is its own affair:
 * one that only reads or writes its streams ends.
 */
void
fairlead_remote_process_close (FairleadRemoteProcess *self)
{
  if (self->input != NULL)
    g_output_stream_close (self->input, NULL, NULL);
  if (self->output != NULL)
    g_input_stream_close (self->output, NULL, NULL);
  if (self->errors != NULL)
    g_input_stream_close (self->errors, NULL, NULL);
}

static void
return_wait (FairleadRemoteProcess *self,
             GTask                 *task)
{
  if (self->error != NULL)
    g_task_return_error (task, g_error_copy (self->error));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * fairlead_remote_process_complete:
 * @exit_status: 0–255, or -1
 * @exit_signal: (nullable): the signal's name
 * @error: (nullable): why its end cannot be known: the connection was lost
 *
 * For implementations: the process has ended, and all it wrote is in the streams. Once.
 */
void
fairlead_remote_process_complete (FairleadRemoteProcess *self,
                                  int                    exit_status,
                                  const char            *exit_signal,
                                  const GError          *error)
{
  g_autoptr (GPtrArray) waiters = NULL;

  g_return_if_fail (FAIRLEAD_IS_REMOTE_PROCESS (self));
  g_return_if_fail (!self->complete);

  self->complete = TRUE;
  self->exit_status = exit_status;
  self->exit_signal = g_strdup (exit_signal);
  self->error = error ? g_error_copy (error) : NULL;
  waiters = g_steal_pointer (&self->waiters);
  for (guint i = 0; i < waiters->len; i++)
    return_wait (self, waiters->pdata[i]);
}

/**
 * fairlead_remote_process_wait_async:
 *
 * Waits for the end. Drain the output, or what it still wants to write keeps it alive.
 */
void
fairlead_remote_process_wait_async (FairleadRemoteProcess *self,
                                    GCancellable          *cancellable,
                                    GAsyncReadyCallback    callback,
                                    gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fairlead_remote_process_wait_async);
  if (self->complete)
    return_wait (self, task);
  else
    g_ptr_array_add (self->waiters, g_steal_pointer (&task));
}

gboolean
fairlead_remote_process_wait_finish (FairleadRemoteProcess  *self,
                                     GAsyncResult           *result,
                                     GError                **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Communicate: four operations side by side (write, two reads, wait); the first error closes the
 * streams, which ends the others, and the task returns when all four have. */
typedef struct {
  GBytes *input;
  gsize max_output;
  GByteArray *collected[2];
  guchar buffer[2][16384];
  guint pending;
  GError *error;
} Communicate;

static void
communicate_free (Communicate *data)
{
  g_clear_pointer (&data->input, g_bytes_unref);
  g_clear_pointer (&data->collected[0], g_byte_array_unref);
  g_clear_pointer (&data->collected[1], g_byte_array_unref);
  g_clear_error (&data->error);
  g_free (data);
}

static void
communicate_part_done (GTask  *task,
                       GError *error)
{
  Communicate *data = g_task_get_task_data (task);
  FairleadRemoteProcess *self = g_task_get_source_object (task);

  if (error != NULL && data->error == NULL)
    {
      data->error = error;
      fairlead_remote_process_close (self);
    }
  else
    {
      g_clear_error (&error);
    }
  if (--data->pending > 0)
    return;
  if (data->error != NULL)
    g_task_return_error (task, g_steal_pointer (&data->error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
communicate_write_cb (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  /* A process that ends without reading all of its input is not an error of ours. */
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error);
  g_output_stream_close (G_OUTPUT_STREAM (source), NULL, NULL);
  communicate_part_done (task, fairlead_remote_process_get_exit_status (
                                 g_task_get_source_object (task)) < 0 && error != NULL
                               && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                               ? g_steal_pointer (&error) : NULL);
}

static void communicate_read (GTask *task, guint which);

static void
communicate_read_done (GTask        *task,
                       guint         which,
                       GInputStream *stream,
                       GAsyncResult *result)
{
  Communicate *data = g_task_get_task_data (task);
  GByteArray *collected = data->collected[which];
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (stream, result, &error);

  if (n <= 0)
    {
      communicate_part_done (task, error);
      return;
    }
  if (collected->len < data->max_output)
    g_byte_array_append (collected, data->buffer[which],
                         MIN ((gsize) n, data->max_output - collected->len));
  communicate_read (task, which);
}

static void
communicate_output_cb (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  communicate_read_done (task, 0, G_INPUT_STREAM (source), result);
}

static void
communicate_errors_cb (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  communicate_read_done (task, 1, G_INPUT_STREAM (source), result);
}

static void
communicate_read (GTask *task,
                  guint  which)
{
  Communicate *data = g_task_get_task_data (task);
  FairleadRemoteProcess *self = g_task_get_source_object (task);

  g_input_stream_read_async (which == 0 ? self->output : self->errors,
                             data->buffer[which], sizeof data->buffer[which], G_PRIORITY_DEFAULT,
                             g_task_get_cancellable (task),
                             which == 0 ? communicate_output_cb : communicate_errors_cb,
                             g_object_ref (task));
}

static void
communicate_wait_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  fairlead_remote_process_wait_finish (FAIRLEAD_REMOTE_PROCESS (source), result, &error);
  communicate_part_done (task, error);
}

/**
 * fairlead_remote_process_communicate_async:
 * @input: (nullable): what to write to its standard input before closing it
 * @max_output: bytes of each output to keep
 *
 * Writes @input, collects both outputs to their end and waits for the exit. On an error or a cancel
 * the streams are closed.
 */
void
fairlead_remote_process_communicate_async (FairleadRemoteProcess *self,
                                           GBytes                *input,
                                           gsize                  max_output,
                                           GCancellable          *cancellable,
                                           GAsyncReadyCallback    callback,
                                           gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Communicate *data = g_new0 (Communicate, 1);

  g_task_set_source_tag (task, fairlead_remote_process_communicate_async);
  g_task_set_task_data (task, data, (GDestroyNotify) communicate_free);
  data->input = input ? g_bytes_ref (input) : g_bytes_new_static ("", 0);
  data->max_output = max_output;
  data->collected[0] = g_byte_array_new ();
  data->collected[1] = g_byte_array_new ();
  data->pending = 4;
  g_output_stream_write_all_async (self->input, g_bytes_get_data (data->input, NULL),
                                   g_bytes_get_size (data->input), G_PRIORITY_DEFAULT, cancellable,
                                   communicate_write_cb, g_object_ref (task));
  communicate_read (task, 0);
  communicate_read (task, 1);
  fairlead_remote_process_wait_async (self, NULL, communicate_wait_cb, g_object_ref (task));
}

/**
 * fairlead_remote_process_communicate_finish:
 * @out: (out) (transfer full) (optional): standard output
 * @err: (out) (transfer full) (optional): standard error
 */
gboolean
fairlead_remote_process_communicate_finish (FairleadRemoteProcess  *self,
                                            GAsyncResult           *result,
                                            GBytes                **out,
                                            GBytes                **err,
                                            GError                **error)
{
  Communicate *data;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  data = g_task_get_task_data (G_TASK (result));
  if (out != NULL)
    *out = g_byte_array_free_to_bytes (g_steal_pointer (&data->collected[0]));
  if (err != NULL)
    *err = g_byte_array_free_to_bytes (g_steal_pointer (&data->collected[1]));
  return TRUE;
}
