/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-tunnel-private.h"

#include "fairlead-error.h"
#include "fairlead-run-enums.h"
#include "fairlead-traffic-private.h"

/**
 * FairleadTunnel:
 *
 * A forward as a person knows it: it lives as long as somebody wishes for it, over all sessions, while a
 * #FairleadForward ends with its own. In between its lease keeps the listener. Main thread.
 */
struct _FairleadTunnel {
  FairleadTraffic parent_instance;

  FairleadTunnelOrigin origin;
  FairleadForwardSpec *spec;        /* the wish */
  FairleadForwardSpec *taken;       /* with the port that was taken; NULL before it was first open */
  char *title;
  char *source;
  char *option;                     /* how it stands in the profile; NULL: it does not */
  char *ssh_options;                /* of the line for other tools; NULL: it does not lead to an sshd */

  FairleadTunnelState state;
  gboolean held;                    /* FAILED until the person opens it */
  FairleadTunnelHealth health;
  char *health_reason;
  GError *error;

  FairleadForward *forward;
  FairleadPortLease *lease;
  FairleadForwardCounters gone;     /* of the forwards before this one */
  guint attempt;                    /* tells an answer that nobody waits for any more */
};

G_DEFINE_FINAL_TYPE (FairleadTunnel, fairlead_tunnel, FAIRLEAD_TYPE_TRAFFIC)

enum {
  PROP_0,
  PROP_SPEC,
  PROP_ORIGIN,
  PROP_SOURCE,
  PROP_TITLE,
  PROP_STATE,
  PROP_HEALTH,
  PROP_HEALTH_REASON,
  PROP_ERROR,
  PROP_LOCAL,
  PROP_DESTINATION,
  PROP_FORWARD,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void drop_forward (FairleadTunnel *self);

static void
fairlead_tunnel_dispose (GObject *object)
{
  FairleadTunnel *self = FAIRLEAD_TUNNEL (object);

  drop_forward (self);
  g_clear_object (&self->lease);

  G_OBJECT_CLASS (fairlead_tunnel_parent_class)->dispose (object);
}

static void
fairlead_tunnel_finalize (GObject *object)
{
  FairleadTunnel *self = FAIRLEAD_TUNNEL (object);

  g_clear_pointer (&self->spec, fairlead_forward_spec_free);
  g_clear_pointer (&self->taken, fairlead_forward_spec_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->source, g_free);
  g_clear_pointer (&self->option, g_free);
  g_clear_pointer (&self->ssh_options, g_free);
  g_clear_pointer (&self->health_reason, g_free);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (fairlead_tunnel_parent_class)->finalize (object);
}

static void
fairlead_tunnel_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  FairleadTunnel *self = FAIRLEAD_TUNNEL (object);

  switch (prop_id)
    {
    case PROP_SPEC:
      g_value_set_boxed (value, self->spec);
      break;
    case PROP_ORIGIN:
      g_value_set_enum (value, self->origin);
      break;
    case PROP_SOURCE:
      g_value_set_string (value, self->source);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_HEALTH:
      g_value_set_enum (value, self->health);
      break;
    case PROP_HEALTH_REASON:
      g_value_set_string (value, self->health_reason);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_LOCAL:
      g_value_take_string (value, fairlead_tunnel_dup_local (self));
      break;
    case PROP_DESTINATION:
      g_value_take_string (value, fairlead_tunnel_dup_destination (self));
      break;
    case PROP_FORWARD:
      g_value_set_object (value, self->forward);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_tunnel_class_init (FairleadTunnelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = fairlead_tunnel_dispose;
  object_class->finalize = fairlead_tunnel_finalize;
  object_class->get_property = fairlead_tunnel_get_property;

  properties[PROP_SPEC] =
    g_param_spec_boxed ("spec", NULL, NULL, FAIRLEAD_TYPE_FORWARD_SPEC, flags);
  properties[PROP_ORIGIN] =
    g_param_spec_enum ("origin", NULL, NULL,
                       FAIRLEAD_TYPE_TUNNEL_ORIGIN, FAIRLEAD_TUNNEL_ORIGIN_SOLVER, flags);
  properties[PROP_SOURCE] = g_param_spec_string ("source", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL,
                       FAIRLEAD_TYPE_TUNNEL_STATE, FAIRLEAD_TUNNEL_STATE_CLOSED, flags);
  properties[PROP_HEALTH] =
    g_param_spec_enum ("health", NULL, NULL,
                       FAIRLEAD_TYPE_TUNNEL_HEALTH, FAIRLEAD_TUNNEL_CLOSED, flags);
  properties[PROP_HEALTH_REASON] = g_param_spec_string ("health-reason", NULL, NULL, NULL, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_LOCAL] = g_param_spec_string ("local", NULL, NULL, NULL, flags);
  properties[PROP_DESTINATION] = g_param_spec_string ("destination", NULL, NULL, NULL, flags);
  properties[PROP_FORWARD] =
    g_param_spec_object ("forward", NULL, NULL, FAIRLEAD_TYPE_FORWARD, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_tunnel_init (FairleadTunnel *self)
{
}

/**
 * fairlead_tunnel_new:
 * @title: (nullable): translated
 * @source: (nullable): where the wish stands
 *
 * Returns: (transfer full): a closed tunnel
 */
FairleadTunnel *
fairlead_tunnel_new (FairleadTunnelOrigin       origin,
                     const FairleadForwardSpec *spec,
                     const char                *title,
                     const char                *source)
{
  FairleadTunnel *self = g_object_new (FAIRLEAD_TYPE_TUNNEL, NULL);

  self->origin = origin;
  self->spec = fairlead_forward_spec_copy (spec);
  self->title = g_strdup (title);
  self->source = g_strdup (source);
  return self;
}

const FairleadForwardSpec *
fairlead_tunnel_get_spec (FairleadTunnel *self)
{
  return self->spec;
}

FairleadTunnelOrigin
fairlead_tunnel_get_origin (FairleadTunnel *self)
{
  return self->origin;
}

const char *
fairlead_tunnel_get_source (FairleadTunnel *self)
{
  return self->source;
}

const char *
fairlead_tunnel_get_title (FairleadTunnel *self)
{
  return self->title;
}

FairleadTunnelState
fairlead_tunnel_get_state (FairleadTunnel *self)
{
  return self->state;
}

FairleadTunnelHealth
fairlead_tunnel_get_health (FairleadTunnel *self)
{
  return self->health;
}

const char *
fairlead_tunnel_get_health_reason (FairleadTunnel *self)
{
  return self->health_reason;
}

const GError *
fairlead_tunnel_get_error (FairleadTunnel *self)
{
  return self->error;
}

FairleadForward *
fairlead_tunnel_get_forward (FairleadTunnel *self)
{
  return self->forward;
}

static const FairleadForwardSpec *
get_known (FairleadTunnel *self)
{
  return self->taken != NULL ? self->taken : self->spec;
}

/**
 * fairlead_tunnel_get_local_port:
 *
 * Returns: the port that is listened on, or will be; 0: any, or a UNIX socket
 */
guint
fairlead_tunnel_get_local_port (FairleadTunnel *self)
{
  return get_known (self)->listen.port;
}

/**
 * fairlead_tunnel_dup_local:
 *
 * Returns: (transfer full): what is listened on: "127.0.0.1:8080", "*:8080" for every address, a path
 */
char *
fairlead_tunnel_dup_local (FairleadTunnel *self)
{
  return fairlead_forward_spec_dup_listen (get_known (self));
}

/**
 * fairlead_tunnel_dup_destination:
 *
 * Returns: (transfer full) (nullable): where it leads: "localhost:80", a path; %NULL for SOCKS
 */
char *
fairlead_tunnel_dup_destination (FairleadTunnel *self)
{
  return fairlead_forward_spec_dup_destination (self->spec);
}

/**
 * fairlead_tunnel_is_ssh:
 *
 * Returns: whether it leads to the host's sshd, for other tools
 */
gboolean
fairlead_tunnel_is_ssh (FairleadTunnel *self)
{
  return self->ssh_options != NULL;
}

/**
 * fairlead_tunnel_dup_command:
 *
 * Returns: (transfer full) (nullable): of one that leads to the host's sshd: the `ssh` line to give to other
 *   tools; it checks the host's real key. Else the command of ssh(1) would be another connection: %NULL
 */
char *
fairlead_tunnel_dup_command (FairleadTunnel *self)
{
  return fairlead_tunnel_is_ssh (self)
         ? g_strdup_printf ("ssh -p %u%s", fairlead_tunnel_get_local_port (self), self->ssh_options) : NULL;
}

/* It leads to the host's sshd: @options follow "ssh -p PORT", with a space before. */
void
fairlead_tunnel_set_ssh (FairleadTunnel *self,
                         const char     *options)
{
  g_free (self->ssh_options);
  self->ssh_options = g_strdup (options);
}

const char *
fairlead_tunnel_get_option (FairleadTunnel *self)
{
  return self->option;
}

/* How it stands in the profile; %NULL: it does not, and is gone with the connection. */
void
fairlead_tunnel_set_option (FairleadTunnel *self,
                            const char     *option)
{
  FairleadTunnelOrigin origin =
    option != NULL ? FAIRLEAD_TUNNEL_ORIGIN_PROFILE : FAIRLEAD_TUNNEL_ORIGIN_SESSION;

  g_free (self->option);
  self->option = g_strdup (option);
  g_clear_pointer (&self->source, g_free);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SOURCE]);
  if (self->origin == origin)
    return;
  self->origin = origin;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORIGIN]);
}

/* From each state, where it may go. */
#define TO(state) (1u << FAIRLEAD_TUNNEL_STATE_##state)

static const guint edges[] = {
  [FAIRLEAD_TUNNEL_STATE_CLOSED] = TO (OPENING) | TO (OPEN) | TO (FAILED),
  [FAIRLEAD_TUNNEL_STATE_OPENING] = TO (OPEN) | TO (WAITING) | TO (FAILED) | TO (CLOSED),
  [FAIRLEAD_TUNNEL_STATE_OPEN] = TO (OPENING) | TO (WAITING) | TO (FAILED) | TO (CLOSED),
  [FAIRLEAD_TUNNEL_STATE_WAITING] = TO (OPENING) | TO (OPEN) | TO (FAILED) | TO (CLOSED),
  [FAIRLEAD_TUNNEL_STATE_FAILED] = TO (OPENING) | TO (OPEN) | TO (CLOSED),
};

static void
set_state (FairleadTunnel      *self,
           FairleadTunnelState  state)
{
  if (self->state == state)
    return;
  if (!(edges[self->state] & 1u << state))
    {
      g_warning ("No edge from tunnel state %d to %d", self->state, state);
      return;
    }
  g_debug ("tunnel: %d → %d", self->state, state);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_error (FairleadTunnel *self,
           const GError   *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

/**
 * fairlead_tunnel_set_health:
 * @reason: (nullable): why, translated
 */
void
fairlead_tunnel_set_health (FairleadTunnel       *self,
                            FairleadTunnelHealth  health,
                            const char           *reason)
{
  if (g_strcmp0 (self->health_reason, reason) != 0)
    {
      g_free (self->health_reason);
      self->health_reason = g_strdup (reason);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEALTH_REASON]);
    }
  if (self->health == health)
    return;
  self->health = health;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEALTH]);
}

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
  drop_forward (self);
  fairlead_tunnel_set_health (self, FAIRLEAD_TUNNEL_CLOSED, NULL);
  set_state (self, FAIRLEAD_TUNNEL_STATE_WAITING);
  g_object_thaw_notify (G_OBJECT (self));
}

/* Lets go of the forward; whether it is closed, too, is the caller's affair. */
static void
drop_forward (FairleadTunnel *self)
{
  FairleadForwardCounters sum;

  if (self->forward == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->forward, self);
  sum_counters (self, &sum);
  g_clear_object (&self->forward);
  self->gone = sum;
  counters_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FORWARD]);
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
  drop_forward (self);
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
  set_error (self, NULL);
  set_state (self, FAIRLEAD_TUNNEL_STATE_OPEN);
  fairlead_tunnel_set_health (self, FAIRLEAD_TUNNEL_LISTENER_ONLY, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOCAL]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FORWARD]);
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
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPEC]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOCAL]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DESTINATION]);
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
  set_error (self, error);
  set_state (self, FAIRLEAD_TUNNEL_STATE_FAILED);
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
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_copy (get_known (self));

  g_task_set_source_tag (task, fairlead_tunnel_open_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, GUINT_TO_POINTER (++self->attempt), NULL);
  g_set_object (&spec->lease, self->lease);
  self->held = FALSE;
  g_object_freeze_notify (G_OBJECT (self));
  set_error (self, NULL);
  set_state (self, FAIRLEAD_TUNNEL_STATE_OPENING);
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
  drop_forward (self);
  if (self->lease != NULL)
    fairlead_port_lease_set_refusing (self->lease, refusing);
  fairlead_tunnel_set_health (self, FAIRLEAD_TUNNEL_CLOSED, NULL);
  if (self->state == FAIRLEAD_TUNNEL_STATE_OPENING || self->state == FAIRLEAD_TUNNEL_STATE_OPEN)
    set_state (self, FAIRLEAD_TUNNEL_STATE_WAITING);
  g_object_thaw_notify (G_OBJECT (self));
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
  drop_forward (self);
  if (forward != NULL)
    fairlead_forward_close (forward);
  if (self->lease != NULL)
    fairlead_port_lease_close (self->lease);
  g_clear_object (&self->lease);
  set_error (self, NULL);
  fairlead_tunnel_set_health (self, FAIRLEAD_TUNNEL_CLOSED, NULL);
  set_state (self, FAIRLEAD_TUNNEL_STATE_CLOSED);
  g_object_thaw_notify (G_OBJECT (self));
}
