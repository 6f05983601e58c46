/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"
#include "ssh-fixture.h"

/* Very many connections through one tunnel, every byte checked at both ends: none is lost, and nothing is
 * left of them here or on the server. FAIRLEAD_TEST_CONNECTIONS: how many one after another. */

#define AT_ONCE 1000
#define ONE_AFTER_ANOTHER 2000

/* ---- what is left ---- */

/* Descriptors of a process; 0 where they may not be counted. */
static guint
count_fds_of (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", (int) pid);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (directory != NULL && g_dir_read_name (directory) != NULL)
    n++;
  return n;
}

typedef struct {
  Fixture *fixture;
  FairleadForward *forward;
  guint port;
  GPid sshd;
  guint fds;
  guint sshd_fds;
} Tunnel;

static FairleadForwardCounters
counters_of (Tunnel *tunnel)
{
  FairleadForwardCounters counters;

  fairlead_forward_get_counters (tunnel->forward, &counters);
  return counters;
}

static void
tunnel_open (Tunnel  *tunnel,
             Fixture *fixture,
             guint    remote_port)
{
  g_autoptr (GError) error = NULL;

  tunnel->fixture = fixture;
  tunnel->sshd = test_connection_pid (fixture);
  tunnel->forward = test_forward (fixture, 0, FALSE, remote_port, &error);
  g_assert_no_error (error);
  tunnel->port = fairlead_forward_get_local_port (tunnel->forward);
  /* With those, perhaps, of the command that told the pid: a few, where a leak would be of hundreds. */
  tunnel->sshd_fds = count_fds_of (tunnel->sshd);
  tunnel->fds = test_count_fds ();
}

/* All @total clients have come and gone, and nothing is left of them on either side. */
static void
tunnel_assert_empty (Tunnel *tunnel,
                     guint   total)
{
  WAIT_FOR (counters_of (tunnel).total == total && counters_of (tunnel).open == 0);
  WAIT_POLLING (test_count_fds () <= tunnel->fds);
  WAIT_POLLING (count_fds_of (tunnel->sshd) <= tunnel->sshd_fds);
  g_assert_cmpint (fairlead_remote_get_state (tunnel->fixture->remote), ==, FAIRLEAD_SESSION_OPEN);
}

static void
tunnel_close (Tunnel *tunnel)
{
  fairlead_forward_close (tunnel->forward);
  WAIT_FOR (!fairlead_forward_is_open (tunnel->forward));
  g_clear_object (&tunnel->forward);
}

/* ---- all at once ---- */

static void
test_at_once (Fixture       *fixture,
              gconstpointer  length)
{
  g_autoptr (LoadServer) server = load_server_start ();
  g_autoptr (LoadClients) clients = NULL;
  guint64 bytes = (guint64) AT_ONCE * GPOINTER_TO_SIZE (length);
  Tunnel tunnel;
  gint64 start;

  tunnel_open (&tunnel, fixture, load_server_get_port (server));
  start = g_get_monotonic_time ();
  clients = load_clients_start (tunnel.port, AT_ONCE, GPOINTER_TO_SIZE (length));
  WAIT_POLLING (load_clients_get_ready (clients) == AT_ONCE);
  g_test_message ("%u connections are open after %.2f s", AT_ONCE,
                  (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC);
  g_assert_cmpuint (load_server_get_open (server), ==, AT_ONCE);
  WAIT_FOR (counters_of (&tunnel).open == AT_ONCE);
  start = g_get_monotonic_time ();
  load_clients_go (clients);
  /* However slow the machine: it is a stall only where nothing moves for a whole deadline. */
  for (guint64 before = 0; !load_clients_is_done (clients); before = counters_of (&tunnel).received)
    WAIT_POLLING (load_clients_is_done (clients) || counters_of (&tunnel).received > before);
  g_test_message ("%.1f MB each way in %.2f s", bytes / 1e6,
                  (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC);
  g_assert_cmpuint (load_count_errors (), ==, 0);
  g_clear_pointer (&clients, load_clients_free);
  WAIT_POLLING (load_server_get_open (server) == 0);
  tunnel_assert_empty (&tunnel, AT_ONCE);
  g_assert_cmpuint (counters_of (&tunnel).failed, ==, 0);
  g_assert_cmpuint (counters_of (&tunnel).received, ==, bytes);
  g_assert_cmpuint (counters_of (&tunnel).sent, ==, bytes + 8 * AT_ONCE);
  tunnel_close (&tunnel);
}

/* ---- one after another ---- */

typedef struct {
  guint port;
  guint first;
  guint n;
  int done;
  int ended;
} Sequence;

static gpointer
sequence_thread (gpointer data)
{
  Sequence *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      guint number = self->first + i;

      if (!load_exchange (self->port, number, number % 50 == 0 ? 200000 : 1 + number % 2000))
        break;
      g_atomic_int_inc (&self->done);
    }
  g_atomic_int_set (&self->ended, 1);
  return NULL;
}

static void
run_sequence (Tunnel *tunnel,
              guint   first,
              guint   n)
{
  Sequence sequence = { .port = tunnel->port, .first = first, .n = n };
  GThread *thread = g_thread_new ("sequence", sequence_thread, &sequence);
  int before = -1;

  /* However many: it is a stall only where none has ended for a whole deadline. */
  while (!g_atomic_int_get (&sequence.ended) && g_atomic_int_get (&sequence.done) > before)
    {
      gint64 end = g_get_monotonic_time () + DEADLINE_SECONDS * G_USEC_PER_SEC;

      before = g_atomic_int_get (&sequence.done);
      while (!g_atomic_int_get (&sequence.ended) && g_get_monotonic_time () < end
             && g_atomic_int_get (&sequence.done) < before + 1000)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (2000);
        }
    }
  g_assert_cmpint (g_atomic_int_get (&sequence.done), ==, (int) n);
  g_thread_join (thread);
}

static guint
number_of_connections (void)
{
  const char *text = g_getenv ("FAIRLEAD_TEST_CONNECTIONS");

  return text ? g_ascii_strtoull (text, NULL, 10) : ONE_AFTER_ANOTHER;
}

/* Bytes that are allocated now. */
static gsize
heap_in_use (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

/* What the first half left is all that there ever is: the second leaves no more, whatever their number. */
static void
test_one_after_another (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (LoadServer) server = load_server_start ();
  guint n = number_of_connections ();
  Tunnel tunnel;
  gsize heap;
  gint64 start;

  tunnel_open (&tunnel, fixture, load_server_get_port (server));
  start = g_get_monotonic_time ();
  run_sequence (&tunnel, 1, n / 2);
  tunnel_assert_empty (&tunnel, n / 2);
  heap = heap_in_use ();
  run_sequence (&tunnel, 1 + n / 2, n - n / 2);
  tunnel_assert_empty (&tunnel, n);
  g_test_message ("%.0f connections a second; heap %+.1f KiB",
                  n * (double) G_USEC_PER_SEC / (g_get_monotonic_time () - start),
                  ((double) heap_in_use () - heap) / 1024);
  g_assert_cmpuint (heap_in_use (), <, heap + 512 * 1024);
  g_assert_cmpuint (load_count_errors (), ==, 0);
  WAIT_POLLING (load_server_get_open (server) == 0);
  g_assert_cmpuint (counters_of (&tunnel).failed, ==, 0);
  tunnel_close (&tunnel);
}

/* ---- those that leave while their channel is being opened ---- */

enum { LEAVING = 120 };

static void
reset (int fd)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (fd);
}

/* Each has said something, and its channel is being opened, or was. */
static void
dial_many (Tunnel *tunnel,
           int     fds[LEAVING])
{
  for (guint i = 0; i < LEAVING; i++)
    {
      fds[i] = test_dial (tunnel->port);
      g_assert_cmpint (fds[i], >=, 0);
      g_assert_cmpint (send (fds[i], "ask", 3, MSG_NOSIGNAL), ==, 3);
    }
  WAIT_FOR (counters_of (tunnel).total == LEAVING);
}

/* A third resets the connection, a third closes it; the others have said all, and wait: they are kept. */
static void
leave (int fds[LEAVING])
{
  for (guint i = 0; i < LEAVING; i++)
    {
      if (i % 3 == 0)
        reset (fds[i]);
      else if (i % 3 == 1)
        close (fds[i]);
      else
        shutdown (fds[i], SHUT_WR);
      if (i % 3 < 2)
        fds[i] = -1;
    }
}

/* Each of those that waited is told the end. */
static void
take_ends (int fds[LEAVING])
{
  for (guint i = 0; i < LEAVING; i++)
    {
      char byte;

      if (fds[i] < 0)
        continue;
      g_assert_cmpint (recv (fds[i], &byte, 1, 0), <=, 0);
      close (fds[i]);
    }
}

/* Nobody listens there. */
static void
test_leave_refused (Fixture       *fixture,
                    gconstpointer  data)
{
  Echo *echo = echo_start ();
  Tunnel tunnel;
  int fds[LEAVING];

  tunnel_open (&tunnel, fixture, echo_port (echo));
  echo_stop (echo);
  tunnel.fds = test_count_fds ();
  dial_many (&tunnel, fds);
  leave (fds);
  take_ends (fds);
  tunnel_assert_empty (&tunnel, LEAVING);
  g_assert_cmpuint (counters_of (&tunnel).failed, ==, LEAVING);
  tunnel_close (&tunnel);
}

static guint
exchange_beside (Fixture *fixture)
{
  g_autoptr (LoadServer) server = load_server_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadForward) forward = test_forward (fixture, 0, FALSE, load_server_get_port (server),
                                                      &error);
  guint n = 0;

  g_assert_no_error (error);
  while (n < 20 && load_exchange (fairlead_forward_get_local_port (forward), n, 5000))
    n++;
  fairlead_forward_close (forward);
  WAIT_FOR (!fairlead_forward_is_open (forward));
  WAIT_POLLING (load_server_get_open (server) == 0);
  return n;
}

/* Who is there neither takes nor refuses the connection: others go on meanwhile, a client that resets its
 * connection is let go of at once, and once there is an answer nothing is left. */
static void
test_leave_unanswered (Fixture       *fixture,
                       gconstpointer  data)
{
  BlackHole hole;
  Tunnel tunnel;
  int fds[LEAVING];

  black_hole_start (&hole);
  tunnel_open (&tunnel, fixture, hole.port);
  dial_many (&tunnel, fds);
  leave (fds);
  /* Theirs, of those that wait at our end, and of those that closed, who may yet want an answer. */
  WAIT_POLLING (test_count_fds () <= tunnel.fds + LEAVING);
  g_assert_cmpuint (exchange_beside (fixture), ==, 20);
  black_hole_stop (&hole);
  take_ends (fds);
  tunnel_assert_empty (&tunnel, LEAVING);
  tunnel_close (&tunnel);
}

/* The session ends instead. */
static void
test_leave_session (Fixture       *fixture,
                    gconstpointer  data)
{
  BlackHole hole;
  Tunnel tunnel;
  int fds[LEAVING];

  black_hole_start (&hole);
  tunnel_open (&tunnel, fixture, hole.port);
  dial_many (&tunnel, fds);
  leave (fds);
  test_close (fixture->remote);
  take_ends (fds);
  g_assert_cmpuint (test_count_fds (), <, tunnel.fds);
  if (tunnel.sshd_fds > 0)
    WAIT_POLLING (count_fds_of (tunnel.sshd) == 0);
  g_clear_object (&tunnel.forward);
  black_hole_stop (&hole);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!test_ready ())
    return 2;

#define OPEN(path, data, func) g_test_add (path, Fixture, data, test_set_up_open, func, test_tear_down)
  OPEN ("/endurance/at-once/small", GSIZE_TO_POINTER (1000), test_at_once);
  OPEN ("/endurance/at-once/large", GSIZE_TO_POINTER (100000), test_at_once);
  OPEN ("/endurance/one-after-another", NULL, test_one_after_another);
  OPEN ("/endurance/leave/refused", NULL, test_leave_refused);
  OPEN ("/endurance/leave/unanswered", NULL, test_leave_unanswered);
  OPEN ("/endurance/leave/session", NULL, test_leave_session);
  return g_test_run ();
}
