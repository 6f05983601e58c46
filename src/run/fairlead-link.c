/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-link-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-core-enums.h"
#include "fairlead-error.h"
#include "fairlead-run-enums.h"

/**
 * FairleadLink:
 *
 * The connection as a person sees it. Owns one remote at a time. One that was ONLINE and is lost is made
 * again (fairlead-link-retry.c); an attempt that never got there is not. Main thread.
 */
G_DEFINE_FINAL_TYPE (FairleadLink, fairlead_link, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_STATE,
  PROP_SESSION_STATE,
  PROP_RECONNECTING,
  PROP_ATTEMPT,
  PROP_RETRY_AT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum {
  MESSAGE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

#define TO(state) (1u << FAIRLEAD_LINK_##state)

/* From each state, where it may go. */
static const guint edges[] = {
  [FAIRLEAD_LINK_OFFLINE] = TO (CONNECTING),
  [FAIRLEAD_LINK_CONNECTING] =
    TO (NEEDS_YOU) | TO (ONLINE) | TO (BACKOFF) | TO (FAILED) | TO (OFFLINE),
  [FAIRLEAD_LINK_NEEDS_YOU] =
    TO (CONNECTING) | TO (ONLINE) | TO (BACKOFF) | TO (FAILED) | TO (OFFLINE),
  [FAIRLEAD_LINK_ONLINE] = TO (BACKOFF) | TO (FAILED) | TO (OFFLINE),
  [FAIRLEAD_LINK_BACKOFF] =
    TO (WAITING_FOR_NETWORK) | TO (CONNECTING) | TO (FAILED) | TO (OFFLINE),
  [FAIRLEAD_LINK_WAITING_FOR_NETWORK] =
    TO (BACKOFF) | TO (CONNECTING) | TO (FAILED) | TO (OFFLINE),
  [FAIRLEAD_LINK_FAILED] = TO (CONNECTING) | TO (OFFLINE),
};

void
fairlead_link_set_state (FairleadLink      *self,
                         FairleadLinkState  state)
{
  if (self->state == state)
    return;
  if (!(edges[self->state] & 1u << state))
    {
      g_warning ("No edge from link state %d to %d", self->state, state);
      return;
    }
  g_debug ("link: %d → %d", self->state, state);
  if (state == FAIRLEAD_LINK_ONLINE)
    {
      self->online_since = g_get_monotonic_time ();
      self->network_counts = fairlead_reach_has_network (self->reach);
    }
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
fairlead_link_set_retry (FairleadLink *self,
                         gboolean      reconnecting,
                         guint         attempt,
                         gint64        retry_at)
{
  GObject *object = G_OBJECT (self);

  g_object_freeze_notify (object);
  if (self->reconnecting != reconnecting)
    g_object_notify_by_pspec (object, properties[PROP_RECONNECTING]);
  if (self->attempt != attempt)
    g_object_notify_by_pspec (object, properties[PROP_ATTEMPT]);
  if (self->retry_at != retry_at)
    g_object_notify_by_pspec (object, properties[PROP_RETRY_AT]);
  self->reconnecting = reconnecting;
  self->attempt = attempt;
  self->retry_at = retry_at;
  g_object_thaw_notify (object);
}

static void
asking_cb (FairleadLink *self)
{
  gboolean open = fairlead_asking_is_open (self->asking);

  if (self->state == FAIRLEAD_LINK_CONNECTING && open)
    fairlead_link_set_state (self, FAIRLEAD_LINK_NEEDS_YOU);
  else if (self->state == FAIRLEAD_LINK_NEEDS_YOU && !open)
    fairlead_link_set_state (self, FAIRLEAD_LINK_CONNECTING);
}

static void
message_cb (FairleadRemote *remote,
            const char     *text,
            FairleadLink   *self)
{
  g_signal_emit (self, signals[MESSAGE], 0, text);
}

/* The session may end at any time, also in the moment in which it stands. */
void
fairlead_link_look_at_session (FairleadLink *self)
{
  FairleadSessionState state = fairlead_link_get_session_state (self);
  const GError *error = self->remote != NULL ? fairlead_remote_get_error (self->remote) : NULL;
  g_autoptr (GError) copy = NULL;

  if (self->state != FAIRLEAD_LINK_ONLINE
      || (state != FAIRLEAD_SESSION_FAILED && state != FAIRLEAD_SESSION_CLOSED))
    return;
  copy = error != NULL ? g_error_copy (error)
                       : fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection was closed."));
  fairlead_link_lost (self, copy);
}

static void
session_state_cb (FairleadRemote *remote,
                  GParamSpec     *pspec,
                  FairleadLink   *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION_STATE]);
  fairlead_link_look_at_session (self);
}

/* Lets go of the remote, if there is one; the caller closes it. */
FairleadRemote *
fairlead_link_steal_remote (FairleadLink *self)
{
  if (self->remote != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->remote, session_state_cb, self);
      g_signal_handlers_disconnect_by_func (self->remote, message_cb, self);
    }
  return g_steal_pointer (&self->remote);
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (FairleadLink) self = user_data;

  fairlead_remote_close_finish (FAIRLEAD_REMOTE (source), result, NULL);
  g_ptr_array_remove (self->ending, source);
}

/* Begins to close a remote; whoever leaves the program waits for it in fairlead_link_close_async(). */
void
fairlead_link_end_remote (FairleadLink   *self,
                          FairleadRemote *remote)
{
  if (g_ptr_array_find (self->ending, remote, NULL))
    return;
  g_ptr_array_add (self->ending, g_object_ref (remote));
  fairlead_remote_close_async (remote, NULL, ended_cb, g_object_ref (self));
}

static void
fairlead_link_dispose (GObject *object)
{
  FairleadLink *self = FAIRLEAD_LINK (object);
  g_autoptr (FairleadRemote) remote = fairlead_link_steal_remote (self);

  fairlead_link_cancel_retry (self);
  fairlead_link_set_surroundings (self, NULL, NULL);
  if (remote != NULL)
    fairlead_remote_close_async (remote, NULL, NULL, NULL);
  g_clear_object (&self->asking);

  G_OBJECT_CLASS (fairlead_link_parent_class)->dispose (object);
}

static void
fairlead_link_finalize (GObject *object)
{
  FairleadLink *self = FAIRLEAD_LINK (object);

  g_clear_error (&self->error);
  g_clear_pointer (&self->target, fairlead_target_unref);
  g_clear_pointer (&self->backoff, fairlead_backoff_free);
  g_clear_pointer (&self->ending, g_ptr_array_unref);

  G_OBJECT_CLASS (fairlead_link_parent_class)->finalize (object);
}

static void
fairlead_link_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  FairleadLink *self = FAIRLEAD_LINK (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_SESSION_STATE:
      g_value_set_enum (value, fairlead_link_get_session_state (self));
      break;
    case PROP_RECONNECTING:
      g_value_set_boolean (value, self->reconnecting);
      break;
    case PROP_ATTEMPT:
      g_value_set_uint (value, self->attempt);
      break;
    case PROP_RETRY_AT:
      g_value_set_int64 (value, self->retry_at);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_link_class_init (FairleadLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = fairlead_link_dispose;
  object_class->finalize = fairlead_link_finalize;
  object_class->get_property = fairlead_link_get_property;

  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, FAIRLEAD_TYPE_LINK_STATE, FAIRLEAD_LINK_OFFLINE, flags);
  properties[PROP_SESSION_STATE] =
    g_param_spec_enum ("session-state", NULL, NULL,
                       FAIRLEAD_TYPE_SESSION_STATE, FAIRLEAD_SESSION_IDLE, flags);
  properties[PROP_RECONNECTING] = g_param_spec_boolean ("reconnecting", NULL, NULL, FALSE, flags);
  properties[PROP_ATTEMPT] = g_param_spec_uint ("attempt", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_RETRY_AT] = g_param_spec_int64 ("retry-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * FairleadLink::message:
   * @text: one line of the remote for the person's log
   */
  signals[MESSAGE] = g_signal_new ("message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
fairlead_link_init (FairleadLink *self)
{
  self->ending = g_ptr_array_new_with_free_func (g_object_unref);
  self->backoff = fairlead_backoff_new (g_random_int ());
  self->keeps_up = TRUE;
}

/**
 * fairlead_link_new:
 * @person: who answers questions; made on this thread
 * @new_remote: makes a remote for each attempt
 */
FairleadLink *
fairlead_link_new (FairleadInteraction   *person,
                   FairleadRemoteNewFunc  new_remote,
                   gpointer               user_data)
{
  FairleadLink *self = g_object_new (FAIRLEAD_TYPE_LINK, NULL);

  self->new_remote = new_remote;
  self->user_data = user_data;
  fairlead_link_set_surroundings (self, fairlead_reach_get_default (), fairlead_wake_get_default ());
  self->asking = fairlead_asking_new (person);
  g_signal_connect_object (self->asking, "notify::open", G_CALLBACK (asking_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/* Whom the link hears about the network and about sleep. */
void
fairlead_link_set_surroundings (FairleadLink  *self,
                                FairleadReach *reach,
                                FairleadWake  *wake)
{
  g_clear_handle_id (&self->stir_id, g_source_remove);
  if (self->reach != NULL)
    g_signal_handlers_disconnect_by_func (self->reach, fairlead_link_stirred, self);
  if (self->wake != NULL)
    g_signal_handlers_disconnect_by_func (self->wake, fairlead_link_stirred, self);
  g_set_object (&self->reach, reach);
  g_set_object (&self->wake, wake);
  if (reach != NULL)
    g_signal_connect_swapped (reach, "changed", G_CALLBACK (fairlead_link_stirred), self);
  if (wake != NULL)
    g_signal_connect_swapped (wake, "woke", G_CALLBACK (fairlead_link_stirred), self);
}

FairleadLinkState
fairlead_link_get_state (FairleadLink *self)
{
  return self->state;
}

FairleadSessionState
fairlead_link_get_session_state (FairleadLink *self)
{
  return self->remote ? fairlead_remote_get_state (self->remote) : FAIRLEAD_SESSION_IDLE;
}

/**
 * fairlead_link_get_remote:
 *
 * Returns: (nullable) (transfer none): the remote, of whatever state
 */
FairleadRemote *
fairlead_link_get_remote (FairleadLink *self)
{
  return self->remote;
}

/**
 * fairlead_link_get_interaction:
 *
 * Returns: (transfer none): who answers what comes up on the way to the remote
 */
FairleadInteraction *
fairlead_link_get_interaction (FairleadLink *self)
{
  return FAIRLEAD_INTERACTION (self->asking);
}

/**
 * fairlead_link_get_error:
 *
 * Returns: (nullable) (transfer none): why the state is FAILED, or why the connection has to be made again
 */
const GError *
fairlead_link_get_error (FairleadLink *self)
{
  return self->error;
}

/**
 * fairlead_link_begin:
 *
 * From OFFLINE or FAILED to CONNECTING: what comes before the connection itself has begun.
 */
void
fairlead_link_begin (FairleadLink *self)
{
  g_clear_error (&self->error);
  fairlead_link_set_state (self, FAIRLEAD_LINK_CONNECTING);
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadLink *self = g_task_get_source_object (task);
  FairleadRemote *remote = FAIRLEAD_REMOTE (source);
  GError *error = NULL;

  if (!fairlead_remote_connect_finish (remote, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  /* Closed, or another attempt has begun meanwhile. */
  if (remote != self->remote || self->state == FAIRLEAD_LINK_OFFLINE)
    {
      fairlead_link_end_remote (self, remote);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
      return;
    }
  fairlead_link_set_state (self, FAIRLEAD_LINK_ONLINE);
  g_task_return_boolean (task, TRUE);
  fairlead_link_look_at_session (self);
}

gboolean
fairlead_link_is_reconnecting (FairleadLink *self)
{
  return self->reconnecting;
}

guint
fairlead_link_get_attempt (FairleadLink *self)
{
  return self->attempt;
}

gint64
fairlead_link_get_retry_at (FairleadLink *self)
{
  return self->retry_at;
}

/* One beside the link's own: ended by fairlead_link_end_remote(). */
FairleadRemote *
fairlead_link_new_remote (FairleadLink   *self,
                          FairleadTarget *target)
{
  return self->new_remote (target, FAIRLEAD_INTERACTION (self->asking), self->user_data);
}

/* A remote for one attempt at the target. */
void
fairlead_link_make_remote (FairleadLink *self)
{
  self->remote = fairlead_link_new_remote (self, self->target);
  g_signal_connect_object (self->remote, "notify::state", G_CALLBACK (session_state_cb), self, 0);
  g_signal_connect_object (self->remote, "message", G_CALLBACK (message_cb), self, 0);
}

/**
 * fairlead_link_connect_async:
 * @target: what to connect to
 *
 * Connects, verifies the host and signs in. A failure leaves the state to the caller: fairlead_link_fail()
 * or fairlead_link_close_async().
 */
void
fairlead_link_connect_async (FairleadLink        *self,
                             FairleadTarget      *target,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (FAIRLEAD_IS_LINK (self));
  g_return_if_fail (self->state == FAIRLEAD_LINK_CONNECTING);

  g_task_set_source_tag (task, fairlead_link_connect_async);
  g_return_if_fail (self->remote == NULL);
  g_clear_pointer (&self->target, fairlead_target_unref);
  self->target = fairlead_target_ref (target);
  fairlead_backoff_reset (self->backoff);
  self->n_short = 0;
  fairlead_link_make_remote (self);
  fairlead_remote_connect_async (self->remote, cancellable, connected_cb, g_steal_pointer (&task));
}

gboolean
fairlead_link_connect_finish (FairleadLink  *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
fairlead_link_take_error (FairleadLink *self,
                          GError       *error)
{
  g_clear_error (&self->error);
  self->error = error;
}

/**
 * fairlead_link_fail:
 * @error: why
 *
 * The attempt did not succeed, or the connection was lost: it is not tried again by itself.
 */
void
fairlead_link_fail (FairleadLink *self,
                    const GError *error)
{
  g_autoptr (FairleadRemote) remote = fairlead_link_steal_remote (self);

  fairlead_link_cancel_retry (self);
  fairlead_link_take_error (self, g_error_copy (error));
  fairlead_link_set_state (self, FAIRLEAD_LINK_FAILED);
  fairlead_link_set_retry (self, FALSE, 0, 0);
  if (remote != NULL)
    fairlead_link_end_remote (self, remote);
}

/* The task's data is how many remotes it waits for. */
static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  guint left = GPOINTER_TO_UINT (g_task_get_task_data (task)) - 1;

  fairlead_remote_close_finish (FAIRLEAD_REMOTE (source), result, NULL);
  g_task_set_task_data (task, GUINT_TO_POINTER (left), NULL);
  if (left == 0)
    g_task_return_boolean (task, TRUE);
}

/**
 * fairlead_link_close_async:
 *
 * To OFFLINE, at once; calls back when the threads of this session and of all before it have ended.
 */
void
fairlead_link_close_async (FairleadLink        *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (FairleadRemote) remote = fairlead_link_steal_remote (self);
  g_autoptr (GPtrArray) ending = NULL;

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, fairlead_link_close_async);
  fairlead_link_cancel_retry (self);
  fairlead_link_take_error (self, NULL);
  fairlead_link_set_state (self, FAIRLEAD_LINK_OFFLINE);
  fairlead_link_set_retry (self, FALSE, 0, 0);
  if (remote != NULL)
    fairlead_link_end_remote (self, remote);
  ending = g_ptr_array_copy (self->ending, (GCopyFunc) g_object_ref, NULL);
  g_ptr_array_set_free_func (ending, g_object_unref);
  g_task_set_task_data (task, GUINT_TO_POINTER (ending->len), NULL);
  for (guint i = 0; i < ending->len; i++)
    fairlead_remote_close_async (ending->pdata[i], cancellable, closed_cb, g_object_ref (task));
  if (ending->len == 0)
    g_task_return_boolean (task, TRUE);
}

gboolean
fairlead_link_close_finish (FairleadLink  *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
