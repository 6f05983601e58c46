/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-run-enums.h"
#include "fairlead-step-private.h"

/* Bytes of the logs that are kept, on the disk but for their ends. */
#define LOG_BYTES (G_GUINT64_CONSTANT (2) << 30)
#define PROGRESS_BYTES (G_GUINT64_CONSTANT (64) << 20)
#define MESSAGE_LINES 2000

/**
 * FairleadRun:
 *
 * One profile's connection and its solver: the job from "Connect" to "it runs, and is reachable here", and
 * the state of both after it. Main thread. This file is the object: its fields and properties.
 */
G_DEFINE_FINAL_TYPE (FairleadRun, fairlead_run, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_PROFILE,
  PROP_LINK_STATE,
  PROP_RECONNECTING,
  PROP_ATTEMPT,
  PROP_RETRY_AT,
  PROP_SERVER_STATE,
  PROP_ADOPTED,
  PROP_EXPOSURE,
  PROP_BOUND_TO,
  PROP_INTERPRETER,
  PROP_SHARED_HOST,
  PROP_PLACE_NOTE,
  PROP_ERROR,
  PROP_STEPS,
  PROP_BUSY,
  PROP_STATUS_TEXT,
  PROP_TUNNEL,
  PROP_TUNNEL_HEALTH,
  PROP_SOLVER,
  PROP_LOG,
  PROP_PROGRESS_LOG,
  PROP_MESSAGES,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
fairlead_run_dispose (GObject *object)
{
  FairleadRun *self = FAIRLEAD_RUN (object);

  if (self->job != NULL)
    g_cancellable_cancel (self->job);
  fairlead_run_count_down (self, FALSE);
  g_clear_handle_id (&self->suspicion_id, g_source_remove);
  g_clear_object (&self->job);
  if (self->client != NULL)
    fairlead_solver_client_stop (self->client);
  if (self->follow != NULL)
    fairlead_follow_stop (self->follow);
  if (self->tunnels != NULL)
    fairlead_run_forwards_close (self);
  if (self->transfers != NULL)
    fairlead_run_cancel_transfers (self);
  g_clear_object (&self->client);
  g_clear_object (&self->solver);
  g_clear_object (&self->tunnels);
  g_clear_object (&self->server);
  g_clear_object (&self->follow);
  g_clear_object (&self->link);
  g_clear_object (&self->profile);
  g_clear_object (&self->steps);
  g_clear_object (&self->transfers);
  g_clear_object (&self->log);
  g_clear_object (&self->progress_log);
  g_clear_object (&self->messages);

  G_OBJECT_CLASS (fairlead_run_parent_class)->dispose (object);
}

static void
fairlead_run_finalize (GObject *object)
{
  FairleadRun *self = FAIRLEAD_RUN (object);

  g_clear_pointer (&self->options, fairlead_target_options_free);
  g_clear_pointer (&self->target, fairlead_target_unref);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (fairlead_run_parent_class)->finalize (object);
}

static char *
dup_status_text (FairleadRun *self)
{
  const char *title = NULL;

  for (guint id = 0; id < FAIRLEAD_N_STEPS; id++)
    if (fairlead_step_get_state (fairlead_run_get_step (self, id)) == FAIRLEAD_STEP_RUNNING)
      title = fairlead_step_get_title (fairlead_run_get_step (self, id));

  switch (fairlead_run_get_link_state (self))
    {
    case FAIRLEAD_LINK_CONNECTING:
      return title ? g_strdup_printf (_("Connecting (%s)"), title) : g_strdup (_("Connecting"));
    case FAIRLEAD_LINK_NEEDS_YOU:
      return g_strdup (_("Needs you"));
    case FAIRLEAD_LINK_ONLINE:
      return title ? g_strdup_printf (_("Connected (%s)"), title) : g_strdup (_("Connected"));
    case FAIRLEAD_LINK_FAILED:
      return g_strdup (_("Failed"));
    case FAIRLEAD_LINK_BACKOFF:
      return fairlead_run_dup_countdown (self);
    case FAIRLEAD_LINK_WAITING_FOR_NETWORK:
      return g_strdup (_("Waiting for network"));
    case FAIRLEAD_LINK_OFFLINE:
    default:
      return g_strdup (_("Not connected"));
    }
}

static void
fairlead_run_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  FairleadRun *self = FAIRLEAD_RUN (object);

  switch (prop_id)
    {
    case PROP_PROFILE:
      g_value_set_object (value, self->profile);
      break;
    case PROP_LINK_STATE:
      g_value_set_enum (value, fairlead_run_get_link_state (self));
      break;
    case PROP_RECONNECTING:
    case PROP_ATTEMPT:
    case PROP_RETRY_AT:
      g_object_get_property (G_OBJECT (self->link), pspec->name, value);
      break;
    case PROP_SERVER_STATE:
      g_value_set_enum (value, fairlead_run_get_server_state (self));
      break;
    case PROP_EXPOSURE:
      g_value_set_enum (value, fairlead_run_get_exposure (self));
      break;
    case PROP_ADOPTED:
    case PROP_BOUND_TO:
    case PROP_INTERPRETER:
    case PROP_SHARED_HOST:
      g_object_get_property (G_OBJECT (self->server), pspec->name, value);
      break;
    case PROP_PLACE_NOTE:
      g_value_set_string (value, fairlead_place_get_note (fairlead_server_get_place (self->server)));
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_STEPS:
      g_value_set_object (value, self->steps);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, fairlead_run_is_busy (self));
      break;
    case PROP_STATUS_TEXT:
      g_value_take_string (value, dup_status_text (self));
      break;
    case PROP_TUNNEL:
      g_value_set_object (value, fairlead_run_get_tunnel (self));
      break;
    case PROP_TUNNEL_HEALTH:
      g_value_set_enum (value, fairlead_run_get_health (self));
      break;
    case PROP_SOLVER:
      g_value_set_object (value, self->solver);
      break;
    case PROP_LOG:
      g_value_set_object (value, self->log);
      break;
    case PROP_PROGRESS_LOG:
      g_value_set_object (value, self->progress_log);
      break;
    case PROP_MESSAGES:
      g_value_set_object (value, self->messages);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_run_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  FairleadRun *self = FAIRLEAD_RUN (object);

  switch (prop_id)
    {
    case PROP_PROFILE:
      self->profile = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_PROFILE] =
    g_param_spec_object ("profile", NULL, NULL, FAIRLEAD_TYPE_PROFILE,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_LINK_STATE] =
    g_param_spec_enum ("link-state", NULL, NULL, FAIRLEAD_TYPE_LINK_STATE, FAIRLEAD_LINK_OFFLINE, flags);
  properties[PROP_RECONNECTING] = g_param_spec_boolean ("reconnecting", NULL, NULL, FALSE, flags);
  properties[PROP_ATTEMPT] = g_param_spec_uint ("attempt", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_RETRY_AT] = g_param_spec_int64 ("retry-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_SERVER_STATE] =
    g_param_spec_enum ("server-state", NULL, NULL,
                       FAIRLEAD_TYPE_SERVER_STATE, FAIRLEAD_SERVER_UNKNOWN, flags);
  properties[PROP_ADOPTED] = g_param_spec_boolean ("adopted", NULL, NULL, FALSE, flags);
  properties[PROP_EXPOSURE] =
    g_param_spec_enum ("exposure", NULL, NULL, FAIRLEAD_TYPE_EXPOSURE, FAIRLEAD_EXPOSURE_UNKNOWN, flags);
  properties[PROP_BOUND_TO] = g_param_spec_string ("bound-to", NULL, NULL, NULL, flags);
  properties[PROP_INTERPRETER] = g_param_spec_string ("interpreter", NULL, NULL, NULL, flags);
  properties[PROP_PLACE_NOTE] = g_param_spec_string ("place-note", NULL, NULL, NULL, flags);
  properties[PROP_SHARED_HOST] = g_param_spec_boolean ("shared-host", NULL, NULL, FALSE, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_STEPS] = g_param_spec_object ("steps", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  properties[PROP_STATUS_TEXT] = g_param_spec_string ("status-text", NULL, NULL, NULL, flags);
  properties[PROP_TUNNEL] = g_param_spec_object ("tunnel", NULL, NULL, FAIRLEAD_TYPE_FORWARD, flags);
  properties[PROP_TUNNEL_HEALTH] =
    g_param_spec_enum ("tunnel-health", NULL, NULL,
                       FAIRLEAD_TYPE_TUNNEL_HEALTH, FAIRLEAD_TUNNEL_CLOSED, flags);
  properties[PROP_SOLVER] =
    g_param_spec_object ("solver", NULL, NULL, FAIRLEAD_TYPE_SOLVER_STATUS, flags);
  properties[PROP_LOG] = g_param_spec_object ("log", NULL, NULL, FAIRLEAD_TYPE_LOG_MODEL, flags);
  properties[PROP_PROGRESS_LOG] =
    g_param_spec_object ("progress-log", NULL, NULL, FAIRLEAD_TYPE_LOG_MODEL, flags);
  properties[PROP_MESSAGES] =
    g_param_spec_object ("messages", NULL, NULL, FAIRLEAD_TYPE_LOG_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_run_class_init (FairleadRunClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fairlead_run_dispose;
  object_class->finalize = fairlead_run_finalize;
  object_class->get_property = fairlead_run_get_property;
  object_class->set_property = fairlead_run_set_property;
  install_properties (object_class);

  /**
   * FairleadRun::solve-ended:
   * @status: the answer that says so; its previous-state and elapsed tell what ended, and how long it took
   *
   * A build or a solve that was seen at work has ended, well or not, also while the connection was lost. When
   * the server itself ends, server-state and error tell.
   */
  g_signal_new ("solve-ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, FAIRLEAD_TYPE_SOLVER_STATUS);
}

static void
fairlead_run_init (FairleadRun *self)
{
  self->ready_timeout = FAIRLEAD_SERVER_READY_TIMEOUT;
  self->log = fairlead_log_model_new_spooled (LOG_BYTES);
  self->progress_log = fairlead_log_model_new_spooled (PROGRESS_BYTES);
  self->messages = fairlead_log_model_new (MESSAGE_LINES);
  self->follow = fairlead_follow_new (self->log, self->progress_log);
  self->tunnels = fairlead_tunnel_list_new ();
  self->transfers = g_list_store_new (FAIRLEAD_TYPE_TRANSFER);
  self->steps = g_list_store_new (FAIRLEAD_TYPE_STEP);
  for (guint id = 0; id < FAIRLEAD_N_STEPS; id++)
    {
      g_autoptr (FairleadStep) step = fairlead_step_new (id);

      g_list_store_append (self->steps, step);
    }
}

/**
 * fairlead_run_new:
 * @profile: the connection; read anew at each connect
 * @interaction: who answers its questions; made on this thread
 * @new_remote: makes the remote of each attempt
 */
FairleadRun *
fairlead_run_new (FairleadProfile       *profile,
                  FairleadInteraction   *interaction,
                  FairleadRemoteNewFunc  new_remote,
                  gpointer               user_data)
{
  FairleadRun *self;

  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (profile), NULL);
  g_return_val_if_fail (FAIRLEAD_IS_INTERACTION (interaction), NULL);

  self = g_object_new (FAIRLEAD_TYPE_RUN, "profile", profile, NULL);
  self->link = fairlead_link_new (interaction, new_remote, user_data);
  self->server = fairlead_server_new (profile, self->follow);
  fairlead_run_watch (self);
  fairlead_run_watch_port (self);
  return self;
}

FairleadStep *
fairlead_run_get_step (FairleadRun    *self,
                       FairleadStepId  id)
{
  g_autoptr (FairleadStep) step = g_list_model_get_item (G_LIST_MODEL (self->steps), id);

  /* The list keeps it. */
  return step;
}

void
fairlead_run_take_error (FairleadRun *self,
                         GError      *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

/* The job has ended without the solver's tunnel, and the link stands: nobody will serve the clients that
 * wait in its listener. One that failed stays, to say why. */
static void
drop_unopened_tunnel (FairleadRun *self)
{
  FairleadTunnelState state;

  if (self->solver_tunnel == NULL || fairlead_run_get_link_state (self) != FAIRLEAD_LINK_ONLINE)
    return;
  state = fairlead_tunnel_get_state (self->solver_tunnel);
  if (state != FAIRLEAD_TUNNEL_STATE_OPEN && state != FAIRLEAD_TUNNEL_STATE_FAILED)
    fairlead_run_set_solver_tunnel (self, NULL);
}

void
fairlead_run_take_job (FairleadRun  *self,
                       GCancellable *job)
{
  gboolean was_busy = self->job != NULL;

  g_clear_object (&self->job);
  self->job = job;
  if (job == NULL)
    {
      self->restart = FALSE;
      drop_unopened_tunnel (self);
      fairlead_run_pump_transfers (self);
    }
  if (was_busy != (job != NULL))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  fairlead_run_status_changed (self);
}

static void
tunnel_forward_cb (FairleadRun *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TUNNEL]);
}

static void
tunnel_health_cb (FairleadRun *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TUNNEL_HEALTH]);
}

/* The solver's tunnel is wished for; takes the wish for good with %NULL, and closes it. */
void
fairlead_run_set_solver_tunnel (FairleadRun    *self,
                                FairleadTunnel *tunnel)
{
  g_autoptr (FairleadTunnel) old = g_steal_pointer (&self->solver_tunnel);

  if (old != NULL)
    {
      fairlead_tunnel_list_remove (self->tunnels, old);
      g_signal_handlers_disconnect_by_data (old, self);
      tunnel_forward_cb (self);
      tunnel_health_cb (self);
    }
  if (tunnel == NULL)
    return;
  self->solver_tunnel = g_object_ref (tunnel);
  g_signal_connect_object (tunnel, "notify::forward", G_CALLBACK (tunnel_forward_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tunnel, "notify::health", G_CALLBACK (tunnel_health_cb), self,
                           G_CONNECT_SWAPPED);
  fairlead_tunnel_list_add (self->tunnels, tunnel);
}

/* What a probe through the solver's tunnel proved. */
void
fairlead_run_set_health (FairleadRun          *self,
                         FairleadTunnelHealth  health)
{
  if (fairlead_run_get_tunnel (self) != NULL)
    fairlead_tunnel_set_health (self->solver_tunnel, health, NULL);
}

void
fairlead_run_set_solver (FairleadRun          *self,
                         FairleadSolverStatus *solver)
{
  if (g_set_object (&self->solver, solver))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SOLVER]);
}

void
fairlead_run_status_changed (FairleadRun *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS_TEXT]);
}

/* A line of what Fairlead did. */
void
fairlead_run_say (FairleadRun      *self,
                  FairleadLogLevel  level,
                  const char       *text)
{
  fairlead_log_model_append_line (self->messages, level, text);
}
