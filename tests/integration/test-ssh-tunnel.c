/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "ssh-fixture.h"

/* What clients do to a tunnel. */

typedef struct {
  Fixture *fixture;
  Echo *echo;
  FairleadForward *forward;
  guint port;
  guint fds;
} Tunnel;

static void
tunnel_open (Tunnel  *tunnel,
             Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  tunnel->fixture = fixture;
  tunnel->echo = echo_start ();
  tunnel->forward = test_forward (fixture, 0, FALSE, echo_port (tunnel->echo), &error);
  g_assert_no_error (error);
  tunnel->port = fairlead_forward_get_local_port (tunnel->forward);
  g_assert_true (test_exchange (tunnel->port, 1));
  WAIT_POLLING ((tunnel->fds = test_count_fds ()) > 0);
}

static FairleadForwardCounters
counters_of (Tunnel *tunnel)
{
  FairleadForwardCounters counters;

  fairlead_forward_get_counters (tunnel->forward, &counters);
  return counters;
}

/* Every client has gone: nothing may be left of them, and the tunnel still works. */
static void
tunnel_check_and_close (Tunnel *tunnel)
{
  WAIT_FOR (counters_of (tunnel).open == 0);
  g_assert_true (test_exchange (tunnel->port, 2));
  WAIT_FOR (counters_of (tunnel).open == 0);
  WAIT_POLLING (test_count_fds () <= tunnel->fds);
  fairlead_forward_close (tunnel->forward);
  WAIT_FOR (!fairlead_forward_is_open (tunnel->forward));
  g_clear_object (&tunnel->forward);
  echo_stop (tunnel->echo);
  g_assert_cmpint (fairlead_remote_get_state (tunnel->fixture->remote), ==, FAIRLEAD_SESSION_OPEN);
}

/* Clients that vanish while their channel is being opened. */
static void
test_vanish (Fixture       *fixture,
             gconstpointer  data)
{
  enum { N = 100 };
  Tunnel tunnel;
  int fds[N];

  tunnel_open (&tunnel, fixture);
  for (guint i = 0; i < N; i++)
    fds[i] = test_dial (tunnel.port);
  for (guint i = 0; i < N; i++)
    close (fds[i]);
  /* Those that had gone before they were looked at are refused: they could be anybody's. */
  WAIT_FOR (counters_of (&tunnel).total + counters_of (&tunnel).refused == N + 1);
  tunnel_check_and_close (&tunnel);
}

static void
reset (int fd)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (fd);
}

/* Clients that reset the connection: before anything, in the middle of a request, of an answer. */
static void
test_reset (Fixture       *fixture,
            gconstpointer  data)
{
  enum { N = 60 };
  Tunnel tunnel;
  g_autofree char *block = g_malloc0 (MIB);
  int fds[N];

  tunnel_open (&tunnel, fixture);
  for (guint i = 0; i < N; i++)
    {
      fds[i] = test_dial (tunnel.port);
      if (i % 3 > 0)
        g_assert_cmpint (send (fds[i], block, MIB, MSG_NOSIGNAL), ==, MIB);
      if (i % 3 > 1)
        {
          shutdown (fds[i], SHUT_WR);
          g_assert_cmpint (recv (fds[i], block, 1000, 0), >, 0);
        }
    }
  for (guint i = 0; i < N; i++)
    reset (fds[i]);
  tunnel_check_and_close (&tunnel);
}

static gpointer
sequence_thread (gpointer data)
{
  Tunnel *tunnel = data;

  for (guint i = 0; i < 3000; i++)
    if (!test_exchange (tunnel->port, i % 100))
      return GUINT_TO_POINTER (i + 1);
  return NULL;
}

/* 3000 connections, one after the other, every byte checked. */
static void
test_sequence (Fixture       *fixture,
               gconstpointer  data)
{
  Tunnel tunnel;
  GThread *thread;

  tunnel_open (&tunnel, fixture);
  thread = g_thread_new ("sequence", sequence_thread, &tunnel);
  /* However slow the machine: it is a stall only where none comes for a whole deadline. */
  for (guint before = 0; counters_of (&tunnel).total < 3001; before = counters_of (&tunnel).total)
    WAIT_POLLING (counters_of (&tunnel).total > before);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), ==, 0);
  g_assert_cmpuint (counters_of (&tunnel).failed, ==, 0);
  tunnel_check_and_close (&tunnel);
}

static guint
resident_mib (void)
{
  g_autofree char *status = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  return g_ascii_strtoull (strstr (status, "VmRSS:") + strlen ("VmRSS:"), NULL, 10) / 1024;
}

/* Readers that take nothing of an endless stream: what is kept for them is bounded, and the others go on. */
static void
test_slow_reader (Fixture       *fixture,
                  gconstpointer  data)
{
  enum { N = 3 };
  Tunnel tunnel;
  FairleadRemoteProcess *processes[N];
  g_autoptr (GError) error = NULL;
  guint before = resident_mib ();

  tunnel_open (&tunnel, fixture);
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      fairlead_remote_spawn_async (fixture->remote, "exec cat /dev/zero", NULL, keep_result_cb, &result);
      WAIT_FOR (result != NULL);
      processes[i] = fairlead_remote_spawn_finish (fixture->remote, result, &error);
      g_assert_no_error (error);
    }
  for (guint i = 0; i < 100; i++)
    g_assert_true (test_exchange (tunnel.port, i));
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *out = test_run (fixture, "head -c 4000000 /dev/zero | wc -c", &error);

      g_assert_no_error (error);
      g_assert_cmpstr (out, ==, "4000000\n");
    }
  /* Without a bound it would be gigabytes by now; TSan's own share is counted in. */
  g_assert_cmpuint (resident_mib (), <, before + 200);
  for (guint i = 0; i < N; i++)
    g_object_unref (processes[i]);
  tunnel.fds += N * 6;    /* their sockets go when the server has confirmed */
  tunnel_check_and_close (&tunnel);
}

/* ---- whose client ---- */

/* In a child that is nobody: connects, says something, and leaves at once or waits. Returns 0 when it
 * was hung up on. */
static int
be_nobody (guint    port,
           gboolean leave)
{
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      char byte;
      int fd;

      if (setgid (65534) < 0 || setuid (65534) < 0 || (fd = test_dial (port)) < 0)
        _exit (3);
      (void) !send (fd, "terminate", 9, MSG_NOSIGNAL);
      if (leave)
        _exit (0);
      _exit (recv (fd, &byte, 1, 0) > 0 ? 1 : 0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

/* Another account of this machine is not let in; not either when it is quick to leave: the kernel then
 * shows its socket as root's. */
static void
test_other_user (Fixture       *fixture,
                 gconstpointer  data)
{
  enum { N = 50 };
  Tunnel tunnel;
  guint64 sent;

  if (getuid () != 0)
    {
      g_test_skip ("only root can be somebody else");
      return;
    }
  tunnel_open (&tunnel, fixture);
  WAIT_FOR (counters_of (&tunnel).open == 0 && counters_of (&tunnel).total == 1);
  sent = counters_of (&tunnel).sent;
  g_assert_cmpint (be_nobody (tunnel.port, FALSE), ==, 0);
  WAIT_FOR (counters_of (&tunnel).refused == 1);
  for (guint i = 0; i < N; i++)
    g_assert_cmpint (be_nobody (tunnel.port, TRUE), ==, 0);
  WAIT_FOR (counters_of (&tunnel).refused == 1 + N);
  g_assert_cmpuint (counters_of (&tunnel).total, ==, 1);
  g_assert_cmpuint (counters_of (&tunnel).sent, ==, sent);
  tunnel_check_and_close (&tunnel);
}

/* A client that speaks IPv6 to an IPv4 address, as Java's do, is known as well. */
static void
test_mapped_address (Fixture       *fixture,
                     gconstpointer  data)
{
  struct sockaddr_in6 address = { .sin6_family = AF_INET6 };
  Tunnel tunnel;
  char answer[8];
  int fd;

  tunnel_open (&tunnel, fixture);
  fd = socket (AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  address.sin6_port = htons (tunnel.port);
  address.sin6_addr.s6_addr[10] = address.sin6_addr.s6_addr[11] = 0xff;
  address.sin6_addr.s6_addr[12] = 127;
  address.sin6_addr.s6_addr[15] = 1;
  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    {
      g_test_skip ("no IPv6 here");
    }
  else
    {
      g_assert_cmpint (send (fd, "ping", 4, MSG_NOSIGNAL), ==, 4);
      shutdown (fd, SHUT_WR);
      g_assert_cmpint (recv (fd, answer, 8, MSG_WAITALL), ==, 8);
      g_assert_cmpmem (answer, 8, "pingping", 8);
    }
  close (fd);
  tunnel_check_and_close (&tunnel);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!test_ready ())
    return 2;

#define OPEN(path, func) g_test_add (path, Fixture, NULL, test_set_up_open, func, test_tear_down)
  OPEN ("/tunnel/vanish", test_vanish);
  OPEN ("/tunnel/reset", test_reset);
  OPEN ("/tunnel/sequence", test_sequence);
  OPEN ("/tunnel/slow-reader", test_slow_reader);
  OPEN ("/tunnel/other-user", test_other_user);
  OPEN ("/tunnel/mapped-address", test_mapped_address);
  return g_test_run ();
}
