/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-last-known.h"

/**
 * FairleadLastKnown:
 *
 * What is known of a run's solver, and while nothing is known (the connection was lost), what was known
 * last, and when. It lives as long as its run, and is forgotten when the person disconnects. Main thread.
 */
struct _FairleadLastKnown {
  GObject parent_instance;

  /* Borrowed: it is the run's */
  FairleadRun *run;

  FairleadServerState server;
  FairleadSolverStatus *solver;
  gint64 time;
};

G_DEFINE_FINAL_TYPE (FairleadLastKnown, fairlead_last_known, G_TYPE_OBJECT)

static void
fairlead_last_known_finalize (GObject *object)
{
  g_clear_object (&FAIRLEAD_LAST_KNOWN (object)->solver);

  G_OBJECT_CLASS (fairlead_last_known_parent_class)->finalize (object);
}

static void
fairlead_last_known_class_init (FairleadLastKnownClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_last_known_finalize;
}

static void
fairlead_last_known_init (FairleadLastKnown *self)
{
}

static void
take_up (FairleadLastKnown *self)
{
  FairleadServerState server = fairlead_run_get_server_state (self->run);
  FairleadSolverStatus *solver = fairlead_run_get_solver (self->run);

  if (fairlead_run_get_link_state (self->run) == FAIRLEAD_LINK_OFFLINE)
    {
      self->server = FAIRLEAD_SERVER_UNKNOWN;
      g_clear_object (&self->solver);
      return;
    }
  if (server == FAIRLEAD_SERVER_UNKNOWN)
    return;
  if (server != self->server || (solver != NULL && solver != self->solver))
    self->time = g_get_real_time ();
  self->server = server;
  /* Found again it takes a moment until it is asked: till then what it said before is the best there is. */
  if (solver != NULL || server == FAIRLEAD_SERVER_STOPPED || server == FAIRLEAD_SERVER_EXITED
      || server == FAIRLEAD_SERVER_LAUNCHING)
    g_set_object (&self->solver, solver);
}

/**
 * fairlead_last_known_of:
 * @run: a run
 *
 * Returns: (transfer none): what is, or was, known of its solver: one for each run, from the first call on
 */
FairleadLastKnown *
fairlead_last_known_of (FairleadRun *run)
{
  static const char * const signals[] = {
    "notify::solver", "notify::server-state", "notify::link-state"
  };
  static GQuark quark;
  FairleadLastKnown *self;

  g_return_val_if_fail (FAIRLEAD_IS_RUN (run), NULL);

  if (quark == 0)
    quark = g_quark_from_static_string ("fairlead-last-known");
  self = g_object_get_qdata (G_OBJECT (run), quark);
  if (self == NULL)
    {
      self = g_object_new (FAIRLEAD_TYPE_LAST_KNOWN, NULL);
      self->run = run;
      for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
        g_signal_connect_object (run, signals[i], G_CALLBACK (take_up), self, G_CONNECT_SWAPPED);
      g_object_set_qdata_full (G_OBJECT (run), quark, self, g_object_unref);
    }
  /* Whoever asks may have been told of a change before it was. */
  take_up (self);
  return self;
}

FairleadServerState
fairlead_last_known_get_server (FairleadLastKnown *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_LAST_KNOWN (self), FAIRLEAD_SERVER_UNKNOWN);

  return self->server;
}

/**
 * fairlead_last_known_get_solver:
 *
 * Returns: (transfer none) (nullable): its last answer
 */
FairleadSolverStatus *
fairlead_last_known_get_solver (FairleadLastKnown *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_LAST_KNOWN (self), NULL);

  return self->solver;
}

/**
 * fairlead_last_known_get_time:
 *
 * Returns: when that was known, in microseconds since 1970
 */
gint64
fairlead_last_known_get_time (FairleadLastKnown *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_LAST_KNOWN (self), 0);

  return self->time;
}

/**
 * fairlead_last_known_is_past:
 *
 * Returns: whether it was so, and may be otherwise by now
 */
gboolean
fairlead_last_known_is_past (FairleadLastKnown *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_LAST_KNOWN (self), FALSE);

  return self->server != FAIRLEAD_SERVER_UNKNOWN
         && fairlead_run_get_server_state (self->run) == FAIRLEAD_SERVER_UNKNOWN;
}
