/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-socks-relay.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "fairlead-socks.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-local-dial.h"

/* A remote forward without a destination (ssh_config(5), RemoteForward): clients on the host ask for a place
 * that this computer reaches. Each has a thread for as long as it stays, since a name has to be looked up and
 * nothing of this is the session's: it ends when the session closes the other end of its socket pair. */

#define HANDSHAKE_MS (30 * 1000)
#define BLOCK (64 * 1024)

/* How many at once, over all sessions: a thread each. */
#define MAX_RELAYS 256

static gint n_relays;

/* ---- the request ---- */

static gboolean
send_all (int           fd,
          const guint8 *data,
          gsize         length)
{
  while (length > 0)
    {
      struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
      gssize n = send (fd, data, length, MSG_NOSIGNAL);

      if (n < 0 && errno != EAGAIN && errno != EINTR)
        return FALSE;
      if (n < 0)
        {
          poll (&poll_fd, 1, -1);
          continue;
        }
      data += n;
      length -= n;
    }
  return TRUE;
}

/* Returns whether something came. */
static gboolean
receive (int         fd,
         GByteArray *input,
         gint64      deadline)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
  guint8 buffer[FAIRLEAD_SOCKS_MAX_INPUT];
  gint64 left = deadline - g_get_monotonic_time ();
  gssize n;

  if (left <= 0 || poll (&poll_fd, 1, (left + 999) / 1000) <= 0)
    return FALSE;
  n = recv (fd, buffer, sizeof buffer - input->len, 0);
  if (n > 0)
    g_byte_array_append (input, buffer, n);
  return n > 0;
}

static gboolean
read_request (int            fd,
              FairleadSocks *socks,
              GByteArray    *input)
{
  gint64 deadline = g_get_monotonic_time () + HANDSHAKE_MS * G_TIME_SPAN_MILLISECOND;

  while (receive (fd, input, deadline))
    {
      g_autoptr (GByteArray) reply = g_byte_array_new ();
      gsize used;
      FairleadSocksStep step = fairlead_socks_read (socks, input->data, input->len, &used, reply);

      g_byte_array_remove_range (input, 0, used);
      if (!send_all (fd, reply->data, reply->len) || step == FAIRLEAD_SOCKS_BAD)
        return FALSE;
      if (step == FAIRLEAD_SOCKS_REQUEST)
        return TRUE;
    }
  return FALSE;
}

static gboolean
answer (int                  fd,
        const FairleadSocks *socks,
        int                  code)
{
  g_autoptr (GByteArray) reply = g_byte_array_new ();
  FairleadSocksOutcome outcome = code == 0 ? FAIRLEAD_SOCKS_REACHED
                                 : code == ECONNREFUSED ? FAIRLEAD_SOCKS_NOBODY_ANSWERS
                                                        : FAIRLEAD_SOCKS_FAILED;

  fairlead_socks_answer (socks, outcome, reply);
  return send_all (fd, reply->data, reply->len);
}

/* ---- the bytes ---- */

typedef struct {
  int from;
  int to;
  guint8 data[BLOCK];
  gsize begin;
  gsize end;
  gboolean over;                   /* all has come, and has been handed on */
} Direction;

/* What has come is handed on before more is taken. */
static void
direction_step (Direction *self)
{
  gssize n = 0;

  if (self->over)
    return;
  if (self->begin == self->end)
    {
      n = recv (self->from, self->data, sizeof self->data, 0);
      self->begin = 0;
      self->end = MAX (n, 0);
      self->over = n == 0;
    }
  if (self->begin < self->end)
    {
      n = send (self->to, self->data + self->begin, self->end - self->begin, MSG_NOSIGNAL);
      self->begin += MAX (n, 0);
    }
  if (n < 0 && errno != EAGAIN && errno != EINTR)
    self->over = TRUE;
  if (self->over)
    shutdown (self->to, SHUT_WR);
}

static short
events_of (const Direction *in,
           const Direction *out)
{
  short reads = !in->over && in->begin == in->end ? POLLIN : 0;

  return reads | (!out->over && out->begin < out->end ? POLLOUT : 0);
}

/* Until both have ended, or the session has closed its end, with which the client is gone. */
static void
relay (int client,
       int server)
{
  g_autofree Direction *up = g_new0 (Direction, 1);
  g_autofree Direction *down = g_new0 (Direction, 1);
  struct pollfd polls[] = { { .fd = client }, { .fd = server } };
  gboolean gone = FALSE;

  up->from = down->to = client;
  up->to = down->from = server;
  while (!up->over || (!down->over && !gone))
    {
      /* One that has gone is readable to its end, and is not polled: it would be ready for ever. */
      gboolean at_once = gone && up->begin == up->end;

      polls[0].fd = gone ? -1 : client;
      polls[0].events = events_of (up, down);
      polls[1].events = events_of (down, up);
      if (poll (polls, G_N_ELEMENTS (polls), at_once ? 0 : -1) < 0)
        continue;
      gone = gone || (polls[0].revents & (POLLHUP | POLLERR)) != 0;
      direction_step (up);
      direction_step (down);
      if ((polls[1].revents & (POLLHUP | POLLERR)) != 0)
        up->over = down->over || up->over;
    }
}

static gpointer
relay_thread (gpointer data)
{
  fairlead_autofd client = GPOINTER_TO_INT (data);
  fairlead_autofd server = -1;
  g_autoptr (GByteArray) input = g_byte_array_new ();
  FairleadSocks socks = { 0 };

  if (read_request (client, &socks, input))
    {
      FairleadForwardEnd to = { .host = socks.host, .port = socks.port };
      int code;

      server = fairlead_ssh_local_dial (&to, -1, &code);
      if (answer (client, &socks, server >= 0 ? 0 : code) && server >= 0
          && send_all (server, input->data, input->len))
        relay (client, server);
    }
  fairlead_socks_clear (&socks);
  g_atomic_int_dec_and_test (&n_relays);
  return NULL;
}

/**
 * fairlead_ssh_socks_relay_start:
 *
 * Begins to serve one client. Any thread; does not block.
 *
 * Returns: the non-blocking descriptor that the client's bytes are exchanged with, or -1 when there are too
 *   many, or no descriptors
 */
int
fairlead_ssh_socks_relay_start (void)
{
  int pair[2];
  GThread *thread = NULL;

  if (g_atomic_int_add (&n_relays, 1) < MAX_RELAYS
      && socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0)
    {
      thread = g_thread_try_new ("socks", relay_thread, GINT_TO_POINTER (pair[1]), NULL);
      if (thread != NULL)
        {
          g_thread_unref (thread);
          return pair[0];
        }
      close (pair[0]);
      close (pair[1]);
    }
  g_atomic_int_dec_and_test (&n_relays);
  return -1;
}
