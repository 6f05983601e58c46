/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-local-dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "fairlead-ssh-autoptr.h"

/* From here to where a connection of the host leads. */

#define MAX_ADDRESSES 16

/* RFC 8305 §5: how long an attempt is alone before the next address is tried beside it. */
#define HEAD_START (250 * G_TIME_SPAN_MILLISECOND)
#define PATIENCE (30 * G_TIME_SPAN_SECOND)

/* ---- one attempt ---- */

/* Returns a descriptor that is connected, or about to be (*CODE is EINPROGRESS); -1 with *CODE. */
static int
begin (const struct sockaddr *address,
       socklen_t              length,
       int                   *code)
{
  fairlead_autofd fd = socket (address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int one = 1;

  *code = 0;
  if (fd >= 0 && address->sa_family != AF_UNIX)
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (fd >= 0 && connect (fd, address, length) == 0)
    return fairlead_steal_fd (&fd);
  *code = errno;
  return fd >= 0 && *code == EINPROGRESS ? fairlead_steal_fd (&fd) : -1;
}

static int
dial_path (const char *path,
           int        *code)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  if (strlen (path) >= sizeof address.sun_path)
    {
      *code = ENAMETOOLONG;
      return -1;
    }
  strcpy (address.sun_path, path);
  return begin ((struct sockaddr *) &address, sizeof address, code);
}

/* ---- without waiting ---- */

static gboolean
is_loopback (const struct addrinfo *address)
{
  if (address->ai_family == AF_INET)
    return (ntohl (((struct sockaddr_in *) address->ai_addr)->sin_addr.s_addr) >> 24) == 127;
  return address->ai_family == AF_INET6
         && IN6_IS_ADDR_LOOPBACK (&((struct sockaddr_in6 *) address->ai_addr)->sin6_addr);
}

/* An address in digits needs no look-up, and a loopback's own kernel answers at once as a rule. */
static int
dial_loopback (const char *host,
               guint       port,
               int        *code)
{
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
  g_autofree char *service = g_strdup_printf ("%u", port);
  struct addrinfo *found = NULL;
  int fd = -1;

  *code = EINPROGRESS;
  if (getaddrinfo (host, service, &hints, &found) != 0)
    return -1;
  if (is_loopback (found))
    fd = begin (found->ai_addr, found->ai_addrlen, code);
  freeaddrinfo (found);
  return fd;
}

/**
 * fairlead_ssh_local_dial_now:
 * @to: a host and port, or a UNIX socket, as this computer sees them
 * @code: (out): an errno when it cannot be; EINPROGRESS when it takes a thread and fairlead_ssh_local_dial(),
 *   which is given what is returned
 *
 * Connects to what can be connected to without waiting: a UNIX socket, or the loopback, whose name means
 * both addresses (RFC 6761 §6.3).
 *
 * Returns: a connected, non-blocking descriptor, or one about to be (EINPROGRESS), or -1
 */
int
fairlead_ssh_local_dial_now (const FairleadForwardEnd *to,
                             int                      *code)
{
  int fd;

  if (to->path != NULL)
    return dial_path (to->path, code);
  if (g_ascii_strcasecmp (to->host, "localhost") != 0)
    return dial_loopback (to->host, to->port, code);
  fd = dial_loopback ("::1", to->port, code);
  return fd >= 0 || *code == EINPROGRESS ? fd : dial_loopback ("127.0.0.1", to->port, code);
}

/* ---- waiting ---- */

typedef struct {
  struct pollfd polls[MAX_ADDRESSES];
  guint n_begun;
  int code;                        /* why the last one that failed did */
} Attempts;

/* Returns the index of one that has connected, or -1. */
static int
check (Attempts *self)
{
  for (guint i = 0; i < self->n_begun; i++)
    {
      socklen_t length = sizeof self->code;

      if (self->polls[i].fd < 0 || self->polls[i].revents == 0)
        continue;
      if (getsockopt (self->polls[i].fd, SOL_SOCKET, SO_ERROR, &self->code, &length) == 0
          && self->code == 0)
        return i;
      fairlead_fd_clear (&self->polls[i].fd);
    }
  return -1;
}

static gboolean
is_under_way (const Attempts *self)
{
  for (guint i = 0; i < self->n_begun; i++)
    if (self->polls[i].fd >= 0)
      return TRUE;
  return FALSE;
}

/* The addresses one after the other, none waiting for one that is silent. */
static int
race (Attempts              *self,
      const struct addrinfo *next)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  self->code = ETIMEDOUT;
  while (g_get_monotonic_time () < deadline)
    {
      gboolean more = next != NULL && self->n_begun < MAX_ADDRESSES;
      gint64 patience = more ? HEAD_START : deadline - g_get_monotonic_time ();
      int connected;

      if (more)
        {
          struct pollfd *poll = &self->polls[self->n_begun++];
          int code;

          poll->fd = begin (next->ai_addr, next->ai_addrlen, &code);
          poll->events = POLLOUT;
          self->code = code != 0 && code != EINPROGRESS ? code : self->code;
          next = next->ai_next;
        }
      if (is_under_way (self))
        poll (self->polls, self->n_begun, MAX (patience / 1000, 0));
      else if (next == NULL || self->n_begun == MAX_ADDRESSES)
        return -1;
      connected = check (self);
      if (connected >= 0)
        return fairlead_steal_fd (&self->polls[connected].fd);
    }
  return -1;
}

/* Takes @begun. */
static int
wait_for (int  begun,
          int *code)
{
  Attempts attempts = { .polls = { { .fd = begun, .events = POLLOUT } }, .n_begun = 1 };
  int fd = race (&attempts, NULL);

  *code = attempts.code;
  fairlead_fd_clear (&attempts.polls[0].fd);
  return fd;
}

/**
 * fairlead_ssh_local_dial:
 * @to: as for fairlead_ssh_local_dial_now(), but no UNIX socket
 * @begun: a connection that is about to be, or -1; taken. It is not begun anew: who listens there would see
 *   two of them
 * @code: (out): an errno when it cannot be
 *
 * Connects, the addresses of both families in turn (RFC 8305). Waits, half a minute at most beyond the
 * look-up of the name: for a thread of its own.
 *
 * Returns: a connected, non-blocking descriptor, or -1
 */
int
fairlead_ssh_local_dial (const FairleadForwardEnd *to,
                         int                       begun,
                         int                      *code)
{
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG };
  g_autofree char *service = g_strdup_printf ("%u", to->port);
  Attempts attempts = { .n_begun = 0 };
  struct addrinfo *found = NULL;
  int fd = begun;

  *code = EINPROGRESS;
  if (fd < 0)
    fd = fairlead_ssh_local_dial_now (to, code);
  if (fd >= 0 && *code == EINPROGRESS)
    fd = wait_for (fd, code);
  else if (*code != EINPROGRESS)
    return fd;
  if (fd >= 0)
    return fd;
  *code = ENOENT;
  if (getaddrinfo (to->host, service, &hints, &found) != 0)
    return -1;
  fd = race (&attempts, found);
  *code = attempts.code;
  for (guint i = 0; i < attempts.n_begun; i++)
    fairlead_fd_clear (&attempts.polls[i].fd);
  freeaddrinfo (found);
  return fd;
}
