/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-idle-watch.h"

#include "fairlead-run-private.h"
#include "fairlead-server-private.h"

/**
 * FairleadIdleWatch:
 *
 * Notices hosts that are connected and do nothing: no solver, or one that waits. Rented ones cost money all the same.
 * It asks the solver itself, since nobody else does while no window shows it. The signal "idle" (the run, minutes)
 * comes once when it has been so for as long as "minutes" says, and not again until there was something to do;
 * "active" (the run) when that is over. Main thread.
 */
struct _FairleadIdleWatch {
  GObject parent_instance;

  GListModel *runs;
  GHashTable *idle;            /* FairleadRun → Idle */
  guint minutes;
  guint timer_id;

  FairleadIdleClockFunc clock;
  gpointer clock_data;
};

G_DEFINE_FINAL_TYPE (FairleadIdleWatch, fairlead_idle_watch, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_MINUTES,
  N_PROPS
};

enum {
  IDLE,
  ACTIVE,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

typedef struct {
  gint64 since;                /* microseconds of the clock; it is idle, or it would not be here */
  gboolean told;
} Idle;

static gint64
monotonic_clock (gpointer user_data)
{
  return g_get_monotonic_time ();
}

static void
take_active (FairleadIdleWatch *self,
             FairleadRun       *run)
{
  const Idle *idle = g_hash_table_lookup (self->idle, run);
  gboolean told = idle != NULL && idle->told;

  g_hash_table_remove (self->idle, run);
  if (told)
    g_signal_emit (self, signals[ACTIVE], 0, run);
}

static void
take_idle (FairleadIdleWatch *self,
           FairleadRun       *run)
{
  gint64 now = self->clock (self->clock_data);
  Idle *idle = g_hash_table_lookup (self->idle, run);

  if (idle == NULL)
    {
      idle = g_new0 (Idle, 1);
      idle->since = now;
      g_hash_table_insert (self->idle, g_object_ref (run), idle);
    }
  if (self->minutes == 0 || idle->told || now - idle->since < self->minutes * 60 * G_USEC_PER_SEC)
    return;
  idle->told = TRUE;
  g_signal_emit (self, signals[IDLE], 0, run, (guint) ((now - idle->since) / (60 * G_USEC_PER_SEC)));
}

typedef struct {
  FairleadIdleWatch *self;
  FairleadRun *run;
} Asked;

static void
asked_free (Asked *asked)
{
  g_object_unref (asked->self);
  g_object_unref (asked->run);
  g_free (asked);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

/* One that does not answer is not known to work, nor to wait: it counts as working. */
static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Asked) asked = user_data;
  g_autoptr (FairleadSolverStatus) status = NULL;
  FairleadSolverState state = FAIRLEAD_SOLVER_BUSY;

  status = fairlead_solver_client_query_finish (FAIRLEAD_SOLVER_CLIENT (source), result, NULL);
  if (status != NULL)
    state = fairlead_solver_status_get_state (status);
  if (state == FAIRLEAD_SOLVER_BUSY || state == FAIRLEAD_SOLVER_BUILDING || state == FAIRLEAD_SOLVER_SAVE_AND_QUIT)
    take_active (asked->self, asked->run);
  else
    take_idle (asked->self, asked->run);
}

static void
ask (FairleadIdleWatch *self,
     FairleadRun       *run)
{
  g_autoptr (FairleadSolverClient) client =
    fairlead_solver_client_new_in (run->server->place, fairlead_run_get_server_port (run),
                                   fairlead_profile_get_project_name (run->profile));
  Asked *asked = g_new0 (Asked, 1);

  asked->self = g_object_ref (self);
  asked->run = g_object_ref (run);
  fairlead_solver_client_query_async (client, NULL, answered_cb, asked);
}

static void
look_at (FairleadIdleWatch *self,
         FairleadRun       *run)
{
  FairleadServerState state = fairlead_run_get_server_state (run);

  if (fairlead_run_get_link_state (run) != FAIRLEAD_LINK_ONLINE || fairlead_run_is_busy (run))
    take_active (self, run);
  else if (state == FAIRLEAD_SERVER_READY)
    ask (self, run);
  else
    take_idle (self, run);
}

/**
 * fairlead_idle_watch_look:
 *
 * Looks at every run now; it does so by itself every minute while it is to remind.
 */
void
fairlead_idle_watch_look (FairleadIdleWatch *self)
{
  g_return_if_fail (FAIRLEAD_IS_IDLE_WATCH (self));

  for (guint i = 0; i < g_list_model_get_n_items (self->runs); i++)
    {
      g_autoptr (FairleadRun) run = g_list_model_get_item (self->runs, i);

      look_at (self, run);
    }
}

static gboolean
timer_cb (gpointer user_data)
{
  fairlead_idle_watch_look (user_data);
  return G_SOURCE_CONTINUE;
}

/**
 * fairlead_idle_watch_set_minutes:
 * @minutes: for how long a host may do nothing; 0: forever
 */
void
fairlead_idle_watch_set_minutes (FairleadIdleWatch *self,
                                 guint              minutes)
{
  g_return_if_fail (FAIRLEAD_IS_IDLE_WATCH (self));

  if (self->minutes == minutes)
    return;
  self->minutes = minutes;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (minutes > 0)
    self->timer_id = g_timeout_add_seconds (FAIRLEAD_IDLE_INTERVAL, timer_cb, self);
  else
    g_hash_table_remove_all (self->idle);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MINUTES]);
}

/**
 * fairlead_idle_watch_set_clock:
 * @clock: instead of g_get_monotonic_time()
 */
void
fairlead_idle_watch_set_clock (FairleadIdleWatch     *self,
                               FairleadIdleClockFunc  clock,
                               gpointer               user_data)
{
  g_return_if_fail (FAIRLEAD_IS_IDLE_WATCH (self));

  self->clock = clock;
  self->clock_data = user_data;
}

static void
fairlead_idle_watch_dispose (GObject *object)
{
  FairleadIdleWatch *self = FAIRLEAD_IDLE_WATCH (object);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_hash_table_remove_all (self->idle);
  g_clear_object (&self->runs);

  G_OBJECT_CLASS (fairlead_idle_watch_parent_class)->dispose (object);
}

static void
fairlead_idle_watch_finalize (GObject *object)
{
  g_hash_table_unref (FAIRLEAD_IDLE_WATCH (object)->idle);

  G_OBJECT_CLASS (fairlead_idle_watch_parent_class)->finalize (object);
}

static void
fairlead_idle_watch_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_MINUTES:
      g_value_set_int (value, (int) FAIRLEAD_IDLE_WATCH (object)->minutes);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_idle_watch_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_MINUTES:
      fairlead_idle_watch_set_minutes (FAIRLEAD_IDLE_WATCH (object), (guint) g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_idle_watch_class_init (FairleadIdleWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fairlead_idle_watch_dispose;
  object_class->finalize = fairlead_idle_watch_finalize;
  object_class->get_property = fairlead_idle_watch_get_property;
  object_class->set_property = fairlead_idle_watch_set_property;

  properties[PROP_MINUTES] =
    g_param_spec_int ("minutes", NULL, NULL, 0, G_MAXINT, 0,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[IDLE] = g_signal_new ("idle", FAIRLEAD_TYPE_IDLE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, FAIRLEAD_TYPE_RUN, G_TYPE_UINT);
  signals[ACTIVE] = g_signal_new ("active", FAIRLEAD_TYPE_IDLE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, FAIRLEAD_TYPE_RUN);
}

static void
fairlead_idle_watch_init (FairleadIdleWatch *self)
{
  self->idle = g_hash_table_new_full (NULL, NULL, g_object_unref, g_free);
  self->clock = monotonic_clock;
}

/**
 * fairlead_idle_watch_new:
 * @runs: a list of #FairleadRun
 *
 * Returns: (transfer full): a watch that reminds of nothing until it is told after how many minutes
 */
FairleadIdleWatch *
fairlead_idle_watch_new (GListModel *runs)
{
  FairleadIdleWatch *self = g_object_new (FAIRLEAD_TYPE_IDLE_WATCH, NULL);

  self->runs = g_object_ref (runs);
  return self;
}
