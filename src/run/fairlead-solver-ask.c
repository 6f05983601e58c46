/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solver-ask.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-solver-protocol.h"

/* One connection, one request, one answer. */

typedef struct {
  GBytes *request;
  gboolean half_close;
  guint silence_ms;
  GByteArray *answer;
  guchar buffer[16384];
  GCancellable *inner;
  gulong cancelled_id;
  guint silence_id;
} Ask;

static void
ask_free (Ask *ask)
{
  g_clear_handle_id (&ask->silence_id, g_source_remove);
  g_clear_pointer (&ask->request, g_bytes_unref);
  g_clear_pointer (&ask->answer, g_byte_array_unref);
  g_clear_object (&ask->inner);
  g_free (ask);
}

static gboolean
silence_cb (gpointer user_data)
{
  Ask *ask = user_data;

  ask->silence_id = 0;
  g_cancellable_cancel (ask->inner);
  return G_SOURCE_REMOVE;
}

static void
expect_something (Ask *ask)
{
  g_clear_handle_id (&ask->silence_id, g_source_remove);
  ask->silence_id = g_timeout_add (ask->silence_ms, silence_cb, ask);
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

/* Takes @error. */
static void
finish (GTask  *task,
        GError *error)
{
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) owned = error;

  g_clear_handle_id (&ask->silence_id, g_source_remove);
  g_cancellable_disconnect (g_task_get_cancellable (task), ask->cancelled_id);
  g_io_stream_close_async (g_task_get_source_object (task), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (error == NULL)
    g_task_return_pointer (task, g_byte_array_free_to_bytes (g_steal_pointer (&ask->answer)),
                           (GDestroyNotify) g_bytes_unref);
  else if (fairlead_error_is_cancel (error))
    g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                                   _("The solver does not answer.")));
  else
    g_task_return_error (task, g_steal_pointer (&owned));
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n <= 0)
    {
      finish (task, error);
      return;
    }
  g_byte_array_append (ask->answer, ask->buffer, n);
  if (ask->answer->len > FAIRLEAD_SOLVER_MAX_ANSWER)
    {
      finish (task, fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                        _("What answered there is not a solver.")));
      return;
    }
  expect_something (ask);
  g_input_stream_read_async (G_INPUT_STREAM (source), ask->buffer, sizeof ask->buffer,
                             G_PRIORITY_DEFAULT, ask->inner, read_cb, g_steal_pointer (&task));
}

static void
start_reading (GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  GInputStream *input = g_io_stream_get_input_stream (g_task_get_source_object (task));

  g_input_stream_read_async (input, ask->buffer, sizeof ask->buffer, G_PRIORITY_DEFAULT,
                             ask->inner, read_cb, g_object_ref (task));
}

static void
half_closed_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error))
    start_reading (task);
  else
    finish (task, error);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  GIOStream *stream = g_task_get_source_object (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    finish (task, error);
  else if (!ask->half_close)
    start_reading (task);
  else if (!G_IS_SOCKET_CONNECTION (stream))
    g_output_stream_close_async (G_OUTPUT_STREAM (source), G_PRIORITY_DEFAULT, ask->inner,
                                 half_closed_cb, g_steal_pointer (&task));
  else if (g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)),
                              FALSE, TRUE, &error))
    start_reading (task);
  else
    finish (task, error);
}

/**
 * fairlead_solver_ask_async:
 * @stream: a fresh connection to the solver; it is closed in the end
 * @request: what to send
 * @half_close: end the request by shutting down our side
 * @silence_ms: for how long it may say nothing
 *
 * Sends @request and collects the answer until the solver closes.
 */
void
fairlead_solver_ask_async (GIOStream           *stream,
                           GBytes              *request,
                           gboolean             half_close,
                           guint                silence_ms,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  Ask *ask = g_new0 (Ask, 1);

  g_task_set_source_tag (task, fairlead_solver_ask_async);
  g_task_set_task_data (task, ask, (GDestroyNotify) ask_free);
  ask->request = g_bytes_ref (request);
  ask->half_close = half_close;
  ask->silence_ms = silence_ms;
  ask->answer = g_byte_array_new ();
  ask->inner = g_cancellable_new ();
  if (cancellable != NULL)
    ask->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb),
                                               g_object_ref (ask->inner), g_object_unref);
  expect_something (ask);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (stream),
                                   g_bytes_get_data (request, NULL), g_bytes_get_size (request),
                                   G_PRIORITY_DEFAULT, ask->inner, written_cb, g_object_ref (task));
}

/**
 * fairlead_solver_ask_finish:
 *
 * Returns: (transfer full): the answer, which may be empty; %NULL with %FAIRLEAD_ERROR_REMOTE after too
 *   long a silence
 */
GBytes *
fairlead_solver_ask_finish (GIOStream     *stream,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, stream), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
