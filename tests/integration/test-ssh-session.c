/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-ssh-session.h"
#include "ssh-fixture.h"

/* The ssh layer against a real sshd: what every session does. */

/* ---- commands ---- */

static void
test_command (Fixture       *fixture,
              gconstpointer  data)
{
  const char *command = "printf 'out\\n'; printf 'err\\n' >&2; cat; exit 7";
  const char *input = "all of the input\n";
  g_autoptr (GBytes) bytes = g_bytes_new (input, strlen (input));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (GBytes) out = NULL, err = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_remote_run_async (fixture->remote, command, bytes, MIB, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_run_finish (fixture->remote, result, &out, &err, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (out, NULL), g_bytes_get_size (out),
                   "out\nall of the input\n", strlen ("out\nall of the input\n"));
  g_assert_cmpmem (g_bytes_get_data (err, NULL), g_bytes_get_size (err), "err\n", 4);
  g_assert_cmpint (fairlead_remote_process_get_exit_status (process), ==, 7);
  g_assert_null (fairlead_remote_process_get_exit_signal (process));
}

static void
test_signal (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_remote_run_async (fixture->remote, "kill -TERM $$", NULL, MIB, NULL, keep_result_cb,
                             &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_run_finish (fixture->remote, result, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fairlead_remote_process_get_exit_signal (process), ==, "TERM");
  g_assert_cmpint (fairlead_remote_process_get_exit_status (process), ==, -1);
}

/* A stream of 64 MiB each way arrives as it was sent, and the process is not all in memory. */
static void
test_bulk (Fixture       *fixture,
           gconstpointer  data)
{
  gsize size = 64 * MIB;
  g_autofree guint8 *content = g_malloc (size);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GError) error = NULL;
  guint32 seed = 1;

  for (gsize i = 0; i < size; i++)
    content[i] = (seed = seed * 1664525 + 1013904223) >> 24;
  bytes = g_bytes_new_take (g_steal_pointer (&content), size);
  fairlead_remote_run_async (fixture->remote, "cat", bytes, size + 1, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_run_finish (fixture->remote, result, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (out), ==, size);
  g_assert_true (g_bytes_equal (out, bytes));
  g_assert_cmpint (fairlead_remote_process_get_exit_status (process), ==, 0);
}

/* More than MaxSessions at once: those that do not fit wait for the others (sshd's default is 10). */
static void
test_many_commands (Fixture       *fixture,
                    gconstpointer  data)
{
  enum { N = 25 };
  GAsyncResult *results[N] = { NULL };

  for (guint i = 0; i < N; i++)
    {
      g_autofree char *command = g_strdup_printf ("read line; echo %u", i);
      g_autoptr (GBytes) input = g_bytes_new_static ("go\n", 3);

      fairlead_remote_run_async (fixture->remote, command, input, MIB, NULL, keep_result_cb,
                                 &results[i]);
    }
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *expected = g_strdup_printf ("%u\n", i);
      g_autoptr (FairleadRemoteProcess) process = NULL;
      g_autoptr (GBytes) out = NULL;
      g_autoptr (GError) error = NULL;

      WAIT_FOR (results[i] != NULL);
      process = fairlead_remote_run_finish (fixture->remote, results[i], &out, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (out, NULL), g_bytes_get_size (out), expected,
                       strlen (expected));
      g_object_unref (results[i]);
    }
}

/* A process that nobody wants any more ends with its streams. */
static void
test_dropped_process (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autofree char *mark = g_build_filename (fixture->directory, "ended", NULL);
  g_autofree char *command = g_strdup_printf ("trap 'echo > %s' EXIT; cat > /dev/null", mark);
  g_autoptr (GAsyncResult) result = NULL;
  FairleadRemoteProcess *process;
  g_autoptr (GError) error = NULL;

  fairlead_remote_spawn_async (fixture->remote, command, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_spawn_finish (fixture->remote, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_finalize_object (process);
  for (gint64 end = g_get_monotonic_time () + DEADLINE_SECONDS * G_USEC_PER_SEC;
       !g_file_test (mark, G_FILE_TEST_EXISTS);)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_remove (mark);
}

/* ---- tunnels ---- */

typedef struct {
  guint port;
  guint number;
  gboolean good;
} Client;

static gpointer
client_thread (gpointer data)
{
  Client *client = data;

  client->good = test_exchange (client->port, client->number);
  return NULL;
}

/* 200 connections at once, each shutting its side after the request, all get their full answer. */
static void
test_half_close (Fixture       *fixture,
                 gconstpointer  data)
{
  enum { N = 200 };
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadForward) forward = test_forward (fixture, 0, FALSE, echo_port (echo), &error);
  FairleadForwardCounters counters;
  Client clients[N];
  GThread *threads[N];

  g_assert_no_error (error);
  for (guint i = 0; i < N; i++)
    {
      clients[i] = (Client) { .port = fairlead_forward_get_local_port (forward), .number = i };
      threads[i] = g_thread_new ("client", client_thread, &clients[i]);
    }
  for (guint i = 0; i < N; i++)
    {
      g_thread_join (threads[i]);
      g_assert_true (clients[i].good);
    }
  WAIT_FOR ((fairlead_forward_get_counters (forward, &counters),
             counters.total == N && counters.open == 0));
  g_assert_cmpuint (counters.failed, ==, 0);
  g_assert_cmpuint (counters.received, ==, 2 * counters.sent);
  fairlead_forward_close (forward);
  WAIT_FOR (!fairlead_forward_is_open (forward));
}

static void
test_stream (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  char answer[64];
  gsize n = 0;

  fairlead_remote_open_tcp_async (fixture->remote, "127.0.0.1", echo_port (echo), NULL, keep_result_cb,
                                  &result);
  WAIT_FOR (result != NULL);
  stream = fairlead_remote_open_tcp_finish (fixture->remote, result, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), "ping", 4, NULL, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close (g_io_stream_get_output_stream (stream), NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_all (g_io_stream_get_input_stream (stream), answer, sizeof answer, &n, NULL,
                           &error);
  g_assert_no_error (error);
  g_assert_cmpmem (answer, n, "pingping", 8);
}

static void
test_nobody_listens (Fixture       *fixture,
                     gconstpointer  data)
{
  Echo *echo = echo_start ();
  guint port = echo_port (echo);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  echo_stop (echo);
  fairlead_remote_open_tcp_async (fixture->remote, "127.0.0.1", port, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  g_assert_null (fairlead_remote_open_tcp_finish (fixture->remote, result, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_cmpint (fairlead_remote_get_state (fixture->remote), ==, FAIRLEAD_SESSION_OPEN);
}

static void
test_busy_port (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadForward) refused = test_forward (fixture, echo_port (echo), FALSE, 9, &error);
  g_autoptr (FairleadForward) moved = NULL;

  g_assert_null (refused);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_nonnull (fairlead_error_get_hint (error));
  g_clear_error (&error);
  moved = test_forward (fixture, echo_port (echo), TRUE, 9, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fairlead_forward_get_local_port (moved), !=, echo_port (echo));
}

/* ---- host keys ---- */

static void
test_first_contact (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "known_hosts", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;

  fixture->person->answer = FAIRLEAD_HOST_KEY_TRUST;
  test_connect (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->person->asked, ==, 1);
  g_assert_cmpstr (fixture->person->fingerprint, ==, g_getenv ("SSHD_FINGERPRINT"));
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_nonnull (strstr (content, g_getenv ("SSHD_PORT")));
}

static void
test_refused_key (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "known_hosts", NULL);
  g_autoptr (GError) error = NULL;

  fixture->person->answer = FAIRLEAD_HOST_KEY_CANCEL;
  g_assert_false (test_connect (fixture, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_HOST_KEY);
  g_assert_cmpint (fairlead_remote_get_state (fixture->remote), ==, FAIRLEAD_SESSION_FAILED);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* ---- ends ---- */

/* A server that takes the connection and never says a word. */
static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (FairleadTarget) target = test_target (fixture, echo_port (echo), "/dev/null", NULL);
  g_autoptr (FairleadRemote) remote =
    fairlead_ssh_session_new (target, FAIRLEAD_INTERACTION (fixture->person));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_remote_connect_async (remote, cancellable, keep_result_cb, &result);
  WAIT_FOR (fairlead_remote_get_state (remote) == FAIRLEAD_SESSION_HANDSHAKING);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  WAIT_FOR (result != NULL);
  g_assert_false (fairlead_remote_connect_finish (remote, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_close (remote);
}

/* The server's process for this connection is killed: known within a second, by everyone who waits. */
static void
test_lost (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) waiting = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (FairleadForward) forward = NULL;
  g_autoptr (GError) error = NULL;
  char line[32] = "";
  gint64 killed;

  forward = test_forward (fixture, 0, FALSE, 9, &error);
  g_assert_no_error (error);
  fairlead_remote_spawn_async (fixture->remote, "echo $PPID; cat", NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_spawn_finish (fixture->remote, result, &error);
  g_assert_no_error (error);
  while (strchr (line, '\n') == NULL)
    g_assert_cmpint (g_input_stream_read (fairlead_remote_process_get_output (process),
                                          line + strlen (line), 1, NULL, NULL), ==, 1);
  fairlead_remote_process_wait_async (process, NULL, keep_result_cb, &waiting);
  killed = g_get_monotonic_time ();
  g_assert_no_errno (kill (g_ascii_strtoll (line, NULL, 10), SIGKILL));
  WAIT_FOR (fairlead_remote_get_state (fixture->remote) == FAIRLEAD_SESSION_FAILED);
  g_assert_cmpint (g_get_monotonic_time () - killed, <, G_USEC_PER_SEC);
  g_assert_error (fairlead_remote_get_error (fixture->remote), FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  WAIT_FOR (waiting != NULL);
  g_assert_false (fairlead_remote_process_wait_finish (process, waiting, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  WAIT_FOR (!fairlead_forward_is_open (forward));
}

/* Closing does not wait for what still runs, and tells it. */
static void
test_close_busy (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GAsyncResult) ran = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_remote_run_async (fixture->remote, "cat /dev/zero", NULL, MIB, NULL, keep_result_cb, &ran);
  fairlead_remote_close_async (fixture->remote, NULL, keep_result_cb, &closed);
  WAIT_FOR (closed != NULL && ran != NULL);
  g_assert_true (fairlead_remote_close_finish (fixture->remote, closed, NULL));
  fairlead_remote_spawn_async (fixture->remote, "true", NULL, keep_result_cb, &late);
  WAIT_FOR (late != NULL);
  g_assert_null (fairlead_remote_spawn_finish (fixture->remote, late, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!test_ready ())
    return 2;

#define OPEN(path, func) g_test_add (path, Fixture, NULL, test_set_up_open, func, test_tear_down)
#define NEW(path, func) g_test_add (path, Fixture, NULL, test_set_up, func, test_tear_down)
  OPEN ("/ssh/command/streams", test_command);
  OPEN ("/ssh/command/signal", test_signal);
  OPEN ("/ssh/command/bulk", test_bulk);
  OPEN ("/ssh/command/many", test_many_commands);
  OPEN ("/ssh/command/dropped", test_dropped_process);
  OPEN ("/ssh/tunnel/half-close", test_half_close);
  OPEN ("/ssh/tunnel/stream", test_stream);
  OPEN ("/ssh/tunnel/nobody-listens", test_nobody_listens);
  OPEN ("/ssh/tunnel/busy-port", test_busy_port);
  NEW ("/ssh/host-key/first-contact", test_first_contact);
  NEW ("/ssh/host-key/refused", test_refused_key);
  NEW ("/ssh/end/cancel", test_cancel);
  OPEN ("/ssh/end/lost", test_lost);
  OPEN ("/ssh/end/close-busy", test_close_busy);
  return g_test_run ();
}
