/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "ssh-fixture.h"

/* Servers that are set up otherwise; meson.build says which test is for which. */

static char *
exchange_through_stream (Fixture  *fixture,
                         guint     port,
                         GError  **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GIOStream) stream = NULL;
  char answer[16] = "";

  fairlead_remote_open_tcp_async (fixture->remote, "127.0.0.1", port, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  stream = fairlead_remote_open_tcp_finish (fixture->remote, result, error);
  if (stream == NULL)
    return NULL;
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), "ping", 4, NULL, NULL, NULL);
  g_output_stream_close (g_io_stream_get_output_stream (stream), NULL, NULL);
  g_input_stream_read_all (g_io_stream_get_input_stream (stream), answer, sizeof answer - 1, NULL, NULL,
                           NULL);
  return g_strdup (answer);
}

/* ---- sessions ---- */

/* Commands are refused, tunnels are not. */
static void
test_no_sessions (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *answer = NULL;

      g_assert_null (test_run (fixture, "true", &error));
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
      g_clear_error (&error);
      answer = exchange_through_stream (fixture, echo_port (echo), &error);
      g_assert_no_error (error);
      g_assert_cmpstr (answer, ==, "pingping");
    }
}

/* More commands than the server takes at once: each has its turn. */
static void
test_some_sessions (Fixture       *fixture,
                    gconstpointer  data)
{
  enum { N = 8 };
  GAsyncResult *results[N] = { NULL };

  for (guint i = 0; i < N; i++)
    fairlead_remote_run_async (fixture->remote, "echo turn", NULL, MIB, NULL, keep_result_cb, &results[i]);
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (FairleadRemoteProcess) process = NULL;
      g_autoptr (GBytes) out = NULL;
      g_autoptr (GError) error = NULL;

      WAIT_FOR (results[i] != NULL);
      process = fairlead_remote_run_finish (fixture->remote, results[i], &out, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (out, NULL), g_bytes_get_size (out), "turn\n", 5);
      g_object_unref (results[i]);
    }
}

/* A command that was dropped holds its place until its process has ended. */
static void
test_dropped_session (Fixture       *fixture,
                      gconstpointer  data)
{
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (FairleadRemoteProcess) process = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *out = NULL;

      fairlead_remote_spawn_async (fixture->remote, "cat; sleep 0.2", NULL, keep_result_cb, &result);
      WAIT_FOR (result != NULL);
      process = fairlead_remote_spawn_finish (fixture->remote, result, &error);
      g_assert_no_error (error);
      g_clear_object (&result);
      g_clear_object (&process);
      out = test_run (fixture, "echo next", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (out, ==, "next\n");
    }
}

/* ---- what the server does not allow ---- */

static void
test_no_tunnels (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;

  g_assert_null (exchange_through_stream (fixture, echo_port (echo), &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_FORWARDING);
  g_assert_nonnull (strstr (fairlead_error_get_hint (error), "AllowTcpForwarding"));
  g_clear_error (&error);
  out = test_run (fixture, "echo still", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (out, ==, "still\n");
}

static void
test_force_command (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *out = test_run (fixture, "echo ours", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (out, ==, "forced\n");
}

static void
test_banner (Fixture       *fixture,
             gconstpointer  data)
{
  WAIT_FOR (strstr (fixture->messages->str, "PRETTY_NAME=") != NULL);
}

static void
test_no_public_key (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (test_connect (fixture, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_AUTH);
  g_assert_nonnull (strstr (error->message, "password"));
}

/* One key too many: the server hangs up, and the person is told why. */
static void
test_few_tries (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GString) config = g_string_new (NULL);
  g_autoptr (FairleadTarget) target = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("id%u", i);
      g_autofree char *key = test_make_key (fixture, name, "ed25519", NULL, "");

      g_string_append_printf (config, "IdentityFile %s\n", key);
    }
  target = test_target (fixture, test_sshd_port (), g_getenv ("SSHD_KNOWN_HOSTS"), config->str);
  test_use_target (fixture, target);
  g_assert_false (test_connect (fixture, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_AUTH);
  g_assert_nonnull (strstr (fairlead_error_get_hint (error), "MaxAuthTries"));
}

/* ---- the server has no room for one more that has not signed in (sshd_config(5), MaxStartups) ---- */

/* It hangs up on us: nothing is left of that, and once there is room all is well. */
static void
test_max_startups (Fixture       *fixture,
                   gconstpointer  data)
{
  guint fds = 0;
  char version[4];
  int other = test_dial (test_sshd_port ());

  g_assert_cmpint (recv (other, version, sizeof version, MSG_WAITALL), ==, 4);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (FairleadTarget) target =
        test_target (fixture, test_sshd_port (), g_getenv ("SSHD_KNOWN_HOSTS"), NULL);
      g_autoptr (GError) error = NULL;

      test_use_target (fixture, target);
      g_assert_false (test_connect (fixture, &error));
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
      test_close (fixture->remote);
      if (fds == 0)
        fds = test_count_fds ();
      WAIT_POLLING (test_count_fds () <= fds);
    }
  close (other);
  for (gboolean good = FALSE; !good;)
    {
      g_autoptr (FairleadTarget) target =
        test_target (fixture, test_sshd_port (), g_getenv ("SSHD_KNOWN_HOSTS"), NULL);

      /* sshd has to notice first. */
      test_use_target (fixture, target);
      good = test_connect (fixture, NULL);
    }
}

/* ---- the server hangs up while a person decides (sshd_config(5), LoginGraceTime) ---- */

/* Returns a second sshd like the one of this run, on a port that is free now, with @host_key. */
static GPid
start_other_sshd (Fixture    *fixture,
                  const char *host_key,
                  guint      *port)
{
  g_autofree char *directory = g_path_get_dirname (g_getenv ("SSHD_LOG"));
  g_autofree char *path = g_build_filename (directory, "sshd_config", NULL);
  g_autofree char *other = g_build_filename (fixture->directory, "sshd_config", NULL);
  g_autoptr (GString) config = g_string_new (NULL);
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "/usr/sbin/sshd", "-D", "-f", other, NULL };
  Echo *echo = echo_start ();
  GPid pid;
  int fd;

  *port = echo_port (echo);
  echo_stop (echo);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  lines = g_strsplit (content, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!g_str_has_prefix (lines[i], "Port ") && !g_str_has_prefix (lines[i], "HostKey "))
      g_string_append_printf (config, "%s\n", lines[i]);
  g_string_append_printf (config, "Port %u\nHostKey %s\n", *port, host_key);
  g_assert_true (g_file_set_contents (other, config->str, -1, NULL));
  g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                 NULL, &pid, &error);
  g_assert_no_error (error);
  WAIT_POLLING ((fd = test_dial (*port)) >= 0);
  close (fd);
  return pid;
}

/* The question stays; after Trust the host is asked again and must show the same key. */
static void
test_grace (Fixture       *fixture,
            gconstpointer  another)
{
  g_autoptr (Relay) relay = relay_start (test_sshd_port ());
  g_autoptr (FairleadTarget) target = test_target (fixture, relay_get_port (relay), NULL, NULL);
  g_autofree char *key = test_make_key (fixture, "host", "ed25519", NULL, "");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint port;
  GPid pid = start_other_sshd (fixture, key, &port);

  fixture->person->thinks = TRUE;
  fixture->person->answer = FAIRLEAD_HOST_KEY_TRUST;
  test_use_target (fixture, target);
  fairlead_remote_connect_async (fixture->remote, NULL, keep_result_cb, &result);
  WAIT_FOR (fixture->person->pending != NULL);
  WAIT_POLLING (relay_get_hang_ups (relay) > 0);
  if (another)
    relay_set_target (relay, port);
  test_person_answer (fixture->person);
  WAIT_FOR (result != NULL);
  if (another)
    {
      g_assert_false (fairlead_remote_connect_finish (fixture->remote, result, &error));
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_HOST_KEY);
    }
  else
    {
      g_assert_true (fairlead_remote_connect_finish (fixture->remote, result, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpuint (fixture->person->asked, ==, 1);
  kill (pid, SIGTERM);
}

/* ---- new keys all the time (RFC 4253 §9) ---- */

static void
test_rekey (Fixture       *fixture,
            gconstpointer  data)
{
  enum { SIZE = 16 * MIB, N = 4 };
  g_autofree guint8 *content = g_malloc (SIZE);
  g_autoptr (GBytes) bytes = NULL;
  GAsyncResult *results[N] = { NULL };
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadForward) forward = test_forward (fixture, 0, FALSE, echo_port (echo), &error);
  guint32 seed = 1;

  g_assert_no_error (error);
  for (gsize i = 0; i < SIZE; i++)
    content[i] = (seed = seed * 1664525 + 1013904223) >> 24;
  bytes = g_bytes_new_take (g_steal_pointer (&content), SIZE);
  for (guint i = 0; i < N; i++)
    fairlead_remote_run_async (fixture->remote, "cat", bytes, SIZE + 1, NULL, keep_result_cb, &results[i]);
  for (guint i = 0; i < 100; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_true (test_exchange (fairlead_forward_get_local_port (forward), 10 * i));
    }
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (FairleadRemoteProcess) process = NULL;
      g_autoptr (GBytes) out = NULL;

      WAIT_FOR (results[i] != NULL);
      process = fairlead_remote_run_finish (fixture->remote, results[i], &out, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (out, bytes));
      g_object_unref (results[i]);
    }
}

/* The host begins to change keys and says nothing more: probes cannot be sent then, but the time in which
 * it would have answered them ends the session all the same. */
static void
test_stuck_exchange (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (FairleadTarget) target =
    test_target (fixture, test_sshd_port (), g_getenv ("SSHD_KNOWN_HOSTS"),
                 "ServerAliveInterval 1\nServerAliveCountMax 2\n");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (GError) error = NULL;

  test_use_target (fixture, target);
  test_connect (fixture, &error);
  g_assert_no_error (error);
  fairlead_remote_run_async (fixture->remote, "head -c 4000000 /dev/zero", NULL, 16 * MIB, NULL,
                             keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_run_finish (fixture->remote, result, NULL, NULL, &error);
  g_assert_null (process);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  WAIT_FOR (fairlead_remote_get_state (fixture->remote) == FAIRLEAD_SESSION_FAILED);
  g_assert_nonnull (strstr (fairlead_remote_get_error (fixture->remote)->message, "has not answered"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!test_ready ())
    return 2;

#define OPEN(path, func) g_test_add (path, Fixture, NULL, test_set_up_open, func, test_tear_down)
#define NEW(path, data, func) g_test_add (path, Fixture, data, test_set_up, func, test_tear_down)
  OPEN ("/server/sessions/none/refused", test_no_sessions);
  OPEN ("/server/sessions/some/turns", test_some_sessions);
  OPEN ("/server/sessions/some/dropped", test_dropped_session);
  OPEN ("/server/no-tunnels/refused", test_no_tunnels);
  OPEN ("/server/force-command/runs", test_force_command);
  OPEN ("/server/banner/shown", test_banner);
  NEW ("/server/no-public-key/said", "known", test_no_public_key);
  NEW ("/server/few-tries/said", NULL, test_few_tries);
  NEW ("/server/max-startups/no-room", NULL, test_max_startups);
  NEW ("/server/grace/same-key", NULL, test_grace);
  NEW ("/server/grace/another-key", "another", test_grace);
  OPEN ("/server/rekey/under-load", test_rekey);
  NEW ("/server/stuck-exchange/lost", NULL, test_stuck_exchange);
  return g_test_run ();
}
