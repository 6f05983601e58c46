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
#include "fairlead-ssh-socks.h"

#define COUNTERS_INTERVAL (G_USEC_PER_SEC / 10)
#define OUT_OF_DESCRIPTORS_PAUSE (G_USEC_PER_SEC / 10)

/**
 * FairleadSshListener:
 *
 * A forward as its session serves it, and what it has accepted. The I/O thread only; owned by its loop.
 */
struct _FairleadSshListener {
  FairleadSshLoop *loop;
  const FairleadSshSockets *sockets;   /* borrowed: of the lease that the forward has claimed, or NULL */
  int several;                     /* epoll(7) over the sockets, and the guests, where there may be several */
  GPtrArray *guests;               /* of FairleadSshSocks, owned: who has not said yet where to */
  FairleadForwardSpec *spec;
  gint64 paused_until;
  gint64 guests_due;               /* when to look for those who say nothing */

  FairleadForwardCounters counters;
  GError *failure;                 /* why the last one could not be taken on; NULL once reported */
  gboolean changed;
  gint64 last_report;
  FairleadSshListenerFunc func;
  gpointer data;
};

static void
watch (FairleadSshListener *self,
       int                  fd,
       gpointer             guest)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = guest };

  if (epoll_ctl (self->several, EPOLL_CTL_ADD, fd, &event) < 0)
    g_critical ("epoll_ctl: %s", g_strerror (errno));
}

/* One descriptor that is readable when one of them is. */
static void
join_sockets (FairleadSshListener *self)
{
  self->several = epoll_create1 (EPOLL_CLOEXEC);
  for (guint i = 0; i < self->sockets->n_fds; i++)
    watch (self, self->sockets->fds[i], NULL);
}

/**
 * fairlead_ssh_listener_new:
 * @sockets: (nullable): what it accepts from; they stay open until it is freed. %NULL where the host
 *   listens
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
  self->spec = fairlead_forward_spec_copy (spec);
  self->guests = g_ptr_array_new_with_free_func ((GDestroyNotify) fairlead_ssh_socks_free);
  self->guests_due = G_MAXINT64;
  self->several = -1;
  if (sockets != NULL && (sockets->n_fds > 1 || fairlead_forward_spec_is_socks (spec)))
    join_sockets (self);
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
  g_clear_pointer (&self->guests, g_ptr_array_unref);
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
  if (self->sockets == NULL || self->paused_until != 0 || self->loop->channels->len + self->guests->len >= FAIRLEAD_SSH_MAX_CHANNELS)
    return -1;
  return self->several >= 0 ? self->several : self->sockets->fds[0];
}

FairleadSshLoop *
fairlead_ssh_listener_get_loop (FairleadSshListener *self)
{
  return self->loop;
}

/**
 * fairlead_ssh_listener_get_spec:
 *
 * Returns: (transfer none): what the forward is
 */
const FairleadForwardSpec *
fairlead_ssh_listener_get_spec (FairleadSshListener *self)
{
  return self->spec;
}

/**
 * fairlead_ssh_listener_set_port:
 * @port: the one that the host has chosen
 */
void
fairlead_ssh_listener_set_port (FairleadSshListener *self,
                                guint                port)
{
  self->spec->listen.port = port;
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

/* ---- guests: clients that say by SOCKS where they want to go ---- */

static void
add_guest (FairleadSshListener *self,
           int                  fd)
{
  FairleadSshSocks *guest = fairlead_ssh_socks_new (fd);

  g_ptr_array_add (self->guests, guest);
  self->guests_due = MIN (self->guests_due, fairlead_ssh_socks_get_deadline (guest));
  watch (self, fd, guest);
}

/* @error: (transfer full) (nullable): why it gets no connection; one that just leaves is no failure. */
static void
drop_guest (FairleadSshListener *self,
            FairleadSshSocks    *guest,
            GError              *error)
{
  self->counters.open--;
  self->changed = TRUE;
  if (error != NULL)
    {
      self->counters.failed++;
      g_clear_error (&self->failure);
      self->failure = error;
    }
  g_ptr_array_remove_fast (self->guests, guest);
}

static void
open_guest (FairleadSshListener *self,
            FairleadSshSocks    *guest)
{
  FairleadForwardEnd nowhere = { NULL };
  FairleadSshChannel *channel = fairlead_ssh_channel_new_direct (self->loop, &nowhere);
  guint i;

  epoll_ctl (self->several, EPOLL_CTL_DEL, fairlead_ssh_socks_get_fd (guest), NULL);
  if (g_ptr_array_find (self->guests, guest, &i))
    g_ptr_array_steal_index_fast (self->guests, i);
  channel->listener = self;
  fairlead_ssh_socks_open (guest, channel);
}

static void
guest_step (FairleadSshListener *self,
            FairleadSshSocks    *guest)
{
  FairleadSocksStep step;

  if (!fairlead_ssh_socks_read (guest, &step))
    drop_guest (self, guest, NULL);
  else if (step == FAIRLEAD_SOCKS_REQUEST)
    open_guest (self, guest);
  else if (step == FAIRLEAD_SOCKS_BAD)
    drop_guest (self, guest, fairlead_ssh_socks_error (guest));
}

/* Returns when to look again. */
static gint64
tend_guests (FairleadSshListener *self,
             gint64               now)
{
  if (now < self->guests_due)
    return self->guests_due;
  self->guests_due = G_MAXINT64;
  for (guint i = self->guests->len; i-- > 0;)
    {
      gint64 deadline = fairlead_ssh_socks_get_deadline (self->guests->pdata[i]);

      if (now >= deadline)
        drop_guest (self, self->guests->pdata[i], fairlead_ssh_socks_error (self->guests->pdata[i]));
      else
        self->guests_due = MIN (self->guests_due, deadline);
    }
  return self->guests_due;
}

/* ---- connections ---- */

static void
take_connection (FairleadSshListener *self,
                 int                  fd)
{
  int one = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  self->counters.open++;
  self->counters.total++;
  if (fairlead_forward_spec_is_socks (self->spec))
    {
      add_guest (self, fd);
    }
  else
    {
      FairleadSshChannel *channel = fairlead_ssh_channel_new_direct (self->loop, &self->spec->to);

      channel->in_fd = channel->out_fd = fd;
      channel->listener = self;
    }
}

/**
 * fairlead_ssh_listener_take:
 * @channel: one that the host has opened for this forward
 *
 * The channel is the forward's, and leads where that leads now.
 */
void
fairlead_ssh_listener_take (FairleadSshListener *self,
                            FairleadSshChannel  *channel)
{
  channel->listener = self;
  channel->to.host = g_strdup (self->spec->to.host);
  channel->to.port = self->spec->to.port;
  channel->to.path = g_strdup (self->spec->to.path);
  self->counters.open++;
  self->counters.total++;
  self->changed = TRUE;
}

static void
accept_from (FairleadSshListener *self,
             int                  listening)
{
  while (self->loop->channels->len + self->guests->len < FAIRLEAD_SSH_MAX_CHANNELS)
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

#define MAX_EVENTS 64

/**
 * fairlead_ssh_listener_accept:
 *
 * Takes every connection that waits; a channel is opened for each, once it is known where to.
 */
void
fairlead_ssh_listener_accept (FairleadSshListener *self)
{
  struct epoll_event events[MAX_EVENTS];
  int n = self->several >= 0 ? epoll_wait (self->several, events, MAX_EVENTS, 0) : 0;

  for (int i = 0; i < n; i++)
    if (events[i].data.ptr != NULL)
      guest_step (self, events[i].data.ptr);
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
  gint64 next = tend_guests (self, now);

  if (self->paused_until != 0 && now >= self->paused_until)
    self->paused_until = 0;
  if (self->paused_until != 0)
    next = MIN (next, self->paused_until);
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
