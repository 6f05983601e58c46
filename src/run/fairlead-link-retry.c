/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-link-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"

/* A connection that was lost is made again: BACKOFF, CONNECTING, and so on until it stands, until it cannot
 * help to try again, or until the person has enough of it. */

/* A connection that stood this long was a good one: the next wait is short again. */
#define STOOD_WELL ((gint64) FAIRLEAD_BACKOFF_LONGEST * G_USEC_PER_SEC)

/* One that stood less long than this came to nothing; after so many of them, one after another, it is enough. */
#define SHORT (10 * G_USEC_PER_SEC)
#define MAX_SHORT 8

/* Only what the network does may pass. A host key, an account or a file that is not as it was before does
 * not become right by asking again. */
static gboolean
may_pass (const GError *error)
{
  return g_error_matches (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
}

/* Ends what is planned or under way, and says nothing. */
void
fairlead_link_cancel_retry (FairleadLink *self)
{
  g_clear_handle_id (&self->retry_id, g_source_remove);
  if (self->retry != NULL)
    g_cancellable_cancel (self->retry);
  g_clear_object (&self->retry);
}

static void plan (FairleadLink *self);

static void
drop_remote (FairleadLink *self)
{
  g_autoptr (FairleadRemote) remote = fairlead_link_steal_remote (self);

  if (remote != NULL)
    fairlead_link_end_remote (self, remote);
}

static void
attempt_failed (FairleadLink *self,
                GError       *error /* taken */)
{
  g_autoptr (GError) taken = error;

  if (fairlead_error_is_cancel (error))
    {
      /* The person did not answer a question: why the connection was lost stays the reason. */
      fairlead_link_stop_reconnecting (self);
      return;
    }
  if (!may_pass (error))
    {
      fairlead_link_fail (self, error);
      return;
    }
  drop_remote (self);
  fairlead_link_take_error (self, g_steal_pointer (&taken));
  plan (self);
}

static void
reconnected_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (FairleadLink) self = user_data;
  FairleadRemote *remote = FAIRLEAD_REMOTE (source);
  GError *error = NULL;
  gboolean connected = fairlead_remote_connect_finish (remote, result, &error);

  /* Given up meanwhile. */
  if (remote != self->remote)
    {
      fairlead_link_end_remote (self, remote);
      g_clear_error (&error);
      return;
    }
  g_clear_object (&self->retry);
  if (!connected)
    {
      attempt_failed (self, error);
      return;
    }
  fairlead_link_take_error (self, NULL);
  fairlead_link_set_state (self, FAIRLEAD_LINK_ONLINE);
  /* Who was told may have closed it. */
  if (self->state == FAIRLEAD_LINK_ONLINE)
    fairlead_link_set_retry (self, FALSE, 0, 0);
  fairlead_link_look_at_session (self);
}

static void
try_again (FairleadLink *self)
{
  fairlead_link_cancel_retry (self);
  fairlead_link_set_retry (self, TRUE, self->attempt, 0);
  self->retry = g_cancellable_new ();
  fairlead_link_make_remote (self);
  fairlead_link_set_state (self, FAIRLEAD_LINK_CONNECTING);
  if (self->remote != NULL)
    fairlead_remote_connect_async (self->remote, self->retry, reconnected_cb, g_object_ref (self));
}

static gboolean
retry_cb (gpointer user_data)
{
  FairleadLink *self = user_data;

  self->retry_id = 0;
  try_again (self);
  return G_SOURCE_REMOVE;
}

/* The next attempt, in @delay microseconds. */
static void
plan_in (FairleadLink *self,
         gint64        delay)
{
  fairlead_link_cancel_retry (self);
  self->retry_id = g_timeout_add (delay / 1000, retry_cb, self);
  fairlead_link_set_retry (self, TRUE, self->attempt, g_get_monotonic_time () + delay);
  fairlead_link_set_state (self, FAIRLEAD_LINK_BACKOFF);
}

/* No attempt is counted where none would succeed. What the system says of its networks is not always so,
 * therefore one is made now and then. */
static void
wait_for_network (FairleadLink *self)
{
  fairlead_link_cancel_retry (self);
  fairlead_link_set_retry (self, TRUE, self->attempt, 0);
  self->retry_id = g_timeout_add_seconds (FAIRLEAD_BACKOFF_LONGEST, retry_cb, self);
  fairlead_link_set_state (self, FAIRLEAD_LINK_WAITING_FOR_NETWORK);
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadLink) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean reachable = fairlead_reach_ask_finish (FAIRLEAD_REACH (source), result, &error);

  /* Cancelled: an attempt is made meanwhile, or none is wanted any more. */
  if (error != NULL)
    return;
  g_clear_object (&self->retry);
  if (self->state == FAIRLEAD_LINK_BACKOFF && !reachable)
    wait_for_network (self);
  else if (self->state == FAIRLEAD_LINK_WAITING_FOR_NETWORK && reachable)
    plan_in (self, fairlead_backoff_next (self->backoff));
}

/* Is the host within reach at all? Until that is known, it is. */
static void
look (FairleadLink *self)
{
  if (!self->network_counts)
    return;
  if (self->retry != NULL)
    g_cancellable_cancel (self->retry);
  g_clear_object (&self->retry);
  self->retry = g_cancellable_new ();
  fairlead_reach_ask_async (self->reach, self->target, self->retry, looked_cb, g_object_ref (self));
}

static void
plan (FairleadLink *self)
{
  self->attempt++;
  plan_in (self, fairlead_backoff_next (self->backoff));
  look (self);
}

/* How long it has to be quiet: networks come up in many steps. */
#define QUIET_MS 1000

/* The next attempt does not wait as long as planned: things are not as they were. */
static void
plan_sooner (FairleadLink *self)
{
  gint64 left = self->retry_at - g_get_monotonic_time ();

  fairlead_backoff_reset (self->backoff);
  if (self->state == FAIRLEAD_LINK_WAITING_FOR_NETWORK)
    {
      look (self);
      return;
    }
  plan_in (self, CLAMP (left, 0, FAIRLEAD_BACKOFF_FIRST * G_USEC_PER_SEC));
  look (self);
}

static gboolean
quiet_cb (gpointer user_data)
{
  FairleadLink *self = user_data;

  self->stir_id = 0;
  if (self->state == FAIRLEAD_LINK_ONLINE
      && (!self->network_counts || fairlead_reach_has_network (self->reach)))
    fairlead_remote_check_async (self->remote, NULL, NULL, NULL);
  else if (self->state == FAIRLEAD_LINK_BACKOFF || self->state == FAIRLEAD_LINK_WAITING_FOR_NETWORK)
    plan_sooner (self);
  else if (self->state == FAIRLEAD_LINK_CONNECTING && self->reconnecting
           && fairlead_link_get_session_state (self) == FAIRLEAD_SESSION_CONNECTING)
    {
      /* It asks into a network that is no more. */
      drop_remote (self);
      fairlead_backoff_reset (self->backoff);
      plan (self);
    }
  return G_SOURCE_REMOVE;
}

/* The computer slept, or its networks changed. A connection that stands is not given up for it: it is
 * looked at, as soon as there is a network to do it by. */
void
fairlead_link_stirred (FairleadLink *self)
{
  g_clear_handle_id (&self->stir_id, g_source_remove);
  self->stir_id = g_timeout_add (QUIET_MS, quiet_cb, self);
}

/* A host that ends each connection as soon as it stands would do so for ever. */
static gboolean
is_hopeless (FairleadLink *self)
{
  gboolean was_short = g_get_monotonic_time () - self->online_since < SHORT;

  self->n_short = was_short ? self->n_short + 1 : 0;
  return self->n_short > MAX_SHORT;
}

/* A connection that was ONLINE has ended, and not by us. */
void
fairlead_link_lost (FairleadLink *self,
                    const GError *error)
{
  if (!self->keeps_up || !may_pass (error) || is_hopeless (self))
    {
      fairlead_link_fail (self, error);
      return;
    }
  fairlead_link_take_error (self, g_error_copy (error));
  drop_remote (self);
  if (g_get_monotonic_time () - self->online_since >= STOOD_WELL)
    fairlead_backoff_reset (self->backoff);
  self->attempt = 0;
  plan (self);
}

/**
 * fairlead_link_set_reconnect:
 * @reconnect: whether a connection that is lost is made again; it is, by default
 */
void
fairlead_link_set_reconnect (FairleadLink *self,
                             gboolean      reconnect)
{
  g_return_if_fail (FAIRLEAD_IS_LINK (self));

  self->keeps_up = reconnect;
}

/**
 * fairlead_link_retry_now:
 *
 * Does not wait for the next attempt. Without effect where none is waited for.
 */
void
fairlead_link_retry_now (FairleadLink *self)
{
  g_return_if_fail (FAIRLEAD_IS_LINK (self));

  if (self->state == FAIRLEAD_LINK_BACKOFF || self->state == FAIRLEAD_LINK_WAITING_FOR_NETWORK)
    try_again (self);
}

/**
 * fairlead_link_stop_reconnecting:
 *
 * To FAILED, with why the connection was lost or could not be made again. Without effect where it is not
 * made again.
 */
void
fairlead_link_stop_reconnecting (FairleadLink *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (FAIRLEAD_IS_LINK (self));

  if (!self->reconnecting || self->state == FAIRLEAD_LINK_ONLINE)
    return;
  error = g_error_copy (self->error);
  fairlead_link_fail (self, error);
}
