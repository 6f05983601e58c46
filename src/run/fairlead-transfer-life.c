/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-transfer-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-async.h"
#include "fairlead-error.h"

/* A transfer from its beginning to its end: look at the files, connect, move. */

/* Takes @error; one that nobody cancelled is shown. */
static void
end_with (FairleadTransfer *self,
          GError           *error)
{
  gboolean cancelled = fairlead_error_is_cancel (error);

  g_clear_object (&self->client);
  g_clear_object (&self->cancellable);
  if (cancelled)
    g_clear_error (&error);
  fairlead_transfer_take_error (self, error);
  fairlead_transfer_set_state (self, cancelled ? FAIRLEAD_TRANSFER_CANCELLED : FAIRLEAD_TRANSFER_FAILED);
}

static void
link_checked_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (FairleadTransfer) self = user_data;
  g_autoptr (GError) why = NULL;
  GError *error = g_steal_pointer (&self->error);

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_clear_error (&error);
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
    }
  else if (!fairlead_remote_check_finish (FAIRLEAD_REMOTE (source), result, &why))
    {
      g_autofree char *done = g_format_size (self->done);
      g_autofree char *total = g_format_size (self->total);

      g_clear_error (&error);
      error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK,
                                  _("The connection was lost after %s of %s: %s"), done, total, why->message);
      fairlead_error_set_hint (error, _("Nothing of it was kept. Retry when the connection stands again."));
    }
  end_with (self, error);
}

static void
explain_refusal (GError *error)
{
  if (error->domain != FAIRLEAD_ERROR || error->code != FAIRLEAD_ERROR_REMOTE
      || fairlead_error_get_hint (error) != NULL)
    return;
  if (strstr (error->message, "No space left") != NULL || strstr (error->message, "uota") != NULL)
    fairlead_error_set_hint (error, _("The disk of the host is full: free space there, then retry."));
  else
    fairlead_error_set_hint (error, _("These are the solver's own words; its log may tell more."));
}

static void
moved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (FairleadTransfer) self = user_data;
  FairleadRemote *remote = fairlead_solver_client_get_remote (self->client);
  GError *error = NULL;

  fairlead_async_finish (result, &error);
  if (self->work->finished)
    {
      g_clear_error (&error);
      fairlead_solver_client_poke (self->client);
      g_clear_object (&self->client);
      g_clear_object (&self->cancellable);
      fairlead_transfer_set_state (self, FAIRLEAD_TRANSFER_DONE);
      return;
    }
  explain_refusal (error);
  fairlead_transfer_show_progress (self);
  /* The solver may have closed it, or it went with the whole connection. */
  if (self->work->cut && remote != NULL && !fairlead_error_is_cancel (error))
    {
      self->error = error;
      fairlead_remote_check_async (remote, self->cancellable, link_checked_cb, g_object_ref (self));
      return;
    }
  end_with (self, error);
}

/* What the thread that moves has. */
typedef struct {
  FairleadTransfer *self;
  GIOStream *stream;
} Move;

static void
move_free (gpointer data)
{
  Move *move = data;

  g_io_stream_close (move->stream, NULL, NULL);
  g_object_unref (move->stream);
  g_free (move);
}

/* On its thread. It has the work to itself; the transfer is kept by whoever is called back. */
static gpointer
move (gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  Move *move = data;

  FairleadTransferWork *work = move->self->work;

  work->finished = move->self->direction == FAIRLEAD_TRANSFER_UPLOAD
                   ? fairlead_transfer_work_upload (work, move->stream, cancellable, error)
                   : fairlead_transfer_work_fetch (work, move->stream, cancellable, error);
  return NULL;
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadTransfer) self = user_data;
  GError *error = NULL;
  GIOStream *stream;
  Move *data;

  stream = fairlead_solver_client_open_finish (FAIRLEAD_SOLVER_CLIENT (source), result, &error);
  if (stream == NULL)
    {
      end_with (self, error);
      return;
    }
  data = g_new0 (Move, 1);
  data->self = self;
  data->stream = stream;
  fairlead_async_run (move, data, move_free, NULL, self->cancellable, moved_cb, g_object_ref (self));
}

static void
connect_to_solver (FairleadTransfer *self)
{
  guint64 size = 0;

  for (guint i = 0; self->direction == FAIRLEAD_TRANSFER_UPLOAD && i < FAIRLEAD_TRANSFER_N_FILES; i++)
    if (self->work->files[i] != NULL)
      size += (guint64) self->work->seen[i].st_size;
  /* What was hashed has not moved. */
  fairlead_transfer_work_begin (self->work, size);
  fairlead_transfer_set_state (self, FAIRLEAD_TRANSFER_RUNNING);
  fairlead_solver_client_open_async (self->client, self->cancellable, opened_cb, g_object_ref (self));
}

static void
hashed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadTransfer) self = user_data;
  GError *error = NULL;

  fairlead_async_finish (result, &error);
  if (error != NULL)
    end_with (self, error);
  else
    connect_to_solver (self);
}

static gpointer
hash (gpointer       work,
      GCancellable  *cancellable,
      GError       **error)
{
  fairlead_transfer_work_hash (work, cancellable, error);
  return NULL;
}

/**
 * fairlead_transfer_begin:
 * @self: a transfer that is WAITING
 * @client: of a solver that has answered
 *
 * Goes on by itself from here: watch its state.
 */
void
fairlead_transfer_begin (FairleadTransfer     *self,
                         FairleadSolverClient *client)
{
  GError *error = NULL;

  g_return_if_fail (FAIRLEAD_IS_TRANSFER (self) && self->state == FAIRLEAD_TRANSFER_WAITING);

  if (!fairlead_transfer_work_check (self->work, &error))
    {
      end_with (self, error);
      return;
    }
  self->client = g_object_ref (client);
  self->cancellable = g_cancellable_new ();
  self->work->finished = FALSE;
  if (self->direction == FAIRLEAD_TRANSFER_FETCH)
    {
      connect_to_solver (self);
      return;
    }
  fairlead_transfer_set_state (self, FAIRLEAD_TRANSFER_HASHING);
  fairlead_async_run (hash, self->work, NULL, NULL, self->cancellable, hashed_cb, g_object_ref (self));
}

/**
 * fairlead_transfer_fail:
 * @self: a transfer that is WAITING
 * @error: (transfer full): why it cannot begin
 */
void
fairlead_transfer_fail (FairleadTransfer *self,
                        GError           *error)
{
  g_return_if_fail (FAIRLEAD_IS_TRANSFER (self) && self->state == FAIRLEAD_TRANSFER_WAITING);

  end_with (self, error);
}

/**
 * fairlead_transfer_cancel:
 *
 * Ends it at once, by closing its connection; what has come is deleted. The state follows in a moment. One
 * that is over stays as it is.
 */
void
fairlead_transfer_cancel (FairleadTransfer *self)
{
  g_return_if_fail (FAIRLEAD_IS_TRANSFER (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  else if (self->state == FAIRLEAD_TRANSFER_WAITING)
    fairlead_transfer_set_state (self, FAIRLEAD_TRANSFER_CANCELLED);
}

/**
 * fairlead_transfer_retry:
 * @self: a transfer that is FAILED or CANCELLED
 *
 * It waits for its turn again, and begins anew.
 */
void
fairlead_transfer_retry (FairleadTransfer *self)
{
  g_return_if_fail (FAIRLEAD_IS_TRANSFER (self));

  if (self->state != FAIRLEAD_TRANSFER_FAILED && self->state != FAIRLEAD_TRANSFER_CANCELLED)
    return;
  fairlead_transfer_take_error (self, NULL);
  fairlead_transfer_work_begin (self->work, 0);
  self->began = 0;
  self->ended = 0;
  fairlead_transfer_set_state (self, FAIRLEAD_TRANSFER_WAITING);
}
