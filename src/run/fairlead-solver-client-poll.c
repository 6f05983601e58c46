/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solver-client-private.h"

/* Asking the solver again and again: fairlead-solver-polling.c says when. */

static gboolean poll_cb (gpointer user_data);

static void
poll_in (FairleadSolverClient *self,
         guint                 ms)
{
  g_clear_handle_id (&self->poll_id, g_source_remove);
  if (ms > 0)
    self->poll_id = g_timeout_add (ms, poll_cb, self);
}

static void
poll_now (FairleadSolverClient *self)
{
  poll_in (self, 0);
  poll_cb (self);
}

/* The next poll is planned first: who hears of the answer may end them all. */
static void
take_answer (FairleadSolverClient *self,
             FairleadSolverStatus *status)
{
  guint ms = fairlead_solver_polling_next (&self->rate, status, self->watched);

  if (self->again)
    poll_now (self);
  else
    poll_in (self, ms);
  g_signal_emit_by_name (self, "answered", status);
}

static void
polled_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  FairleadSolverClient *self = FAIRLEAD_SOLVER_CLIENT (source);
  g_autoptr (GCancellable) polling = user_data;
  g_autoptr (FairleadSolverStatus) status = NULL;

  status = fairlead_solver_client_query_finish (self, result, NULL);
  if (g_cancellable_is_cancelled (polling))
    return;
  self->asking = FALSE;
  take_answer (self, status);
}

static gboolean
poll_cb (gpointer user_data)
{
  FairleadSolverClient *self = user_data;

  self->poll_id = 0;
  self->again = FALSE;
  self->asking = TRUE;
  fairlead_solver_client_query_async (self, self->polling, polled_cb, g_object_ref (self->polling));
  return G_SOURCE_REMOVE;
}

/**
 * fairlead_solver_client_start:
 *
 * Polls until fairlead_solver_client_stop(): often while the solver works, ever more seldom while it waits,
 * and while nobody watches only as long as it works. Each round ends in ::answered.
 */
void
fairlead_solver_client_start (FairleadSolverClient *self)
{
  g_return_if_fail (FAIRLEAD_IS_SOLVER_CLIENT (self));

  if (self->polling != NULL)
    return;
  self->polling = g_cancellable_new ();
  poll_cb (self);
}

/* The answer to the poll under way, if there is one, is not waited for any more. */
static void
drop_poll (FairleadSolverClient *self)
{
  poll_in (self, 0);
  if (self->polling != NULL)
    g_cancellable_cancel (self->polling);
  g_clear_object (&self->polling);
  self->asking = FALSE;
  self->again = FALSE;
}

void
fairlead_solver_client_stop (FairleadSolverClient *self)
{
  drop_poll (self);
  fairlead_solver_polling_clear (&self->rate);
}

/**
 * fairlead_solver_client_poke:
 *
 * Something has happened that the solver will tell of: while it is polled, it is asked at once, and often
 * at first.
 */
void
fairlead_solver_client_poke (FairleadSolverClient *self)
{
  g_return_if_fail (FAIRLEAD_IS_SOLVER_CLIENT (self));

  if (self->polling == NULL)
    return;
  fairlead_solver_polling_hurry (&self->rate);
  if (self->asking)
    self->again = TRUE;
  else
    poll_now (self);
}

/**
 * fairlead_solver_client_set_watched:
 * @watched: somebody looks at what it says; so it is, until told otherwise
 *
 * What nobody looks at is not polled, but for the end of what it works on.
 */
void
fairlead_solver_client_set_watched (FairleadSolverClient *self,
                                    gboolean              watched)
{
  g_return_if_fail (FAIRLEAD_IS_SOLVER_CLIENT (self));

  if (self->watched == watched)
    return;
  self->watched = watched;
  if (watched)
    fairlead_solver_client_poke (self);
  else if (self->poll_id != 0 && !self->rate.active)
    poll_in (self, 0);
}

/* A request was answered. What a poll under way finds may be of the time before it. */
void
fairlead_solver_client_take_answer (FairleadSolverClient *self,
                                    FairleadSolverStatus *status)
{
  if (self->polling == NULL)
    return;
  drop_poll (self);
  self->polling = g_cancellable_new ();
  fairlead_solver_polling_hurry (&self->rate);
  take_answer (self, status);
}
