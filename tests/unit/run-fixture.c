/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "run-fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

gboolean
wait_deadline_cb (gpointer text)
{
  g_error ("Not within 30 s: %s", (const char *) text);
}

/* The ports below this are given to nobody who asks for any (ip(7), ip_local_port_range). */
static guint
first_of_any (void)
{
  g_autofree char *range = NULL;

  if (!g_file_get_contents ("/proc/sys/net/ipv4/ip_local_port_range", &range, NULL, NULL))
    return 32768;
  return g_ascii_strtoull (range, NULL, 10);
}

static gboolean
can_bind (int                    family,
          const struct sockaddr *address,
          gsize                  length,
          gboolean               keep)
{
  int fd = socket (family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean bound = bind (fd, address, length) == 0;

  if (!bound || !keep)
    close (fd);
  return bound;
}

/* A name that one process at a time can have, until its end; tests/lib/sshd.py asks for the same. */
static gboolean
reserve (guint port)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int length = g_snprintf (address.sun_path + 1, sizeof address.sun_path - 1, "fairlead-test-port-%u",
                           port);

  return can_bind (AF_UNIX, (struct sockaddr *) &address,
                   G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + 1 + length, TRUE);
}

/**
 * free_port:
 *
 * Returns: a port of 127.0.0.1 that nobody has, and that neither another test nor a program that asks for
 *   any port is given before this process ends
 */
guint
free_port (void)
{
  guint lowest = 10000, end = first_of_any ();
  guint n = (end > lowest + 1000 ? end : 32768) - lowest;
  guint start = g_random_int () % n;

  for (guint i = 0; i < n; i++)
    {
      guint port = lowest + (start + i) % n;
      struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
        .sin_port = htons (port),
      };

      if (reserve (port) && can_bind (AF_INET, (struct sockaddr *) &address, sizeof address, FALSE))
        return port;
    }
  g_error ("No port is free from %u to %u", lowest, lowest + n - 1);
}

gboolean
process_runs (gint64 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", pid);
  g_autofree char *stat = NULL;

  return pid > 0 && g_file_get_contents (path, &stat, NULL, NULL)
         && strstr (stat, ") Z ") == NULL;
}

static FairleadRemote *
new_remote (FairleadTarget      *target,
            FairleadInteraction *interaction,
            gpointer             user_data)
{
  Fixture *fixture = user_data;
  FairleadRemote *remote = fake_remote_new (&fixture->setup, interaction);

  fixture->remote = FAKE_REMOTE (remote);
  return remote;
}

static void
copy_demo (const char *directory)
{
  g_autofree char *from = g_test_build_filename (G_TEST_DIST, "..", "demo", "server.py", NULL);
  g_autofree char *to = g_build_filename (directory, "server.py", NULL);
  g_autofree char *text = NULL;
  gsize length;
  GError *error = NULL;

  g_file_get_contents (from, &text, &length, &error);
  g_assert_no_error (error);
  g_file_set_contents (to, text, length, &error);
  g_assert_no_error (error);
}

/* Makes @name, below the root, the remote path, with the solver in it. */
void
fixture_use_path (Fixture    *fixture,
                  const char *name)
{
  g_free (fixture->path);
  fixture->path = g_build_filename (fixture->root, name, NULL);
  g_assert_cmpint (g_mkdir_with_parents (fixture->path, 0755), ==, 0);
  copy_demo (fixture->path);
  fixture_knobs (fixture, "");
  g_object_set (fixture->profile, "remote-path", fixture->path, NULL);
}

/* The demo's environment: lines KEY=VALUE. */
void
fixture_knobs (Fixture    *fixture,
               const char *lines)
{
  g_autofree char *file = g_build_filename (fixture->path, "demo.env", NULL);
  g_autofree char *text = g_strconcat ("FAIRLEAD_DEMO_START=0.05\n", lines, "\n", NULL);
  GError *error = NULL;

  g_file_set_contents (file, text, -1, &error);
  g_assert_no_error (error);
}

void
fixture_set_up (Fixture       *fixture,
                gconstpointer  data)
{
  FairleadTargetOptions options = { .config_file = "/dev/null" };

  memset (fixture, 0, sizeof *fixture);
  fixture->root = g_dir_make_tmp ("fairlead-run-XXXXXX", NULL);
  fixture->home = g_build_filename (fixture->root, "home", NULL);
  g_assert_cmpint (g_mkdir (fixture->home, 0700), ==, 0);
  fixture->server_port = free_port ();
  fixture->profile = fairlead_profile_new ();
  g_object_set (fixture->profile, "name", "gpu01", "host", "gpu01", "user", "ada", "port", 22,
                "server-port", fixture->server_port, "local-port", free_port (),
                "project-name", "demo", NULL);
  fixture_use_path (fixture, "solver");
  fixture->person = fake_person_new ();
  fixture->setup.home = fixture->home;
  fixture->run = fairlead_run_new (fixture->profile, FAIRLEAD_INTERACTION (fixture->person),
                                   new_remote, fixture);
  options.home = fixture->home;
  fairlead_run_set_target_options (fixture->run, &options);
}

gint64
fixture_recorded_pid (Fixture *fixture)
{
  g_autofree char *state = g_build_filename (fixture->home, "state", "fairlead", NULL);
  g_autoptr (GDir) dir = g_dir_open (state, 0, NULL);
  const char *machine = dir ? g_dir_read_name (dir) : NULL;
  g_autofree char *port = g_strdup_printf ("%u", fixture->server_port);
  g_autofree char *file = NULL;
  g_autofree char *text = NULL;
  const char *line;

  if (machine == NULL)
    return 0;
  file = g_build_filename (state, machine, port, "record", NULL);
  if (!g_file_get_contents (file, &text, NULL, NULL))
    return 0;
  line = strstr (text, "\npid=");
  return line ? g_ascii_strtoll (line + 5, NULL, 10) : 0;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

#define LET_GO_TICK 10     /* ms */
#define LET_GO_TICKS 1000

static gboolean
tick_cb (gpointer user_data)
{
  (*(guint *) user_data)++;
  return G_SOURCE_CONTINUE;
}

/* What was cut short by the disconnect, and the session's thread, hold it a moment longer. */
static void
let_go_of (gpointer object)
{
  guint ticks = 0;
  guint source = g_timeout_add (LET_GO_TICK, tick_cb, &ticks);

  while (G_OBJECT (object)->ref_count > 1 && ticks < LET_GO_TICKS)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
}

void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  data)
{
  gint64 pid = fixture_recorded_pid (fixture);

  fixture_disconnect (fixture);
  if (process_runs (pid))
    kill ((pid_t) pid, SIGKILL);
  let_go_of (fixture->run);
  g_assert_finalize_object (fixture->run);
  let_go_of (fixture->person);
  g_assert_finalize_object (fixture->person);
  let_go_of (fixture->profile);
  g_assert_finalize_object (fixture->profile);
  remove_tree (fixture->root);
  g_free (fixture->root);
  g_free (fixture->home);
  g_free (fixture->path);
}

void
fixture_connect (Fixture *fixture)
{
  fairlead_run_connect (fixture->run);
  g_assert_true (fairlead_run_is_busy (fixture->run));
  wait_idle (fixture);
}

void
fixture_assert_ready (Fixture *fixture)
{
  const GError *error = fairlead_run_get_error (fixture->run);
  FairleadTunnelHealth health;

  g_assert_no_error (error);
  g_assert_cmpint (fairlead_run_get_link_state (fixture->run), ==, FAIRLEAD_LINK_ONLINE);
  g_assert_cmpint (fairlead_run_get_server_state (fixture->run), ==, FAIRLEAD_SERVER_READY);
  g_assert_cmpint (fairlead_run_get_exposure (fixture->run), ==, FAIRLEAD_EXPOSURE_LOOPBACK);
  g_assert_nonnull (fairlead_run_get_tunnel (fixture->run));
  g_object_get (fixture->run, "tunnel-health", &health, NULL);
  g_assert_cmpint (health, ==, FAIRLEAD_TUNNEL_REACHED);
}

char *
fixture_step_detail (Fixture        *fixture,
                     FairleadStepId  id)
{
  g_autoptr (FairleadStep) step = g_list_model_get_item (fairlead_run_get_steps (fixture->run), id);

  return g_strdup (fairlead_step_get_detail (step));
}

/* Lines of server.log that hold @text. */
guint
fixture_count_log (Fixture    *fixture,
                   const char *text)
{
  GListModel *log = G_LIST_MODEL (fairlead_run_get_log (fixture->run));
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (log); i++)
    {
      g_autoptr (FairleadLogLine) line = g_list_model_get_item (log, i);

      if (strstr (fairlead_log_line_get_text (line), text) != NULL)
        n++;
    }
  return n;
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

void
fixture_stop (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  gint64 pid = fixture_recorded_pid (fixture);
  GError *error = NULL;

  fairlead_run_stop_solver_async (fixture->run, NULL, done_cb, &result);
  wait_until (result != NULL);
  fairlead_run_stop_solver_finish (fixture->run, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fairlead_run_get_server_state (fixture->run), ==, FAIRLEAD_SERVER_STOPPED);
  g_assert_false (process_runs (pid));
}

void
fixture_disconnect (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_run_disconnect_async (fixture->run, NULL, done_cb, &result);
  wait_until (result != NULL);
  g_assert_true (fairlead_run_disconnect_finish (fixture->run, result, NULL));
  g_clear_object (&result);
  /* What was cancelled comes back. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
