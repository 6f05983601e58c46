/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "ssh-fixture.h"

/* How sessions end, and that they are quiet until then. */

/* The fixture's session goes through a wire that can be held. */
static Relay *
connect_by_relay (Fixture    *fixture,
                  const char *config)
{
  Relay *relay = relay_start (test_sshd_port ());
  g_autoptr (FairleadTarget) target = test_target (fixture, relay_get_port (relay), NULL, config);
  g_autoptr (GError) error = NULL;

  fixture->person->answer = FAIRLEAD_HOST_KEY_ONCE;
  test_use_target (fixture, target);
  test_connect (fixture, &error);
  g_assert_no_error (error);
  return relay;
}

static FairleadRemoteProcess *
spawn (Fixture    *fixture,
       const char *command)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FairleadRemoteProcess *process;

  fairlead_remote_spawn_async (fixture->remote, command, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_spawn_finish (fixture->remote, result, &error);
  g_assert_no_error (error);
  return process;
}

/* What the server had sent when it was killed is handed out, to the last byte, before the session says
 * that it is lost: packets and end arrive at once. */
static void
test_late_data (Fixture       *fixture,
                gconstpointer  data)
{
  enum { SIZE = 50000 };
  g_autoptr (Relay) relay = connect_by_relay (fixture, NULL);
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autofree char *buffer = g_malloc (2 * SIZE);
  g_autoptr (GAsyncResult) result = NULL;
  GPid pid = test_connection_pid (fixture);
  guint64 before;
  gsize n = 0;

  process = spawn (fixture, "read line; head -c 50000 /dev/zero; exec sleep 1000");
  relay_hold_down (relay, TRUE);
  before = relay_get_down (relay);
  g_assert_true (g_output_stream_write_all (fairlead_remote_process_get_input (process), "\n", 1, NULL,
                                            NULL, NULL));
  WAIT_POLLING (relay_get_down (relay) >= before + SIZE);
  g_assert_no_errno (kill (pid, SIGKILL));
  g_input_stream_read_all_async (fairlead_remote_process_get_output (process), buffer, 2 * SIZE, 0, NULL,
                                 keep_result_cb, &result);
  relay_hold_down (relay, FALSE);
  WAIT_FOR (result != NULL);
  g_assert_true (g_input_stream_read_all_finish (fairlead_remote_process_get_output (process), result,
                                                 &n, NULL));
  g_assert_cmpuint (n, ==, SIZE);
  WAIT_FOR (fairlead_remote_get_state (fixture->remote) == FAIRLEAD_SESSION_FAILED);
  g_assert_error (fairlead_remote_get_error (fixture->remote), FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
}

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
         + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The wire takes nothing more, while several commands want to send: no core is burnt, and closing is
 * bounded. */
static void
test_stuck (Fixture       *fixture,
            gconstpointer  data)
{
  enum { N = 6 };
  g_autoptr (Relay) relay = connect_by_relay (fixture, NULL);
  FairleadRemoteProcess *processes[N];
  g_autofree char *block = g_malloc0 (MIB);
  gint64 quiet = 0, start;
  double cpu;

  for (guint i = 0; i < N; i++)
    processes[i] = spawn (fixture, "cat > /dev/null");
  relay_hold_up (relay, TRUE);
  /* Until nobody takes a byte for half a second. */
  for (gint64 now = g_get_monotonic_time (); quiet == 0 || now < quiet + G_USEC_PER_SEC / 2;
       now = g_get_monotonic_time ())
    {
      gboolean took = quiet == 0;

      for (guint i = 0; i < N; i++)
        {
          GOutputStream *input = fairlead_remote_process_get_input (processes[i]);

          took |= g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (input), block,
                                                              MIB, NULL, NULL) > 0;
        }
      if (took)
        quiet = now;
      g_usleep (1000);
    }
  cpu = cpu_seconds ();
  g_usleep (G_USEC_PER_SEC);
  g_assert_cmpfloat (cpu_seconds () - cpu, <, 0.5);

  start = g_get_monotonic_time ();
  cpu = cpu_seconds ();
  test_close (fixture->remote);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
  g_assert_cmpfloat (cpu_seconds () - cpu, <, 0.5);
  for (guint i = 0; i < N; i++)
    g_object_unref (processes[i]);
}

/* How often the I/O thread has gone to sleep. */
static guint64
count_sleeps (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *comm_path = g_build_filename ("/proc/self/task", name, "comm", NULL);
      g_autofree char *path = g_build_filename ("/proc/self/task", name, "status", NULL);
      g_autofree char *comm = NULL;
      g_autofree char *status = NULL;

      if (g_file_get_contents (comm_path, &comm, NULL, NULL) && g_str_equal (comm, "ssh\n")
          && g_file_get_contents (path, &status, NULL, NULL))
        return g_ascii_strtoull (strstr (status, "\nvoluntary_ctxt_switches:")
                                 + strlen ("\nvoluntary_ctxt_switches:"), NULL, 10);
    }
  g_assert_not_reached ();
}

/* Nothing to do: the I/O thread sleeps, with a tunnel, with a client that has shut down its side, and
 * with one whose server has. */
static void
test_idle (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadForward) forward = test_forward (fixture, 0, FALSE, echo_port (echo), &error);
  g_autoptr (FairleadRemoteProcess) process = spawn (fixture, "exec >&- 2>&-; cat; cat");
  g_autoptr (FairleadRemoteProcess) sleeper = spawn (fixture, "exec sleep 1000");
  int idle = test_dial (fairlead_forward_get_local_port (forward));
  FairleadForwardCounters counters;
  guint64 before;

  g_assert_no_error (error);
  g_assert_nonnull (process);
  g_assert_cmpint (idle, >=, 0);
  g_output_stream_close (fairlead_remote_process_get_input (sleeper), NULL, NULL);
  WAIT_FOR ((fairlead_forward_get_counters (forward, &counters), counters.open == 1));
  g_usleep (G_USEC_PER_SEC / 2);
  before = count_sleeps ();
  g_usleep (3 * G_USEC_PER_SEC);
  g_assert_cmpuint (count_sleeps () - before, <=, 2);
  close (idle);
  WAIT_FOR ((fairlead_forward_get_counters (forward, &counters), counters.open == 0));
}

/* The host stops answering (ssh_config(5), ServerAliveInterval). */
static void
test_keepalive (Fixture       *fixture,
                gconstpointer  config)
{
  g_autoptr (FairleadTarget) target =
    test_target (fixture, test_sshd_port (), g_getenv ("SSHD_KNOWN_HOSTS"), config);
  g_autoptr (GError) error = NULL;
  gint64 start;
  GPid pid;

  test_use_target (fixture, target);
  test_connect (fixture, &error);
  g_assert_no_error (error);
  pid = test_connection_pid (fixture);
  /* Alive while it answers: longer than it takes to give up on it. */
  start = g_get_monotonic_time ();
  while (g_get_monotonic_time () < start + 5 * G_USEC_PER_SEC)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpint (fairlead_remote_get_state (fixture->remote), ==, FAIRLEAD_SESSION_OPEN);
      g_usleep (10000);
    }
  start = g_get_monotonic_time ();
  g_assert_no_errno (kill (pid, SIGSTOP));
  WAIT_FOR (fairlead_remote_get_state (fixture->remote) == FAIRLEAD_SESSION_FAILED);
  g_assert_cmpint (g_get_monotonic_time () - start, >, G_USEC_PER_SEC);
  g_assert_no_errno (kill (pid, SIGKILL));
  g_assert_error (fairlead_remote_get_error (fixture->remote), FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
}

static void
checked_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Asked for a sign of life, an idle connection without keepalives gives one, as often as it is asked; one
 * whose host is silent is lost within seconds, and then the answer comes after the state. */
static void
test_check (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (FairleadTarget) target =
    test_target (fixture, test_sshd_port (), g_getenv ("SSHD_KNOWN_HOSTS"), "ServerAliveInterval 0\n");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start;
  GPid pid;

  test_use_target (fixture, target);
  test_connect (fixture, &error);
  g_assert_no_error (error);
  pid = test_connection_pid (fixture);
  for (guint i = 0; i < 3; i++)
    {
      start = g_get_monotonic_time ();
      fairlead_remote_check_async (fixture->remote, NULL, checked_cb, &result);
      WAIT_FOR (result != NULL);
      g_assert_true (fairlead_remote_check_finish (fixture->remote, result, &error));
      g_assert_no_error (error);
      g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
      g_clear_object (&result);
    }
  g_assert_no_errno (kill (pid, SIGSTOP));
  start = g_get_monotonic_time ();
  fairlead_remote_check_async (fixture->remote, NULL, checked_cb, &result);
  WAIT_FOR (result != NULL);
  g_assert_cmpint (fairlead_remote_get_state (fixture->remote), ==, FAIRLEAD_SESSION_FAILED);
  g_assert_false (fairlead_remote_check_finish (fixture->remote, result, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_cmpint (g_get_monotonic_time () - start, >, G_USEC_PER_SEC);
  g_assert_no_errno (kill (pid, SIGKILL));
  g_clear_object (&result);
  g_clear_error (&error);

  /* And of one that has ended. */
  fairlead_remote_check_async (fixture->remote, NULL, checked_cb, &result);
  WAIT_FOR (result != NULL);
  g_assert_false (fairlead_remote_check_finish (fixture->remote, result, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
}

/* ---- cancelled, or dropped, at any moment ---- */

/* An agent that takes what it is asked and never answers. */
static int
mute_agent (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_no_errno (bind (fd, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (fd, 5));
  return fd;
}

static gboolean
has_reached (Fixture    *fixture,
             const char *moment)
{
  FairleadSessionState state = fairlead_remote_get_state (fixture->remote);

  if (g_str_equal (moment, "connecting"))
    return state == FAIRLEAD_SESSION_CONNECTING;
  if (g_str_equal (moment, "handshaking"))
    return state == FAIRLEAD_SESSION_HANDSHAKING;
  if (g_str_equal (moment, "agent"))
    return state == FAIRLEAD_SESSION_AUTHENTICATING;
  return fixture->person->pending != NULL;
}

static FairleadTarget *
target_for (Fixture    *fixture,
            const char *moment,
            BlackHole  *hole,
            Echo       *echo,
            int        *agent)
{
  const char *known = g_getenv ("SSHD_KNOWN_HOSTS");
  g_autofree char *config = NULL;

  if (g_str_equal (moment, "connecting"))
    return test_target (fixture, hole->port, known, NULL);
  if (g_str_equal (moment, "handshaking"))
    return test_target (fixture, echo_port (echo), known, NULL);
  if (g_str_equal (moment, "host-key"))
    return test_target (fixture, test_sshd_port (), NULL, NULL);
  if (g_str_equal (moment, "agent"))
    {
      g_autofree char *path = g_build_filename (fixture->directory, "agent", NULL);

      *agent = mute_agent (path);
      config = g_strdup_printf ("IdentityAgent %s\n", path);
    }
  else
    {
      g_autofree char *key = test_make_key (fixture, "locked", "ed25519", NULL, "secret");
      g_autofree char *public_key = g_strconcat (key, ".pub", NULL);

      test_authorize (public_key);
      config = g_strdup_printf ("IdentityFile %s\n", key);
    }
  return test_target (fixture, test_sshd_port (), known, config);
}

/* At every moment, cancel: it ends at once, with one answer, and nothing is left behind. */
static void
test_cancel_at (Fixture       *fixture,
                gconstpointer  moment)
{
  BlackHole hole;
  Echo *echo = echo_start ();
  int agent = -1;
  g_autoptr (FairleadTarget) target = NULL;

  black_hole_start (&hole);
  fixture->person->thinks = TRUE;
  target = target_for (fixture, moment, &hole, echo, &agent);
  for (guint drop = 0; drop < 2; drop++)
    {
      guint fds;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      FairleadRemote *remote;

      g_clear_object (&fixture->remote);
      fds = test_count_fds ();
      test_use_target (fixture, target);
      remote = fixture->remote;
      fairlead_remote_connect_async (remote, cancellable, keep_result_cb, &result);
      WAIT_FOR (has_reached (fixture, moment));
      g_assert_null (result);
      if (drop)
        g_clear_object (&fixture->remote);
      g_cancellable_cancel (cancellable);
      WAIT_FOR (result != NULL);
      g_assert_false (fairlead_remote_connect_finish (remote, result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      if (!drop)
        test_close (remote);
      g_clear_object (&result);
      g_clear_object (&fixture->remote);
      WAIT_POLLING (test_count_fds () <= fds);
    }
  black_hole_stop (&hole);
  echo_stop (echo);
  if (agent >= 0)
    close (agent);
}

/* Nobody holds the session any more: what was open ends, on both sides. */
static void
test_drop_open (Fixture       *fixture,
                gconstpointer  data)
{
  guint fds = test_count_fds ();
  g_autoptr (FairleadTarget) target =
    test_target (fixture, test_sshd_port (), g_getenv ("SSHD_KNOWN_HOSTS"), NULL);
  g_autoptr (FairleadForward) forward = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (GAsyncResult) waiting = NULL;
  g_autoptr (GError) error = NULL;
  GPid pid;

  test_use_target (fixture, target);
  test_connect (fixture, &error);
  g_assert_no_error (error);
  pid = test_connection_pid (fixture);
  forward = test_forward (fixture, 0, FALSE, 9, &error);
  g_assert_no_error (error);
  process = spawn (fixture, "exec sleep 1000");
  fairlead_remote_process_wait_async (process, NULL, keep_result_cb, &waiting);
  g_assert_finalize_object (g_steal_pointer (&fixture->remote));
  WAIT_FOR (waiting != NULL);
  g_assert_false (fairlead_remote_process_wait_finish (process, waiting, &error));
  WAIT_FOR (!fairlead_forward_is_open (forward));
  g_clear_object (&waiting);
  g_clear_object (&process);
  g_clear_object (&forward);
  WAIT_POLLING (kill (pid, 0) < 0);
  WAIT_POLLING (test_count_fds () <= fds);
}

static void
test_drop_unused (Fixture       *fixture,
                  gconstpointer  data)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->remote));
}

/* A command that is cancelled while the host does not answer: at once. */
static void
test_cancel_command (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Relay) relay = connect_by_relay (fixture, NULL);

  relay_hold_up (relay, TRUE);
  fairlead_remote_spawn_async (fixture->remote, "true", cancellable, keep_result_cb, &result);
  g_cancellable_cancel (cancellable);
  WAIT_FOR (result != NULL);
  g_assert_null (fairlead_remote_spawn_finish (fixture->remote, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  relay_hold_up (relay, FALSE);
  g_clear_error (&error);
  g_free (test_run (fixture, "true", &error));
  g_assert_no_error (error);
}

int
main (int   argc,
      char *argv[])
{
  static const char *const moments[] = { "connecting", "handshaking", "host-key", "agent",
                                         "passphrase" };

  g_test_init (&argc, &argv, NULL);
  if (!test_ready ())
    return 2;

#define OPEN(path, func) g_test_add (path, Fixture, NULL, test_set_up_open, func, test_tear_down)
#define NEW(path, data, func) g_test_add (path, Fixture, data, test_set_up, func, test_tear_down)
  NEW ("/end/late-data", NULL, test_late_data);
  NEW ("/end/stuck", NULL, test_stuck);
  OPEN ("/end/idle", test_idle);
  NEW ("/end/keepalive/two", "ServerAliveInterval 1\nServerAliveCountMax 2\n", test_keepalive);
  NEW ("/end/check", NULL, test_check);
  NEW ("/end/keepalive/one", "ServerAliveInterval 1\nServerAliveCountMax 1\n", test_keepalive);
  NEW ("/end/drop/unused", NULL, test_drop_unused);
  NEW ("/end/drop/open", NULL, test_drop_open);
  NEW ("/end/cancel/command", NULL, test_cancel_command);
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autofree char *path = g_strdup_printf ("/end/cancel/%s", moments[i]);

      NEW (path, moments[i], test_cancel_at);
    }
  return g_test_run ();
}
