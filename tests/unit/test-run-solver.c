/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-error.h"
#include "own-config.h"
#include "run-fixture.h"

/* What the solver is asked for, and how its answers are followed. */

/* Gives the solver a small scene, without the run. */
static void
upload (Fixture    *fixture,
        const char *project)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *message = NULL;
  GError *error = NULL;
  char answer[3];

  message = g_strdup_printf ("JSON{\"request\":\"upload_atomic\",\"path\":\"/p\",\"name\":\"%s\","
                             "\"data_size\":4,\"param_size\":0}\nDATA", project);
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", fixture->server_port, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), message,
                             strlen (message), NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), answer,
                                          3, NULL, NULL, NULL));
  g_assert_cmpmem (answer, 3, "OK\n", 3);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
request (Fixture                *fixture,
         FairleadSolverRequest   what,
         GError                **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_run_request_async (fixture->run, what, NULL, done_cb, &result);
  wait_until (result != NULL);
  return fairlead_run_request_finish (fixture->run, result, error);
}

static void
assert_request (Fixture               *fixture,
                FairleadSolverRequest  what,
                FairleadSolverState    after)
{
  GError *error = NULL;

  request (fixture, what, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fairlead_solver_status_get_state (fairlead_run_get_solver (fixture->run)), ==, after);
}

static FairleadSolverState
state (Fixture *fixture)
{
  FairleadSolverStatus *solver = fairlead_run_get_solver (fixture->run);

  return solver != NULL ? fairlead_solver_status_get_state (solver) : FAIRLEAD_SOLVER_UNKNOWN;
}

typedef struct {
  guint n;
  FairleadSolverState state;
  FairleadSolverState previous;
  int elapsed;
} Ended;

static void
ended_cb (FairleadRun          *run,
          FairleadSolverStatus *status,
          Ended                *ended)
{
  g_assert_true (status == fairlead_run_get_solver (run));
  ended->n++;
  g_object_get (status, "state", &ended->state, "previous-state", &ended->previous, "elapsed",
                &ended->elapsed, NULL);
}

static void
watch (Fixture *fixture,
       Ended   *ended)
{
  memset (ended, 0, sizeof *ended);
  g_signal_connect (fixture->run, "solve-ended", G_CALLBACK (ended_cb), ended);
}

static void
test_requests (Fixture       *fixture,
               gconstpointer  data)
{
  Ended ended;

  fixture_knobs (fixture, data != NULL ? data : "FAIRLEAD_DEMO_BUILD=0.4\nFAIRLEAD_DEMO_FPS=50");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  watch (fixture, &ended);
  g_assert_cmpint (state (fixture), ==, FAIRLEAD_SOLVER_NO_DATA);
  upload (fixture, "demo");
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_BUILD, FAIRLEAD_SOLVER_BUILDING);
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_CANCEL_BUILD, FAIRLEAD_SOLVER_NO_BUILD);
  g_assert_cmpuint (ended.n, ==, 1);
  g_assert_cmpint (ended.previous, ==, FAIRLEAD_SOLVER_BUILDING);
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_BUILD, FAIRLEAD_SOLVER_BUILDING);
  wait_until (ended.n == 2);
  g_assert_cmpint (ended.state, ==, FAIRLEAD_SOLVER_READY);
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_START, FAIRLEAD_SOLVER_BUSY);
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_TERMINATE, FAIRLEAD_SOLVER_RESUMABLE);
  g_assert_cmpuint (ended.n, ==, 3);
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_RESUME, FAIRLEAD_SOLVER_BUSY);
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_SAVE_AND_QUIT, FAIRLEAD_SOLVER_SAVE_AND_QUIT);
  g_assert_cmpuint (ended.n, ==, 3);
  wait_until (ended.n == 4);
  g_assert_cmpint (ended.state, ==, FAIRLEAD_SOLVER_RESUMABLE);
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_RESUME, FAIRLEAD_SOLVER_BUSY);
  wait_until (ended.n == 5);
  g_assert_cmpint (ended.state, ==, FAIRLEAD_SOLVER_READY);
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_DELETE, FAIRLEAD_SOLVER_NO_DATA);
  g_assert_cmpuint (ended.n, ==, 5);
  g_signal_handlers_disconnect_by_data (fixture->run, &ended);
  fixture_stop (fixture);
}

static void
assert_refused (Fixture               *fixture,
                FairleadSolverRequest  what,
                const char            *words,
                const char            *hint)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (request (fixture, what, &error));
  g_test_message ("%s | %s", error->message, fairlead_error_get_hint (error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_nonnull (strstr (fairlead_error_get_hint (error), hint));
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  /* Not connected. */
  g_assert_false (request (fixture, FAIRLEAD_SOLVER_REQUEST_START, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  fixture_knobs (fixture, "FAIRLEAD_DEMO_FAIL=build-fails\nFAIRLEAD_DEMO_BUILD=0.2");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  assert_refused (fixture, FAIRLEAD_SOLVER_REQUEST_START, "Cannot start in the state NO_DATA.", "Upload");
  upload (fixture, "demo");
  assert_refused (fixture, FAIRLEAD_SOLVER_REQUEST_RESUME, "“demo”", "Build it first");
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_BUILD, FAIRLEAD_SOLVER_BUILDING);
  assert_refused (fixture, FAIRLEAD_SOLVER_REQUEST_SAVE_AND_QUIT, "BUILDING", "cancel the build");
  wait_until (state (fixture) == FAIRLEAD_SOLVER_FAILED);
  /* What was wrong before is not the answer to this one. */
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_BUILD, FAIRLEAD_SOLVER_BUILDING);
  fixture_stop (fixture);
  g_clear_error (&error);
  g_assert_false (request (fixture, FAIRLEAD_SOLVER_REQUEST_BUILD, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_nonnull (fairlead_error_get_hint (error));
}

static void
test_no_project (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_object_set (fixture->profile, "project-name", "", NULL);
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_assert_false (request (fixture, FAIRLEAD_SOLVER_REQUEST_BUILD, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  fixture_stop (fixture);
}

/* A version that is not said: nothing is sent that would change something, and what is wrong is told. */
static void
test_no_version (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *note = NULL;

  fixture_knobs (fixture, "FAIRLEAD_DEMO_FAIL=no-version");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  upload (fixture, "demo");
  g_object_get (fairlead_run_get_solver (fixture->run), "version-note", &note, NULL);
  g_assert_nonnull (strstr (note, "does not say"));
  assert_refused (fixture, FAIRLEAD_SOLVER_REQUEST_BUILD, "does not say", "Update the solver");
  wait_until (state (fixture) == FAIRLEAD_SOLVER_NO_BUILD);
  g_assert_cmpuint (fixture_count_log (fixture, "demo: build"), ==, 0);
  fixture_stop (fixture);
}

static void
test_new_protocol (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *note = NULL;

  fixture_knobs (fixture, "FAIRLEAD_DEMO_FAIL=new-protocol");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_object_get (fairlead_run_get_solver (fixture->run), "version-note", &note, NULL);
  g_assert_nonnull (strstr (note, "Update Fairlead"));
  upload (fixture, "demo");
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_BUILD, FAIRLEAD_SOLVER_BUILDING);
  fixture_stop (fixture);
}

/* The facts of a solve that fails, and its end. */
static void
test_fails (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *words = NULL;
  g_auto (GStrv) violations = NULL;
  gint64 used, total;
  Ended ended;

  fixture_knobs (fixture, "FAIRLEAD_DEMO_FAIL=solve-fails\nFAIRLEAD_DEMO_AUTOSTART=1");
  watch (fixture, &ended);
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_object_get (fairlead_run_get_solver (fixture->run), "gpu-memory-used", &used, "gpu-memory-total", &total,
                "violations", &violations, NULL);
  g_assert_cmpint (used, ==, (gint64) 9 << 30);
  g_assert_cmpint (total, ==, (gint64) 24 << 30);
  g_assert_null (violations);
  wait_until (ended.n == 1);
  g_assert_cmpint (ended.state, ==, FAIRLEAD_SOLVER_FAILED);
  g_object_get (fairlead_run_get_solver (fixture->run), "error", &words, NULL);
  g_assert_cmpstr (words, ==, "Newton's method did not converge in frame 5.");
  g_signal_handlers_disconnect_by_data (fixture->run, &ended);
  fixture_stop (fixture);
}

/* While the connection is away the solve ends: that is told when it is back, once. */
static void
test_ended_while_away (Fixture       *fixture,
                       gconstpointer  data)
{
  Ended ended;

  fixture_knobs (fixture, "FAIRLEAD_DEMO_FRAMES=12\nFAIRLEAD_DEMO_AUTOSTART=1");
  watch (fixture, &ended);
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_assert_cmpint (state (fixture), ==, FAIRLEAD_SOLVER_BUSY);
  fixture->setup.unreachable = TRUE;
  fake_remote_lose (fixture->remote);
  wait_until (fairlead_run_get_link_state (fixture->run) == FAIRLEAD_LINK_BACKOFF);
  g_assert_null (fairlead_run_get_solver (fixture->run));
  for (gboolean done = FALSE; !done;)
    {
      g_autofree char *log = g_build_filename (fixture->path, "server.log", NULL);
      g_autofree char *text = NULL;

      g_main_context_iteration (NULL, TRUE);
      g_file_get_contents (log, &text, NULL, NULL);
      done = strstr (text, "busy finished") != NULL;
    }
  g_assert_cmpuint (ended.n, ==, 0);
  fixture->setup.unreachable = FALSE;
  fairlead_run_retry_now (fixture->run);
  wait_until (ended.n == 1);
  wait_idle (fixture);
  g_assert_cmpint (ended.state, ==, FAIRLEAD_SOLVER_READY);
  g_assert_cmpint (ended.previous, ==, FAIRLEAD_SOLVER_BUSY);
  g_signal_handlers_disconnect_by_data (fixture->run, &ended);
  fixture_stop (fixture);
}

/* Hidden, with nothing at work: no poll. Others that use the tunnel set it to work: its end is heard. */
static void
test_hidden (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  GError *error = NULL;
  Ended ended;

  fixture_knobs (fixture, "FAIRLEAD_DEMO_FRAMES=60");
  fairlead_run_set_watched (fixture->run, FALSE);
  watch (fixture, &ended);
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  upload (fixture, "demo");
  assert_request (fixture, FAIRLEAD_SOLVER_REQUEST_BUILD, FAIRLEAD_SOLVER_BUILDING);
  wait_until (ended.n == 1);
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1",
    fairlead_forward_get_local_port (fairlead_run_get_tunnel (fixture->run)), NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                             "TCMD\0\0\0\033--request start --name demo", 35, NULL, NULL, &error);
  g_assert_no_error (error);
  wait_until (state (fixture) == FAIRLEAD_SOLVER_BUSY);
  wait_until (ended.n == 2);
  g_assert_cmpint (ended.state, ==, FAIRLEAD_SOLVER_READY);
  /* Seen again, it is asked at once. */
  upload (fixture, "demo");
  fairlead_run_set_watched (fixture->run, TRUE);
  wait_until (state (fixture) == FAIRLEAD_SOLVER_NO_BUILD);
  g_signal_handlers_disconnect_by_data (fixture->run, &ended);
  fixture_stop (fixture);
}

#define ADD(name, data, function) \
  g_test_add ("/run-solver/" name, Fixture, data, fixture_set_up, function, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  char *own = own_config_new ();
  int result;

  g_test_init (&argc, &argv, NULL);
  ADD ("requests", NULL, test_requests);
  ADD ("requests-old-protocol",
       "FAIRLEAD_DEMO_BUILD=0.4\nFAIRLEAD_DEMO_FPS=50\nFAIRLEAD_DEMO_FAIL=old-protocol", test_requests);
  ADD ("refused", NULL, test_refused);
  ADD ("no-project", NULL, test_no_project);
  ADD ("no-version", NULL, test_no_version);
  ADD ("new-protocol", NULL, test_new_protocol);
  ADD ("fails", NULL, test_fails);
  ADD ("ended-while-away", NULL, test_ended_while_away);
  ADD ("hidden", NULL, test_hidden);
  result = g_test_run ();
  own_config_remove (own);
  return result;
}
