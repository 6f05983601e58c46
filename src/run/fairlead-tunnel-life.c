/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-tunnel-private.h"

#include "fairlead-error.h"

/* A tunnel's life over the sessions: its forwards one after another, and what they prove and count. */

/* Those of all forwards so far. Connections are open in this one alone. */
static void
sum_counters (FairleadTunnel          *self,
              FairleadForwardCounters *sum)
{
  FairleadForwardCounters now = { 0 };

  if (self->forward != NULL)
    fairlead_forward_get_counters (self->forward, &now);
  sum->open = now.open;
  sum->total = self->gone.total + now.total;
  sum->refused = self->gone.refused + now.refused;
  sum->reached = self->gone.reached + now.reached;
  sum->failed = self->gone.failed + now.failed;
  sum->received = self->gone.received + now.received;
  sum->sent = self->gone.sent + now.sent;
}

/* Why the connection that failed last did. */
static const char *
get_failure (FairleadTunnel *self)
{
  const GError *failure =
    self->forward != NULL ? fairlead_forward_get_last_failure (self->forward) : NULL;

  return failure != NULL ? failure->message : NULL;
}

/* What a connection through it proved. The solver's has a probe that knows more, and that an sshd answers is
 * known by its banner alone. */
static void
judge (FairleadTunnel                *self,
       const FairleadForwardCounters *before,
       const FairleadForwardCounters *now)
{
  if (self->origin == FAIRLEAD_TUNNEL_ORIGIN_SOLVER || self->state != FAIRLEAD_TUNNEL_STATE_OPEN)
    return;
  if (now->reached > before->reached && !fairlead_tunnel_is_ssh (self))
    fairlead_tunnel_set_health (self, FAIRLEAD_TUNNEL_REACHED, NULL);
  else if (now->failed > before->failed)
    fairlead_tunnel_set_health (self, FAIRLEAD_TUNNEL_NO_ANSWER, get_failure (self));
}

static void
counters_cb (FairleadTunnel *self)
{
  FairleadForwardCounters before, now;

  fairlead_traffic_get_counters (FAIRLEAD_TRAFFIC (self), &before);
  sum_counters (self, &now);
  judge (self, &before, &now);
  fairlead_traffic_take_counters (FAIRLEAD_TRAFFIC (self), &now);
}

/* Lets go of the forward; whether it is closed, too, is the caller's affair. */
void
fairlead_tunnel_drop_forward (FairleadTunnel *self)
{
  FairleadForwardCounters sum;

  if (self->forward == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->forward, self);
  sum_counters (self, &sum);
  g_clear_object (&self->forward);
  self->gone = sum;
  counters_cb (self);
  g_object_notify (G_OBJECT (self), "forward");
}

/* A forward that has ended gives its lease away only while it says so. */
static void
keep_lease (FairleadTunnel *self)
{
  FairleadPortLease *lease = self->forward != NULL ? fairlead_forward_get_lease (self->forward) : NULL;

  if (lease != NULL)
    g_set_object (&self->lease, lease);
}

/* Its session has ended. */
static void
forward_open_cb (FairleadTunnel *self)
{
  if (self->forward == NULL || fairlead_forward_is_open (self->forward))
    return;
  g_object_freeze_notify (G_OBJECT (self));
  keep_lease (self);
  fairlead_tunnel_drop_forward (self);
  fairlead_tunnel_set_health (self, FAIRLEAD_TUNNEL_CLOSED, NULL);
  fairlead_tunnel_set_state (self, FAIRLEAD_TUNNEL_STATE_WAITING);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * fairlead_tunnel_take_forward:
 * @forward: an open one
 *
 * It is open by this forward now; the one before is closed.
 */
void
fairlead_tunnel_take_forward (FairleadTunnel  *self,
                              FairleadForward *forward)
{
  g_autoptr (FairleadForward) old = self->forward != NULL ? g_object_ref (self->forward) : NULL;

  if (forward == old)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  self->attempt++;
  fairlead_tunnel_drop_forward (self);
  if (old != NULL)
    fairlead_forward_close (old);
  self->forward = g_object_ref (forward);
  g_clear_pointer (&self->taken, fairlead_forward_spec_free);
  self->taken = fairlead_forward_spec_copy (fairlead_forward_get_spec (forward));
  g_clear_object (&self->taken->lease);
  g_clear_object (&self->lease);
  keep_lease (self);
  g_signal_connect_object (forward, "notify::counters", G_CALLBACK (counters_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (forward, "notify::open", G_CALLBACK (forward_open_cb), self, G_CONNECT_SWAPPED);
  fairlead_tunnel_set_error (self, NULL);
  fairlead_tunnel_set_state (self, FAIRLEAD_TUNNEL_STATE_OPEN);
  fairlead_tunnel_set_health (self, FAIRLEAD_TUNNEL_LISTENER_ONLY, NULL);
  g_object_notify (G_OBJECT (self), "local");
  g_object_notify (G_OBJECT (self), "forward");
  counters_cb (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * fairlead_tunnel_redirect:
 * @spec: another wish
 *
 * Returns: %FALSE when that takes another listener, or when it is not open
 */
gboolean
fairlead_tunnel_redirect (FairleadTunnel            *self,
                          const FairleadForwardSpec *spec)
{
  if (self->forward == NULL
      || !fairlead_forward_spec_is_same_listener (fairlead_forward_get_spec (self->forward), spec)
      || !fairlead_forward_redirect (self->forward, &spec->to))
    return FALSE;
  fairlead_forward_spec_lead_to (self->taken, &spec->to);
  fairlead_tunnel_set_health (self, FAIRLEAD_TUNNEL_LISTENER_ONLY, NULL);
  return TRUE;
}

/**
 * fairlead_tunnel_set_spec:
 *
 * Another wish; what is open is open as it was.
 */
void
fairlead_tunnel_set_spec (FairleadTunnel            *self,
                          const FairleadForwardSpec *spec)
{
  fairlead_forward_spec_free (self->spec);
  self->spec = fairlead_forward_spec_copy (spec);
  if (self->forward == NULL && self->lease == NULL)
    g_clear_pointer (&self->taken, fairlead_forward_spec_free);
  g_object_notify (G_OBJECT (self), "spec");
  g_object_notify (G_OBJECT (self), "local");
  g_object_notify (G_OBJECT (self), "destination");
}

/**
 * fairlead_tunnel_fail:
 * @error: why it is not open
 */
void
fairlead_tunnel_fail (FairleadTunnel *self,
                      const GError   *error)
{
  g_object_freeze_notify (G_OBJECT (self));
  fairlead_tunnel_set_error (self, error);
  fairlead_tunnel_set_state (self, FAIRLEAD_TUNNEL_STATE_FAILED);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * fairlead_tunnel_hold:
 * @error: why it waits for the person's word
 *
 * It is FAILED, and is not opened with a link, until somebody opens it by hand.
 */
void
fairlead_tunnel_hold (FairleadTunnel *self,
                      const GError   *error)
{
  self->held = TRUE;
  fairlead_tunnel_fail (self, error);
}

gboolean
fairlead_tunnel_is_held (FairleadTunnel *self)
{
  return self->held;
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadTunnel *self = g_task_get_source_object (task);
  g_autoptr (FairleadForward) forward = NULL;
  GError *error = NULL;

  forward = fairlead_remote_forward_finish (FAIRLEAD_REMOTE (source), result, &error);
  if (GPOINTER_TO_UINT (g_task_get_task_data (task)) != self->attempt)
    {
      if (forward != NULL)
        fairlead_forward_close (forward);
      g_clear_error (&error);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
      return;
    }
  if (forward != NULL)
    {
      fairlead_tunnel_take_forward (self, forward);
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (fairlead_error_is_cancel (error))
    fairlead_tunnel_close (self);
  else
    fairlead_tunnel_fail (self, error);
  g_task_return_error (task, error);
}

/**
 * fairlead_tunnel_open_async:
 * @remote: a remote that is OPEN
 *
 * Opens it, on the port that it had and with its listener where it has one. What nobody waits for any
 * more, because it was lost or closed meanwhile, ends with %G_IO_ERROR_CANCELLED.
 */
void
fairlead_tunnel_open_async (FairleadTunnel      *self,
                            FairleadRemote      *remote,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_copy (fairlead_tunnel_get_known (self));

  g_task_set_source_tag (task, fairlead_tunnel_open_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, GUINT_TO_POINTER (++self->attempt), NULL);
  g_set_object (&spec->lease, self->lease);
  self->held = FALSE;
  g_object_freeze_notify (G_OBJECT (self));
  fairlead_tunnel_set_error (self, NULL);
  fairlead_tunnel_set_state (self, FAIRLEAD_TUNNEL_STATE_OPENING);
  g_object_thaw_notify (G_OBJECT (self));
  fairlead_remote_forward_async (remote, spec, cancellable, opened_cb, task);
}

gboolean
fairlead_tunnel_open_finish (FairleadTunnel  *self,
                             GAsyncResult    *result,
                             GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * fairlead_tunnel_lose:
 * @refusing: clients are turned away until it is open again, instead of waiting
 *
 * The connection was lost. The listener stays.
 */
void
fairlead_tunnel_lose (FairleadTunnel *self,
                      gboolean        refusing)
{
  g_object_freeze_notify (G_OBJECT (self));
  self->attempt++;
  keep_lease (self);
  fairlead_tunnel_drop_forward (self);
  if (self->lease != NULL)
    fairlead_port_lease_set_refusing (self->lease, refusing);
  fairlead_tunnel_set_health (self, FAIRLEAD_TUNNEL_CLOSED, NULL);
  if (self->state == FAIRLEAD_TUNNEL_STATE_OPENING || self->state == FAIRLEAD_TUNNEL_STATE_OPEN)
    fairlead_tunnel_set_state (self, FAIRLEAD_TUNNEL_STATE_WAITING);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * fairlead_tunnel_pause:
 * @refusing: as for fairlead_tunnel_lose()
 *
 * Where it leads to is not to be reached for a while, and the connection stands. The listener stays; what went
 * through it is closed.
 */
void
fairlead_tunnel_pause (FairleadTunnel *self,
                       gboolean        refusing)
{
  g_autoptr (FairleadForward) forward = self->forward != NULL ? g_object_ref (self->forward) : NULL;

  fairlead_tunnel_lose (self, refusing);
  if (forward != NULL)
    fairlead_forward_close (forward);
}

/**
 * fairlead_tunnel_close:
 *
 * Closes it, and its listener.
 */
void
fairlead_tunnel_close (FairleadTunnel *self)
{
  g_autoptr (FairleadForward) forward = self->forward != NULL ? g_object_ref (self->forward) : NULL;

  g_object_freeze_notify (G_OBJECT (self));
  self->attempt++;
  keep_lease (self);
  fairlead_tunnel_drop_forward (self);
  if (forward != NULL)
    fairlead_forward_close (forward);
  if (self->lease != NULL)
    fairlead_port_lease_close (self->lease);
  g_clear_object (&self->lease);
  fairlead_tunnel_set_error (self, NULL);
  fairlead_tunnel_set_health (self, FAIRLEAD_TUNNEL_CLOSED, NULL);
  fairlead_tunnel_set_state (self, FAIRLEAD_TUNNEL_STATE_CLOSED);
  g_object_thaw_notify (G_OBJECT (self));
}
