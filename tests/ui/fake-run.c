/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-run.h"

#include "fairlead-solver-status-private.h"
#include "fairlead-traffic-private.h"
#include "fairlead-tunnel-list.h"
#include "fairlead-tunnel-private.h"

struct _FairleadStep {
  GObject parent_instance;

  FairleadStepId id;
  FairleadStepState state;
  gint64 duration;
  char *detail;
};

G_DEFINE_FINAL_TYPE (FairleadStep, fairlead_step, G_TYPE_OBJECT)

static const char * const titles[] = {
  "Resolve", "Connect", "Verify host", "Sign in", "", "Check path", "Start server", "Wait for ready",
  "Check exposure", "Open tunnel",
};

enum {
  STEP_PROP_0,
  STEP_PROP_STATE,
};

static void
step_get_property (GObject    *object,
                   guint       prop_id,
                   GValue     *value,
                   GParamSpec *pspec)
{
  g_value_set_int (value, FAIRLEAD_STEP (object)->state);
}

static void
step_finalize (GObject *object)
{
  g_free (FAIRLEAD_STEP (object)->detail);
  G_OBJECT_CLASS (fairlead_step_parent_class)->finalize (object);
}

static void
fairlead_step_class_init (FairleadStepClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = step_get_property;
  G_OBJECT_CLASS (klass)->finalize = step_finalize;
  g_object_class_install_property (G_OBJECT_CLASS (klass), STEP_PROP_STATE,
                                   g_param_spec_int ("state", NULL, NULL, 0, 10, 0,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
fairlead_step_init (FairleadStep *self)
{
}

FairleadStepId
fairlead_step_get_id (FairleadStep *self)
{
  return self->id;
}

const char *
fairlead_step_get_title (FairleadStep *self)
{
  return titles[self->id];
}

gboolean
fairlead_step_is_needed (FairleadStep *self)
{
  return *titles[self->id] != '\0';
}

FairleadStepState
fairlead_step_get_state (FairleadStep *self)
{
  return self->state;
}

gint64
fairlead_step_get_duration (FairleadStep *self)
{
  return self->duration;
}

const char *
fairlead_step_get_detail (FairleadStep *self)
{
  return self->detail;
}

/* ------------------------------------------------------------------ the solver's status */

/* What the solver would have said. */
FairleadSolverStatus *
fake_solver_new_for_json (const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);

  g_assert_nonnull (node);
  return fairlead_solver_status_new_from_json ("drape", json_node_get_object (node));
}

FairleadSolverStatus *
fake_solver_new (int    frame,
                 int    frames,
                 double progress)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text =
    g_strdup_printf ("{\"status\": \"BUSY\", \"protocol_version\": \"0.04\", \"frame\": %d, \"frames\": %d,"
                     " \"progress\": %s, \"hardware\": {\"GPU\": \"NVIDIA RTX 4090\", \"VRAM\": \"24 GB\","
                     " \"CUDA\": \"12.4\", \"SM\": \"8.9\", \"CPU\": \"Ryzen 9 7950X\", \"RAM\": \"128 GB\"}}",
                     frame, frames, g_ascii_dtostr (number, sizeof number, progress));

  return fake_solver_new_for_json (text);
}

/* ------------------------------------------------------------------ the tunnel */

typedef FairleadForward FakeForward;
typedef FairleadForwardClass FakeForwardClass;

GType fake_forward_get_type (void);

G_DEFINE_TYPE (FakeForward, fake_forward, FAIRLEAD_TYPE_FORWARD)

static void
fake_forward_class_init (FakeForwardClass *klass)
{
  klass->close = fairlead_forward_closed;
}

static void
fake_forward_init (FakeForward *self)
{
}

/* An open forward of any kind. */
FairleadForward *
fake_forward_new_for_spec (const FairleadForwardSpec *spec)
{
  return g_object_new (fake_forward_get_type (), "spec", spec, NULL);
}

FairleadForward *
fake_forward_new (guint local_port,
                  guint remote_port)
{
  g_autoptr (FairleadForwardSpec) spec =
    fairlead_forward_spec_new_local (local_port, "127.0.0.1", remote_port);

  return g_object_new (fake_forward_get_type (), "spec", spec, NULL);
}

/* ------------------------------------------------------------------ the run */

struct _FairleadRun {
  GObject parent_instance;

  FairleadProfile *profile;
  FairleadLinkState link;
  FairleadServerState server;
  FairleadExposure exposure;
  FairleadTunnelHealth health;
  gboolean adopted;
  gboolean shared;
  char *place_note;
  gboolean busy;
  gboolean reconnecting;
  guint attempt;
  gint64 retry_at;
  char *status;
  char *bound_to;
  char *interpreter;
  GError *error;
  GListStore *steps;
  FairleadForward *tunnel;
  FairleadTunnelList *tunnels;
  GError *tunnel_error;
  FairleadSolverStatus *solver;
  FairleadLogModel *log;
  FairleadLogModel *progress_log;
  FairleadLogModel *messages;
  const char *asked;
  guint server_port;
  GListStore *transfers;
  char *asked_of_files;
};

G_DEFINE_FINAL_TYPE (FairleadRun, fairlead_run, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_LINK_STATE,
  PROP_SERVER_STATE,
  PROP_STATUS_TEXT,
  PROP_BOUND_TO,
  PROP_INTERPRETER,
  PROP_ADOPTED,
  PROP_SHARED_HOST,
  PROP_PLACE_NOTE,
  PROP_TUNNEL_HEALTH,
  PROP_RECONNECTING,
  PROP_ATTEMPT,
  PROP_RETRY_AT,
  PROP_SOLVER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
run_get_property (GObject    *object,
                  guint       prop_id,
                  GValue     *value,
                  GParamSpec *pspec)
{
  FairleadRun *self = FAIRLEAD_RUN (object);

  switch (prop_id)
    {
    case PROP_LINK_STATE:
      g_value_set_int (value, self->link);
      break;
    case PROP_SERVER_STATE:
      g_value_set_int (value, self->server);
      break;
    case PROP_STATUS_TEXT:
      g_value_set_string (value, self->status);
      break;
    case PROP_BOUND_TO:
      g_value_set_string (value, self->bound_to);
      break;
    case PROP_INTERPRETER:
      g_value_set_string (value, self->interpreter);
      break;
    case PROP_ADOPTED:
      g_value_set_boolean (value, self->adopted);
      break;
    case PROP_PLACE_NOTE:
      g_value_set_string (value, self->place_note);
      break;
    case PROP_SHARED_HOST:
      g_value_set_boolean (value, self->shared);
      break;
    case PROP_TUNNEL_HEALTH:
      g_value_set_int (value, self->health);
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
    case PROP_SOLVER:
      g_value_set_object (value, self->solver);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
run_finalize (GObject *object)
{
  FairleadRun *self = FAIRLEAD_RUN (object);

  g_clear_object (&self->profile);
  g_clear_object (&self->steps);
  g_clear_object (&self->tunnel);
  g_clear_object (&self->tunnels);
  g_clear_object (&self->transfers);
  g_free (self->asked_of_files);
  g_clear_error (&self->tunnel_error);
  g_clear_object (&self->solver);
  g_clear_object (&self->log);
  g_clear_object (&self->progress_log);
  g_clear_object (&self->messages);
  g_clear_error (&self->error);
  g_free (self->status);
  g_free (self->bound_to);
  g_free (self->interpreter);
  g_free (self->place_note);

  G_OBJECT_CLASS (fairlead_run_parent_class)->finalize (object);
}

static void
fairlead_run_class_init (FairleadRunClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = run_get_property;
  object_class->finalize = run_finalize;
  properties[PROP_LINK_STATE] = g_param_spec_int ("link-state", NULL, NULL, 0, 10, 0, flags);
  properties[PROP_SERVER_STATE] = g_param_spec_int ("server-state", NULL, NULL, 0, 10, 0, flags);
  properties[PROP_STATUS_TEXT] = g_param_spec_string ("status-text", NULL, NULL, NULL, flags);
  properties[PROP_BOUND_TO] = g_param_spec_string ("bound-to", NULL, NULL, NULL, flags);
  properties[PROP_INTERPRETER] = g_param_spec_string ("interpreter", NULL, NULL, NULL, flags);
  properties[PROP_ADOPTED] = g_param_spec_boolean ("adopted", NULL, NULL, FALSE, flags);
  properties[PROP_PLACE_NOTE] = g_param_spec_string ("place-note", NULL, NULL, NULL, flags);
  properties[PROP_SHARED_HOST] = g_param_spec_boolean ("shared-host", NULL, NULL, FALSE, flags);
  properties[PROP_TUNNEL_HEALTH] = g_param_spec_int ("tunnel-health", NULL, NULL, 0, 10, 0, flags);
  properties[PROP_RECONNECTING] = g_param_spec_boolean ("reconnecting", NULL, NULL, FALSE, flags);
  properties[PROP_ATTEMPT] = g_param_spec_uint ("attempt", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_RETRY_AT] = g_param_spec_int64 ("retry-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_SOLVER] =
    g_param_spec_object ("solver", NULL, NULL, FAIRLEAD_TYPE_SOLVER_STATUS, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_signal_new ("solve-ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                1, FAIRLEAD_TYPE_SOLVER_STATUS);
}

static void
fairlead_run_init (FairleadRun *self)
{
  self->steps = g_list_store_new (FAIRLEAD_TYPE_STEP);
  self->log = fairlead_log_model_new (10000);
  self->progress_log = fairlead_log_model_new (100);
  self->messages = fairlead_log_model_new (100);
  self->tunnels = fairlead_tunnel_list_new ();
  self->transfers = g_list_store_new (FAIRLEAD_TYPE_TRANSFER);
  for (guint i = 0; i < FAIRLEAD_N_STEPS; i++)
    {
      g_autoptr (FairleadStep) step = g_object_new (FAIRLEAD_TYPE_STEP, NULL);

      step->id = i;
      g_list_store_append (self->steps, step);
    }
}

static void
changed (FairleadRun *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LINK_STATE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SERVER_STATE]);
}

FairleadRun *
fake_run_new (FairleadProfile *profile)
{
  FairleadRun *self = g_object_new (FAIRLEAD_TYPE_RUN, NULL);

  self->profile = g_object_ref (profile);
  return self;
}

void
fake_run_set_link (FairleadRun       *self,
                   FairleadLinkState  state,
                   const char        *status)
{
  self->link = state;
  g_free (self->status);
  self->status = g_strdup (status);
  changed (self);
}

void
fake_run_set_retry (FairleadRun *self,
                    gboolean     reconnecting,
                    guint        attempt,
                    gint64       retry_at)
{
  self->reconnecting = reconnecting;
  self->attempt = attempt;
  self->retry_at = retry_at;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECONNECTING]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ATTEMPT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRY_AT]);
}

void
fake_run_set_server (FairleadRun         *self,
                     FairleadServerState  state)
{
  self->server = state;
  changed (self);
}

void
fake_run_set_step (FairleadRun       *self,
                   FairleadStepId     id,
                   FairleadStepState  state,
                   double             seconds,
                   const char        *detail)
{
  g_autoptr (FairleadStep) step = g_list_model_get_item (G_LIST_MODEL (self->steps), id);

  step->state = state;
  step->duration = seconds * G_USEC_PER_SEC;
  g_free (step->detail);
  step->detail = g_strdup (detail);
  g_object_notify (G_OBJECT (step), "state");
  changed (self);
}

void
fake_run_set_busy (FairleadRun *self,
                   gboolean     busy)
{
  self->busy = busy;
  changed (self);
}

void
fake_run_take_error (FairleadRun *self,
                     GError      *error)
{
  g_clear_error (&self->error);
  self->error = error;
  changed (self);
}

void
fake_run_set_place (FairleadRun      *self,
                    FairleadExposure  exposure,
                    const char       *bound_to,
                    const char       *interpreter,
                    gboolean          shared)
{
  self->exposure = exposure;
  g_free (self->bound_to);
  self->bound_to = g_strdup (bound_to);
  g_free (self->interpreter);
  self->interpreter = g_strdup (interpreter);
  self->shared = shared;
  changed (self);
}

void
fake_run_set_place_note (FairleadRun *self,
                         const char  *note)
{
  g_free (self->place_note);
  self->place_note = g_strdup (note);
  changed (self);
}

void
fake_run_take_tunnel (FairleadRun          *self,
                      FairleadForward      *tunnel,
                      FairleadTunnelHealth  health)
{
  g_clear_object (&self->tunnel);
  self->tunnel = tunnel;
  self->health = health;
  changed (self);
}

/* A tunnel that is open, or with @error FAILED; its list keeps it. */
FairleadTunnel *
fake_run_add_tunnel (FairleadRun               *self,
                     FairleadTunnelOrigin       origin,
                     const FairleadForwardSpec *spec,
                     const char                *title,
                     const char                *source,
                     const GError              *error)
{
  g_autoptr (FairleadTunnel) tunnel = fairlead_tunnel_new (origin, spec, title, source);
  g_autoptr (FairleadForward) forward = fake_forward_new_for_spec (spec);

  fairlead_tunnel_list_add (self->tunnels, tunnel);
  if (error == NULL)
    fairlead_tunnel_take_forward (tunnel, forward);
  else
    fairlead_tunnel_fail (tunnel, error);
  return tunnel;
}

/* What it has counted so far, and a second later. */
void
fake_run_move (FairleadRun                   *self,
               FairleadTunnel                *tunnel,
               const FairleadForwardCounters *counters,
               gint64                         now)
{
  fairlead_forward_take_counters (fairlead_tunnel_get_forward (tunnel), counters);
  fairlead_tunnel_list_sample (self->tunnels, now);
}

void
fake_run_take_solver (FairleadRun          *self,
                      FairleadSolverStatus *solver)
{
  g_clear_object (&self->solver);
  self->solver = solver;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SOLVER]);
}

/* A build or a solve that was @previous has ended after @elapsed seconds. */
void
fake_run_end_solve (FairleadRun          *self,
                    FairleadSolverStatus *status,
                    FairleadSolverState   previous,
                    int                   elapsed)
{
  status->previous = previous;
  status->elapsed = elapsed;
  fake_run_take_solver (self, status);
  g_signal_emit_by_name (self, "solve-ended", status);
}

void
fake_solver_set_time_left (FairleadSolverStatus *self,
                           int                   seconds)
{
  self->time_left = seconds;
}

/* Which of the run's methods was called last. */
const char *
fake_run_get_asked (FairleadRun *self)
{
  return self->asked;
}

FairleadProfile *
fairlead_run_get_profile (FairleadRun *self)
{
  return self->profile;
}

FairleadRemote *
fairlead_run_get_remote (FairleadRun *self)
{
  return NULL;
}

FairleadLinkState
fairlead_run_get_link_state (FairleadRun *self)
{
  return self->link;
}

FairleadServerState
fairlead_run_get_server_state (FairleadRun *self)
{
  return self->server;
}

FairleadExposure
fairlead_run_get_exposure (FairleadRun *self)
{
  return self->exposure;
}

const GError *
fairlead_run_get_error (FairleadRun *self)
{
  return self->error;
}

GListModel *
fairlead_run_get_steps (FairleadRun *self)
{
  return G_LIST_MODEL (self->steps);
}

FairleadForward *
fairlead_run_get_tunnel (FairleadRun *self)
{
  return self->tunnel;
}

GListModel *
fairlead_run_get_tunnels (FairleadRun *self)
{
  return fairlead_tunnel_list_get_model (self->tunnels);
}

FairleadTraffic *
fairlead_run_get_traffic (FairleadRun *self)
{
  return fairlead_tunnel_list_get_traffic (self->tunnels);
}

FairleadSolverStatus *
fairlead_run_get_solver (FairleadRun *self)
{
  return self->solver;
}

FairleadLogModel *
fairlead_run_get_log (FairleadRun *self)
{
  return self->log;
}

FairleadLogModel *
fairlead_run_get_progress_log (FairleadRun *self)
{
  return self->progress_log;
}

FairleadLogModel *
fairlead_run_get_messages (FairleadRun *self)
{
  return self->messages;
}

gboolean
fairlead_run_is_busy (FairleadRun *self)
{
  return self->busy;
}

gboolean
fairlead_run_owns_solver (FairleadRun *self)
{
  return self->server == FAIRLEAD_SERVER_READY;
}

void
fairlead_run_connect (FairleadRun *self)
{
  self->asked = "connect";
}

void
fairlead_run_cancel (FairleadRun *self)
{
  self->asked = "cancel";
}

gboolean
fairlead_run_is_reconnecting (FairleadRun *self)
{
  return self->reconnecting;
}

guint
fairlead_run_get_attempt (FairleadRun *self)
{
  return self->attempt;
}

gint64
fairlead_run_get_retry_at (FairleadRun *self)
{
  return self->retry_at;
}

const GError *
fairlead_run_get_link_error (FairleadRun *self)
{
  return self->reconnecting || self->link == FAIRLEAD_LINK_FAILED ? self->error : NULL;
}

void
fairlead_run_retry_now (FairleadRun *self)
{
  self->asked = "retry-now";
}

void
fairlead_run_stop_reconnecting (FairleadRun *self)
{
  self->asked = "stop-reconnecting";
}

void
fairlead_run_use_server_port (FairleadRun *self,
                              guint        port,
                              gboolean     keep)
{
  self->server_port = port;
  if (keep)
    g_object_set (self->profile, "server-port", port, NULL);
}

guint
fairlead_run_get_server_port (FairleadRun *self)
{
  return self->server_port;
}

void
fairlead_run_restart_solver (FairleadRun *self)
{
  self->asked = "restart-solver";
}

void
fairlead_run_start_solver (FairleadRun *self)
{
  self->asked = "start-solver";
}

static void
answer (FairleadRun         *self,
        GCancellable        *cancellable,
        GAsyncReadyCallback  callback,
        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

void
fairlead_run_disconnect_async (FairleadRun         *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  self->asked = "disconnect";
  answer (self, cancellable, callback, user_data);
}

gboolean
fairlead_run_disconnect_finish (FairleadRun   *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
fairlead_run_stop_solver_async (FairleadRun         *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  self->asked = "stop-solver";
  answer (self, cancellable, callback, user_data);
}

gboolean
fairlead_run_stop_solver_finish (FairleadRun   *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ------------------------------------------------------------------ its tunnels */

/* The next tunnel that is added, changed, tested or opened for ssh ends with this. */
void
fake_run_take_tunnel_error (FairleadRun *self,
                            GError      *error)
{
  g_clear_error (&self->tunnel_error);
  self->tunnel_error = error;
}

/* NULL: the task has ended with the error that was given. */
static GTask *
begin_tunnel (FairleadRun         *self,
              const char          *asked,
              GCancellable        *cancellable,
              GAsyncReadyCallback  callback,
              gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  self->asked = asked;
  if (self->tunnel_error == NULL)
    return task;
  g_task_return_error (task, g_steal_pointer (&self->tunnel_error));
  g_object_unref (task);
  return NULL;
}

void
fairlead_run_add_tunnel_async (FairleadRun               *self,
                               const FairleadForwardSpec *spec,
                               gboolean                   keep,
                               GCancellable              *cancellable,
                               GAsyncReadyCallback        callback,
                               gpointer                   user_data)
{
  g_autoptr (GTask) task = begin_tunnel (self, "add-tunnel", cancellable, callback, user_data);

  if (task != NULL)
    g_task_return_pointer (task, g_object_ref (fake_run_add_tunnel (
                             self, keep ? FAIRLEAD_TUNNEL_ORIGIN_PROFILE : FAIRLEAD_TUNNEL_ORIGIN_SESSION,
                             spec, NULL, NULL, NULL)), g_object_unref);
}

FairleadTunnel *
fairlead_run_add_tunnel_finish (FairleadRun   *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
fairlead_run_change_tunnel_async (FairleadRun               *self,
                                  FairleadTunnel            *tunnel,
                                  const FairleadForwardSpec *spec,
                                  gboolean                   keep,
                                  GCancellable              *cancellable,
                                  GAsyncReadyCallback        callback,
                                  gpointer                   user_data)
{
  g_autoptr (GTask) task = begin_tunnel (self, "change-tunnel", cancellable, callback, user_data);
  g_autoptr (FairleadForward) forward = fake_forward_new_for_spec (spec);

  if (task == NULL)
    return;
  fairlead_tunnel_set_spec (tunnel, spec);
  fairlead_tunnel_take_forward (tunnel, forward);
  g_task_return_boolean (task, TRUE);
}

gboolean
fairlead_run_change_tunnel_finish (FairleadRun   *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
fairlead_run_remove_tunnel (FairleadRun    *self,
                            FairleadTunnel *tunnel,
                            gboolean        keep)
{
  self->asked = keep ? "remove-tunnel-for-good" : "remove-tunnel";
  fairlead_tunnel_list_remove (self->tunnels, tunnel);
}

void
fairlead_run_retry_tunnel (FairleadRun    *self,
                           FairleadTunnel *tunnel,
                           guint           port)
{
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_copy (fairlead_tunnel_get_spec (tunnel));
  g_autoptr (FairleadForward) forward = NULL;

  self->asked = "retry-tunnel";
  if (port != 0)
    spec->listen.port = port;
  forward = fake_forward_new_for_spec (spec);
  fairlead_tunnel_take_forward (tunnel, forward);
}

void
fairlead_run_test_tunnel_async (FairleadRun         *self,
                                FairleadTunnel      *tunnel,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GTask) task = begin_tunnel (self, "test-tunnel", cancellable, callback, user_data);

  if (task == NULL)
    return;
  fairlead_tunnel_set_health (tunnel, FAIRLEAD_TUNNEL_REACHED, NULL);
  g_task_return_boolean (task, TRUE);
}

gboolean
fairlead_run_test_tunnel_finish (FairleadRun   *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
fairlead_run_open_ssh_tunnel_async (FairleadRun         *self,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr (GTask) task = begin_tunnel (self, "open-ssh-tunnel", cancellable, callback, user_data);
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_new_local (40022, "127.0.0.1", 22);
  FairleadTunnel *tunnel;

  if (task == NULL)
    return;
  tunnel = fake_run_add_tunnel (self, FAIRLEAD_TUNNEL_ORIGIN_SESSION, spec, "SSH for other tools", NULL, NULL);
  fairlead_tunnel_set_ssh (tunnel, " -o HostKeyAlias=gpu01 ada@127.0.0.1");
  fairlead_tunnel_set_health (tunnel, FAIRLEAD_TUNNEL_REACHED, NULL);
  g_task_return_pointer (task, g_object_ref (tunnel), g_object_unref);
}

FairleadTunnel *
fairlead_run_open_ssh_tunnel_finish (FairleadRun   *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The test gives the view its run. */
void
fake_run_view_show (FakeRunView *self,
                    GType        type)
{
  self->profile = fairlead_profile_new ();
  g_object_set (self->profile, "name", "gpu01", "host", "gpu01", NULL);
  self->run = fake_run_new (self->profile);
  self->view = g_object_ref_sink (g_object_new (type, NULL));
  self->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (self->window), self->view);
  gtk_window_present (GTK_WINDOW (self->window));
}

/* Nothing of it may be left. */
void
fake_run_view_end (FakeRunView *self)
{
  adw_window_set_content (ADW_WINDOW (self->window), NULL);
  gtk_window_destroy (GTK_WINDOW (self->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (self->view);
  g_assert_finalize_object (self->run);
  g_assert_finalize_object (self->profile);
}

/* ------------------------------------------------------------------ its transfers */

void
fake_run_add_transfer (FairleadRun      *self,
                       FairleadTransfer *transfer)
{
  g_list_store_insert (self->transfers, 0, transfer);
}

GListModel *
fairlead_run_get_transfers (FairleadRun *self)
{
  return G_LIST_MODEL (self->transfers);
}

void
fairlead_run_remove_transfer (FairleadRun      *self,
                              FairleadTransfer *transfer)
{
  guint position;

  if (g_list_store_find (self->transfers, transfer, &position))
    g_list_store_remove (self->transfers, position);
}

const char *
fairlead_run_get_solver_path (FairleadRun *self)
{
  return fairlead_profile_get_remote_path (self->profile);
}

static char *
dup_name (GFile *file)
{
  return file != NULL ? g_file_get_basename (file) : g_strdup ("-");
}

FairleadTransfer *
fairlead_run_upload (FairleadRun               *self,
                     const FairleadSceneUpload *what)
{
  g_autofree char *data = dup_name (what->data);
  g_autofree char *param = dup_name (what->param);

  g_free (self->asked_of_files);
  self->asked_of_files = g_strdup_printf ("upload %s %s %s %s", what->path, what->name, data, param);
  self->asked = self->asked_of_files;
  return NULL;
}

FairleadTransfer *
fairlead_run_fetch (FairleadRun *self,
                    const char  *path,
                    const char  *name,
                    GFile       *to,
                    gboolean     replace)
{
  g_free (self->asked_of_files);
  self->asked_of_files = g_strdup_printf ("fetch %s %s %s%s", path, name, g_file_peek_path (to),
                                          replace ? " replace" : "");
  self->asked = self->asked_of_files;
  return NULL;
}
