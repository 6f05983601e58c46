/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-channel.h"

#include <sys/epoll.h>

#include "fairlead-ssh-autoptr.h"

/* The local descriptors of a channel. They are registered once, edge-triggered: a thousand idle connections
 * cost nothing, and a busy one no call to say what it waits for now. What an event said is remembered in the
 * channel until recv(2) or send(2) says otherwise. */

#define EVENTS (EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET)
#define HANG_UP (EPOLLERR | EPOLLHUP)

static void
watch (FairleadSshChannel *self,
       guint               i,
       int                 fd)
{
  FairleadSshWatch *watch = &self->watches[i];
  struct epoll_event event = { .events = EVENTS, .data.ptr = watch };
  gboolean again = watch->channel != NULL && watch->fd == fd;

  *watch = (FairleadSshWatch) { self, -1 };
  if (fd < 0)
    return;
  /* Room for it is a limit of the system's (fs.epoll.max_user_watches), far above that of descriptors. */
  if (epoll_ctl (self->loop->epoll_fd, again ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) < 0)
    g_critical ("epoll_ctl: %s", g_strerror (errno));
  watch->fd = fd;
}

/**
 * fairlead_ssh_channel_watch:
 *
 * Each event of its descriptors is told of from now on, those that stand included. Before the channel opens,
 * to see a client leave that need not be kept until the answer comes, which may be never; and again once it
 * is open.
 */
void
fairlead_ssh_channel_watch (FairleadSshChannel *self)
{
  watch (self, 0, self->in_fd);
  watch (self, 1, self->out_fd != self->in_fd ? self->out_fd : -1);
  watch (self, 2, self->err_fd);
  self->in_ready = self->in_fd >= 0;
}

/**
 * fairlead_ssh_channel_unwatch:
 * @fd: one of its descriptors: closed, and cleared
 */
void
fairlead_ssh_channel_unwatch (FairleadSshChannel *self,
                              int                *fd)
{
  for (guint i = 0; *fd >= 0 && i < G_N_ELEMENTS (self->watches); i++)
    if (self->watches[i].channel != NULL && self->watches[i].fd == *fd)
      {
        /* Closing alone leaves it there for as long as a child that was just forked has a copy. */
        epoll_ctl (self->loop->epoll_fd, EPOLL_CTL_DEL, *fd, NULL);
        self->watches[i].fd = -1;
      }
  fairlead_fd_clear (fd);
}

/* Its reader has gone, unless it is only the end of a socket that serves both directions. */
static gboolean
lost_reader (FairleadSshChannel *self,
             guint32             events)
{
  return (events & HANG_UP) != 0 && self->in_fd != self->out_fd && !self->out_shut && !self->out_full;
}

/* A client that has reset its connection is noticed when it is read from; not so while the remote takes nothing
 * more, which may be for ever. */
static gboolean
lost_client (FairleadSshChannel *self,
             guint32             events)
{
  return (events & EPOLLERR) != 0 && self->in_fd == self->out_fd
         && libssh2_channel_window_write_ex (self->channel, NULL) == 0;
}

/**
 * fairlead_ssh_watch_take:
 * @events: what epoll(7) said of it
 */
void
fairlead_ssh_watch_take (FairleadSshWatch *self,
                         guint32           events)
{
  FairleadSshChannel *channel = self->channel;

  if (self->fd < 0)
    return;
  /* One that has shut down its side may wait for the answer; one that has reset its connection does not. */
  if (channel->state <= FAIRLEAD_SSH_CHANNEL_OPENING && (events & HANG_UP) != 0
      && channel->in_fd == channel->out_fd)
    fairlead_ssh_channel_close (channel);
  if (channel->state == FAIRLEAD_SSH_CHANNEL_OPEN && lost_client (channel, events))
    fairlead_ssh_channel_close (channel);
  if (channel->state != FAIRLEAD_SSH_CHANNEL_OPEN)
    return;
  if (self->fd == channel->in_fd && (events & (EPOLLIN | EPOLLRDHUP | HANG_UP)) != 0)
    {
      channel->in_ready = TRUE;
      channel->in_hung_up = channel->in_hung_up || (events & (EPOLLRDHUP | HANG_UP)) != 0;
    }
  if (self->fd == channel->err_fd && (events & (EPOLLOUT | HANG_UP)) != 0)
    channel->err_full = FALSE;
  if (self->fd == channel->out_fd && (events & (EPOLLOUT | HANG_UP)) != 0)
    {
      if (lost_reader (channel, events))
        fairlead_ssh_channel_close (channel);
      channel->out_full = FALSE;
    }
  fairlead_ssh_channel_ready (channel);
}
