/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "ssh-fixture.h"

/* Where a forward may listen, and where it may lead. */

/* ---- helpers ---- */

static FairleadForward *
try_open (Fixture                   *fixture,
          const FairleadForwardSpec *spec,
          GError                   **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_remote_forward_async (fixture->remote, spec, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  return fairlead_remote_forward_finish (fixture->remote, result, error);
}

static FairleadForward *
open_forward (Fixture                   *fixture,
              const FairleadForwardSpec *spec)
{
  g_autoptr (GError) error = NULL;
  FairleadForward *forward = try_open (fixture, spec, &error);

  g_assert_no_error (error);
  return forward;
}

/* "KIND TEXT" as ssh -G writes it. */
static FairleadForward *
open_text (Fixture             *fixture,
           FairleadForwardKind  kind,
           const char          *text)
{
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_parse (kind, text);

  g_assert_nonnull (spec);
  return open_forward (fixture, spec);
}

static FairleadForwardSpec *
to_echo (Echo *echo)
{
  return fairlead_forward_spec_new_local (0, "127.0.0.1", echo_port (echo));
}

static FairleadForwardCounters
counters_of (FairleadForward *forward)
{
  FairleadForwardCounters counters;

  fairlead_forward_get_counters (forward, &counters);
  return counters;
}

static void
close_forward (FairleadForward *forward)
{
  fairlead_forward_close (forward);
  WAIT_FOR (!fairlead_forward_is_open (forward));
  g_object_unref (forward);
}

/* Returns a connection to ::1, or -1 with errno. */
static int
dial6 (guint port)
{
  struct sockaddr_in6 address = {
    .sin6_family = AF_INET6,
    .sin6_port = htons (port),
    .sin6_addr = IN6ADDR_LOOPBACK_INIT,
  };
  int fd = socket (AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

static int
dial_path (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

static gboolean
have_ipv6 (void)
{
  int fd = socket (AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
  gboolean have = fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0;

  close (fd);
  return have;
}

static void
say (int         fd,
     const char *text)
{
  g_assert_cmpint (send (fd, text, strlen (text), MSG_NOSIGNAL), ==, strlen (text));
  shutdown (fd, SHUT_WR);
}

typedef struct {
  int fd;
  char *text;
  gint done;
} Listening;

static gpointer
listen_thread (gpointer data)
{
  Listening *self = data;
  GString *all = g_string_new (NULL);
  char buffer[256];
  gssize n;

  while ((n = recv (self->fd, buffer, sizeof buffer, 0)) > 0)
    g_string_append_len (all, buffer, n);
  if (n < 0)
    g_string_append (all, errno == ECONNRESET ? "reset" : g_strerror (errno));
  self->text = g_string_free (all, FALSE);
  g_atomic_int_set (&self->done, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

/* All that comes until the end of the connection, which is closed; "reset" ends what was reset. */
static char *
hear (int fd)
{
  Listening listening = { .fd = fd };
  GThread *thread = g_thread_new ("hear", listen_thread, &listening);

  WAIT_FOR (g_atomic_int_get (&listening.done));
  g_thread_join (thread);
  close (fd);
  return listening.text;
}

static void
assert_heard (int         fd,
              const char *expected)
{
  g_autofree char *heard = hear (fd);

  g_assert_cmpstr (heard, ==, expected);
}

/* The echo says all twice. */
static void
assert_echoes (int fd)
{
  g_assert_cmpint (fd, >=, 0);
  say (fd, "ping");
  assert_heard (fd, "pingping");
}

/* ---- leases ---- */

/* The connection goes away under the forward. */
static void
lose_connection (Fixture         *fixture,
                 FairleadForward *forward)
{
  g_assert_no_errno (kill (test_connection_pid (fixture), SIGKILL));
  WAIT_FOR (!fairlead_forward_is_open (forward));
  WAIT_FOR (fairlead_remote_get_state (fixture->remote) == FAIRLEAD_SESSION_FAILED);
}

static void
connect_again (Fixture *fixture)
{
  g_autoptr (FairleadTarget) target =
    test_target (fixture, test_sshd_port (), g_getenv ("SSHD_KNOWN_HOSTS"), NULL);
  g_autoptr (GError) error = NULL;

  test_close (fixture->remote);
  test_use_target (fixture, target);
  test_connect (fixture, &error);
  g_assert_no_error (error);
}

/* Who connects while there is no connection to the host waits, and is served by the next one. */
static void
test_lease_waits (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (FairleadForwardSpec) spec = to_echo (echo);
  g_autoptr (FairleadPortLease) lease = NULL;
  g_autoptr (FairleadForward) forward = open_forward (fixture, spec);
  guint port = fairlead_forward_get_local_port (forward);
  int waiting[20];

  lease = g_object_ref (fairlead_forward_get_lease (forward));
  assert_echoes (test_dial (port));
  lose_connection (fixture, forward);
  g_assert_null (fairlead_forward_get_lease (forward));
  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    {
      waiting[i] = test_dial (port);
      say (waiting[i], "ping");
    }
  connect_again (fixture);
  g_clear_object (&forward);

  g_set_object (&spec->lease, lease);
  forward = open_forward (fixture, spec);
  g_assert_cmpuint (fairlead_forward_get_local_port (forward), ==, port);
  g_assert_true (fairlead_forward_get_lease (forward) == lease);
  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    assert_heard (waiting[i], "pingping");
  assert_echoes (test_dial (port));
  close_forward (g_steal_pointer (&forward));
  g_assert_cmpint (test_dial (port), <, 0);
}

/* Or is turned away at once, as long as that is wanted; those who wait already, too. */
static void
test_lease_refuses (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (FairleadForwardSpec) spec = to_echo (echo);
  g_autoptr (FairleadPortLease) lease = NULL;
  g_autoptr (FairleadForward) forward = open_forward (fixture, spec);
  guint port = fairlead_forward_get_local_port (forward);
  int fd;

  lease = g_object_ref (fairlead_forward_get_lease (forward));
  /* Nobody is while it is served. */
  fairlead_port_lease_set_refusing (lease, TRUE);
  assert_echoes (test_dial (port));
  fairlead_port_lease_set_refusing (lease, FALSE);
  lose_connection (fixture, forward);

  fd = test_dial (port);
  fairlead_port_lease_set_refusing (lease, TRUE);
  assert_heard (fd, "reset");
  assert_heard (test_dial (port), "reset");
  fairlead_port_lease_set_refusing (lease, FALSE);
  fd = test_dial (port);
  say (fd, "ping");

  fairlead_port_lease_set_refusing (lease, FALSE);
  connect_again (fixture);
  g_clear_object (&forward);
  g_set_object (&spec->lease, lease);
  forward = open_forward (fixture, spec);
  assert_heard (fd, "pingping");
}

static gboolean
is_free (guint port)
{
  int fd = test_dial (port);

  if (fd >= 0)
    close (fd);
  return fd < 0;
}

/* In whatever order they end, no descriptor is left: not the listener's either. */
static void
test_lease_ends (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *out = test_run (fixture, "echo ready", NULL);
  guint fds;

  g_assert_cmpstr (out, ==, "ready\n");
  fds = test_count_fds () + 1;     /* what GLib makes when it is needed first */
  for (guint order = 0; order < 12; order++)
    {
      g_autoptr (FairleadForwardSpec) spec = to_echo (echo);
      g_autoptr (FairleadForward) forward = open_forward (fixture, spec);
      g_autoptr (FairleadPortLease) lease = g_object_ref (fairlead_forward_get_lease (forward));
      guint port = fairlead_forward_get_local_port (forward);

      switch (order % 6)
        {
        case 0:    /* the person closes the forward; the lease says so when it is tried again */
          close_forward (g_steal_pointer (&forward));
          g_set_object (&spec->lease, lease);
          forward = open_forward (fixture, spec);
          g_assert_true (fairlead_forward_get_lease (forward) != lease);
          close_forward (g_steal_pointer (&forward));
          break;
        case 1:    /* the lease is closed while the forward serves it: that is the forward's to do */
          fairlead_port_lease_close (lease);
          assert_echoes (test_dial (port));
          close_forward (g_steal_pointer (&forward));
          break;
        case 2:    /* the forward is dropped, and the last reference is the lease's */
          g_clear_object (&forward);
          break;
        case 3:    /* the lease is dropped first */
          g_clear_object (&lease);
          close_forward (g_steal_pointer (&forward));
          break;
        case 4:    /* the connection is lost, then the lease is closed */
          lose_connection (fixture, forward);
          fairlead_port_lease_set_refusing (lease, TRUE);
          assert_heard (test_dial (port), "reset");
          fairlead_port_lease_close (lease);
          break;
        default:   /* the session ends in order, and everything is dropped */
          test_close (fixture->remote);
          g_assert_false (fairlead_forward_is_open (forward));
        }
      g_clear_object (&forward);
      g_clear_object (&lease);
      g_clear_object (&spec->lease);
      if (order % 6 >= 4)
        connect_again (fixture);
      WAIT_POLLING (test_count_fds () <= fds);
    }
}

/* Another destination behind the same listener: the new forward waits until the old one has let go. */
static void
test_lease_changes (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_new_local (0, "127.0.0.1", 1);
  g_autoptr (FairleadForwardSpec) other = to_echo (echo);
  g_autoptr (FairleadForward) forward = open_forward (fixture, spec);
  guint port = fairlead_forward_get_local_port (forward);

  other->lease = g_object_ref (fairlead_forward_get_lease (forward));
  g_clear_object (&forward);
  forward = open_forward (fixture, other);
  g_assert_cmpuint (fairlead_forward_get_local_port (forward), ==, port);
  assert_echoes (test_dial (port));
}

/* ---- addresses ---- */

static void
test_ipv6 (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *text = g_strdup_printf ("[::1]:0 [127.0.0.1]:%u", echo_port (echo));
  g_autoptr (FairleadForward) forward = NULL;

  if (!have_ipv6 ())
    {
      g_test_skip ("no IPv6 here");
      return;
    }
  forward = open_text (fixture, FAIRLEAD_FORWARD_LOCAL, text);
  assert_echoes (dial6 (fairlead_forward_get_local_port (forward)));
  g_assert_cmpint (test_dial (fairlead_forward_get_local_port (forward)), <, 0);
}

static void
test_localhost (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *text = g_strdup_printf ("[localhost]:0 [127.0.0.1]:%u", echo_port (echo));
  g_autoptr (FairleadForward) forward = open_text (fixture, FAIRLEAD_FORWARD_LOCAL, text);
  guint port = fairlead_forward_get_local_port (forward);
  guint fds = test_count_fds ();

  for (guint i = 0; i < 10; i++)
    {
      assert_echoes (test_dial (port));
      if (have_ipv6 ())
        assert_echoes (dial6 (port));
    }
  WAIT_POLLING (test_count_fds () <= fds);
  WAIT_FOR (counters_of (forward).reached == (have_ipv6 () ? 20 : 10));
}

/* One of the two loopbacks is busy: what is said to be localhost would be somebody else's there. */
static void
test_localhost_half_busy (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *text = g_strdup_printf ("[localhost]:%u [127.0.0.1]:1", echo_port (echo));
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_parse (FAIRLEAD_FORWARD_LOCAL, text);
  g_autoptr (FairleadForward) forward = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (try_open (fixture, spec, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  spec->or_next_free = TRUE;
  forward = open_forward (fixture, spec);
  g_assert_cmpuint (fairlead_forward_get_local_port (forward), !=, echo_port (echo));
  if (have_ipv6 ())
    {
      int fd = dial6 (fairlead_forward_get_local_port (forward));

      g_assert_cmpint (fd, >=, 0);
      close (fd);
    }
}

static void
test_every_address (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *text = g_strdup_printf ("[*]:0 [127.0.0.1]:%u", echo_port (echo));
  g_autoptr (FairleadForward) forward = open_text (fixture, FAIRLEAD_FORWARD_LOCAL, text);

  assert_echoes (test_dial (fairlead_forward_get_local_port (forward)));
  if (have_ipv6 ())
    assert_echoes (dial6 (fairlead_forward_get_local_port (forward)));
}

static void
test_no_such_name (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (FairleadForwardSpec) spec =
    fairlead_forward_spec_parse (FAIRLEAD_FORWARD_LOCAL, "[nobody.invalid]:0 [127.0.0.1]:1");
  g_autoptr (GError) error = NULL;

  g_assert_null (try_open (fixture, spec, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_nonnull (strstr (error->message, "nobody.invalid"));
  g_assert_nonnull (fairlead_error_get_hint (error));
}

/* In a child that is nobody: is it hung up on? */
static gboolean
nobody_is_refused (int (*dial) (guint port),
                   guint port)
{
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      char byte;
      int fd;

      if (setgid (65534) < 0 || setuid (65534) < 0 || (fd = dial (port)) < 0)
        _exit (3);
      (void) !send (fd, "x", 1, MSG_NOSIGNAL);
      _exit (recv (fd, &byte, 1, 0) > 0 ? 1 : 0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

static void
test_other_user (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *text = g_strdup_printf ("[*]:0 [127.0.0.1]:%u", echo_port (echo));
  g_autoptr (FairleadForward) forward = open_text (fixture, FAIRLEAD_FORWARD_LOCAL, text);
  guint port = fairlead_forward_get_local_port (forward);

  if (getuid () != 0 || !have_ipv6 ())
    {
      g_test_skip ("only root can be somebody else, and this needs IPv6");
      return;
    }
  g_assert_true (nobody_is_refused (dial6, port));
  g_assert_true (nobody_is_refused (test_dial, port));
  WAIT_FOR (counters_of (forward).refused == 2);
  g_assert_cmpuint (counters_of (forward).total, ==, 0);
}

/* ---- a busy port ---- */

static GError *
busy_error (Fixture *fixture,
            guint    port)
{
  GError *error = NULL;

  g_assert_null (test_forward (fixture, port, FALSE, 1, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  return error;
}

/* The port that is offered in its place can be had. */
static void
check_offer (Fixture      *fixture,
             const GError *busy)
{
  guint port = fairlead_error_get_free_port (busy);
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadForward) forward = NULL;

  g_assert_cmpuint (port, >, 0);
  forward = test_forward (fixture, port, FALSE, 1, &error);
  g_assert_no_error (error);
}

static void
test_busy (Fixture       *fixture,
           gconstpointer  data)
{
  const char *script = "import socket,sys\n"
                       "s = socket.create_server(('127.0.0.1', 0))\n"
                       "print(s.getsockname()[1], flush=True)\n"
                       "sys.stdin.read()\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "python3", "-c",
                      script, NULL);
  g_autofree char *pid = NULL;
  char line[16] = "";
  guint port;

  g_assert_no_error (error);
  g_input_stream_read (g_subprocess_get_stdout_pipe (process), line, sizeof line - 1, NULL, &error);
  g_assert_no_error (error);
  port = g_ascii_strtoull (line, NULL, 10);
  g_assert_cmpuint (port, >, 0);

  error = busy_error (fixture, port);
  pid = g_strdup_printf ("process %s", g_subprocess_get_identifier (process));
  g_assert_nonnull (strstr (error->message, pid));
  g_assert_nonnull (strstr (error->message, "python3 -c import"));
  g_assert_cmpuint (strlen (error->message), <, 250);
  check_offer (fixture, error);
  g_output_stream_close (g_subprocess_get_stdin_pipe (process), NULL, NULL);
  g_subprocess_wait (process, NULL, NULL);
}

static void
test_busy_ours (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (FairleadForward) forward = open_text (fixture, FAIRLEAD_FORWARD_DYNAMIC, "0");
  g_autoptr (GError) error = busy_error (fixture, fairlead_forward_get_local_port (forward));

  g_assert_nonnull (strstr (error->message, "another tunnel of Fairlead"));
  check_offer (fixture, error);
}

/* ---- UNIX sockets ---- */

static char *
path_in (Fixture    *fixture,
         const char *name)
{
  return g_build_filename (fixture->directory, name, NULL);
}

static FairleadForwardSpec *
from_path (const char *path,
           Echo       *echo)
{
  g_autofree char *text = g_strdup_printf ("%s [127.0.0.1]:%u", path, echo_port (echo));

  return fairlead_forward_spec_parse (FAIRLEAD_FORWARD_LOCAL, text);
}

static void
test_unix (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *path = path_in (fixture, "socket");
  g_autoptr (FairleadForwardSpec) spec = from_path (path, echo);
  FairleadForward *forward = open_forward (fixture, spec);
  struct stat status;

  g_assert_cmpuint (fairlead_forward_get_local_port (forward), ==, 0);
  g_assert_no_errno (stat (path, &status));
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  assert_echoes (dial_path (path));
  WAIT_FOR (counters_of (forward).reached == 1);
  close_forward (forward);
  g_assert_cmpint (stat (path, &status), <, 0);
}

/* The listener's file goes, but never one that has taken its place; nor is one taken that is not ours to take. */
static void
test_unix_in_the_way (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *path = path_in (fixture, "socket");
  g_autofree char *moved = path_in (fixture, "moved");
  g_autoptr (FairleadForwardSpec) spec = from_path (path, echo);
  g_autoptr (GError) error = NULL;
  FairleadForward *forward = open_forward (fixture, spec);

  /* Somebody listens there: us. */
  g_assert_null (try_open (fixture, spec, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_clear_error (&error);
  assert_echoes (dial_path (path));

  /* One that was left behind is nobody's. */
  g_assert_no_errno (rename (path, moved));
  g_assert_no_errno (g_file_set_contents (path, "a file", -1, NULL) ? 0 : -1);
  close_forward (forward);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  g_assert_null (try_open (fixture, spec, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  g_assert_no_errno (rename (moved, path));
  forward = open_forward (fixture, spec);
  assert_echoes (dial_path (path));
  close_forward (forward);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* A listener of nobody: an old socket of another account stays, unless the configuration says otherwise. */
static void
test_unix_unlink (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *path = path_in (fixture, "socket");
  g_autoptr (FairleadForwardSpec) spec = from_path (path, echo);
  g_autoptr (FairleadTarget) target =
    test_target (fixture, test_sshd_port (), g_getenv ("SSHD_KNOWN_HOSTS"),
                 "StreamLocalBindUnlink yes\nStreamLocalBindMask 0117\n");
  g_autoptr (GError) error = NULL;
  FairleadForward *first = open_forward (fixture, spec);
  FairleadForward *second;
  FairleadRemote *old = g_steal_pointer (&fixture->remote);
  struct stat status;

  test_use_target (fixture, target);
  test_connect (fixture, &error);
  g_assert_no_error (error);
  second = open_forward (fixture, spec);
  g_assert_no_errno (stat (path, &status));
  g_assert_cmpint (status.st_mode & 0777 & ~0660, ==, 0);
  /* The first one's end leaves the second one's file. */
  close_forward (first);
  assert_echoes (dial_path (path));
  close_forward (second);
  g_assert_cmpint (stat (path, &status), <, 0);
  test_close (old);
  g_object_unref (old);
}

/* To a socket on the host: sshd's and our own file system are one here. */
static void
test_to_unix (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *directory = g_path_get_dirname (g_getenv ("SSHD_LOG"));
  g_autofree char *path = g_build_filename (directory, "there.socket", NULL);
  g_autofree char *text = g_strdup_printf ("0 %s", path);
  g_autoptr (FairleadForwardSpec) there = from_path (path, echo);
  g_autoptr (FairleadForward) forward = open_text (fixture, FAIRLEAD_FORWARD_LOCAL, text);
  guint port = fairlead_forward_get_local_port (forward);
  FairleadForward *served;

  /* Nobody listens there yet: the reason can be read. */
  assert_heard (test_dial (port), "");
  WAIT_FOR (counters_of (forward).failed == 1);
  g_assert_error (fairlead_forward_get_last_failure (forward), FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_nonnull (strstr (fairlead_forward_get_last_failure (forward)->message, path));

  served = open_forward (fixture, there);
  assert_echoes (test_dial (port));
  WAIT_FOR (counters_of (forward).reached == 1);
  close_forward (served);
}

/* ---- SOCKS ---- */

typedef struct {
  GSocketClient *client;
  const char *host;
  guint port;
} SocksDial;

static void
socks_dial_thread (GTask        *task,
                   gpointer      source,
                   gpointer      data,
                   GCancellable *cancellable)
{
  SocksDial *dial = data;
  GError *error = NULL;
  GSocketConnection *connection =
    g_socket_client_connect_to_host (dial->client, dial->host, dial->port, NULL, &error);

  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else
    g_task_return_error (task, error);
}

/* Through GLib's own client, which is nobody's relative; in a thread, since its asynchronous one leaks. */
static GSocketConnection *
socks_dial (const char  *protocol,
            guint        proxy_port,
            const char  *host,
            guint        port,
            GError     **error)
{
  g_autofree char *uri = g_strdup_printf ("%s://127.0.0.1:%u", protocol, proxy_port);
  g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (uri, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, keep_result_cb, &result);
  SocksDial dial = { client, host, port };

  g_socket_client_set_proxy_resolver (client, resolver);
  g_task_set_task_data (task, &dial, NULL);
  g_task_run_in_thread (task, socks_dial_thread);
  WAIT_FOR (result != NULL);
  return g_task_propagate_pointer (task, error);
}

static void
assert_socks_echoes (const char *protocol,
                     guint       proxy_port,
                     const char *host,
                     Echo       *echo)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = socks_dial (protocol, proxy_port, host, echo_port (echo),
                                                         &error);

  int fd;

  g_assert_no_error (error);
  fd = dup (g_socket_get_fd (g_socket_connection_get_socket (connection)));
  g_assert_true (g_unix_set_fd_nonblocking (fd, FALSE, NULL));
  assert_echoes (fd);
}

static void
test_socks (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (FairleadForward) forward = open_text (fixture, FAIRLEAD_FORWARD_DYNAMIC, "0");
  guint port = fairlead_forward_get_local_port (forward);
  guint fds;

  assert_socks_echoes ("socks5", port, "127.0.0.1", echo);
  fds = test_count_fds ();
  assert_socks_echoes ("socks5", port, "localhost", echo);
  assert_socks_echoes ("socks4", port, "127.0.0.1", echo);
  assert_socks_echoes ("socks4a", port, "localhost", echo);
  WAIT_FOR (counters_of (forward).reached == 4 && counters_of (forward).open == 0);
  g_assert_cmpuint (counters_of (forward).failed, ==, 0);
  WAIT_POLLING (test_count_fds () <= fds);
}

/* The outcome is the host's, in SOCKS's words. */
static void
test_socks_refused (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (FairleadForward) forward = open_text (fixture, FAIRLEAD_FORWARD_DYNAMIC, "0");
  guint port = fairlead_forward_get_local_port (forward);
  g_autoptr (GError) error = NULL;

  g_assert_null (socks_dial ("socks5", port, "127.0.0.1", 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_clear_error (&error);
  g_assert_null (socks_dial ("socks4", port, "127.0.0.1", 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED);
  WAIT_FOR (counters_of (forward).failed == 2);
  g_assert_error (fairlead_forward_get_last_failure (forward), FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  assert_heard (test_dial (port), "");
}

/* What is no SOCKS ends; who says nothing, or goes in the middle, harms nobody. */
static void
test_socks_not (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (FairleadForward) forward = open_text (fixture, FAIRLEAD_FORWARD_DYNAMIC, "0");
  guint port = fairlead_forward_get_local_port (forward);
  g_autofree char *heard = NULL;
  int silent = test_dial (port);
  int fd = test_dial (port);

  g_assert_cmpint (send (fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), ==, 18);
  heard = hear (fd);
  WAIT_FOR (counters_of (forward).failed == 1);
  fd = test_dial (port);
  g_assert_cmpint (send (fd, "\x05\x01", 2, MSG_NOSIGNAL), ==, 2);
  close (fd);
  WAIT_FOR (counters_of (forward).open == 1);
  assert_socks_echoes ("socks5", port, "127.0.0.1", echo);
  close (silent);
  WAIT_FOR (counters_of (forward).open == 0);
  g_assert_cmpuint (counters_of (forward).failed, ==, 1);
}

/* The first data comes with the request, before anybody has been granted anything. */
static void
test_socks_early (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (FairleadForward) forward = open_text (fixture, FAIRLEAD_FORWARD_DYNAMIC, "0");
  guint16 port = htons (echo_port (echo));
  g_autoptr (GByteArray) message = g_byte_array_new ();
  int fd = test_dial (fairlead_forward_get_local_port (forward));
  char answer[8 + 8];

  g_byte_array_append (message, (const guint8 *) "\x04\x01", 2);
  g_byte_array_append (message, (const guint8 *) &port, 2);
  g_byte_array_append (message, (const guint8 *) "\x7f\0\0\x01\0ping", 9);
  g_assert_cmpint (send (fd, message->data, message->len, MSG_NOSIGNAL), ==, message->len);
  shutdown (fd, SHUT_WR);
  g_assert_cmpint (recv (fd, answer, sizeof answer, MSG_WAITALL), ==, sizeof answer);
  g_assert_cmpmem (answer, sizeof answer, "\0\x5a\0\0\0\0\0\0pingping", sizeof answer);
  close (fd);
}

/* ---- curl, as people use it ---- */

static gpointer
http_thread (gpointer data)
{
  static const char answer[] = "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  int listening = GPOINTER_TO_INT (data);
  int fd;

  while ((fd = accept4 (listening, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    {
      char request[4096];
      gsize length = 0;
      gssize n;

      while (g_strstr_len (request, length, "\r\n\r\n") == NULL
             && (n = recv (fd, request + length, sizeof request - length, 0)) > 0)
        length += n;
      (void) !send (fd, answer, strlen (answer), MSG_NOSIGNAL);
      close (fd);
    }
  return NULL;
}

static void
curl (const char *option,
      guint       proxy_port,
      guint       port)
{
  g_autofree char *proxy = g_strdup_printf ("127.0.0.1:%u", proxy_port);
  g_autofree char *url = g_strdup_printf ("http://localhost:%u/", port);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *out = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "curl", "-sSq", "--noproxy", "", option, proxy,
                      url, NULL);

  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  g_subprocess_communicate_utf8_finish (process, result, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (out, ==, "hello");
}

static void
test_socks_curl (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *program = g_find_program_in_path ("curl");
  g_autoptr (FairleadForward) forward = open_text (fixture, FAIRLEAD_FORWARD_DYNAMIC, "0");
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listening = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  static const char * const options[] = { "--socks5-hostname", "--socks5", "--socks4a", "--socks4" };
  GThread *thread;

  if (program == NULL)
    {
      g_test_skip ("no curl");
      close (listening);
      return;
    }
  g_assert_no_errno (bind (listening, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (listening, 16));
  g_assert_no_errno (getsockname (listening, (struct sockaddr *) &address, &length));
  thread = g_thread_new ("http", http_thread, GINT_TO_POINTER (listening));
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    curl (options[i], fairlead_forward_get_local_port (forward), ntohs (address.sin_port));
  shutdown (listening, SHUT_RDWR);
  g_thread_join (thread);
  close (listening);
}

/* ---- what the host listens on; its loopback is ours here ---- */

static FairleadForward *
open_remote (Fixture    *fixture,
             const char *listen,
             Echo       *echo)
{
  g_autofree char *text = g_strdup_printf ("%s [127.0.0.1]:%u", listen, echo_port (echo));

  return open_text (fixture, FAIRLEAD_FORWARD_REMOTE, text);
}

static void
test_remote (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  FairleadForward *forward = open_remote (fixture, "0", echo);
  guint port = fairlead_forward_get_local_port (forward);
  guint fds;

  g_assert_cmpuint (port, >, 0);
  g_assert_null (fairlead_forward_get_lease (forward));
  assert_echoes (test_dial (port));
  fds = test_count_fds ();
  for (guint i = 0; i < 50; i++)
    g_assert_true (test_exchange (port, i));
  WAIT_FOR (counters_of (forward).reached == 51 && counters_of (forward).open == 0);
  g_assert_cmpuint (counters_of (forward).failed, ==, 0);
  g_assert_cmpuint (counters_of (forward).received, >, 0);
  g_assert_true (test_exchange (port, 900));
  WAIT_POLLING (test_count_fds () <= fds);
  close_forward (forward);
  WAIT_POLLING (is_free (port));
}

/* Several at once, to different places, each to its own. */
static void
test_remote_several (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *here = path_in (fixture, "here");
  g_autofree char *to_path = g_strdup_printf ("0 %s", here);
  g_autofree char *to_name = g_strdup_printf ("0 [localhost]:%u", echo_port (echo));
  g_autoptr (FairleadForwardSpec) spec = from_path (here, echo);
  FairleadForward *nowhere = open_text (fixture, FAIRLEAD_FORWARD_REMOTE, "0 [127.0.0.1]:1");
  g_autoptr (FairleadForward) by_path = open_text (fixture, FAIRLEAD_FORWARD_REMOTE, to_path);
  g_autoptr (FairleadForward) by_name = open_text (fixture, FAIRLEAD_FORWARD_REMOTE, to_name);
  g_autoptr (FairleadForward) local = open_forward (fixture, spec);

  assert_heard (test_dial (fairlead_forward_get_local_port (nowhere)), "");
  WAIT_FOR (counters_of (nowhere).failed == 1);
  g_assert_error (fairlead_forward_get_last_failure (nowhere), FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  assert_echoes (test_dial (fairlead_forward_get_local_port (by_path)));
  close_forward (nowhere);
  assert_echoes (test_dial (fairlead_forward_get_local_port (by_name)));
  WAIT_FOR (counters_of (by_path).reached == 1 && counters_of (by_name).reached == 1
            && counters_of (local).reached == 1);
}

/* An address of this computer that is not the loopback, or NULL. */
static char *
own_address (void)
{
  struct ifaddrs *all = NULL;
  char *found = NULL;

  g_assert_no_errno (getifaddrs (&all));
  for (struct ifaddrs *i = all; i != NULL && found == NULL; i = i->ifa_next)
    if (i->ifa_addr != NULL && i->ifa_addr->sa_family == AF_INET && (i->ifa_flags & IFF_LOOPBACK) == 0
        && (i->ifa_flags & IFF_UP) != 0)
      {
        char text[INET_ADDRSTRLEN];

        found = g_strdup (inet_ntop (AF_INET, &((struct sockaddr_in *) i->ifa_addr)->sin_addr, text,
                                     sizeof text));
      }
  freeifaddrs (all);
  return found;
}

/* What is not the loopback is connected to by a thread of its own: reached, and not. */
static void
test_remote_network (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *address = own_address ();
  g_autofree char *every = g_strdup_printf ("[*]:0 [127.0.0.1]:%u", echo_port (echo));
  g_autoptr (FairleadForward) local = NULL;
  g_autoptr (FairleadForward) good = NULL;
  g_autoptr (FairleadForward) bad = NULL;
  g_autofree char *to_good = NULL;
  g_autofree char *to_bad = NULL;

  if (address == NULL)
    {
      g_test_skip ("no network here");
      return;
    }
  local = open_text (fixture, FAIRLEAD_FORWARD_LOCAL, every);
  to_good = g_strdup_printf ("0 [%s]:%u", address, fairlead_forward_get_local_port (local));
  to_bad = g_strdup_printf ("0 [%s]:1", address);
  good = open_text (fixture, FAIRLEAD_FORWARD_REMOTE, to_good);
  bad = open_text (fixture, FAIRLEAD_FORWARD_REMOTE, to_bad);
  assert_echoes (test_dial (fairlead_forward_get_local_port (good)));
  assert_heard (test_dial (fairlead_forward_get_local_port (bad)), "");
  WAIT_FOR (counters_of (bad).failed == 1 && counters_of (good).reached == 1);
}

static void
test_remote_path (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *directory = g_path_get_dirname (g_getenv ("SSHD_LOG"));
  g_autofree char *path = g_build_filename (directory, "remote.socket", NULL);
  FairleadForward *forward = open_remote (fixture, path, echo);

  assert_echoes (dial_path (path));
  WAIT_FOR (counters_of (forward).reached == 1);
  close_forward (forward);
  WAIT_POLLING (dial_path (path) < 0);
  g_unlink (path);
}

/* The host does not want to, and says no more than that. */
static void
test_remote_busy (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *text = g_strdup_printf ("[127.0.0.1]:%u [127.0.0.1]:1", echo_port (echo));
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_parse (FAIRLEAD_FORWARD_REMOTE, text);
  g_autoptr (FairleadForward) wide = NULL;
  g_autoptr (FairleadForward) after = NULL;
  g_autoptr (GError) error = NULL;

  /* It takes another address for the loopback without a word: that is said for it. */
  wide = open_remote (fixture, "[*]:0", echo);
  WAIT_FOR (strstr (fixture->messages->str, "GatewayPorts") != NULL);
  assert_echoes (test_dial (fairlead_forward_get_local_port (wide)));
  g_assert_null (try_open (fixture, spec, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_nonnull (fairlead_error_get_hint (error));
  /* Nothing of it is left, and the next one may. */
  after = open_remote (fixture, "0", echo);
  assert_echoes (test_dial (fairlead_forward_get_local_port (after)));
}

static void
test_remote_socks (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (FairleadForward) forward = open_text (fixture, FAIRLEAD_FORWARD_REMOTE, "0");
  guint port = fairlead_forward_get_local_port (forward);
  g_autoptr (GError) error = NULL;
  guint fds;

  assert_socks_echoes ("socks5", port, "127.0.0.1", echo);
  WAIT_FOR (counters_of (forward).open == 0);
  fds = test_count_fds ();
  assert_socks_echoes ("socks5", port, "localhost", echo);
  assert_socks_echoes ("socks4a", port, "localhost", echo);
  g_assert_null (socks_dial ("socks5", port, "127.0.0.1", 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  WAIT_FOR (counters_of (forward).open == 0);
  WAIT_POLLING (test_count_fds () <= fds);
}

/* The host forbids all of them, and what is not forbidden works. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autofree char *text = g_strdup_printf ("0 [127.0.0.1]:%u", echo_port (echo));
  static const char * const remotes[] = { "0 [127.0.0.1]:1", "/tmp/fairlead-refused [127.0.0.1]:1", "0" };
  g_autoptr (FairleadForward) local = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (remotes); i++)
    {
      g_autoptr (FairleadForwardSpec) spec =
        fairlead_forward_spec_parse (FAIRLEAD_FORWARD_REMOTE, remotes[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (try_open (fixture, spec, &error));
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
    }
  local = open_text (fixture, FAIRLEAD_FORWARD_LOCAL, text);
  assert_echoes (test_dial (fairlead_forward_get_local_port (local)));
}

/* The connection goes in the middle of everything. */
static void
test_remote_lost (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  FairleadForward *forward = open_remote (fixture, "0", echo);
  g_autoptr (FairleadForward) socks = open_text (fixture, FAIRLEAD_FORWARD_REMOTE, "0");
  guint fds = test_count_fds ();
  int fd[2];

  fd[0] = test_dial (fairlead_forward_get_local_port (forward));
  fd[1] = test_dial (fairlead_forward_get_local_port (socks));
  WAIT_FOR (counters_of (forward).open == 1 && counters_of (socks).open == 1);
  lose_connection (fixture, forward);
  g_assert_false (fairlead_forward_is_open (socks));
  g_object_unref (forward);
  close (fd[0]);
  close (fd[1]);
  WAIT_POLLING (test_count_fds () <= fds);
}

/* ---- another destination ---- */

/* The session has heard of it once it has answered to something else. */
static void
redirect (Fixture                  *fixture,
          FairleadForward          *forward,
          const FairleadForwardEnd *to)
{
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_new_local (0, "127.0.0.1", 1);

  g_assert_true (fairlead_forward_redirect (forward, to));
  close_forward (open_forward (fixture, spec));
}

/* New connections go there; one that is open stays where it is. */
static void
test_redirect (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (Echo) first = echo_start ();
  g_autoptr (Echo) second = echo_start ();
  g_autoptr (FairleadForwardSpec) spec = to_echo (first);
  FairleadForward *forward = open_forward (fixture, spec);
  guint port = fairlead_forward_get_local_port (forward);
  FairleadForwardEnd nowhere = { .host = (char *) "127.0.0.1", .port = 1 };
  FairleadForwardEnd socks = { NULL, };
  g_autofree char *destination = NULL;
  int open = test_dial (port);

  WAIT_FOR (counters_of (forward).reached == 1);
  redirect (fixture, forward, &nowhere);
  destination = fairlead_forward_dup_remote_address (forward);
  g_assert_cmpstr (destination, ==, "127.0.0.1:1");
  g_free (hear (test_dial (port)));
  WAIT_FOR (counters_of (forward).failed == 1);
  g_assert_nonnull (fairlead_forward_get_last_failure (forward));
  assert_echoes (open);

  nowhere.port = echo_port (second);
  redirect (fixture, forward, &nowhere);
  assert_echoes (test_dial (port));
  g_assert_false (fairlead_forward_redirect (forward, &socks));
  close_forward (forward);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!test_ready ())
    return 2;

#define OPEN(path, func) g_test_add (path, Fixture, NULL, test_set_up_open, func, test_tear_down)
  OPEN ("/forwards/lease/waits", test_lease_waits);
  OPEN ("/forwards/lease/refuses", test_lease_refuses);
  OPEN ("/forwards/lease/ends", test_lease_ends);
  OPEN ("/forwards/lease/changes", test_lease_changes);
  OPEN ("/forwards/address/ipv6", test_ipv6);
  OPEN ("/forwards/address/localhost", test_localhost);
  OPEN ("/forwards/address/localhost-half-busy", test_localhost_half_busy);
  OPEN ("/forwards/address/every", test_every_address);
  OPEN ("/forwards/address/no-such-name", test_no_such_name);
  OPEN ("/forwards/address/other-user", test_other_user);
  OPEN ("/forwards/busy/program", test_busy);
  OPEN ("/forwards/busy/ours", test_busy_ours);
  OPEN ("/forwards/unix/listens", test_unix);
  OPEN ("/forwards/unix/in-the-way", test_unix_in_the_way);
  OPEN ("/forwards/unix/unlink", test_unix_unlink);
  OPEN ("/forwards/unix/leads-to", test_to_unix);
  OPEN ("/forwards/socks/reaches", test_socks);
  OPEN ("/forwards/socks/refused", test_socks_refused);
  OPEN ("/forwards/socks/not", test_socks_not);
  OPEN ("/forwards/socks/early", test_socks_early);
  OPEN ("/forwards/socks/curl", test_socks_curl);
  OPEN ("/forwards/remote/reaches", test_remote);
  OPEN ("/forwards/remote/several", test_remote_several);
  OPEN ("/forwards/remote/network", test_remote_network);
  OPEN ("/forwards/remote/path", test_remote_path);
  OPEN ("/forwards/remote/busy", test_remote_busy);
  OPEN ("/forwards/remote/socks", test_remote_socks);
  OPEN ("/forwards/remote/lost", test_remote_lost);
  OPEN ("/forwards/redirect", test_redirect);
  OPEN ("/refused/remote", test_refused);
  return g_test_run ();
}
