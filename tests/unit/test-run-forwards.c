/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-error.h"
#include "run-fixture.h"

/* Writes the configuration that the run reads, and starts no solver. */
static void
use_config (Fixture    *fixture,
            const char *text)
{
  g_autofree char *file = g_build_filename (fixture->root, "ssh_config", NULL);
  FairleadTargetOptions options = { .config_file = file, .home = fixture->home };
  GError *error = NULL;

  g_file_set_contents (file, text, -1, &error);
  g_assert_no_error (error);
  g_object_set (fixture->profile, "remote-path", "", NULL);
  fairlead_run_set_target_options (fixture->run, &options);
}

static guint
count_messages (Fixture    *fixture,
                const char *text)
{
  g_autoptr (FairleadLogModel) messages = NULL;
  guint n = 0;

  g_object_get (fixture->run, "messages", &messages, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (messages)); i++)
    {
      g_autoptr (FairleadLogLine) line = g_list_model_get_item (G_LIST_MODEL (messages), i);

      n += strstr (fairlead_log_line_get_text (line), text) != NULL;
    }
  return n;
}

/* The @i-th of those that are open; NULL: there are fewer. */
static FairleadTunnel *
get_open (Fixture *fixture,
          guint    i)
{
  GListModel *tunnels = fairlead_run_get_tunnels (fixture->run);

  for (guint at = 0; at < g_list_model_get_n_items (tunnels); at++)
    {
      g_autoptr (FairleadTunnel) tunnel = g_list_model_get_item (tunnels, at);

      /* The list keeps it. */
      if (fairlead_tunnel_get_state (tunnel) == FAIRLEAD_TUNNEL_STATE_OPEN && i-- == 0)
        return tunnel;
    }
  return NULL;
}

static guint
count_forwards (Fixture *fixture)
{
  guint n = 0;

  while (get_open (fixture, n) != NULL)
    n++;
  return n;
}

static void
assert_forward (Fixture    *fixture,
                guint       i,
                const char *host,
                guint       port,
                const char *leads_to)
{
  FairleadTunnel *tunnel = get_open (fixture, i);
  g_autofree char *wanted = g_strdup_printf ("%s:%u", host, port);
  g_autofree char *local = fairlead_tunnel_dup_local (tunnel);
  g_autofree char *remote = fairlead_tunnel_dup_destination (tunnel);

  g_assert_cmpstr (local, ==, wanted);
  g_assert_cmpstr (remote, ==, leads_to);
}

/* A socket that holds a port of 127.0.0.1. */
static GSocketListener *
hold_port (guint *port)
{
  GSocketListener *holder = g_socket_listener_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GError *error = NULL;

  g_socket_listener_add_address (holder, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &bound, &error);
  g_assert_no_error (error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return holder;
}

static void
test_opened (Fixture       *fixture,
             gconstpointer  data)
{
  guint first = free_port (), second = free_port ();
  g_autofree char *text =
    g_strdup_printf ("LocalForward %u localhost:80\nLocalForward localhost:%u [fe80::1]:81\n",
                     first, second);
  g_autofree char *said = g_strdup_printf ("Forwarding 127.0.0.1:%u to localhost:80.", first);

  use_config (fixture, text);
  fixture_connect (fixture);
  g_assert_no_error (fairlead_run_get_error (fixture->run));
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_ONLINE);
  g_assert_cmpuint (count_forwards (fixture), ==, 2);
  assert_forward (fixture, 0, "127.0.0.1", first, "localhost:80");
  assert_forward (fixture, 1, "localhost", second, "[fe80::1]:81");
  g_assert_cmpuint (count_messages (fixture, said), ==, 1);

  /* They end with the link, and their ports are free for the next one. */
  fixture_disconnect (fixture);
  g_assert_cmpuint (count_forwards (fixture), ==, 0);
  fixture_connect (fixture);
  g_assert_cmpuint (count_forwards (fixture), ==, 2);
}

static void
test_busy (Fixture       *fixture,
           gconstpointer  data)
{
  guint busy, port = free_port ();
  g_autoptr (GSocketListener) holder = hold_port (&busy);
  g_autofree char *text =
    g_strdup_printf ("LocalForward %u a:80\nLocalForward %u b:81\n", busy, port);

  use_config (fixture, text);
  fixture_connect (fixture);
  g_assert_no_error (fairlead_run_get_error (fixture->run));
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_ONLINE);
  g_assert_cmpuint (count_forwards (fixture), ==, 1);
  assert_forward (fixture, 0, "127.0.0.1", port, "b:81");
  g_assert_cmpuint (count_messages (fixture, "ssh_config:1): "), ==, 1);
}

static void
test_exit (Fixture       *fixture,
           gconstpointer  data)
{
  guint busy, port = free_port ();
  g_autoptr (GSocketListener) holder = hold_port (&busy);
  g_autofree char *text =
    g_strdup_printf ("LocalForward %u b:81\nLocalForward %u a:80\nExitOnForwardFailure yes\n", port, busy);
  g_autoptr (FairleadStep) step = NULL;
  const GError *error;

  use_config (fixture, text);
  fixture_connect (fixture);
  error = fairlead_run_get_error (fixture->run);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "ssh_config:2): "));
  g_assert_nonnull (strstr (fairlead_error_get_hint (error), "ExitOnForwardFailure"));
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_FAILED);
  g_assert_cmpuint (count_forwards (fixture), ==, 0);
  step = g_list_model_get_item (fairlead_run_get_steps (fixture->run), FAIRLEAD_STEP_OPEN_TUNNEL);
  g_assert_cmpint (fairlead_step_get_state (step), ==, FAIRLEAD_STEP_FAILED);
}

/* What to listen on, by what the person's own file says. */
static void
test_addresses (Fixture       *fixture,
                gconstpointer  data)
{
  static const struct { const char *prefix; const char *settings; const char *host; } rows[] = {
    { "", "GatewayPorts no\n", "127.0.0.1" },
    { "", "GatewayPorts yes\n", "*" },
    { "", "GatewayPorts yes\nAddressFamily inet\n", "0.0.0.0" },
    { "localhost:", "GatewayPorts yes\n", "localhost" },
    { "*:", "", "*" },
    { ":", "", "*" },
    { "127.0.0.2:", "", "127.0.0.2" },
    { "10.1.2.3:", "", "10.1.2.3" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint port = free_port ();
      g_autofree char *text =
        g_strdup_printf ("LocalForward %s%u a:80\n%s", rows[i].prefix, port, rows[i].settings);

      use_config (fixture, text);
      fixture_connect (fixture);
      g_assert_cmpuint (count_forwards (fixture), ==, 1);
      assert_forward (fixture, 0, rows[i].host, port, "a:80");
      fixture_disconnect (fixture);
    }
}

/* What came with the connection opens nothing to the network. */
static void
test_pasted (Fixture       *fixture,
             gconstpointer  data)
{
  static const char * const rows[] = {
    "ssh -L '*:%u:a:80' gpu01", "ssh -g -L %u:a:80 gpu01", "ssh -L 10.1.2.3:%u:a:80 gpu01",
  };

  use_config (fixture, "GatewayPorts yes\n");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *number = NULL;
      g_autoptr (GString) line = g_string_new (rows[i]);
      guint port = free_port ();

      number = g_strdup_printf ("%u", port);
      g_string_replace (line, "%u", number, 0);
      g_object_set (fixture->profile, "type", FAIRLEAD_PROFILE_TYPE_SSH_COMMAND,
                    "command", line->str, NULL);
      fixture_connect (fixture);
      g_assert_no_error (fairlead_run_get_error (fixture->run));
      g_assert_cmpuint (count_forwards (fixture), ==, 1);
      assert_forward (fixture, 0, "127.0.0.1", port, "a:80");
      g_assert_cmpuint (count_messages (fixture, "only: that it be open"), ==, i + 1);
      fixture_disconnect (fixture);
    }
}

/* The @i-th of all, open or not. */
static FairleadTunnel *
get_any (Fixture *fixture,
         guint    i)
{
  g_autoptr (FairleadTunnel) tunnel = g_list_model_get_item (fairlead_run_get_tunnels (fixture->run), i);

  /* The list keeps it. */
  return tunnel;
}

static void
assert_from (FairleadTunnel       *tunnel,
             FairleadTunnelOrigin  origin,
             const char           *source)
{
  g_assert_cmpint (fairlead_tunnel_get_origin (tunnel), ==, origin);
  g_assert_true (source == NULL ? fairlead_tunnel_get_source (tunnel) == NULL
                 : g_str_has_suffix (fairlead_tunnel_get_source (tunnel), source));
}

/* Profile, what is typed beside it, pasted command and file are one list. */
static void
test_sources (Fixture       *fixture,
              gconstpointer  data)
{
  guint ports[] = { free_port (), free_port (), free_port (), free_port () };
  g_autofree char *config = g_strdup_printf ("LocalForward %u file:80\n", ports[0]);
  g_autofree char *command = g_strdup_printf ("ssh -L %u:pasted:80 gpu01", ports[1]);
  g_autofree char *kept = g_strdup_printf ("-L '*:%u:kept:80'", ports[2]);
  g_autofree char *typed = g_strdup_printf ("-D :%u", ports[3]);
  const char *forwards[] = { kept, NULL }, *beside[] = { typed, NULL };
  g_autofree char *file = g_build_filename (fixture->root, "ssh_config", NULL);
  FairleadTargetOptions options = { .config_file = file, .home = fixture->home, .forwards = beside };

  use_config (fixture, config);
  fairlead_run_set_target_options (fixture->run, &options);
  g_object_set (fixture->profile, "type", FAIRLEAD_PROFILE_TYPE_SSH_COMMAND, "command", command,
                "forwards", forwards, NULL);
  fixture_connect (fixture);
  g_assert_no_error (fairlead_run_get_error (fixture->run));
  g_assert_cmpuint (count_forwards (fixture), ==, 4);
  assert_forward (fixture, 0, "127.0.0.1", ports[1], "pasted:80");
  assert_from (get_any (fixture, 0), FAIRLEAD_TUNNEL_ORIGIN_CONFIG, "given with the connection");
  assert_forward (fixture, 1, "*", ports[2], "kept:80");
  assert_from (get_any (fixture, 1), FAIRLEAD_TUNNEL_ORIGIN_PROFILE, NULL);
  assert_forward (fixture, 2, "127.0.0.1", ports[0], "file:80");
  assert_from (get_any (fixture, 2), FAIRLEAD_TUNNEL_ORIGIN_CONFIG, "/ssh_config:1");
  assert_forward (fixture, 3, "*", ports[3], NULL);
  assert_from (get_any (fixture, 3), FAIRLEAD_TUNNEL_ORIGIN_CONFIG, "given with the connection");

  /* What is taken away is gone from the profile, too. */
  fairlead_run_remove_tunnel (fixture->run, get_any (fixture, 1), TRUE);
  g_assert_cmpuint (g_strv_length ((char **) fairlead_profile_get_forwards (fixture->profile)), ==, 0);
}

/* What lets the host in, or makes a file here, and came by paste: not before the person says so. */
static void
test_held (Fixture       *fixture,
           gconstpointer  data)
{
  guint port = free_port ();
  g_autofree char *command =
    g_strdup_printf ("ssh -o ExitOnForwardFailure=yes -R %u:localhost:80 -L /x.sock:a:1 gpu01", port);
  FairleadTunnel *tunnel;

  use_config (fixture, "");
  g_object_set (fixture->profile, "type", FAIRLEAD_PROFILE_TYPE_SSH_COMMAND, "command", command, NULL);
  fixture_connect (fixture);
  g_assert_no_error (fairlead_run_get_error (fixture->run));
  g_assert_cmpuint (count_forwards (fixture), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      tunnel = get_any (fixture, i);
      g_assert_cmpint (fairlead_tunnel_get_state (tunnel), ==, FAIRLEAD_TUNNEL_STATE_FAILED);
      g_assert_error (fairlead_tunnel_get_error (tunnel), FAIRLEAD_ERROR, FAIRLEAD_ERROR_NEEDS_PERSON);
    }
  g_assert_cmpuint (count_messages (fixture, "RemoteForward (given with the connection): "), ==, 1);
  g_assert_cmpuint (count_messages (fixture, "LocalForward (given with the connection): "), ==, 1);

  /* Nor with the next connection. */
  fake_remote_lose (fixture->remote);
  fairlead_run_retry_now (fixture->run);
  wait_until (fairlead_run_get_link_state (fixture->run) == FAIRLEAD_LINK_ONLINE);
  wait_idle (fixture);
  g_assert_cmpuint (count_forwards (fixture), ==, 0);

  tunnel = get_any (fixture, 1);
  fairlead_run_retry_tunnel (fixture->run, tunnel, 0);
  wait_until (fairlead_tunnel_get_state (tunnel) == FAIRLEAD_TUNNEL_STATE_OPEN);
  g_assert_null (fairlead_tunnel_get_error (tunnel));
}

/* Tokens of paths, in the file and in the profile; a proxy that cannot be limited. */
static void
test_paths (Fixture       *fixture,
            gconstpointer  data)
{
  const char *forwards[] = { "-L /tmp/%r.sock:a:1", NULL };
  g_autofree char *local = NULL;
  g_autofree char *destination = NULL;

  use_config (fixture, "LocalForward /tmp/%r@%h.sock /run/%n/%%x\nPermitRemoteOpen a:1\nRemoteForward 1080\n");
  g_object_set (fixture->profile, "forwards", forwards, NULL);
  fixture_connect (fixture);
  g_assert_no_error (fairlead_run_get_error (fixture->run));
  g_assert_cmpuint (count_forwards (fixture), ==, 2);
  assert_from (get_open (fixture, 0), FAIRLEAD_TUNNEL_ORIGIN_PROFILE, NULL);
  local = fairlead_tunnel_dup_local (get_open (fixture, 1));
  destination = fairlead_tunnel_dup_destination (get_open (fixture, 1));
  g_assert_cmpstr (local, ==, "/tmp/ada@gpu01.sock");
  g_assert_cmpstr (destination, ==, "/run/gpu01/%x");
  g_assert_cmpuint (count_messages (fixture, "PermitRemoteOpen"), ==, 1);
}

/* A forward that failed is opened again with the next connection, and on another port at once. */
static void
test_retry (Fixture       *fixture,
            gconstpointer  data)
{
  guint busy;
  g_autoptr (GSocketListener) holder = hold_port (&busy);
  g_autofree char *text = g_strdup_printf ("LocalForward %u a:80\n", busy);
  guint port = free_port ();
  FairleadTunnel *tunnel;

  use_config (fixture, text);
  fixture_connect (fixture);
  tunnel = get_any (fixture, 0);
  g_assert_cmpint (fairlead_tunnel_get_state (tunnel), ==, FAIRLEAD_TUNNEL_STATE_FAILED);
  g_assert_nonnull (fairlead_tunnel_get_error (tunnel));
  fairlead_run_retry_tunnel (fixture->run, tunnel, port);
  wait_until (fairlead_tunnel_get_state (tunnel) == FAIRLEAD_TUNNEL_STATE_OPEN);
  g_assert_cmpuint (fairlead_tunnel_get_local_port (tunnel), ==, port);
  assert_from (tunnel, FAIRLEAD_TUNNEL_ORIGIN_CONFIG, "/ssh_config:1");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) \
  g_test_add ("/run-forwards/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("opened", test_opened);
  ADD ("busy", test_busy);
  ADD ("exit", test_exit);
  ADD ("addresses", test_addresses);
  ADD ("pasted", test_pasted);
  ADD ("sources", test_sources);
  ADD ("held", test_held);
  ADD ("paths", test_paths);
  ADD ("retry", test_retry);
#undef ADD
  return g_test_run ();
}
