/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "load.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ssh-fixture.h"

/* One end of a connection; both work alike: what a header announced is sent and expected. */
typedef struct {
  guint32 number;
  guint32 length;
} Header;

typedef enum {
  NEAR,
  FAR,
} Side;

typedef struct {
  Side side;
  int fd;
  Header header;
  gsize header_done;               /* bytes of it that were read or written */
  gboolean may_send;               /* more than the far end's first byte, which says that it is there */
  gboolean sent_end;
  guint32 sent;
  guint32 received;
} End;

static int errors;

static void
complain (const End  *end,
          const char *what)
{
  if (g_atomic_int_add (&errors, 1) < 20)
    g_test_message ("connection %u, %s end: %s, %u of %u sent, %u received", end->header.number,
                    end->side == NEAR ? "near" : "far", what, end->sent, end->header.length,
                    end->received);
}

guint
load_count_errors (void)
{
  return g_atomic_int_get (&errors);
}

/* The byte at a place of what SIDE sends: two places, connections or directions seldom agree for long. */
static guint8
byte_at (guint32 number,
         Side    side,
         guint32 place)
{
  guint32 x = place + number * 2654435761u + side * 40503u;

  x = (x ^ (x >> 15)) * 0x2c1b3c6du;
  return x >> 24;
}

static void
fill (guint8    *buffer,
      const End *end,
      guint32    place,
      gsize      length)
{
  for (gsize i = 0; i < length; i++)
    buffer[i] = byte_at (end->header.number, end->side, place + i);
}

static gboolean
is_right (const guint8 *buffer,
          const End    *end,
          gsize         length)
{
  Side other = end->side == NEAR ? FAR : NEAR;

  for (gsize i = 0; i < length; i++)
    if (buffer[i] != byte_at (end->header.number, other, end->received + i))
      return FALSE;
  return end->received + length <= end->header.length;
}

#define CHUNK 16384

/* Each of the following returns FALSE when this end is done with its connection, well or badly. */

static gboolean
send_header (End *end)
{
  gssize n = send (end->fd, (char *) &end->header + end->header_done,
                   sizeof end->header - end->header_done, MSG_NOSIGNAL);

  if (n < 0 && errno == EAGAIN)
    return TRUE;
  if (n < 0)
    {
      complain (end, g_strerror (errno));
      return FALSE;
    }
  end->header_done += n;
  return TRUE;
}

static gboolean
send_some (End *end)
{
  guint8 buffer[CHUNK];

  if (end->header_done < sizeof end->header)
    return end->side == FAR || send_header (end);
  while (end->sent < end->header.length && (end->may_send || (end->side == FAR && end->sent == 0)))
    {
      gsize length = MIN (CHUNK, end->header.length - end->sent);
      gssize n;

      if (!end->may_send)
        length = 1;
      fill (buffer, end, end->sent, length);
      n = send (end->fd, buffer, length, MSG_NOSIGNAL);
      if (n < 0 && errno == EAGAIN)
        return TRUE;
      if (n < 0)
        {
          complain (end, g_strerror (errno));
          return FALSE;
        }
      end->sent += n;
    }
  if (end->sent == end->header.length && !end->sent_end && end->may_send)
    {
      shutdown (end->fd, SHUT_WR);
      end->sent_end = TRUE;
    }
  return TRUE;
}

static gboolean
take_end (End *end)
{
  if (end->received != end->header.length || end->header_done < sizeof end->header)
    {
      complain (end, "ended early");
      return FALSE;
    }
  /* The far end has sent all by now, or does when there is room; the near one had to, to get here. */
  return !end->sent_end;
}

static gboolean
take (End          *end,
      const guint8 *buffer,
      gsize         length)
{
  if (end->side == FAR && end->header_done < sizeof end->header)
    {
      gsize n = MIN (length, sizeof end->header - end->header_done);

      memcpy ((char *) &end->header + end->header_done, buffer, n);
      end->header_done += n;
      buffer += n;
      length -= n;
    }
  if (!is_right (buffer, end, length))
    {
      complain (end, "was sent something wrong");
      return FALSE;
    }
  end->received += length;
  if (end->side == FAR && end->received > 0)
    end->may_send = TRUE;
  return TRUE;
}

static gboolean
receive_some (End *end)
{
  guint8 buffer[CHUNK];

  for (;;)
    {
      gssize n = recv (end->fd, buffer, sizeof buffer, 0);

      if (n < 0 && errno == EAGAIN)
        return TRUE;
      if (n < 0)
        {
          complain (end, g_strerror (errno));
          return FALSE;
        }
      if (n == 0)
        return take_end (end);
      if (!take (end, buffer, n))
        return FALSE;
    }
}

static void
watch (int   epoll,
       End  *end,
       guint events)
{
  struct epoll_event event = { .events = events | EPOLLET, .data.ptr = end };

  g_assert_no_errno (epoll_ctl (epoll, EPOLL_CTL_ADD, end->fd, &event));
}

static void
watch_wake (int epoll,
            int wake)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };

  g_assert_no_errno (epoll_ctl (epoll, EPOLL_CTL_ADD, wake, &event));
}

static void
wake_up (int wake)
{
  guint64 one = 1;

  g_assert_cmpint (write (wake, &one, sizeof one), ==, sizeof one);
}

/* ---- the far end ---- */

struct _LoadServer {
  int fd;
  int epoll;
  int wake;
  guint port;
  GThread *thread;
  GHashTable *ends;                /* the thread's */
  int open;
};

static void
end_free (gpointer data)
{
  End *end = data;

  close (end->fd);
  g_free (end);
}

static void
server_accept (LoadServer *self)
{
  int fd;

  while ((fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
    {
      End *end = g_new0 (End, 1);

      end->side = FAR;
      end->fd = fd;
      g_hash_table_add (self->ends, end);
      g_atomic_int_inc (&self->open);
      watch (self->epoll, end, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    }
}

static gpointer
server_thread (gpointer data)
{
  LoadServer *self = data;
  struct epoll_event events[64];

  for (;;)
    {
      int n = epoll_wait (self->epoll, events, G_N_ELEMENTS (events), -1);

      for (int i = 0; i < n; i++)
        {
          End *end = events[i].data.ptr;

          if (end == NULL)
            return NULL;
          if (end == (gpointer) self)
            server_accept (self);
          else if (!receive_some (end) || !send_some (end) || (end->sent_end && !receive_some (end)))
            {
              g_hash_table_remove (self->ends, end);
              g_atomic_int_add (&self->open, -1);
            }
        }
    }
}

LoadServer *
load_server_start (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  LoadServer *self = g_new0 (LoadServer, 1);
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = self };

  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  g_assert_no_errno (bind (self->fd, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (self->fd, 4096));
  g_assert_no_errno (getsockname (self->fd, (struct sockaddr *) &address, &length));
  self->port = ntohs (address.sin_port);
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->wake = eventfd (0, EFD_CLOEXEC);
  self->ends = g_hash_table_new_full (NULL, NULL, end_free, NULL);
  g_assert_no_errno (epoll_ctl (self->epoll, EPOLL_CTL_ADD, self->fd, &event));
  watch_wake (self->epoll, self->wake);
  self->thread = g_thread_new ("load-server", server_thread, self);
  return self;
}

/* With whatever is still connected. */
void
load_server_stop (LoadServer *self)
{
  wake_up (self->wake);
  g_thread_join (self->thread);
  g_hash_table_unref (self->ends);
  close (self->fd);
  close (self->epoll);
  close (self->wake);
  g_free (self);
}

guint
load_server_get_port (LoadServer *self)
{
  return self->port;
}

/* How many connections it has now. */
guint
load_server_get_open (LoadServer *self)
{
  return g_atomic_int_get (&self->open);
}

/* ---- the near end: many at once ---- */

struct _LoadClients {
  End *ends;
  guint n;
  guint port;
  int epoll;
  int wake;
  GThread *thread;
  int ready;
  int done;
};

static void
client_step (LoadClients *self,
             End         *end)
{
  gboolean was_ready = end->received > 0;
  gboolean goes_on;

  if (end->fd < 0)
    return;
  goes_on = send_some (end) && receive_some (end);
  if (!was_ready && end->received > 0)
    g_atomic_int_inc (&self->ready);
  if (goes_on)
    return;
  close (end->fd);
  end->fd = -1;
  g_atomic_int_inc (&self->done);
}

static void
let_all_go (LoadClients *self)
{
  guint64 count;

  g_assert_cmpint (read (self->wake, &count, sizeof count), ==, sizeof count);
  for (guint i = 0; i < self->n; i++)
    if (self->ends[i].fd >= 0)
      {
        self->ends[i].may_send = TRUE;
        client_step (self, &self->ends[i]);
      }
}

static gpointer
clients_thread (gpointer data)
{
  LoadClients *self = data;
  struct epoll_event events[64];

  while (!load_clients_is_done (self))
    {
      int n = epoll_wait (self->epoll, events, G_N_ELEMENTS (events), -1);

      for (int i = 0; i < n; i++)
        if (events[i].data.ptr == NULL)
          let_all_go (self);
        else
          client_step (self, events[i].data.ptr);
    }
  return NULL;
}

/**
 * load_clients_start:
 * @n: how many connections
 * @length: bytes each way
 *
 * All connect, and wait for the first byte of the far end: they go on with load_clients_go().
 */
LoadClients *
load_clients_start (guint port,
                    guint n,
                    gsize length)
{
  LoadClients *self = g_new0 (LoadClients, 1);

  self->ends = g_new0 (End, n);
  self->n = n;
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->wake = eventfd (0, EFD_CLOEXEC);
  watch_wake (self->epoll, self->wake);
  for (guint i = 0; i < n; i++)
    {
      End *end = &self->ends[i];

      end->fd = test_dial (port);
      g_assert_cmpint (end->fd, >=, 0);
      g_unix_set_fd_nonblocking (end->fd, TRUE, NULL);
      end->header = (Header) { .number = i, .length = length };
      watch (self->epoll, end, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    }
  self->thread = g_thread_new ("load-clients", clients_thread, self);
  return self;
}

/* How many the far end has answered. */
guint
load_clients_get_ready (LoadClients *self)
{
  return g_atomic_int_get (&self->ready);
}

void
load_clients_go (LoadClients *self)
{
  wake_up (self->wake);
}

gboolean
load_clients_is_done (LoadClients *self)
{
  return g_atomic_int_get (&self->done) == (int) self->n;
}

void
load_clients_free (LoadClients *self)
{
  g_thread_join (self->thread);
  close (self->epoll);
  close (self->wake);
  g_free (self->ends);
  g_free (self);
}

/* ---- the near end: one ---- */

/**
 * load_exchange:
 *
 * One connection from its beginning to its end. Any thread; blocks.
 *
 * Returns: %FALSE when something was wrong with it
 */
gboolean
load_exchange (guint port,
               guint number,
               gsize length)
{
  End end = { .side = NEAR, .fd = test_dial (port), .header = { number, length }, .may_send = TRUE };
  gboolean good;

  if (end.fd < 0)
    {
      complain (&end, g_strerror (errno));
      return FALSE;
    }
  good = send_header (&end) && send_some (&end) && !receive_some (&end)
         && end.received == length && end.sent_end;
  close (end.fd);
  return good;
}
