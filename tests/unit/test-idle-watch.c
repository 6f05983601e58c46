/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-idle-watch.h"
#include "run-fixture.h"

/* A connected host that does nothing is reminded of, once, by a clock of the test's. */

typedef struct {
  Fixture run;
  GListStore *runs;
  FairleadIdleWatch *watch;
  gint64 now;
  guint n_idle;
  guint n_active;
  guint minutes;
} Idle;

static gint64
clock_cb (gpointer user_data)
{
  return ((Idle *) user_data)->now;
}

static void
idle_cb (FairleadIdleWatch *watch,
         FairleadRun       *run,
         guint              minutes,
         Idle              *f)
{
  g_assert_true (run == f->run.run);
  f->n_idle++;
  f->minutes = minutes;
}

static void
active_cb (FairleadIdleWatch *watch,
           FairleadRun       *run,
           Idle              *f)
{
  f->n_active++;
}

static void
set_up (Idle          *f,
        gconstpointer  data)
{
  fixture_set_up (&f->run, NULL);
  f->runs = g_list_store_new (FAIRLEAD_TYPE_RUN);
  f->watch = fairlead_idle_watch_new (G_LIST_MODEL (f->runs));
  fairlead_idle_watch_set_clock (f->watch, clock_cb, f);
  g_signal_connect (f->watch, "idle", G_CALLBACK (idle_cb), f);
  g_signal_connect (f->watch, "active", G_CALLBACK (active_cb), f);
  fairlead_idle_watch_set_minutes (f->watch, 30);
}

static void
tear_down (Idle          *f,
           gconstpointer  data)
{
  wait_until (G_OBJECT (f->watch)->ref_count == 1);    /* what was asked has been answered */
  g_assert_finalize_object (f->watch);
  g_object_unref (f->runs);
  fixture_tear_down (&f->run, NULL);
}

static void
connect_run (Idle *f)
{
  fixture_connect (&f->run);
  g_list_store_append (f->runs, f->run.run);
}

/* Looks after so many minutes; what it asks is answered when it returns. */
static void
look_after (Idle *f,
            int   minutes)
{
  f->now += (gint64) minutes * 60 * G_USEC_PER_SEC;
  fairlead_idle_watch_look (f->watch);
  wait_until (G_OBJECT (f->watch)->ref_count == 1);
}

static void
test_once (Idle          *f,
           gconstpointer  data)
{
  connect_run (f);
  fixture_assert_ready (&f->run);
  look_after (f, 0);
  look_after (f, 29);
  g_assert_cmpuint (f->n_idle, ==, 0);
  look_after (f, 1);
  g_assert_cmpuint (f->n_idle, ==, 1);
  g_assert_cmpuint (f->minutes, ==, 30);
  look_after (f, 300);
  g_assert_cmpuint (f->n_idle, ==, 1);
  g_assert_cmpuint (f->n_active, ==, 0);
  fixture_stop (&f->run);
}

static void
test_stopped_solver_and_disconnect (Idle          *f,
                                    gconstpointer  data)
{
  connect_run (f);
  fixture_assert_ready (&f->run);
  fixture_stop (&f->run);
  look_after (f, 0);
  look_after (f, 31);
  g_assert_cmpuint (f->n_idle, ==, 1);
  fixture_disconnect (&f->run);
  look_after (f, 1);
  g_assert_cmpuint (f->n_active, ==, 1);
  look_after (f, 300);
  g_assert_cmpuint (f->n_idle, ==, 1);
}

static void
test_solve (Idle          *f,
            gconstpointer  data)
{
  fixture_knobs (&f->run, "FAIRLEAD_DEMO_AUTOSTART=1\nFAIRLEAD_DEMO_FRAMES=100000\n");
  connect_run (f);
  fixture_assert_ready (&f->run);
  look_after (f, 0);
  look_after (f, 300);
  g_assert_cmpuint (f->n_idle, ==, 0);
  fixture_stop (&f->run);
  look_after (f, 1);
  look_after (f, 29);
  g_assert_cmpuint (f->n_idle, ==, 0);
  look_after (f, 1);
  g_assert_cmpuint (f->n_idle, ==, 1);
}

static void
test_off (Idle          *f,
          gconstpointer  data)
{
  fairlead_idle_watch_set_minutes (f->watch, 0);
  connect_run (f);
  fixture_assert_ready (&f->run);
  look_after (f, 0);
  look_after (f, 3000);
  g_assert_cmpuint (f->n_idle, ==, 0);
  fixture_stop (&f->run);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name) g_test_add ("/idle-watch/" #name, Idle, NULL, set_up, test_##name, tear_down)
  ADD (once);
  ADD (stopped_solver_and_disconnect);
  ADD (solve);
  ADD (off);
#undef ADD

  return g_test_run ();
}
