/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-link-private.h"
#include "fairlead-run-private.h"
#include "fake-network.h"
#include "own-config.h"
#include "run-fixture.h"

/* A connection that is lost and made again, over a remote that is this machine. */

static FairleadLinkState
link_state (Fixture *fixture)
{
  return fairlead_run_get_link_state (fixture->run);
}

static FairleadServerState
server_state (Fixture *fixture)
{
  return fairlead_run_get_server_state (fixture->run);
}

static void
wait_until_back (Fixture *fixture)
{
  wait_until (link_state (fixture) == FAIRLEAD_LINK_ONLINE && !fairlead_run_is_busy (fixture->run));
}

/* How often the solver was started in its path. */
static guint
count_launches (Fixture *fixture)
{
  g_autofree char *file = g_build_filename (fixture->path, "server.log", NULL);
  g_autofree char *text = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  for (const char *at = text; (at = strstr (at, "demo solver, protocol")) != NULL; at++)
    n++;
  return n;
}

static void
assert_frames_once (Fixture *fixture,
                    guint    last)
{
  for (guint frame = 1; frame <= last; frame++)
    {
      g_autofree char *text = g_strdup_printf ("demo: frame %u:", frame);

      g_assert_cmpuint (fixture_count_log (fixture, text), ==, 1);
    }
}

static void
assert_waits_for (Fixture *fixture,
                  guint    attempt)
{
  g_autofree char *text = NULL;
  g_autofree char *number = g_strdup_printf ("(attempt %u)", attempt);
  gint64 left = fairlead_run_get_retry_at (fixture->run) - g_get_monotonic_time ();

  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_BACKOFF);
  g_assert_true (fairlead_run_is_reconnecting (fixture->run));
  g_assert_cmpuint (fairlead_run_get_attempt (fixture->run), ==, attempt);
  g_assert_cmpint (left, <=, (1 << attempt) * G_USEC_PER_SEC);
  g_object_get (fixture->run, "status-text", &text, NULL);
  g_assert_true (g_str_has_prefix (text, "Reconnecting in "));
  g_assert_true (g_str_has_suffix (text, number));
}

static void
test_lost (Fixture       *fixture,
           gconstpointer  data)
{
  gboolean adopted;
  guint port;
  gint64 pid;

  fixture_knobs (fixture, "FAIRLEAD_DEMO_AUTOSTART=1");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  pid = fixture_recorded_pid (fixture);
  port = fairlead_forward_get_local_port (fairlead_run_get_tunnel (fixture->run));
  wait_until (fixture_count_log (fixture, "frame ") >= 5);
  for (guint i = 0; i < 2; i++)
    {
      fake_remote_lose (fixture->remote);
      assert_waits_for (fixture, 1);
      g_assert_false (fairlead_run_is_busy (fixture->run));
      g_assert_no_error (fairlead_run_get_error (fixture->run));
      g_assert_cmpint (server_state (fixture), ==, FAIRLEAD_SERVER_UNKNOWN);
      fairlead_run_retry_now (fixture->run);
      wait_until_back (fixture);
      fixture_assert_ready (fixture);
    }
  g_assert_false (fairlead_run_is_reconnecting (fixture->run));
  g_assert_cmpuint (fairlead_run_get_attempt (fixture->run), ==, 0);
  g_assert_cmpint (fairlead_run_get_retry_at (fixture->run), ==, 0);
  g_object_get (fixture->run, "adopted", &adopted, NULL);
  g_assert_false (adopted);
  g_assert_cmpint (fixture_recorded_pid (fixture), ==, pid);
  g_assert_cmpuint (count_launches (fixture), ==, 1);
  g_assert_cmpuint (fairlead_forward_get_local_port (fairlead_run_get_tunnel (fixture->run)), ==, port);
  wait_until (fixture_count_log (fixture, "frame ") >= 20);
  assert_frames_once (fixture, 20);
  fixture_stop (fixture);
}

/* By itself, after the planned time; each wait longer than the one before. */
static void
test_unreachable (Fixture       *fixture,
                  gconstpointer  data)
{
  gint64 began;

  fixture_connect (fixture);
  fixture->setup.unreachable = TRUE;
  began = g_get_monotonic_time ();
  fake_remote_lose (fixture->remote);
  wait_until (fairlead_run_get_attempt (fixture->run) == 2);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, G_USEC_PER_SEC * 3 / 4 - 1000);
  wait_until (link_state (fixture) == FAIRLEAD_LINK_BACKOFF);
  assert_waits_for (fixture, 2);
  wait_until (fairlead_run_get_attempt (fixture->run) == 3);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, G_USEC_PER_SEC * 9 / 4 - 2000);
  fairlead_run_retry_now (fixture->run);
  wait_until (fairlead_run_get_attempt (fixture->run) == 4);
  fixture->setup.unreachable = FALSE;
  fairlead_run_retry_now (fixture->run);
  wait_until_back (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
}

static void
test_stop (Fixture       *fixture,
           gconstpointer  data)
{
  gint64 pid;

  fixture_connect (fixture);
  pid = fixture_recorded_pid (fixture);
  fake_remote_lose (fixture->remote);
  fairlead_run_stop_reconnecting (fixture->run);
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_FAILED);
  g_assert_error (fairlead_run_get_error (fixture->run), FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_false (fairlead_run_is_reconnecting (fixture->run));
  g_assert_cmpint (fairlead_run_get_retry_at (fixture->run), ==, 0);
  g_assert_true (process_runs (pid));

  /* And cancel, in the middle of an attempt. */
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  fixture->setup.hang_in = FAIRLEAD_SESSION_AUTHENTICATING;
  fake_remote_lose (fixture->remote);
  fairlead_run_retry_now (fixture->run);
  wait_until (fairlead_remote_get_state (FAIRLEAD_REMOTE (fixture->remote)) == fixture->setup.hang_in);
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_CONNECTING);
  fairlead_run_cancel (fixture->run);
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_FAILED);
  fixture->setup.hang_in = FAIRLEAD_SESSION_IDLE;
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
}

static gboolean
passed_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* A disconnect is for good, also in the middle of a reconnect. */
static void
test_disconnect (Fixture       *fixture,
                 gconstpointer  data)
{
  gboolean passed = FALSE;

  fixture_connect (fixture);
  fixture_disconnect (fixture);
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_OFFLINE);
  fixture_connect (fixture);
  fake_remote_lose (fixture->remote);
  fixture_disconnect (fixture);
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_OFFLINE);
  /* Longer than the first wait would have been. */
  g_timeout_add (1500, passed_cb, &passed);
  wait_until (passed);
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_OFFLINE);
  g_assert_no_error (fairlead_run_get_error (fixture->run));
}

/* What does not pass by itself is not tried again. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  fixture_connect (fixture);
  fixture->setup.refuse = "gpu01 refused all 2 keys.";
  fake_remote_lose (fixture->remote);
  wait_until (link_state (fixture) == FAIRLEAD_LINK_FAILED);
  g_assert_error (fairlead_run_get_error (fixture->run), FAIRLEAD_ERROR, FAIRLEAD_ERROR_AUTH);
  g_assert_false (fairlead_run_is_reconnecting (fixture->run));
}

/* A host that ends each connection as soon as it stands is not bothered for ever. */
static void
test_hopeless (Fixture       *fixture,
               gconstpointer  data)
{
  guint n = 0;

  g_object_set (fixture->profile, "remote-path", "", NULL);
  fixture_connect (fixture);
  while (link_state (fixture) == FAIRLEAD_LINK_ONLINE)
    {
      n++;
      fake_remote_lose (fixture->remote);
      if (link_state (fixture) == FAIRLEAD_LINK_FAILED)
        break;
      fairlead_run_retry_now (fixture->run);
      wait_until_back (fixture);
    }
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_FAILED);
  g_assert_cmpuint (n, ==, 9);
  g_assert_error (fairlead_run_get_error (fixture->run), FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_false (fairlead_run_is_reconnecting (fixture->run));
}

static void
test_needs_you (Fixture       *fixture,
                gconstpointer  data)
{
  fixture_connect (fixture);
  fixture->setup.ask = TRUE;
  fake_remote_lose (fixture->remote);
  wait_until (fake_person_asked (fixture->person));
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_NEEDS_YOU);
  g_assert_true (fairlead_run_is_reconnecting (fixture->run));
  fake_person_answer (fixture->person);
  wait_until_back (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
}

/* In the middle of the job: it goes on, and there is one solver. */
static void
test_step (Fixture       *fixture,
           gconstpointer  data)
{
  FairleadStepId id = GPOINTER_TO_UINT (data);
  g_autoptr (FairleadStep) step = g_list_model_get_item (fairlead_run_get_steps (fixture->run), id);

  fairlead_run_connect (fixture->run);
  wait_until (fairlead_step_get_state (step) == FAIRLEAD_STEP_RUNNING);
  fake_remote_lose (fixture->remote);
  g_assert_false (fairlead_run_is_busy (fixture->run));
  g_assert_cmpint (fairlead_step_get_state (step), ==, FAIRLEAD_STEP_PENDING);
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_BACKOFF);
  wait_until_back (fixture);
  fixture_assert_ready (fixture);
  g_assert_cmpuint (count_launches (fixture), ==, 1);
  fixture_stop (fixture);
}

typedef struct {
  const char *name;
  const char *record;          /* shell: what becomes of "$1", its record, and of "$2", its process */
  const char *message;
} End;

static const End ends[] = {
  { "ended", "kill -9 \"$2\"", "ended while the connection was lost: it was killed (SIGKILL)" },
  { "rebooted", "kill -9 \"$2\"; sleep 0.3; sed -i s/^boot=.*/boot=0-1-2/ \"$1\"", "was restarted while" },
  { "stopped", "kill \"$2\"; rm \"$1\"", "was stopped from elsewhere" },
};

static char *
dup_record (Fixture *fixture)
{
  g_autofree char *state = g_build_filename (fixture->home, "state", "fairlead", NULL);
  g_autoptr (GDir) dir = g_dir_open (state, 0, NULL);
  g_autofree char *port = g_strdup_printf ("%u", fixture->server_port);

  return g_build_filename (state, g_dir_read_name (dir), port, "record", NULL);
}

/* The solver came to its end meanwhile: it is not started again, and what it said last is there. */
static void
test_end (Fixture       *fixture,
          gconstpointer  data)
{
  const End *end = data;
  gint64 pid;
  g_autofree char *record = NULL;
  g_autofree char *number = NULL;
  g_autofree char *log = NULL;
  const char *arguments[] = { "sh", "-c", end->record, "sh", NULL, NULL, NULL };
  FILE *stream;

  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  pid = fixture_recorded_pid (fixture);
  record = dup_record (fixture);
  number = g_strdup_printf ("%" G_GINT64_FORMAT, pid);
  arguments[4] = record;
  arguments[5] = number;
  fixture->setup.unreachable = TRUE;
  fake_remote_lose (fixture->remote);
  g_assert_true (g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                               NULL, NULL));
  wait_until (!process_runs (pid));
  log = g_build_filename (fixture->path, "server.log", NULL);
  stream = g_fopen (log, "a");
  fputs ("its last words\n", stream);
  g_assert_cmpint (fclose (stream), ==, 0);
  fixture->setup.unreachable = FALSE;
  fairlead_run_retry_now (fixture->run);
  wait_until_back (fixture);
  g_assert_cmpint (server_state (fixture), ==, FAIRLEAD_SERVER_EXITED);
  g_assert_error (fairlead_run_get_error (fixture->run), FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_nonnull (strstr (fairlead_run_get_error (fixture->run)->message, end->message));
  g_assert_cmpuint (fixture_count_log (fixture, "its last words"), ==, 1);
  g_assert_nonnull (strstr (fairlead_error_get_details (fairlead_run_get_error (fixture->run)),
                            "its last words"));
  g_assert_cmpuint (count_launches (fixture), ==, 1);
  g_assert_false (fairlead_run_owns_solver (fixture->run));

  /* It stays so over another loss, and can be started again. */
  fake_remote_lose (fixture->remote);
  wait_until_back (fixture);
  g_assert_cmpint (server_state (fixture), ==, FAIRLEAD_SERVER_EXITED);
  g_assert_nonnull (fairlead_run_get_error (fixture->run));
  fairlead_run_start_solver (fixture->run);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
}

/* Without a solver there is nothing to take up, and nothing is started. */
static void
test_no_path (Fixture       *fixture,
              gconstpointer  data)
{
  g_object_set (fixture->profile, "remote-path", "", NULL);
  fixture_connect (fixture);
  fake_remote_lose (fixture->remote);
  wait_until_back (fixture);
  g_assert_no_error (fairlead_run_get_error (fixture->run));
  g_assert_cmpint (server_state (fixture), ==, FAIRLEAD_SERVER_UNKNOWN);
}

/* One line is cut in the middle by the loss. */
static void
test_half_line (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *log = NULL;
  FILE *stream;

  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  log = g_build_filename (fixture->path, "server.log", NULL);
  stream = g_fopen (log, "a");
  fputs ("a whole line\nthe first half, ", stream);
  fflush (stream);
  wait_until (fixture_count_log (fixture, "a whole line") == 1);
  fake_remote_lose (fixture->remote);
  fputs ("the second half\nanother\n", stream);
  g_assert_cmpint (fclose (stream), ==, 0);
  wait_until_back (fixture);
  wait_until (fixture_count_log (fixture, "another") == 1);
  g_assert_cmpuint (fixture_count_log (fixture, "the first half, the second half"), ==, 1);
  g_assert_cmpuint (fixture_count_log (fixture, "half"), ==, 1);
  g_assert_cmpuint (fixture_count_log (fixture, "a whole line"), ==, 1);
  fixture_stop (fixture);
}

/* What the run's link hears of the world comes from the test. */
typedef struct {
  FakeNetwork *network;
  FairleadReach *reach;
  FairleadWake *wake;
} World;

static void
world_init (World   *world,
            Fixture *fixture)
{
  world->network = fake_network_new ();
  world->reach = fairlead_reach_new (G_NETWORK_MONITOR (world->network));
  world->wake = g_object_new (FAIRLEAD_TYPE_WAKE, NULL);
  fairlead_link_set_surroundings (fixture->run->link, world->reach, world->wake);
}

static void
world_clear (World   *world,
             Fixture *fixture)
{
  fairlead_link_set_surroundings (fixture->run->link, fairlead_reach_get_default (),
                                  fairlead_wake_get_default ());
  g_clear_object (&world->wake);
  g_clear_object (&world->reach);
  g_clear_object (&world->network);
}

/* A good connection is looked at, and kept; one that says nothing is lost. */
static void
test_wake (Fixture       *fixture,
           gconstpointer  data)
{
  World world;

  world_init (&world, fixture);
  fixture_connect (fixture);
  g_signal_emit_by_name (world.wake, "woke");
  g_signal_emit_by_name (world.wake, "woke");
  wait_until (fake_remote_count_checks (fixture->remote) == 1);
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_ONLINE);

  /* Without a network there is nothing to ask by. */
  fake_network_set (world.network, FALSE, FALSE);
  g_signal_emit_by_name (world.wake, "woke");
  wait_until (fixture->run->link->stir_id == 0);
  g_assert_cmpuint (fake_remote_count_checks (fixture->remote), ==, 1);
  fake_network_set (world.network, TRUE, TRUE);
  wait_until (fake_remote_count_checks (fixture->remote) == 2);
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_ONLINE);

  fake_remote_set_mute (fixture->remote);
  g_signal_emit_by_name (world.wake, "woke");
  wait_until (link_state (fixture) == FAIRLEAD_LINK_BACKOFF);
  wait_until_back (fixture);
  fixture_assert_ready (fixture);
  world_clear (&world, fixture);
  fixture_stop (fixture);
}

/* No attempt is burnt while there is no way to the host, and the next comes soon after there is one. */
static void
test_network (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *text = NULL;
  World world;

  world_init (&world, fixture);
  fixture_connect (fixture);
  fake_network_set (world.network, FALSE, FALSE);
  fake_remote_lose (fixture->remote);
  wait_until (link_state (fixture) == FAIRLEAD_LINK_WAITING_FOR_NETWORK);
  g_assert_true (fairlead_run_is_reconnecting (fixture->run));
  g_assert_cmpint (fairlead_run_get_retry_at (fixture->run), ==, 0);
  g_object_get (fixture->run, "status-text", &text, NULL);
  g_assert_cmpstr (text, ==, "Waiting for network");
  /* A change that does not help. */
  fake_network_set (world.network, FALSE, FALSE);
  wait_until (fixture->run->link->stir_id == 0);
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_WAITING_FOR_NETWORK);
  g_assert_cmpuint (fairlead_run_get_attempt (fixture->run), ==, 1);
  fake_network_set (world.network, TRUE, TRUE);
  wait_until (link_state (fixture) == FAIRLEAD_LINK_BACKOFF);
  wait_until_back (fixture);
  fixture_assert_ready (fixture);

  /* The person knows better. */
  fake_network_set (world.network, FALSE, FALSE);
  fake_remote_lose (fixture->remote);
  wait_until (link_state (fixture) == FAIRLEAD_LINK_WAITING_FOR_NETWORK);
  fairlead_run_retry_now (fixture->run);
  wait_until_back (fixture);
  fixture_assert_ready (fixture);
  world_clear (&world, fixture);
  fixture_stop (fixture);
}

/* A host that can be reached without a way into the world, and a system that is wrong about that. */
static void
test_local_network (Fixture       *fixture,
                    gconstpointer  data)
{
  World world;

  world_init (&world, fixture);
  fixture_connect (fixture);
  fake_network_set (world.network, FALSE, TRUE);
  fake_remote_lose (fixture->remote);
  wait_until (link_state (fixture) != FAIRLEAD_LINK_BACKOFF);
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_CONNECTING);
  wait_until_back (fixture);

  /* It said so when there was a connection. */
  fake_network_set (world.network, FALSE, FALSE);
  fake_remote_lose (fixture->remote);
  wait_until (link_state (fixture) != FAIRLEAD_LINK_BACKOFF);
  g_assert_cmpint (link_state (fixture), ==, FAIRLEAD_LINK_CONNECTING);
  wait_until_back (fixture);
  fixture_assert_ready (fixture);
  world_clear (&world, fixture);
  fixture_stop (fixture);
}

/* A long wait is cut short when things are not as they were. */
static void
test_sooner (Fixture       *fixture,
             gconstpointer  data)
{
  World world;

  world_init (&world, fixture);
  fixture_connect (fixture);
  fixture->setup.unreachable = TRUE;
  fake_remote_lose (fixture->remote);
  for (guint attempt = 2; attempt <= 6; attempt++)
    {
      fairlead_run_retry_now (fixture->run);
      wait_until (fairlead_run_get_attempt (fixture->run) == attempt);
    }
  wait_until (link_state (fixture) == FAIRLEAD_LINK_BACKOFF);
  g_assert_cmpint (fairlead_run_get_retry_at (fixture->run) - g_get_monotonic_time (), >,
                   20 * G_USEC_PER_SEC);
  fixture->setup.unreachable = FALSE;
  g_signal_emit_by_name (world.wake, "woke");
  wait_until_back (fixture);
  fixture_assert_ready (fixture);
  world_clear (&world, fixture);
  fixture_stop (fixture);
}

#define ADD(name, data, function) \
  g_test_add ("/reconnect/" name, Fixture, data, fixture_set_up, function, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  static const struct {
    const char *name;
    FairleadStepId id;
  } steps[] = {
    { "check-path", FAIRLEAD_STEP_CHECK_PATH },
    { "start-server", FAIRLEAD_STEP_START_SERVER },
    { "wait-ready", FAIRLEAD_STEP_WAIT_READY },
    { "check-exposure", FAIRLEAD_STEP_CHECK_EXPOSURE },
    { "open-tunnel", FAIRLEAD_STEP_OPEN_TUNNEL },
  };
  char *own = own_config_new ();
  int result;

  g_test_init (&argc, &argv, NULL);
  ADD ("lost", NULL, test_lost);
  ADD ("unreachable", NULL, test_unreachable);
  ADD ("stop", NULL, test_stop);
  ADD ("disconnect", NULL, test_disconnect);
  ADD ("refused", NULL, test_refused);
  ADD ("hopeless", NULL, test_hopeless);
  ADD ("needs-you", NULL, test_needs_you);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *name = g_strdup_printf ("/reconnect/step/%s", steps[i].name);

      g_test_add (name, Fixture, GUINT_TO_POINTER (steps[i].id), fixture_set_up, test_step,
                  fixture_tear_down);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *name = g_strdup_printf ("/reconnect/end/%s", ends[i].name);

      g_test_add (name, Fixture, &ends[i], fixture_set_up, test_end, fixture_tear_down);
    }
  ADD ("wake", NULL, test_wake);
  ADD ("network", NULL, test_network);
  ADD ("local-network", NULL, test_local_network);
  ADD ("sooner", NULL, test_sooner);
  ADD ("no-path", NULL, test_no_path);
  ADD ("half-line", NULL, test_half_line);
  result = g_test_run ();
  own_config_remove (own);
  return result;
}
