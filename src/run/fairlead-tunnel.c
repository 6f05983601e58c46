/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-tunnel-private.h"

#include "fairlead-run-enums.h"

/**
 * FairleadTunnel:
 *
 * A forward as a person knows it: it lives as long as somebody wishes for it, over all sessions, while a
 * #FairleadForward ends with its own. In between its lease keeps the listener. Main thread. This file is the
 * object; its life, with its forwards, is in fairlead-tunnel-life.c.
 */
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

static void
fairlead_tunnel_dispose (GObject *object)
{
  FairleadTunnel *self = FAIRLEAD_TUNNEL (object);

  fairlead_tunnel_drop_forward (self);
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

/* What it is, or will be. */
const FairleadForwardSpec *
fairlead_tunnel_get_known (FairleadTunnel *self)
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
  return fairlead_tunnel_get_known (self)->listen.port;
}

/**
 * fairlead_tunnel_dup_local:
 *
 * Returns: (transfer full): what is listened on: "127.0.0.1:8080", "*:8080" for every address, a path
 */
char *
fairlead_tunnel_dup_local (FairleadTunnel *self)
{
  return fairlead_forward_spec_dup_listen (fairlead_tunnel_get_known (self));
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

void
fairlead_tunnel_set_state (FairleadTunnel      *self,
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

void
fairlead_tunnel_set_error (FairleadTunnel *self,
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
