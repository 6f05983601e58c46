/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ssh-fixture.h"

/* Streams that fill the connection: they share it, arrive as they were sent, and are held where nobody reads. */

/* Enough of them that the round takes longer than the queues on the way hold. */
#define STREAMS 8

/* Not a power of two, so that what is lost or doubled in whole blocks is noticed. */
#define PERIOD 65521

static guint8 pattern[2 * PERIOD];

/* Both ends of a connection through the tunnel, without a thread: what one gives is looked for at the other. */
typedef struct {
  int fds[2];                  /* the client's, and the one that the server's side opened */
  guint64 given[2];            /* by each */
  guint64 taken[2];
} Stream;

static int
listen_here (guint *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 128), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  *port = ntohs (address.sin_port);
  return fd;
}

/* Gives of the pattern what fits. */
static void
give (Stream *stream,
      guint   side)
{
  gssize n = send (stream->fds[side], pattern + stream->given[side] % PERIOD, PERIOD,
                   MSG_DONTWAIT | MSG_NOSIGNAL);

  if (n > 0)
    stream->given[side] += n;
  else
    g_assert_cmpint (errno, ==, EAGAIN);
}

/* Takes what has come, and compares it. */
static void
take (Stream *stream,
      guint   side)
{
  guint8 buffer[PERIOD];
  gssize n = recv (stream->fds[side], buffer, sizeof buffer, MSG_DONTWAIT);

  if (n < 0)
    {
      g_assert_cmpint (errno, ==, EAGAIN);
      return;
    }
  g_assert_cmpint (n, >, 0);
  g_assert_cmpmem (buffer, n, pattern + stream->taken[side] % PERIOD, n);
  stream->taken[side] += n;
}

typedef struct {
  FairleadForward *forward;
  int listening;
  Stream streams[STREAMS];
} Bulk;

static void
bulk_open (Bulk    *self,
           Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  guint port;

  for (gsize i = 0; i < sizeof pattern; i++)
    pattern[i] = (i % PERIOD) * 2654435761u >> 13;
  memset (self, 0, sizeof *self);
  self->listening = listen_here (&port);
  self->forward = test_forward (fixture, 0, FALSE, port, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < STREAMS; i++)
    {
      self->streams[i].fds[0] = test_dial (fairlead_forward_get_local_port (self->forward));
      g_assert_cmpint (self->streams[i].fds[0], >=, 0);
      self->streams[i].fds[1] = accept4 (self->listening, NULL, NULL, SOCK_CLOEXEC);
      g_assert_cmpint (self->streams[i].fds[1], >=, 0);
    }
}

static void
bulk_close (Bulk *self)
{
  for (guint i = 0; i < STREAMS; i++)
    {
      close (self->streams[i].fds[0]);
      close (self->streams[i].fds[1]);
    }
  close (self->listening);
  fairlead_forward_close (self->forward);
  WAIT_FOR (!fairlead_forward_is_open (self->forward));
  g_clear_object (&self->forward);
}

/* Each stream gives at the sides of the mask, and takes at the others. */
static void
bulk_turn (Bulk  *self,
           guint  giving)
{
  struct pollfd polls[2 * STREAMS];

  for (guint i = 0; i < 2 * STREAMS; i++)
    {
      guint side = i % 2;

      polls[i].fd = self->streams[i / 2].fds[side];
      polls[i].events = (giving & 1u << side ? POLLOUT : 0) | (giving & 1u << !side ? POLLIN : 0);
    }
  g_assert_cmpint (poll (polls, G_N_ELEMENTS (polls), DEADLINE_SECONDS * 1000), >, 0);
  for (guint i = 0; i < 2 * STREAMS; i++)
    {
      if (polls[i].revents & POLLOUT)
        give (&self->streams[i / 2], i % 2);
      if (polls[i].revents & POLLIN)
        take (&self->streams[i / 2], i % 2);
    }
}

static guint64
least_taken (Bulk *self,
             guint side)
{
  guint64 least = G_MAXUINT64;

  for (guint i = 0; i < STREAMS; i++)
    least = MIN (least, self->streams[i].taken[side]);
  return least;
}

static guint64
most_taken (Bulk *self,
            guint side)
{
  guint64 most = 0;

  for (guint i = 0; i < STREAMS; i++)
    most = MAX (most, self->streams[i].taken[side]);
  return most;
}

/* All that was given arrives, in its order, on all streams and in both directions at once. */
static void
test_both_ways (Fixture       *fixture,
                gconstpointer  data)
{
  enum { ENOUGH = 3 * MIB };
  Bulk bulk;

  bulk_open (&bulk, fixture);
  while (least_taken (&bulk, 0) < ENOUGH || least_taken (&bulk, 1) < ENOUGH)
    bulk_turn (&bulk, 3);
  bulk_close (&bulk);
}

/* Upwards it is ours to say who is next: none is forgotten, or gets far ahead of another, whatever time it takes. */
static void
test_shares (Fixture       *fixture,
             gconstpointer  data)
{
  enum { ENOUGH = 24 * MIB };
  Bulk bulk;

  bulk_open (&bulk, fixture);
  while (most_taken (&bulk, 1) < ENOUGH)
    bulk_turn (&bulk, 1);
  /* What the sockets on the way hold of each is some MiB. */
  g_assert_cmpuint (least_taken (&bulk, 1), >, ENOUGH / 8);
  bulk_close (&bulk);
}

/* A client that resets its connection while the remote takes nothing more is let go of, though the server keeps the
 * channel until that has read all. */
static void
test_reset_while_full (Fixture       *fixture,
                       gconstpointer  data)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };
  struct pollfd poll_fd = { .events = POLLOUT };
  guint fds;
  Bulk bulk;

  bulk_open (&bulk, fixture);
  poll_fd.fd = bulk.streams[0].fds[0];
  /* Until nothing has moved for a while: the queues on the way grow as they fill. */
  while (poll (&poll_fd, 1, 500) > 0)
    give (&bulk.streams[0], 0);
  fds = test_count_fds ();
  setsockopt (poll_fd.fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (poll_fd.fd);
  WAIT_POLLING (test_count_fds () == fds - 2);
  bulk.streams[0].fds[0] = test_dial (fairlead_forward_get_local_port (bulk.forward));
  bulk_close (&bulk);
}

/* Where nobody reads, the window closes: what comes over the wire for it is bounded, and the others go on. */
static void
test_held (Fixture       *fixture,
           gconstpointer  data)
{
  enum { WINDOW = 2 * MIB };
  g_autoptr (Relay) relay = relay_start (test_sshd_port ());
  g_autoptr (FairleadTarget) target = test_target (fixture, relay_get_port (relay), NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  FairleadRemoteProcess *process;
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (FairleadForward) forward = NULL;
  guint64 before;

  test_use_target (fixture, target);
  fixture->person->answer = FAIRLEAD_HOST_KEY_ONCE;
  test_connect (fixture, &error);
  g_assert_no_error (error);
  forward = test_forward (fixture, 0, FALSE, echo_port (echo), &error);
  g_assert_no_error (error);
  before = relay_get_down (relay);
  fairlead_remote_spawn_async (fixture->remote, "exec cat /dev/zero", NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_spawn_finish (fixture->remote, result, &error);
  g_assert_no_error (error);
  WAIT_POLLING (relay_get_down (relay) >= before + WINDOW);
  for (guint i = 0; i < 50; i++)
    g_assert_true (test_exchange (fairlead_forward_get_local_port (forward), 1));
  /* Its window, and half as much again for what its socket took, the exchanges and the packets themselves. */
  g_assert_cmpuint (relay_get_down (relay), <, before + WINDOW + WINDOW / 2);
  g_object_unref (process);
  fairlead_forward_close (forward);
  WAIT_FOR (!fairlead_forward_is_open (forward));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!test_ready ())
    return 2;

  g_test_add ("/bulk/both-ways", Fixture, NULL, test_set_up_open, test_both_ways, test_tear_down);
  g_test_add ("/bulk/shares", Fixture, NULL, test_set_up_open, test_shares, test_tear_down);
  g_test_add ("/bulk/reset-while-full", Fixture, NULL, test_set_up_open, test_reset_while_full, test_tear_down);
  g_test_add ("/bulk/held", Fixture, NULL, test_set_up, test_held, test_tear_down);
  return g_test_run ();
}
