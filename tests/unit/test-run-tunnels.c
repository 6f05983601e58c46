/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "run-fixture.h"

/* Tunnels that are added, changed and taken away while connected, over a remote that is this machine. */

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture_set_up (fixture, data);
  g_object_set (fixture->profile, "remote-path", "", NULL);
  fixture_connect (fixture);
  g_assert_no_error (fairlead_run_get_error (fixture->run));
}

static void
keep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static FairleadForwardSpec *
new_spec (guint local_port,
          guint port)
{
  return fairlead_forward_spec_new_local (local_port, "127.0.0.1", port);
}

static FairleadTunnel *
add (Fixture  *fixture,
     guint     local_port,
     guint     port,
     gboolean  keep,
     GError  **error)
{
  g_autoptr (FairleadForwardSpec) spec = new_spec (local_port, port);
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_run_add_tunnel_async (fixture->run, spec, keep, NULL, keep_cb, &result);
  wait_until (result != NULL);
  return fairlead_run_add_tunnel_finish (fixture->run, result, error);
}

static gboolean
change (Fixture         *fixture,
        FairleadTunnel  *tunnel,
        guint            local_port,
        guint            port,
        gboolean         keep,
        GError         **error)
{
  g_autoptr (FairleadForwardSpec) spec = new_spec (local_port, port);
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_run_change_tunnel_async (fixture->run, tunnel, spec, keep, NULL, keep_cb, &result);
  wait_until (result != NULL);
  return fairlead_run_change_tunnel_finish (fixture->run, result, error);
}

static gboolean
probe (Fixture         *fixture,
       FairleadTunnel  *tunnel,
       GError         **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_run_test_tunnel_async (fixture->run, tunnel, NULL, keep_cb, &result);
  wait_until (result != NULL);
  return fairlead_run_test_tunnel_finish (fixture->run, result, error);
}

static guint
count_tunnels (Fixture *fixture)
{
  return g_list_model_get_n_items (fairlead_run_get_tunnels (fixture->run));
}

static void
assert_kept (Fixture    *fixture,
             const char *first,
             const char *second)
{
  const char *wanted[] = { first, second, NULL };

  g_assert_cmpstrv (fairlead_profile_get_forwards (fixture->profile), wanted);
}

/* A server of the remote. */
static guint
serve (GSocketService **service)
{
  GError *error = NULL;
  guint port;

  *service = g_socket_service_new ();
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (*service), NULL, &error);
  g_assert_no_error (error);
  return port;
}

static void
test_add (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (GSocketService) service = NULL;
  guint to = serve (&service);
  guint port = free_port ();
  g_autofree char *option = g_strdup_printf ("-L %u:127.0.0.1:%u", port, to);
  g_autoptr (FairleadTunnel) tunnel = NULL;
  g_autoptr (FairleadTunnel) second = NULL;
  g_autoptr (FairleadTunnel) none = NULL;
  GError *error = NULL;

  tunnel = add (fixture, port, to, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fairlead_tunnel_get_state (tunnel), ==, FAIRLEAD_TUNNEL_STATE_OPEN);
  g_assert_cmpint (fairlead_tunnel_get_origin (tunnel), ==, FAIRLEAD_TUNNEL_ORIGIN_SESSION);
  g_assert_cmpint (fairlead_tunnel_get_health (tunnel), ==, FAIRLEAD_TUNNEL_LISTENER_ONLY);
  assert_kept (fixture, NULL, NULL);

  /* A busy port: not added, not kept. */
  none = add (fixture, port, to, TRUE, &error);
  g_assert_null (none);
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpuint (count_tunnels (fixture), ==, 1);
  assert_kept (fixture, NULL, NULL);

  fairlead_run_remove_tunnel (fixture->run, tunnel, FALSE);
  g_assert_cmpuint (count_tunnels (fixture), ==, 0);
  second = add (fixture, port, to, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fairlead_tunnel_get_origin (second), ==, FAIRLEAD_TUNNEL_ORIGIN_PROFILE);
  assert_kept (fixture, option, NULL);
  fairlead_run_remove_tunnel (fixture->run, second, TRUE);
  assert_kept (fixture, NULL, NULL);

  fixture_disconnect (fixture);
  none = add (fixture, port, to, TRUE, &error);
  g_assert_null (none);
  g_assert_nonnull (error);
  g_clear_error (&error);
}

static void
test_change (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GSocketService) service = NULL;
  guint to = serve (&service), nobody = free_port ();
  guint first = free_port (), second = free_port (), busy;
  g_autofree char *option = g_strdup_printf ("-L %u:127.0.0.1:%u", second, to);
  g_autoptr (FairleadTunnel) tunnel = NULL;
  g_autoptr (FairleadTunnel) other = NULL;
  FairleadForward *forward;
  GError *error = NULL;

  tunnel = add (fixture, first, nobody, FALSE, &error);
  g_assert_no_error (error);
  g_assert_false (probe (fixture, tunnel, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (fairlead_tunnel_get_health (tunnel), ==, FAIRLEAD_TUNNEL_NO_ANSWER);
  g_assert_nonnull (fairlead_tunnel_get_health_reason (tunnel));

  /* Another destination: the same listener, and nothing is proved yet. */
  forward = fairlead_tunnel_get_forward (tunnel);
  g_assert_true (change (fixture, tunnel, first, to, FALSE, &error));
  g_assert_no_error (error);
  g_assert_true (fairlead_tunnel_get_forward (tunnel) == forward);
  g_assert_cmpint (fairlead_tunnel_get_health (tunnel), ==, FAIRLEAD_TUNNEL_LISTENER_ONLY);
  g_assert_true (probe (fixture, tunnel, &error));
  g_assert_no_error (error);
  g_assert_cmpint (fairlead_tunnel_get_health (tunnel), ==, FAIRLEAD_TUNNEL_REACHED);
  g_assert_null (fairlead_tunnel_get_health_reason (tunnel));

  /* A port that is busy: all as it was. */
  other = add (fixture, 0, to, FALSE, &error);
  busy = fairlead_tunnel_get_local_port (other);
  g_assert_false (change (fixture, tunnel, busy, to, TRUE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_true (fairlead_tunnel_get_forward (tunnel) == forward);
  g_assert_cmpuint (fairlead_tunnel_get_local_port (tunnel), ==, first);
  assert_kept (fixture, NULL, NULL);

  /* Another port, and kept. */
  g_assert_true (change (fixture, tunnel, second, to, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fairlead_tunnel_get_local_port (tunnel), ==, second);
  g_assert_false (fairlead_forward_is_open (forward));
  assert_kept (fixture, option, NULL);
}

/* It wants the place of the old one; when that comes to nothing, the old one is there again. */
static void
test_same_place (Fixture       *fixture,
                 gconstpointer  data)
{
  guint port = free_port ();
  g_autoptr (FairleadTunnel) tunnel = NULL;
  g_autoptr (FairleadForwardSpec) spec = new_spec (port, 80);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  tunnel = add (fixture, port, 80, FALSE, &error);
  spec->allow_other_users = TRUE;
  fairlead_run_change_tunnel_async (fixture->run, tunnel, spec, FALSE, NULL, keep_cb, &result);
  wait_until (result != NULL);
  g_assert_true (fairlead_run_change_tunnel_finish (fixture->run, result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (fairlead_tunnel_get_state (tunnel), ==, FAIRLEAD_TUNNEL_STATE_OPEN);
  g_assert_cmpuint (fairlead_tunnel_get_local_port (tunnel), ==, port);
}

/* What was added is there again after a lost connection, on its port, and counts on. */
static void
test_lost (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GSocketService) service = NULL;
  guint to = serve (&service);
  g_autoptr (FairleadTunnel) tunnel = NULL;
  FairleadForwardCounters counters;
  GError *error = NULL;
  guint port;

  tunnel = add (fixture, 0, to, FALSE, &error);
  g_assert_no_error (error);
  port = fairlead_tunnel_get_local_port (tunnel);
  g_assert_true (probe (fixture, tunnel, &error));
  fake_remote_lose (fixture->remote);
  g_assert_cmpint (fairlead_tunnel_get_state (tunnel), ==, FAIRLEAD_TUNNEL_STATE_WAITING);
  g_assert_cmpint (fairlead_tunnel_get_health (tunnel), ==, FAIRLEAD_TUNNEL_CLOSED);
  fairlead_run_retry_now (fixture->run);
  wait_until (fairlead_tunnel_get_state (tunnel) == FAIRLEAD_TUNNEL_STATE_OPEN);
  wait_idle (fixture);
  g_assert_cmpuint (fairlead_tunnel_get_local_port (tunnel), ==, port);
  g_assert_true (probe (fixture, tunnel, &error));
  g_assert_no_error (error);
  fairlead_traffic_get_counters (FAIRLEAD_TRAFFIC (tunnel), &counters);
  g_assert_cmpuint (counters.reached, ==, 2);
}

static gboolean
greet_cb (GSocketService    *service,
          GSocketConnection *connection,
          GObject           *source,
          const char        *greeting)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), greeting,
                             strlen (greeting), NULL, NULL, NULL);
  return TRUE;
}

/* The host says where its sshd is; who answers there says what it is. */
static void
test_ssh (Fixture       *fixture,
          gconstpointer  greeting)
{
  g_autoptr (GSocketService) service = NULL;
  guint to = serve (&service);
  g_autofree char *connection = g_strdup_printf ("192.0.2.7 50000 127.0.0.1 %u", to);
  g_autofree char *destination = NULL, *wanted = g_strdup_printf ("127.0.0.1:%u", to);
  g_autofree char *command = NULL, *line = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (FairleadTunnel) tunnel = NULL;
  g_autoptr (FairleadTunnel) same = NULL;
  GError *error = NULL;

  g_setenv ("SSH_CONNECTION", connection, TRUE);
  g_signal_connect (service, "incoming", G_CALLBACK (greet_cb), (gpointer) greeting);
  fairlead_run_open_ssh_tunnel_async (fixture->run, NULL, keep_cb, &result);
  wait_until (result != NULL);
  tunnel = fairlead_run_open_ssh_tunnel_finish (fixture->run, result, &error);
  g_assert_no_error (error);
  destination = fairlead_tunnel_dup_destination (tunnel);
  g_assert_cmpstr (destination, ==, wanted);
  command = fairlead_tunnel_dup_command (tunnel);
  line = g_strdup_printf ("ssh -p %u -o HostKeyAlias=gpu01 ada@127.0.0.1",
                          fairlead_tunnel_get_local_port (tunnel));
  g_assert_cmpstr (command, ==, line);
  wait_until (fairlead_tunnel_get_health (tunnel) != FAIRLEAD_TUNNEL_LISTENER_ONLY);
  g_assert_cmpint (fairlead_tunnel_get_health (tunnel), ==,
                   g_str_has_prefix (greeting, "SSH-") ? FAIRLEAD_TUNNEL_REACHED
                                                       : FAIRLEAD_TUNNEL_WRONG_SERVICE);
  fairlead_run_open_ssh_tunnel_async (fixture->run, NULL, keep_cb, &again);
  wait_until (again != NULL);
  same = fairlead_run_open_ssh_tunnel_finish (fixture->run, again, &error);
  g_assert_true (same == tunnel);
  g_unsetenv ("SSH_CONNECTION");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, function) \
  g_test_add ("/run-tunnels/" name, Fixture, data, set_up, function, fixture_tear_down)
  ADD ("add", NULL, test_add);
  ADD ("change", NULL, test_change);
  ADD ("same-place", NULL, test_same_place);
  ADD ("lost", NULL, test_lost);
  ADD ("ssh", "SSH-2.0-test\r\n", test_ssh);
  ADD ("not-ssh", "HTTP/1.0 400\r\n", test_ssh);
#undef ADD
  return g_test_run ();
}
