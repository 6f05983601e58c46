/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ssh-fixture.h"

/* The two servers of the tests: blocking, a thread for each connection and direction. */

typedef void (*ServeFunc) (gpointer owner,
                           int      fd);

typedef struct {
  int fd;
  guint port;
  GThread *thread;
  ServeFunc serve;
  gpointer owner;
} Acceptor;

typedef struct {
  Acceptor *acceptor;
  int fd;
} Accepted;

static gpointer
accepted_thread (gpointer data)
{
  g_autofree Accepted *accepted = data;

  accepted->acceptor->serve (accepted->acceptor->owner, accepted->fd);
  return NULL;
}

static gpointer
acceptor_thread (gpointer data)
{
  Acceptor *self = data;
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  int fd;

  while ((fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    {
      Accepted *accepted = g_new0 (Accepted, 1);

      accepted->acceptor = self;
      accepted->fd = fd;
      g_ptr_array_add (threads, g_thread_new ("serve", accepted_thread, accepted));
    }
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (threads->pdata[i]);
  return NULL;
}

static void
acceptor_start (Acceptor  *self,
                ServeFunc  serve,
                gpointer   owner)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  socklen_t length = sizeof address;

  self->serve = serve;
  self->owner = owner;
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_no_errno (bind (self->fd, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (self->fd, 1024));
  g_assert_no_errno (getsockname (self->fd, (struct sockaddr *) &address, &length));
  self->port = ntohs (address.sin_port);
  self->thread = g_thread_new ("accept", acceptor_thread, self);
}

/* Returns when every connection has ended. */
static void
acceptor_stop (Acceptor *self)
{
  shutdown (self->fd, SHUT_RDWR);
  g_thread_join (self->thread);
  close (self->fd);
}

static gboolean
write_all (int           fd,
           const guint8 *data,
           gsize         length)
{
  while (length > 0)
    {
      gssize n = send (fd, data, length, MSG_NOSIGNAL);

      if (n <= 0)
        return FALSE;
      data += n;
      length -= n;
    }
  return TRUE;
}

/* ---- echo ---- */

struct _Echo {
  Acceptor acceptor;
};

static void
echo_serve (gpointer owner,
            int      fd)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 buffer[16384];
  gssize n;

  while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
    g_byte_array_append (all, buffer, n);
  for (guint i = 0; i < 2 && write_all (fd, all->data, all->len); i++)
    ;
  close (fd);
}

Echo *
echo_start (void)
{
  Echo *self = g_new0 (Echo, 1);

  acceptor_start (&self->acceptor, echo_serve, self);
  return self;
}

void
echo_stop (Echo *self)
{
  acceptor_stop (&self->acceptor);
  g_free (self);
}

guint
echo_port (Echo *self)
{
  return self->acceptor.port;
}

/**
 * test_exchange:
 * @number: makes the request and its length
 *
 * One connection to an echo, every byte of its answer checked. Any thread; blocks.
 *
 * Returns: %FALSE when it is not as it should be; a message of the test says in what
 */
gboolean
test_exchange (guint port,
               guint number)
{
  gsize size = 1 + number * 997;
  g_autofree guint8 *request = g_malloc (size);
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  guint8 buffer[16384];
  int fd = test_dial (port);
  gssize n;

  if (fd < 0)
    {
      g_test_message ("exchange %u: connecting: %s", number, g_strerror (errno));
      return FALSE;
    }
  for (gsize i = 0; i < size; i++)
    request[i] = (i * 31 + number) & 0xff;
  write_all (fd, request, size);
  shutdown (fd, SHUT_WR);
  while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
    g_byte_array_append (answer, buffer, n);
  if (n < 0)
    g_test_message ("exchange %u: %s", number, g_strerror (errno));
  close (fd);
  if (n == 0 && answer->len == 2 * size && memcmp (answer->data, request, size) == 0
      && memcmp (answer->data + size, request, size) == 0)
    return TRUE;
  g_test_message ("exchange %u: %u bytes of %zu in answer", number, answer->len, 2 * size);
  return FALSE;
}

/* ---- relay ---- */

struct _Relay {
  Acceptor acceptor;
  GMutex mutex;
  GCond cond;
  guint target;
  gboolean up_held;
  gboolean down_held;
  int near;                        /* of the last connection; -1 when it has ended */
  int far;
  gboolean *last;                  /* which direction something went in last */
  guint turns;                     /* how often the client said something after the server */
  guint hang_ups;                  /* by the server */
  guint64 down;
};

typedef struct {
  Relay *relay;
  gboolean *held;
  int from;
  int to;
} Direction;

static gpointer
direction_thread (gpointer data)
{
  Direction *self = data;
  Relay *relay = self->relay;
  g_autofree guint8 *buffer = g_malloc (MIB);
  gssize n;

  do
    {
      g_mutex_lock (&relay->mutex);
      while (*self->held)
        g_cond_wait (&relay->cond, &relay->mutex);
      g_mutex_unlock (&relay->mutex);
      n = recv (self->from, buffer, MIB, 0);
      g_mutex_lock (&relay->mutex);
      if (self->held == &relay->down_held && n > 0)
        relay->down += n;
      else if (self->held == &relay->down_held)
        relay->hang_ups++;
      if (n > 0 && self->held == &relay->up_held && relay->last == &relay->down_held)
        relay->turns++;
      if (n > 0)
        relay->last = self->held;
      g_mutex_unlock (&relay->mutex);
    }
  while (n > 0 && write_all (self->to, buffer, n));
  shutdown (self->to, SHUT_WR);
  shutdown (self->from, SHUT_RD);
  return NULL;
}

static void
relay_serve (gpointer owner,
             int      fd)
{
  Relay *self = owner;
  int one = 1;
  int far;
  GThread *up;
  Direction directions[2];

  g_mutex_lock (&self->mutex);
  far = test_dial (self->target);
  self->near = fd;
  self->far = far;
  g_mutex_unlock (&self->mutex);
  if (far >= 0)
    {
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      setsockopt (far, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      directions[0] = (Direction) { self, &self->up_held, fd, far };
      directions[1] = (Direction) { self, &self->down_held, far, fd };
      up = g_thread_new ("up", direction_thread, &directions[0]);
      direction_thread (&directions[1]);
      g_thread_join (up);
    }
  g_mutex_lock (&self->mutex);
  if (self->near == fd)
    self->near = self->far = -1;
  if (far >= 0)
    close (far);
  close (fd);
  g_mutex_unlock (&self->mutex);
}

Relay *
relay_start (guint port)
{
  Relay *self = g_new0 (Relay, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->target = port;
  self->near = self->far = -1;
  acceptor_start (&self->acceptor, relay_serve, self);
  return self;
}

/* Cuts what still goes through it. */
void
relay_stop (Relay *self)
{
  relay_hold_up (self, FALSE);
  relay_hold_down (self, FALSE);
  g_mutex_lock (&self->mutex);
  shutdown (self->near, SHUT_RDWR);
  shutdown (self->far, SHUT_RDWR);
  g_mutex_unlock (&self->mutex);
  acceptor_stop (&self->acceptor);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

guint
relay_get_port (Relay *self)
{
  return self->acceptor.port;
}

/* How many bytes the server has sent so far, also those that are held. */
guint64
relay_get_down (Relay *self)
{
  guint64 down;
  int waiting = 0;

  g_mutex_lock (&self->mutex);
  ioctl (self->far, FIONREAD, &waiting);
  down = self->down + waiting;
  g_mutex_unlock (&self->mutex);
  return down;
}

/* About how many round trips the client has waited for. */
guint
relay_get_turns (Relay *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->turns;
  g_mutex_unlock (&self->mutex);
  return n;
}

guint
relay_get_hang_ups (Relay *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->hang_ups;
  g_mutex_unlock (&self->mutex);
  return n;
}

void
relay_set_target (Relay *self,
                  guint  port)
{
  g_mutex_lock (&self->mutex);
  self->target = port;
  g_mutex_unlock (&self->mutex);
}

void
relay_hold_up (Relay    *self,
               gboolean  held)
{
  g_mutex_lock (&self->mutex);
  self->up_held = held;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

void
relay_hold_down (Relay    *self,
                 gboolean  held)
{
  g_mutex_lock (&self->mutex);
  self->down_held = held;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* ---- the black hole ---- */

void
black_hole_start (BlackHole *self)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;

  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_no_errno (bind (self->fd, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (self->fd, 0));
  g_assert_no_errno (getsockname (self->fd, (struct sockaddr *) &address, &length));
  self->port = ntohs (address.sin_port);
  for (guint i = 0; i < G_N_ELEMENTS (self->fill); i++)
    {
      self->fill[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      connect (self->fill[i], (struct sockaddr *) &address, sizeof address);
    }
}

void
black_hole_stop (BlackHole *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->fill); i++)
    close (self->fill[i]);
  close (self->fd);
}
