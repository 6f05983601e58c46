/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "fairlead-peer-uid.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-channel.h"

#define COUNTERS_INTERVAL (G_USEC_PER_SEC / 10)
#define OUT_OF_DESCRIPTORS_PAUSE (G_USEC_PER_SEC / 10)
#define BACKLOG 1024

/* How many ports after the wished one are tried before any free one is taken. */
#define NEXT_PORTS 32

/**
 * FairleadSshListener:
 *
 * A local listener and what it has accepted. The I/O thread only; owned by its loop.
 */
struct _FairleadSshListener {
  FairleadSshLoop *loop;
  int fd;
  guint port;
  char *host;
  guint remote_port;
  gboolean allow_other_users;
  gint64 paused_until;

  FairleadForwardCounters counters;
  gboolean changed;
  gint64 last_report;
  FairleadSshListenerFunc func;
  gpointer data;
};

/* An address to listen on. */
typedef union {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} Address;

/* From the digits of @host. */
static gboolean
read_address (const char *host,
              guint       port,
              Address    *address)
{
  memset (address, 0, sizeof *address);
  if (host == NULL || inet_pton (AF_INET, host, &address->v4.sin_addr) == 1)
    {
      address->v4.sin_family = AF_INET;
      address->v4.sin_port = htons (port);
      if (host == NULL)
        address->v4.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
      return TRUE;
    }
  address->v6.sin6_family = AF_INET6;
  address->v6.sin6_port = htons (port);
  /* Whose connection comes in cannot be told there (fairlead_peer_uid()). */
  return inet_pton (AF_INET6, host, &address->v6.sin6_addr) == 1
         && !IN6_IS_ADDR_LOOPBACK (&address->v6.sin6_addr);
}

static int
listen_at (const Address  *address,
           gboolean        both_families,
           GError        **error)
{
  gboolean v6 = address->any.sa_family == AF_INET6;
  fairlead_autofd fd = socket (address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int only_v6 = !both_families;
  int one = 1;

  /* So that a port is free again right after its last connection (tcp(7), TIME_WAIT). */
  if (fd >= 0)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (fd >= 0 && v6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof only_v6);
  if (fd < 0 || bind (fd, &address->any, v6 ? sizeof address->v6 : sizeof address->v4) < 0
      || listen (fd, BACKLOG) < 0)
    {
      int code = errno;

      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
      return -1;
    }
  return fairlead_steal_fd (&fd);
}

static int
try_listen (const char  *host,
            guint        port,
            GError     **error)
{
  Address address;

  if (g_strcmp0 (host, "*") == 0)
    {
      g_autoptr (GError) local_error = NULL;
      int fd;

      read_address ("::", port, &address);
      fd = listen_at (&address, TRUE, &local_error);
      if (fd >= 0 || g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        {
          if (fd < 0)
            g_propagate_error (error, g_steal_pointer (&local_error));
          return fd;
        }
      /* A computer without IPv6. */
      host = "0.0.0.0";
    }
  if (read_address (host, port, &address))
    return listen_at (&address, FALSE, error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("the address has to be one of this computer, in digits, and not ::1"));
  return -1;
}

static int
try_next_free (const char  *host,
               guint        port,
               GError     **error)
{
  for (guint i = 1; i <= NEXT_PORTS && port + i <= G_MAXUINT16; i++)
    {
      int fd = try_listen (host, port + i, NULL);

      if (fd >= 0)
        return fd;
    }
  return try_listen (host, 0, error);
}

static void
say_why (const FairleadForwardSpec  *spec,
         const GError               *why,
         GError                    **error)
{
  g_autofree char *address = fairlead_forward_spec_dup_listen (spec);

  fairlead_set_error (error, FAIRLEAD_ERROR_NETWORK, _("Cannot listen on %s: %s"), address, why->message);
  if (error != NULL && g_error_matches (why, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    fairlead_error_set_hint (*error, _("Another program uses this port. Choose another local "
                                       "port, or leave it empty to take any free one."));
}

/**
 * fairlead_ssh_listen:
 * @spec: which address and port, and what if it is busy
 * @port: (out): the port that was taken
 *
 * Opens a listening socket. Any thread; does not block.
 *
 * Returns: the descriptor, or -1 with %FAIRLEAD_ERROR_NETWORK
 */
int
fairlead_ssh_listen (const FairleadForwardSpec  *spec,
                     guint                      *port,
                     GError                    **error)
{
  g_autoptr (GError) local_error = NULL;
  Address address;
  socklen_t length = sizeof address;
  int fd = try_listen (spec->listen.host, spec->listen.port, &local_error);

  if (fd < 0 && spec->or_next_free)
    {
      g_clear_error (&local_error);
      fd = try_next_free (spec->listen.host, spec->listen.port, &local_error);
    }
  if (fd < 0)
    {
      say_why (spec, local_error, error);
      return -1;
    }
  getsockname (fd, &address.any, &length);
  *port = ntohs (address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
  return fd;
}

/**
 * fairlead_ssh_listener_new:
 * @fd: (transfer full): from fairlead_ssh_listen()
 * @spec: where its connections go
 * @func: told of the counters and of the end
 *
 * Returns: (transfer none): the listener, owned by @loop
 */
FairleadSshListener *
fairlead_ssh_listener_new (FairleadSshLoop           *loop,
                           int                        fd,
                           const FairleadForwardSpec *spec,
                           FairleadSshListenerFunc    func,
                           gpointer                   data)
{
  FairleadSshListener *self = g_new0 (FairleadSshListener, 1);

  self->loop = loop;
  self->fd = fd;
  self->host = g_strdup (spec->to.host);
  self->remote_port = spec->to.port;
  self->allow_other_users = spec->allow_other_users;
  self->func = func;
  self->data = data;
  g_ptr_array_add (loop->listeners, self);
  return self;
}

/**
 * fairlead_ssh_listener_free:
 *
 * Closes the listener and every connection that came through it.
 */
void
fairlead_ssh_listener_free (FairleadSshListener *self)
{
  FairleadSshLoop *loop = self->loop;

  for (guint i = 0; i < loop->channels->len; i++)
    {
      FairleadSshChannel *channel = loop->channels->pdata[i];

      if (channel->listener == self)
        {
          channel->listener = NULL;
          fairlead_ssh_channel_close (channel);
        }
    }
  g_ptr_array_remove (loop->listeners, self);
  fairlead_fd_clear (&self->fd);
  self->counters.open = 0;
  self->func (self, &self->counters, self->data);
  self->func (self, NULL, self->data);
  g_free (self->host);
  g_free (self);
}

/**
 * fairlead_ssh_listener_get_fd:
 *
 * Returns: what to poll for new connections; -1 while out of descriptors
 */
int
fairlead_ssh_listener_get_fd (FairleadSshListener *self)
{
  return self->paused_until == 0 ? self->fd : -1;
}

/* Loopback keeps the network out, not this machine's other accounts. */
static gboolean
may_connect (FairleadSshListener *self,
             int                  fd)
{
  uid_t uid;

  if (self->allow_other_users)
    return TRUE;
  return fairlead_peer_uid (fd, &uid) && (uid == getuid () || uid == 0);
}

static void
take_connection (FairleadSshListener *self,
                 int                  fd)
{
  FairleadSshChannel *channel;
  int one = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  channel = fairlead_ssh_channel_new_direct (self->loop, self->host, self->remote_port);
  channel->in_fd = channel->out_fd = fd;
  channel->listener = self;
  self->counters.open++;
  self->counters.total++;
}

/**
 * fairlead_ssh_listener_accept:
 *
 * Takes every connection that waits; a direct-tcpip channel is opened for each.
 */
void
fairlead_ssh_listener_accept (FairleadSshListener *self)
{
  for (;;)
    {
      fairlead_autofd fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

      if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
        self->paused_until = g_get_monotonic_time () + OUT_OF_DESCRIPTORS_PAUSE;
      if (fd < 0 && (errno == ECONNABORTED || errno == EINTR))
        continue;
      if (fd < 0)
        return;
      self->changed = TRUE;
      if (may_connect (self, fd))
        take_connection (self, fairlead_steal_fd (&fd));
      else
        self->counters.refused++;
    }
}

/**
 * fairlead_ssh_listener_tend:
 * @now: monotonic time, microseconds
 *
 * Reports new counters when their time has come.
 *
 * Returns: when to call again; %G_MAXINT64 for no need
 */
gint64
fairlead_ssh_listener_tend (FairleadSshListener *self,
                            gint64               now)
{
  gint64 next = G_MAXINT64;

  if (self->paused_until != 0 && now >= self->paused_until)
    self->paused_until = 0;
  if (self->paused_until != 0)
    next = self->paused_until;
  if (!self->changed)
    return next;
  if (now < self->last_report + COUNTERS_INTERVAL)
    return MIN (next, self->last_report + COUNTERS_INTERVAL);
  self->changed = FALSE;
  self->last_report = now;
  self->func (self, &self->counters, self->data);
  return next;
}

/**
 * fairlead_ssh_listener_count:
 * @received: bytes from the remote
 * @sent: bytes to the remote
 */
void
fairlead_ssh_listener_count (FairleadSshListener *self,
                             gsize                received,
                             gsize                sent)
{
  self->counters.received += received;
  self->counters.sent += sent;
  self->changed = TRUE;
}

/**
 * fairlead_ssh_listener_channel_gone:
 * @channel: one of its connections, about to be freed
 */
void
fairlead_ssh_listener_channel_gone (FairleadSshListener *self,
                                    FairleadSshChannel  *channel)
{
  self->counters.open--;
  if (channel->error != NULL)
    self->counters.failed++;
  self->changed = TRUE;
}
