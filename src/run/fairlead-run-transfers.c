/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-private.h"

#include "fairlead-transfer-private.h"

/* Files to and from the solver: one at a time, in the order in which they were asked for. */

/* Whether a solver that does not answer just now may do so by itself before long. */
static gboolean
may_come (FairleadRun *self)
{
  FairleadLinkState state = fairlead_run_get_link_state (self);

  return state != FAIRLEAD_LINK_FAILED && state != FAIRLEAD_LINK_OFFLINE
         && (self->job != NULL || fairlead_run_is_reconnecting (self));
}

/* The oldest that waits; NULL while one is under way. */
static FairleadTransfer *
find_next (FairleadRun *self)
{
  FairleadTransfer *next = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->transfers)); i++)
    {
      g_autoptr (FairleadTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->transfers), i);

      if (fairlead_transfer_get_state (transfer) == FAIRLEAD_TRANSFER_WAITING)
        next = transfer;
      else if (!fairlead_transfer_is_over (transfer))
        return NULL;
    }
  return next;
}

/* Begins what can begin. What waits for nobody fails. */
void
fairlead_run_pump_transfers (FairleadRun *self)
{
  FairleadTransfer *next;
  gboolean answers = self->solver != NULL && self->client != NULL;

  while ((answers || !may_come (self)) && (next = find_next (self)) != NULL)
    {
      if (answers)
        fairlead_transfer_begin (next, self->client);
      else
        fairlead_transfer_fail (next, fairlead_run_error_no_solver (self));
    }
}

/* The connection is left: what is under way ends. */
void
fairlead_run_cancel_transfers (FairleadRun *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->transfers)); i++)
    {
      g_autoptr (FairleadTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->transfers), i);

      fairlead_transfer_cancel (transfer);
    }
}

static void
state_cb (FairleadRun *self)
{
  fairlead_run_pump_transfers (self);
}

/* Takes @transfer; the list keeps it. */
static FairleadTransfer *
add (FairleadRun      *self,
     FairleadTransfer *transfer)
{
  g_signal_connect_object (transfer, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  g_list_store_insert (self->transfers, 0, transfer);
  fairlead_run_pump_transfers (self);
  g_object_unref (transfer);
  return transfer;
}

/**
 * fairlead_run_upload:
 * @what: the files, and where they go; copied
 *
 * Uploads a scene to the solver that has answered, or waits for it while a lost connection is made again. The
 * files are read in pieces, on a thread of their own. Main thread.
 *
 * Returns: (transfer none): the transfer, first in fairlead_run_get_transfers(); one that cannot be is FAILED
 */
FairleadTransfer *
fairlead_run_upload (FairleadRun               *self,
                     const FairleadSceneUpload *what)
{
  g_return_val_if_fail (FAIRLEAD_IS_RUN (self) && what != NULL, NULL);

  return add (self, fairlead_transfer_new_upload (what));
}

/**
 * fairlead_run_fetch:
 * @path: of the file, as the solver knows it
 * @name: of the project
 * @to: where to save it
 * @replace: whether a file that is there may be replaced: somebody was asked
 *
 * Fetches a file from the solver. It is written beside @to, and gets that name when all of it is on the disk.
 *
 * Returns: (transfer none): the transfer, as of fairlead_run_upload()
 */
FairleadTransfer *
fairlead_run_fetch (FairleadRun *self,
                    const char  *path,
                    const char  *name,
                    GFile       *to,
                    gboolean     replace)
{
  g_return_val_if_fail (FAIRLEAD_IS_RUN (self) && path != NULL && name != NULL && G_IS_FILE (to), NULL);

  return add (self, fairlead_transfer_new_fetch (path, name, to, replace));
}

/**
 * fairlead_run_get_transfers:
 *
 * Returns: (transfer none): a list of #FairleadTransfer, the same one always, the newest first; those that are
 *   over stay until fairlead_run_remove_transfer()
 */
GListModel *
fairlead_run_get_transfers (FairleadRun *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_RUN (self), NULL);

  return G_LIST_MODEL (self->transfers);
}

/**
 * fairlead_run_remove_transfer:
 * @transfer: one that is over; another one stays
 */
void
fairlead_run_remove_transfer (FairleadRun      *self,
                              FairleadTransfer *transfer)
{
  guint position;

  g_return_if_fail (FAIRLEAD_IS_RUN (self) && FAIRLEAD_IS_TRANSFER (transfer));

  if (fairlead_transfer_is_over (transfer) && g_list_store_find (self->transfers, transfer, &position))
    {
      g_signal_handlers_disconnect_by_data (transfer, self);
      g_list_store_remove (self->transfers, position);
    }
}

/**
 * fairlead_run_get_solver_path:
 *
 * Returns: (nullable): the folder that the solver runs in, as its host calls it, for names of files there: the
 *   solver takes them as they are, without a shell; %NULL until the host was asked
 */
const char *
fairlead_run_get_solver_path (FairleadRun *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_RUN (self), NULL);

  return fairlead_server_get_path (self->server);
}
