/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fairlead-peer-uid.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-channel.h"

#define COUNTERS_INTERVAL (G_USEC_PER_SEC / 10)
#define OUT_OF_DESCRIPTORS_PAUSE (G_USEC_PER_SEC / 10)

/**
 * FairleadSshListener:
 *
 * A forward as its session serves it, and what it has accepted. The I/O thread only; owned by its loop.
 */
struct _FairleadSshListener {
  FairleadSshLoop *loop;
  const FairleadSshSockets *sockets;   /* borrowed: of the lease that the forward has claimed */
  int several;                     /* epoll(7) over the sockets where there are several; else -1 */
  FairleadForwardSpec *spec;
  gint64 paused_until;

  FairleadForwardCounters counters;
  GError *failure;                 /* why the last one could not be taken on; NULL once reported */
  gboolean changed;
  gint64 last_report;
  FairleadSshListenerFunc func;
  gpointer data;
};

/* One descriptor that is readable when one of them is. */
static int
join_sockets (const FairleadSshSockets *sockets)
{
  int fd = epoll_create1 (EPOLL_CLOEXEC);

  for (guint i = 0; i < sockets->n_fds; i++)
    {
      struct epoll_event event = { .events = EPOLLIN };

      if (fd >= 0)
        epoll_ctl (fd, EPOLL_CTL_ADD, sockets->fds[i], &event);
    }
  return fd;
}

/**
 * fairlead_ssh_listener_new:
 * @sockets: what it accepts from; they stay open until it is freed
 * @spec: where its connections go
 * @func: told of the counters and of the end
 *
 * Returns: (transfer none): the listener, owned by @loop
 */
FairleadSshListener *
fairlead_ssh_listener_new (FairleadSshLoop           *loop,
                           const FairleadSshSockets  *sockets,
                           const FairleadForwardSpec *spec,
                           FairleadSshListenerFunc    func,
                           gpointer                   data)
{
  FairleadSshListener *self = g_new0 (FairleadSshListener, 1);

  self->loop = loop;
  self->sockets = sockets;
  self->several = sockets->n_fds > 1 ? join_sockets (sockets) : -1;
  self->spec = fairlead_forward_spec_copy (spec);
  self->func = func;
  self->data = data;
  g_ptr_array_add (loop->listeners, self);
  return self;
}

/**
 * fairlead_ssh_listener_lead_to:
 * @spec: where connections go that come from now on; the rest of it is not looked at
 */
void
fairlead_ssh_listener_lead_to (FairleadSshListener       *self,
                               const FairleadForwardSpec *spec)
{
  fairlead_forward_spec_lead_to (self->spec, &spec->to);
}

/**
 * fairlead_ssh_listener_free:
 *
 * Ends every connection that came through it, and lets go of the sockets.
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
  fairlead_fd_clear (&self->several);
  self->counters.open = 0;
  self->func (self, &self->counters, self->failure, self->data);
  self->func (self, NULL, NULL, self->data);
  g_clear_error (&self->failure);
  fairlead_forward_spec_free (self->spec);
  g_free (self);
}

/**
 * fairlead_ssh_listener_get_fd:
 *
 * Returns: what to poll for new connections; -1 while out of descriptors, or of channels
 */
int
fairlead_ssh_listener_get_fd (FairleadSshListener *self)
{
  if (self->paused_until != 0 || self->loop->channels->len >= FAIRLEAD_SSH_MAX_CHANNELS)
    return -1;
  return self->several >= 0 ? self->several : self->sockets->fds[0];
}

/* Loopback keeps the network out, not this machine's other accounts. */
static gboolean
may_connect (FairleadSshListener *self,
             int                  fd)
{
  uid_t uid;

  if (self->spec->allow_other_users)
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
  channel = fairlead_ssh_channel_new_direct (self->loop, &self->spec->to);
  channel->in_fd = channel->out_fd = fd;
  channel->listener = self;
  self->counters.open++;
  self->counters.total++;
}

static void
accept_from (FairleadSshListener *self,
             int                  listening)
{
  while (self->loop->channels->len < FAIRLEAD_SSH_MAX_CHANNELS)
    {
      fairlead_autofd fd = accept4 (listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

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
 * fairlead_ssh_listener_accept:
 *
 * Takes every connection that waits; a channel is opened for each.
 */
void
fairlead_ssh_listener_accept (FairleadSshListener *self)
{
  for (guint i = 0; i < self->sockets->n_fds; i++)
    accept_from (self, self->sockets->fds[i]);
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
  self->func (self, &self->counters, self->failure, self->data);
  g_clear_error (&self->failure);
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
 * fairlead_ssh_listener_channel_reached:
 *
 * One of its connections has been taken to its destination.
 */
void
fairlead_ssh_listener_channel_reached (FairleadSshListener *self)
{
  self->counters.reached++;
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
  if (channel->error != NULL && channel->begun == 0)
    {
      self->counters.failed++;
      g_clear_error (&self->failure);
      self->failure = g_error_copy (channel->error);
    }
  self->changed = TRUE;
}
