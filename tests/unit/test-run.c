/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "fairlead-fix.h"
#include "own-config.h"
#include "run-fixture.h"

static void
test_ready (Fixture       *fixture,
            gconstpointer  data)
{
  GListModel *steps = fairlead_run_get_steps (fixture->run);
  g_autofree char *bound = g_strdup_printf ("127.0.0.1:%u", fixture->server_port);
  g_autofree char *bound_to = NULL;
  g_autofree char *detail = NULL;
  g_autofree char *gpu = NULL;
  guint local_port;

  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  for (guint i = 0; i < FAIRLEAD_N_STEPS; i++)
    {
      g_autoptr (FairleadStep) step = g_list_model_get_item (steps, i);

      g_assert_cmpint (fairlead_step_get_state (step), ==,
                       fairlead_step_is_needed (step) ? FAIRLEAD_STEP_DONE : FAIRLEAD_STEP_SKIPPED);
    }
  g_object_get (fixture->run, "bound-to", &bound_to, NULL);
  g_assert_cmpstr (bound_to, ==, bound);
  g_object_get (fixture->profile, "local-port", &local_port, NULL);
  g_assert_cmpuint (fairlead_forward_get_local_port (fairlead_run_get_tunnel (fixture->run)),
                    ==, local_port);
  detail = fixture_step_detail (fixture, FAIRLEAD_STEP_RESOLVE);
  g_assert_cmpstr (detail, ==, "ada@gpu01:22");
  g_object_get (fairlead_run_get_solver (fixture->run), "gpu", &gpu, NULL);
  g_assert_cmpstr (gpu, ==, "Fairlead Demo GPU");
  g_assert_true (fairlead_run_owns_solver (fixture->run));
  wait_until (fixture_count_log (fixture, "listening on 127.0.0.1") == 1);
  g_assert_true (process_runs (fixture_recorded_pid (fixture)));
  fixture_stop (fixture);
  g_assert_null (fairlead_run_get_tunnel (fixture->run));
}

static void
test_adopt (Fixture       *fixture,
            gconstpointer  data)
{
  gboolean adopted;
  gint64 pid;

  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_object_get (fixture->run, "adopted", &adopted, NULL);
  g_assert_false (adopted);
  pid = fixture_recorded_pid (fixture);
  wait_until (fixture_count_log (fixture, "ready") == 1);

  fixture_disconnect (fixture);
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_OFFLINE);
  g_assert_cmpint (fairlead_run_get_server_state (fixture->run), ==, FAIRLEAD_SERVER_UNKNOWN);
  g_assert_true (process_runs (pid));

  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_object_get (fixture->run, "adopted", &adopted, NULL);
  g_assert_true (adopted);
  g_assert_cmpint (fixture_recorded_pid (fixture), ==, pid);
  /* Followed on from where it was: nothing twice. */
  g_assert_cmpuint (fixture_count_log (fixture, "listening on"), ==, 1);
  fixture_stop (fixture);
  g_assert_false (process_runs (pid));
}

/* The one that runs is adopted by another desktop of the same person, which knows only the home. */
static void
test_adopt_elsewhere (Fixture       *fixture,
                      gconstpointer  data)
{
  Fixture other;
  gboolean adopted;

  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  fixture_set_up (&other, NULL);
  other.setup.home = fixture->home;
  g_object_set (other.profile, "remote-path", fixture->path, "server-port", fixture->server_port, NULL);
  fixture_connect (&other);
  fixture_assert_ready (&other);
  g_object_get (other.run, "adopted", &adopted, NULL);
  g_assert_true (adopted);
  wait_until (fixture_count_log (&other, "listening on") == 1);
  /* It stops it, and ours hears of the end. */
  fixture_stop (&other);
  wait_until (fairlead_run_get_server_state (fixture->run) == FAIRLEAD_SERVER_EXITED);
  g_assert_nonnull (fairlead_run_get_error (fixture->run));
  g_assert_null (fairlead_run_get_tunnel (fixture->run));
  fixture_tear_down (&other, NULL);
}

/* Ended and started anew, on the same port here, and its log goes on. */
static void
test_restart (Fixture       *fixture,
              gconstpointer  data)
{
  guint port;
  gboolean adopted;
  gint64 pid;

  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  port = fairlead_forward_get_local_port (fairlead_run_get_tunnel (fixture->run));
  pid = fixture_recorded_pid (fixture);
  wait_until (fixture_count_log (fixture, "ready") == 1);
  fairlead_run_restart_solver (fixture->run);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  g_assert_false (process_runs (pid));
  g_assert_true (process_runs (fixture_recorded_pid (fixture)));
  g_assert_cmpuint (fairlead_forward_get_local_port (fairlead_run_get_tunnel (fixture->run)), ==, port);
  g_object_get (fixture->run, "adopted", &adopted, NULL);
  g_assert_false (adopted);
  wait_until (fixture_count_log (fixture, "listening on") == 2);
  fixture_stop (fixture);

  /* None runs: one is started. */
  fairlead_run_restart_solver (fixture->run);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
}

/* There is nothing that could be started: the one that runs is not ended, and is reached as before. */
static void
test_restart_nothing (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autofree char *server = g_build_filename (fixture->path, "server.py", NULL);
  g_autofree char *away = g_build_filename (fixture->path, "away.py", NULL);
  gint64 pid;

  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  pid = fixture_recorded_pid (fixture);
  g_assert_cmpint (g_rename (server, away), ==, 0);
  fairlead_run_restart_solver (fixture->run);
  wait_idle (fixture);
  g_assert_error (fairlead_run_get_error (fixture->run), FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_true (process_runs (pid));
  g_assert_nonnull (fairlead_run_get_tunnel (fixture->run));
  g_assert_cmpint (fairlead_run_get_server_state (fixture->run), ==, FAIRLEAD_SERVER_READY);
  /* Also a new connection finds it, so that it can be followed and ended. */
  fixture_disconnect (fixture);
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_assert_cmpint (fixture_recorded_pid (fixture), ==, pid);
  g_assert_cmpint (g_rename (away, server), ==, 0);
  fairlead_run_restart_solver (fixture->run);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  g_assert_false (process_runs (pid));
  fixture_stop (fixture);
}

typedef struct {
  const char *name;
  const char *message;         /* part of the error's */
  const char *details;         /* part of its details; NULL: any */
  FairleadServerState state;
  gboolean runs;               /* it has to be stopped before the next try */
} Failure;

static const Failure failures[] = {
  { "never-ready", "was not ready within 3 s: it runs and listens on 127.0.0.1:", "waiting for the licence server",
    FAIRLEAD_SERVER_UNRESPONSIVE, TRUE },
  { "exit", "did not start: ", "CUDA error", FAIRLEAD_SERVER_EXITED, FALSE },
  { "error", "reported an error while it started: no GPU was found.", "cuInit answered 100", FAIRLEAD_SERVER_UNRESPONSIVE, TRUE },
  { "failed", "reported an error while it started: no GPU was found.", "cuInit answered 100", FAIRLEAD_SERVER_UNRESPONSIVE, TRUE },
  { "port-taken", "did not start: port ", "address already in use",
    FAIRLEAD_SERVER_EXITED, FALSE },
  { "wide-bind", "can be reached from the network: it listens on 0.0.0.0:", NULL,
    FAIRLEAD_SERVER_READY, TRUE },
  { "garbage", "What answered there is not a solver", "listening", FAIRLEAD_SERVER_UNRESPONSIVE, TRUE },
  { "deep-json", "What answered there is not a solver", "listening", FAIRLEAD_SERVER_UNRESPONSIVE, TRUE },
  { "silent", "The solver does not answer", "listening", FAIRLEAD_SERVER_UNRESPONSIVE, TRUE },
};

static void
test_failure (Fixture       *fixture,
              gconstpointer  data)
{
  const Failure *failure = data;
  g_autofree char *knob = g_strdup_printf ("FAIRLEAD_DEMO_FAIL=%s", failure->name);
  const GError *error;

  fixture_knobs (fixture, knob);
  if (strcmp (failure->name, "never-ready") == 0)
    fairlead_run_set_ready_timeout (fixture->run, 3);
  fixture_connect (fixture);
  error = fairlead_run_get_error (fixture->run);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_nonnull (strstr (error->message, failure->message));
  if (failure->details != NULL)
    g_assert_nonnull (strstr (fairlead_error_get_details (error), failure->details));
  g_assert_cmpint (fairlead_run_get_server_state (fixture->run), ==, failure->state);
  g_assert_null (fairlead_run_get_tunnel (fixture->run));
  g_assert_cmpint (fairlead_run_get_exposure (fixture->run) == FAIRLEAD_EXPOSURE_EXPOSED,
                   ==, strcmp (failure->name, "wide-bind") == 0);

  /* The connection is still usable. */
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_ONLINE);
  g_assert_cmpint (fairlead_run_owns_solver (fixture->run), ==, failure->runs);
  if (failure->runs)
    fixture_stop (fixture);
  fixture_knobs (fixture, "");
  fairlead_run_set_ready_timeout (fixture->run, 0);
  fairlead_run_start_solver (fixture->run);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
}

static void
test_old_protocol (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *version = NULL;

  fixture_knobs (fixture, "FAIRLEAD_DEMO_FAIL=old-protocol");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_object_get (fairlead_run_get_solver (fixture->run), "protocol-version", &version, NULL);
  g_assert_cmpstr (version, ==, "0.03");
  fixture_stop (fixture);
}

static void
test_odd_types (Fixture       *fixture,
                gconstpointer  data)
{
  int frame;

  fixture_knobs (fixture, "FAIRLEAD_DEMO_FAIL=odd-types");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_object_get (fairlead_run_get_solver (fixture->run), "frame", &frame, NULL);
  g_assert_cmpint (frame, ==, -1);
  fixture_stop (fixture);
  fixture_knobs (fixture, "FAIRLEAD_DEMO_AUTOSTART=1");
  fairlead_run_start_solver (fixture->run);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  /* And a solve that moves on is seen to. */
  wait_until ((g_object_get (fairlead_run_get_solver (fixture->run), "frame", &frame, NULL), frame > 0));
  fixture_stop (fixture);
}

static void
test_exit_later (Fixture       *fixture,
                 gconstpointer  data)
{
  fixture_knobs (fixture, "FAIRLEAD_DEMO_FAIL=exit-later");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  wait_until (fairlead_run_get_server_state (fixture->run) == FAIRLEAD_SERVER_EXITED);
  g_assert_nonnull (strstr (fairlead_run_get_error (fixture->run)->message, "ended: "));
  g_assert_nonnull (strstr (fairlead_error_get_details (fairlead_run_get_error (fixture->run)),
                            "out of memory"));
  g_assert_null (fairlead_run_get_tunnel (fixture->run));
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_ONLINE);
}

/* Spaces, quotes and $() in the path are only characters. */
static void
test_path (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *touched = g_build_filename (fixture->home, "x", NULL);

  fixture_use_path (fixture, "a b'c\"d $(touch x) `touch x` \\ é;&*\nnext");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_assert_false (g_file_test (touched, G_FILE_TEST_EXISTS));
  fixture_stop (fixture);
}

static void
test_no_path (Fixture       *fixture,
              gconstpointer  data)
{
  const GError *error;

  g_object_set (fixture->profile, "remote-path", "/nowhere/at all/", NULL);
  fixture_connect (fixture);
  error = fairlead_run_get_error (fixture->run);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_cmpstr (error->message, ==, "Remote path not found (/nowhere/at all/server.py).");
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_ONLINE);

  g_object_set (fixture->profile, "remote-path", "~", NULL);
  fairlead_run_start_solver (fixture->run);
  wait_idle (fixture);
  error = fairlead_run_get_error (fixture->run);
  g_assert_cmpstr (error->message, ==, "Remote path not found (~/server.py).");

  g_object_set (fixture->profile, "remote-path", fixture->path, NULL);
  fairlead_run_start_solver (fixture->run);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
}

static void
test_nothing_to_start (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (FairleadStep) step = NULL;

  g_object_set (fixture->profile, "remote-path", "", NULL);
  fixture_connect (fixture);
  g_assert_no_error (fairlead_run_get_error (fixture->run));
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_ONLINE);
  step = g_list_model_get_item (fairlead_run_get_steps (fixture->run), FAIRLEAD_STEP_OPEN_TUNNEL);
  g_assert_cmpint (fairlead_step_get_state (step), ==, FAIRLEAD_STEP_SKIPPED);
}

static void
test_launch_command (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *file = g_build_filename (fixture->path, "server.py", NULL);
  g_autofree char *moved = g_build_filename (fixture->path, "its server", NULL);

  g_assert_cmpint (g_rename (file, moved), ==, 0);
  g_object_set (fixture->profile, "launch-command", "echo \"it's $((1 + 1))\"; exec python3 'its server'",
                NULL);
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  wait_until (fixture_count_log (fixture, "it's 2") == 1);
  fixture_stop (fixture);
}

/* A stop ends our own process group, and nothing that merely looks like it. */
/* Answers the question for the launch command, of which nothing has run yet. */
static void
answer_approval (Fixture  *fixture,
                 gboolean  approved)
{
  FairleadApprovalQuestion *question;

  wait_until (fake_person_asked (fixture->person));
  question = FAIRLEAD_APPROVAL_QUESTION (fake_person_get_question (fixture->person));
  g_assert_cmpint (question->kind, ==, FAIRLEAD_COMMAND_LAUNCH);
  g_assert_cmpstr (question->command, ==, "echo imported; exec python3 server.py");
  g_assert_cmpuint (fixture_count_log (fixture, "imported"), ==, 0);
  question->approved = approved;
  fake_person_answer (fixture->person);
  wait_idle (fixture);
}

/* A launch command that came by import runs only after the person allowed it, and is asked for once. */
static void
test_imported_command (Fixture       *fixture,
                       gconstpointer  data)
{
  g_object_set (fixture->profile, "launch-command", "echo imported; exec python3 server.py",
                "imported", TRUE, NULL);
  fairlead_run_connect (fixture->run);
  answer_approval (fixture, FALSE);
  g_assert_error (fairlead_run_get_error (fixture->run), FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_cmpuint (fixture_count_log (fixture, "imported"), ==, 0);
  fixture_disconnect (fixture);

  fairlead_run_connect (fixture->run);
  answer_approval (fixture, TRUE);
  fixture_assert_ready (fixture);
  wait_until (fixture_count_log (fixture, "imported") == 1);
  fixture_stop (fixture);
  fixture_disconnect (fixture);

  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
}

static void
test_stop_only_ours (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *other = g_build_filename (fixture->root, "other", NULL);
  g_autofree char *port = g_strdup_printf ("%u", free_port ());
  g_autofree char *server = g_build_filename (fixture->path, "server.py", NULL);
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess) decoy = NULL;
  gint64 pid;

  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_cwd (launcher, other);
  decoy = g_subprocess_launcher_spawn (launcher, NULL, "python3", server, "--host", "127.0.0.1", "--port",
                                       port, NULL);
  g_assert_nonnull (decoy);
  fixture_knobs (fixture, "FAIRLEAD_DEMO_FAIL=stubborn");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  pid = fixture_recorded_pid (fixture);
  /* It ignores TERM: then KILL. */
  fairlead_run_set_stop_grace (fixture->run, 1);
  fixture_stop (fixture);
  g_assert_false (process_runs (pid));
  g_assert_nonnull (g_subprocess_get_identifier (decoy));
  g_assert_true (process_runs (g_ascii_strtoll (g_subprocess_get_identifier (decoy), NULL, 10)));
  g_subprocess_force_exit (decoy);
  g_subprocess_wait (decoy, NULL, NULL);
}

static void
test_port_taken (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autofree char *progress = g_build_filename (fixture->path, "progress.log", NULL);
  g_autofree char *pid = g_strdup_printf ("(process %d)", getpid ());
  g_autofree char *bound = NULL;
  g_autofree char *bound_to = NULL;
  const GError *error;
  FairleadFix fix;
  guint port;

  g_assert_true (g_file_set_contents (progress, "someone's\n", -1, NULL));
  g_assert_true (g_socket_listener_add_inet_port (listener, fixture->server_port, NULL, NULL));
  fixture_connect (fixture);
  error = fairlead_run_get_error (fixture->run);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_nonnull (strstr (error->message, "is taken by another process of your account"));
  g_assert_nonnull (strstr (error->message, pid));
  g_assert_nonnull (strstr (fairlead_error_get_hint (error), "is free"));
  g_assert_cmpint (fairlead_run_get_server_state (fixture->run), ==, FAIRLEAD_SERVER_STOPPED);
  /* Nothing was touched, since nothing was launched. */
  g_assert_true (g_file_test (progress, G_FILE_TEST_EXISTS));

  /* The one that is offered is used; the profile's stays. */
  g_assert_true (fairlead_fix_from_error (error, &fix));
  g_assert_cmpint (fix.kind, ==, FAIRLEAD_REMEDY_USE_PORT);
  port = fix.port;
  fairlead_run_apply_fix (fixture->run, &fix, FALSE);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  bound = g_strdup_printf ("127.0.0.1:%u", port);
  g_object_get (fixture->run, "bound-to", &bound_to, NULL);
  g_assert_cmpstr (bound_to, ==, bound);
  g_assert_cmpuint (fairlead_profile_get_server_port (fixture->profile), ==, fixture->server_port);
  g_assert_cmpuint (fairlead_run_get_server_port (fixture->run), ==, port);
  /* It holds over a connect, until the profile says another. */
  fixture_disconnect (fixture);
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
  g_object_set (fixture->profile, "server-port", fixture->server_port + 1, NULL);
  g_assert_cmpuint (fairlead_run_get_server_port (fixture->run), ==, fixture->server_port + 1);
  g_socket_listener_close (listener);
}

/* Any port will do: the next free one is taken without a question, and then the one where it runs. */
static void
test_any_port (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  gboolean adopted;
  gint64 pid;

  g_assert_true (g_socket_listener_add_inet_port (listener, fixture->server_port, NULL, NULL));
  fairlead_run_set_any_port (fixture->run, TRUE);
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_assert_cmpuint (fairlead_run_get_server_port (fixture->run), >, fixture->server_port);
  pid = fixture_recorded_pid (fixture);
  fixture_disconnect (fixture);
  g_socket_listener_close (listener);

  fairlead_run_use_server_port (fixture->run, free_port (), FALSE);
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_object_get (fixture->run, "adopted", &adopted, NULL);
  g_assert_true (adopted);
  g_assert_cmpint (fixture_recorded_pid (fixture), ==, pid);
  fixture_stop (fixture);
  g_assert_false (process_runs (pid));
}

static void
test_path_in_use (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *port = g_strdup_printf ("solver on port %u, started for “gpu01”", fixture->server_port);
  gboolean adopted;
  FairleadFix fix;
  Fixture other;

  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  fixture_set_up (&other, NULL);
  other.setup.home = fixture->home;
  g_object_set (other.profile, "remote-path", fixture->path, NULL);
  fixture_connect (&other);
  g_assert_error (fairlead_run_get_error (other.run), FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_nonnull (strstr (fairlead_run_get_error (other.run)->message, port));
  g_assert_false (fairlead_run_owns_solver (other.run));
  /* It can be had where it is, and that kept. */
  g_assert_true (fairlead_fix_from_error (fairlead_run_get_error (other.run), &fix));
  g_assert_cmpuint (fix.port, ==, fixture->server_port);
  fairlead_run_apply_fix (other.run, &fix, TRUE);
  wait_idle (&other);
  fixture_assert_ready (&other);
  g_object_get (other.run, "adopted", &adopted, NULL);
  g_assert_true (adopted);
  g_assert_cmpuint (fairlead_profile_get_server_port (other.profile), ==, fixture->server_port);
  g_object_set (other.profile, "server-port", other.server_port, NULL);

  /* One that nobody recorded is seen too. */
  other.setup.home = other.home;
  fixture_disconnect (&other);
  fixture_connect (&other);
  g_assert_nonnull (strstr (fairlead_run_get_error (other.run)->message, "that Fairlead did not start"));
  fixture_tear_down (&other, NULL);
  fixture_stop (fixture);
}

/* Our own on that port, but in another path. */
static void
test_port_ours (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *first = g_strdup (fixture->path);
  Fixture other;

  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  fixture_set_up (&other, NULL);
  other.setup.home = fixture->home;
  g_object_set (other.profile, "server-port", fixture->server_port, NULL);
  fixture_connect (&other);
  g_assert_nonnull (strstr (fairlead_run_get_error (other.run)->message, "in use by your solver in"));
  g_assert_nonnull (strstr (fairlead_run_get_error (other.run)->message, first));
  fixture_tear_down (&other, NULL);
  fixture_stop (fixture);
}

static void
test_stale_lock (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *state = g_build_filename (fixture->home, "state", "fairlead", NULL);
  g_autofree char *lock = NULL;
  g_autofree char *holder = NULL;
  g_autoptr (GDir) dir = NULL;

  fixture_connect (fixture);
  fixture_stop (fixture);
  dir = g_dir_open (state, 0, NULL);
  lock = g_build_filename (state, g_dir_read_name (dir), "lock", NULL);
  holder = g_build_filename (lock, "holder", NULL);
  g_assert_false (g_file_test (lock, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_mkdir (lock, 0700), ==, 0);
  g_assert_true (g_file_set_contents (holder, "1 99 another-boot\n", -1, NULL));
  fairlead_run_start_solver (fixture->run);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  g_assert_false (g_file_test (lock, G_FILE_TEST_EXISTS));
  fixture_stop (fixture);
}

/* The scripts under each shell. */
static void
test_shell (Fixture       *fixture,
            gconstpointer  data)
{
  const char *shell = data;
  g_autofree char *found = g_find_program_in_path (shell);
  g_autofree char *bin = g_build_filename (fixture->root, "bin", NULL);
  g_autofree char *link = g_build_filename (bin, "sh", NULL);

  if (found == NULL)
    {
      g_autofree char *reason = g_strdup_printf ("no %s here", shell);

      g_test_skip (reason);
      return;
    }
  g_assert_cmpint (g_mkdir (bin, 0700), ==, 0);
  g_assert_cmpint (symlink (found, link), ==, 0);
  /* busybox's own tools as well, not only its shell. */
  if (strcmp (shell, "busybox") == 0)
    {
      g_autofree char *command = g_strdup_printf ("busybox --install -s '%s' && rm -f '%s/env'", bin, bin);

      g_assert_true (g_spawn_command_line_sync ("true", NULL, NULL, NULL, NULL));
      g_assert_cmpint (system (command), ==, 0);
    }
  fixture->setup.path = bin;
  fixture_use_path (fixture, "a b'c\"d $(touch x)");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  wait_until (fixture_count_log (fixture, "listening on") == 1);
  fixture_disconnect (fixture);
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
}

static void
cancel_in_session (Fixture              *fixture,
                   FairleadSessionState  state)
{
  fixture->setup.hang_in = state;
  fairlead_run_connect (fixture->run);
  wait_until (fixture->remote != NULL && fairlead_remote_get_state (FAIRLEAD_REMOTE (fixture->remote)) == state);
  fairlead_run_cancel (fixture->run);
  g_assert_false (fairlead_run_is_busy (fixture->run));
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_OFFLINE);
  g_assert_no_error (fairlead_run_get_error (fixture->run));
  fixture->remote = NULL;
}

static void
test_cancel_connecting (Fixture       *fixture,
                        gconstpointer  data)
{
  fairlead_run_connect (fixture->run);
  fairlead_run_cancel (fixture->run);
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_OFFLINE);
  for (FairleadSessionState state = FAIRLEAD_SESSION_CONNECTING; state < FAIRLEAD_SESSION_OPEN; state++)
    cancel_in_session (fixture, state);
  fixture->setup.hang_in = FAIRLEAD_SESSION_IDLE;
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
}

static void
test_cancel_server_step (Fixture       *fixture,
                         gconstpointer  data)
{
  FairleadStepId id = GPOINTER_TO_UINT (data);
  g_autoptr (FairleadStep) step = g_list_model_get_item (fairlead_run_get_steps (fixture->run), id);

  fairlead_run_connect (fixture->run);
  wait_until (fairlead_step_get_state (step) == FAIRLEAD_STEP_RUNNING);
  fairlead_run_cancel (fixture->run);
  g_assert_false (fairlead_run_is_busy (fixture->run));
  g_assert_cmpint (fairlead_step_get_state (step), ==, FAIRLEAD_STEP_SKIPPED);
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_ONLINE);
  g_assert_no_error (fairlead_run_get_error (fixture->run));
  g_assert_null (fairlead_run_get_tunnel (fixture->run));
  /* At once again: what was begun is found. */
  fairlead_run_start_solver (fixture->run);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
}

/* Puts @script into the remote's PATH, in front of the program of that name. In it, hold() says that it is
 * there ("held" below the fixture's root has its pid) and waits for the test's "go". */
static void
wrap_program (Fixture    *fixture,
              const char *bin,
              const char *name,
              const char *script)
{
  g_autofree char *file = g_build_filename (bin, name, NULL);
  g_autofree char *found = g_find_program_in_path (name);
  g_autofree char *text = NULL;

  text = g_strdup_printf ("#!/bin/sh\nroot='%s' program='%s'\n"
                          "hold () {\n"
                          "  echo $$ >\"$root/held.new\"\n"
                          "  /bin/mv \"$root/held.new\" \"$root/held\"\n"
                          "  until [ -e \"$root/go\" ]; do sleep 0.02; done\n"
                          "}\n%s\n", fixture->root, found, script);
  g_assert_cmpint (g_mkdir (bin, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  g_assert_cmpint (g_chmod (file, 0755), ==, 0);
  fixture->setup.path = bin;
}

/* A file of this host's records. */
static char *
dup_state (Fixture    *fixture,
           const char *name)
{
  g_autofree char *state = g_build_filename (fixture->home, "state", "fairlead", NULL);
  g_autoptr (GDir) dir = g_dir_open (state, 0, NULL);
  const char *machine = dir ? g_dir_read_name (dir) : NULL;
  g_autofree char *file = machine ? g_build_filename (state, machine, name, NULL) : NULL;
  char *text = NULL;

  if (file != NULL)
    g_file_get_contents (file, &text, NULL, NULL);
  return text;
}

static gboolean
claim_is_not (Fixture    *fixture,
              const char *before)
{
  g_autofree char *claim = dup_state (fixture, "launching");

  return g_strcmp0 (claim, before) != 0;
}

/* Starts the solver, and kills the launch's shell, which a cancel may do at any moment, when the wrapped
 * program holds its supervisor; returns the pid of what is held. */
static gint64
cut_launch_off (Fixture *fixture)
{
  g_autofree char *file = g_build_filename (fixture->root, "held", NULL);
  g_autofree char *held = NULL;
  g_autofree char *holder = NULL;
  gint64 launcher;

  fairlead_run_connect (fixture->run);
  wait_until (g_file_test (file, G_FILE_TEST_EXISTS));
  holder = dup_state (fixture, "lock/holder");
  g_assert_nonnull (holder);
  launcher = g_ascii_strtoll (holder, NULL, 10);
  g_assert_true (process_runs (launcher));
  kill ((pid_t) launcher, SIGKILL);
  wait_until (!process_runs (launcher));
  fairlead_run_cancel (fixture->run);
  g_assert_true (g_file_get_contents (file, &held, NULL, NULL));
  return g_ascii_strtoll (held, NULL, 10);
}

static void
let_go_on (Fixture *fixture)
{
  g_autofree char *file = g_build_filename (fixture->root, "go", NULL);

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
}

/* Cut off when the solver is about to be recorded: the next launch waits for the record, and adopts. */
static void
test_cancel_before_record (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autofree char *bin = g_build_filename (fixture->root, "bin", NULL);
  g_autofree char *claim = NULL;
  gboolean adopted;

  wrap_program (fixture, bin, "mv", "case $1 in */record.new) hold ;; esac\nexec \"$program\" \"$@\"");
  cut_launch_off (fixture);
  claim = dup_state (fixture, "launching");
  fairlead_run_start_solver (fixture->run);
  wait_until (claim_is_not (fixture, claim));
  let_go_on (fixture);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  g_object_get (fixture->run, "adopted", &adopted, NULL);
  g_assert_true (adopted);
  wait_until (fixture_count_log (fixture, "listening on") == 1);
  fixture_stop (fixture);
}

/* Cut off before its supervisor can be seen: the next launch is the one that counts, and when the belated
 * supervisor gets to run it starts nothing. */
static void
test_cancel_before_supervisor (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autofree char *bin = g_build_filename (fixture->root, "bin", NULL);
  gint64 held;
  gint64 pid;

  wrap_program (fixture, bin, "setsid",
                "if [ -z \"$token\" ] && [ ! -e \"$root/held\" ]; then\n"
                "  token=$FAIRLEAD_RUN exec env -u FAIRLEAD_RUN \"$0\" \"$@\"\n"
                "elif [ -n \"$token\" ]; then\n"
                "  cd / && hold && cd \"$OLDPWD\"\n"
                "  FAIRLEAD_RUN=$token\n"
                "  export FAIRLEAD_RUN\n"
                "fi\n"
                "exec \"$program\" \"$@\"");
  held = cut_launch_off (fixture);
  fairlead_run_start_solver (fixture->run);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  pid = fixture_recorded_pid (fixture);
  let_go_on (fixture);
  wait_until (!process_runs (held));
  g_assert_cmpint (fixture_recorded_pid (fixture), ==, pid);
  g_assert_true (process_runs (pid));
  fixture_stop (fixture);
  g_assert_cmpuint (fixture_count_log (fixture, "address already in use"), ==, 0);
}

static void
test_connection_lost (Fixture       *fixture,
                      gconstpointer  data)
{
  gint64 pid;
  guint lines;
  gboolean adopted;

  fairlead_run_set_reconnect (fixture->run, FALSE);
  fixture_knobs (fixture, "FAIRLEAD_DEMO_AUTOSTART=1");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  wait_until (fixture_count_log (fixture, "frame ") >= 5);
  pid = fixture_recorded_pid (fixture);
  lines = fixture_count_log (fixture, "");
  fake_remote_lose (fixture->remote);
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_FAILED);
  g_assert_cmpint (fairlead_run_get_server_state (fixture->run), ==, FAIRLEAD_SERVER_UNKNOWN);
  g_assert_error (fairlead_run_get_error (fixture->run), FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_null (fairlead_run_get_tunnel (fixture->run));
  g_assert_cmpuint (fixture_count_log (fixture, ""), >=, lines);

  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_object_get (fixture->run, "adopted", &adopted, NULL);
  g_assert_true (adopted);
  g_assert_cmpint (fixture_recorded_pid (fixture), ==, pid);
  wait_until (fixture_count_log (fixture, "frame ") >= 15);
  for (guint frame = 1; frame <= 15; frame++)
    {
      g_autofree char *text = g_strdup_printf ("demo: frame %u:", frame);

      g_assert_cmpuint (fixture_count_log (fixture, text), ==, 1);
    }
  fixture_stop (fixture);
}

static void
test_lost_while_waiting (Fixture       *fixture,
                         gconstpointer  data)
{
  fairlead_run_set_reconnect (fixture->run, FALSE);
  fixture_knobs (fixture, "FAIRLEAD_DEMO_FAIL=never-ready");
  fairlead_run_connect (fixture->run);
  wait_until (fairlead_run_get_server_state (fixture->run) == FAIRLEAD_SERVER_WAITING);
  fake_remote_lose (fixture->remote);
  g_assert_false (fairlead_run_is_busy (fixture->run));
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_FAILED);
  g_assert_error (fairlead_run_get_error (fixture->run), FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
}

static void
test_needs_you (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *text = NULL;

  fixture->setup.ask = TRUE;
  fairlead_run_connect (fixture->run);
  wait_until (fake_person_asked (fixture->person));
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_NEEDS_YOU);
  g_object_get (fixture->run, "status-text", &text, NULL);
  g_assert_cmpstr (text, ==, "Needs you");
  fake_person_answer (fixture->person);
  wait_idle (fixture);
  fixture_assert_ready (fixture);
  fixture_stop (fixture);
  fixture_disconnect (fixture);

  /* And a cancel takes the question back. */
  fairlead_run_connect (fixture->run);
  wait_until (fake_person_asked (fixture->person));
  g_object_add_weak_pointer (G_OBJECT (fixture->remote), (gpointer *) &fixture->remote);
  fairlead_run_cancel (fixture->run);
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_OFFLINE);
  wait_until (!fake_person_asked (fixture->person));
  /* Its worker has the person for a moment longer. */
  wait_until (fixture->remote == NULL);
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (FairleadStep) step = NULL;

  fixture->setup.refuse = "gpu01 refused all 2 keys.";
  fixture_connect (fixture);
  g_assert_error (fairlead_run_get_error (fixture->run), FAIRLEAD_ERROR, FAIRLEAD_ERROR_AUTH);
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_FAILED);
  step = g_list_model_get_item (fairlead_run_get_steps (fixture->run), FAIRLEAD_STEP_SIGN_IN);
  g_assert_cmpint (fairlead_step_get_state (step), ==, FAIRLEAD_STEP_FAILED);
}

/* What could be taken for an option never comes to an engine; tests/integration has the containers. */
static void
test_container (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (FairleadStep) step = NULL;

  g_object_set (fixture->profile, "type", FAIRLEAD_PROFILE_TYPE_DOCKER_SSH, "container", "--privileged",
                "container-path", "/opt/solver", NULL);
  fixture_connect (fixture);
  g_assert_error (fairlead_run_get_error (fixture->run), FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_ONLINE);
  step = g_list_model_get_item (fairlead_run_get_steps (fixture->run), FAIRLEAD_STEP_PREPARE);
  g_assert_cmpint (fairlead_step_get_state (step), ==, FAIRLEAD_STEP_FAILED);
  g_assert_cmpstr (fairlead_step_get_title (step), ==, "Check container");
}

/* MaxSessions 1: the follower makes way for each script, and loses nothing by it. */
static void
test_one_session (Fixture       *fixture,
                  gconstpointer  data)
{
  guint seen = 0;

  fixture->setup.one_session = TRUE;
  fixture_knobs (fixture, "FAIRLEAD_DEMO_AUTOSTART=1");
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  wait_until ((seen = fixture_count_log (fixture, "frame ")) >= 12);
  for (guint frame = 1; frame <= 12; frame++)
    {
      g_autofree char *text = g_strdup_printf ("demo: frame %u:", frame);

      g_assert_cmpuint (fixture_count_log (fixture, text), ==, 1);
    }
  fixture_stop (fixture);
}

static void
test_local_port_taken (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autofree char *detail = NULL;
  guint port;

  g_object_get (fixture->profile, "local-port", &port, NULL);
  g_assert_true (g_socket_listener_add_inet_port (listener, port, NULL, NULL));
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
  g_assert_cmpuint (fairlead_forward_get_local_port (fairlead_run_get_tunnel (fixture->run)), !=, port);
  detail = fixture_step_detail (fixture, FAIRLEAD_STEP_OPEN_TUNNEL);
  g_assert_nonnull (strstr (detail, "is taken on this computer"));
  g_socket_listener_close (listener);
  fixture_stop (fixture);
}

#define ADD(name, data, function) \
  g_test_add ("/run/" name, Fixture, data, fixture_set_up, function, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  static const struct {
    const char *name;
    FairleadStepId id;
  } server_steps[] = {
    { "check-path", FAIRLEAD_STEP_CHECK_PATH },
    { "start-server", FAIRLEAD_STEP_START_SERVER },
    { "wait-ready", FAIRLEAD_STEP_WAIT_READY },
    { "check-exposure", FAIRLEAD_STEP_CHECK_EXPOSURE },
    { "open-tunnel", FAIRLEAD_STEP_OPEN_TUNNEL },
  };
  static const char * const shells[] = { "dash", "bash", "busybox" };
  char *own = own_config_new ();
  int result;

  g_test_init (&argc, &argv, NULL);
  ADD ("ready", NULL, test_ready);
  ADD ("adopt", NULL, test_adopt);
  ADD ("adopt-elsewhere", NULL, test_adopt_elsewhere);
  ADD ("restart", NULL, test_restart);
  ADD ("restart-nothing", NULL, test_restart_nothing);
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autofree char *name = g_strdup_printf ("/run/failure/%s", failures[i].name);

      g_test_add (name, Fixture, &failures[i], fixture_set_up, test_failure, fixture_tear_down);
    }
  ADD ("exit-later", NULL, test_exit_later);
  ADD ("old-protocol", NULL, test_old_protocol);
  ADD ("odd-types", NULL, test_odd_types);
  ADD ("path", NULL, test_path);
  ADD ("no-path", NULL, test_no_path);
  ADD ("nothing-to-start", NULL, test_nothing_to_start);
  ADD ("launch-command", NULL, test_launch_command);
  ADD ("imported-command", NULL, test_imported_command);
  ADD ("stop-only-ours", NULL, test_stop_only_ours);
  ADD ("port-taken", NULL, test_port_taken);
  ADD ("any-port", NULL, test_any_port);
  ADD ("port-ours", NULL, test_port_ours);
  ADD ("path-in-use", NULL, test_path_in_use);
  ADD ("stale-lock", NULL, test_stale_lock);
  for (gsize i = 0; i < G_N_ELEMENTS (shells); i++)
    {
      g_autofree char *name = g_strdup_printf ("/run/shell/%s", shells[i]);

      g_test_add (name, Fixture, shells[i], fixture_set_up, test_shell, fixture_tear_down);
    }
  ADD ("cancel/connecting", NULL, test_cancel_connecting);
  for (gsize i = 0; i < G_N_ELEMENTS (server_steps); i++)
    {
      g_autofree char *name = g_strdup_printf ("/run/cancel/%s", server_steps[i].name);

      g_test_add (name, Fixture, GUINT_TO_POINTER (server_steps[i].id), fixture_set_up,
                  test_cancel_server_step, fixture_tear_down);
    }
  ADD ("cancel/before-record", NULL, test_cancel_before_record);
  ADD ("cancel/before-supervisor", NULL, test_cancel_before_supervisor);
  ADD ("connection-lost", NULL, test_connection_lost);
  ADD ("lost-while-waiting", NULL, test_lost_while_waiting);
  ADD ("needs-you", NULL, test_needs_you);
  ADD ("refused", NULL, test_refused);
  ADD ("container", NULL, test_container);
  ADD ("one-session", NULL, test_one_session);
  ADD ("local-port-taken", NULL, test_local_port_taken);
  result = g_test_run ();
  own_config_remove (own);
  return result;
}
