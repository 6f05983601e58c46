/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>

#include "fairlead-ssh-channel.h"
#include "fairlead-ssh-environment.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-listener.h"
#include "fairlead-ssh-remote.h"

/* A turn: take in what the server sent, as much as this; let each channel that there is something to do for do
 * a turn's worth; send; and look at all descriptors again. So no stream keeps a small request, a keepalive or a
 * new connection waiting for longer than that takes, and what is small passes the streams by. */
#define DRAIN_SIZE (256 * 1024)

/* How much the kernel keeps of what has not been sent (tcp(7), TCP_NOTSENT_LOWAT): what comes later and is
 * urgent waits behind it. What is on its way is not limited by this. */
#define UNSENT_SIZE (128 * 1024)

typedef struct {
  GArray *polls;           /* of struct pollfd */
  GPollFD cancel;
} Turn;

enum {
  POLL_SSH,
  POLL_WAKE,
  POLL_CANCEL,
  POLL_CHANNELS,
  N_FIXED_POLLS
};

#if !HAVE_LIBSSH2_QUEUED_OUTPUT
/* A stock libssh2 takes in what comes only while it reads a channel: the control channel, or a jump
 * host's one, of which nothing is taken then. */
static FairleadSshChannel *
channel_to_drain (FairleadSshLoop *self)
{
  if (self->carries != NULL)
    for (guint i = 0; i < self->channels->len; i++)
      {
        FairleadSshChannel *channel = self->channels->pdata[i];

        if (channel->state == FAIRLEAD_SSH_CHANNEL_OPEN)
          return channel;
      }
  else if (self->control != NULL && self->control->channel != NULL
           && self->control->state == FAIRLEAD_SSH_CHANNEL_PARKED)
    return self->control;
  return NULL;
}
#endif

/* Take in what the server sent, once for all channels (rule 6). Returns TRUE when there is more, of which the
 * socket may say nothing. */
static gboolean
drain (FairleadSshLoop *self)
{
  int code;

#if HAVE_LIBSSH2_QUEUED_OUTPUT
  code = libssh2_session_drain (self->session, DRAIN_SIZE);
#else
  FairleadSshChannel *channel = channel_to_drain (self);
  char nothing[1];

  if (channel == NULL)
    return FALSE;
  code = libssh2_channel_read (channel->channel, nothing, channel == self->control ? 1 : 0);
#endif
  if (!fairlead_ssh_loop_blocks (self, code, FAIRLEAD_SSH_OP_DRAIN, NULL) && code < 0)
    fairlead_ssh_loop_lost (self, code);
  return HAVE_LIBSSH2_QUEUED_OUTPUT && code == 0;
}

static gboolean
keepalive (FairleadSshLoop *self)
{
  int next = 0;
  int code = libssh2_keepalive_send (self->session, &next);

  if (!fairlead_ssh_loop_blocks (self, code, FAIRLEAD_SSH_OP_KEEPALIVE, NULL) && code < 0)
    fairlead_ssh_loop_lost (self, code);
  return FALSE;
}

static gboolean
resume (FairleadSshLoop *self)
{
  switch (self->owner_op)
    {
    case FAIRLEAD_SSH_OP_DRAIN:
      return drain (self);
    case FAIRLEAD_SSH_OP_KEEPALIVE:
      return keepalive (self);
#if HAVE_LIBSSH2_PEER_CHANNELS
    case FAIRLEAD_SSH_OP_REQUEST:
      return fairlead_ssh_remote_step (self);
#else
    case FAIRLEAD_SSH_OP_REQUEST:
#endif
    case FAIRLEAD_SSH_OP_NONE:
    case FAIRLEAD_SSH_OP_OPEN:
    case FAIRLEAD_SSH_OP_EXEC:
    case FAIRLEAD_SSH_OP_ADJUST:
    case FAIRLEAD_SSH_OP_READ:
    case FAIRLEAD_SSH_OP_READ_ERRORS:
    case FAIRLEAD_SSH_OP_WRITE:
    case FAIRLEAD_SSH_OP_EOF:
    case FAIRLEAD_SSH_OP_WAIT_CLOSED:
    case FAIRLEAD_SSH_OP_FREE:
    default:
      return fairlead_ssh_channel_resume (self->owner_channel, self->owner_op);
    }
}

/* Those that something has come for have their turn. */
static void
ready_touched (FairleadSshLoop *self)
{
#if HAVE_LIBSSH2_QUEUED_OUTPUT
  LIBSSH2_CHANNEL *touched;

  while ((touched = libssh2_session_touched_channel (self->session)) != NULL)
    if (*libssh2_channel_abstract (touched) != NULL)
      fairlead_ssh_channel_ready (*libssh2_channel_abstract (touched));
  for (guint i = 0; i < self->commands->len; i++)
    fairlead_ssh_channel_ready (self->commands->pdata[i]);
#else
  for (guint i = 0; i < self->channels->len; i++)
    fairlead_ssh_channel_ready (self->channels->pdata[i]);
#endif
}

/* Their packets were refused: is there room now? */
static void
ready_waiting (FairleadSshLoop *self)
{
#if HAVE_LIBSSH2_QUEUED_OUTPUT
  if (self->waiting.length == 0 || libssh2_session_room (self->session) < FAIRLEAD_SSH_WRITE_SIZE)
    return;
#endif
  while (self->waiting.length > 0)
    fairlead_ssh_channel_ready (g_queue_peek_head (&self->waiting));
}

/* Each that is ready has its turn; once, though it may be ready again. Returns TRUE on progress. */
static gboolean
pass (FairleadSshLoop *self)
{
  gboolean progress = FALSE;

  for (guint n = self->ready.length; n > 0 && self->ready.length > 0; n--)
    {
      FairleadSshChannel *channel = g_queue_peek_head (&self->ready);

      if (self->owner_op != FAIRLEAD_SSH_OP_NONE || self->error != NULL)
        return TRUE;
      g_queue_unlink (&self->ready, &channel->link);
      channel->queue = NULL;
      self->stepping = channel;
      if (fairlead_ssh_channel_step (channel))
        {
          progress = TRUE;
          if (self->stepping != NULL)
            fairlead_ssh_channel_ready (channel);
        }
      self->stepping = NULL;
    }
  return progress;
}

static void
flush (FairleadSshLoop *self)
{
#if HAVE_LIBSSH2_QUEUED_OUTPUT
  int code = libssh2_session_flush (self->session);

  self->unsent = code == LIBSSH2_ERROR_EAGAIN;
  if (code < 0 && !self->unsent)
    fairlead_ssh_loop_lost (self, code);
#endif
}

/* What can be done without waiting, in measure. Returns TRUE when there may be more. */
static gboolean
work (FairleadSshLoop *self)
{
  gboolean more = FALSE;
  guint64 arrivals;

  if (self->owner_op != FAIRLEAD_SSH_OP_NONE)
    {
      resume (self);
      if (self->owner_op != FAIRLEAD_SSH_OP_NONE)
        return FALSE;
      more = TRUE;
    }
  flush (self);
  if (self->error == NULL && drain (self))
    more = TRUE;
#if HAVE_LIBSSH2_PEER_CHANNELS
  if (self->error == NULL && fairlead_ssh_remote_step (self))
    more = TRUE;
#endif
  arrivals = self->arrivals;
  ready_touched (self);
  ready_waiting (self);
  if (self->error == NULL && pass (self))
    more = TRUE;
  /* A call that sends may end a key exchange, and then has read what came behind it: the socket stays silent
   * (rule 5). */
  if (arrivals != self->arrivals || (self->ready.length > 0 && self->owner_op == FAIRLEAD_SSH_OP_NONE))
    more = TRUE;
  if (!more)
    self->arrivals_seen = self->arrivals;
  return more;
}

/* A timer that is this late was stopped, with the program or the whole computer: much may have happened to
 * the connection, and it is not given the time that a quiet one has. */
#define OVERSLEPT (5 * G_USEC_PER_SEC)

/* The last probe is given this long before the connection counts as lost; longer behind each jump host,
 * so that a silent one is found out before what is behind it. */
#define LAST_PROBE_GRACE G_USEC_PER_SEC

gint64
fairlead_ssh_schedule_grace (FairleadSshLoop *self)
{
  gint64 grace = LAST_PROBE_GRACE;

  for (FairleadTarget *hop = self->target->via; hop != NULL; hop = hop->via)
    grace += LAST_PROBE_GRACE;
  return grace;
}

/* Nothing has come until @due: lost, unless it comes just now. Returns when to look again. */
gint64
fairlead_ssh_schedule_give_up (FairleadSshLoop *self,
                               gint64           due,
                               gint64           now)
{
  struct pollfd poll_fd = { .fd = self->fd, .events = POLLIN };

  if (now >= due && poll (&poll_fd, 1, 0) <= 0)
    fairlead_ssh_loop_lost (self, LIBSSH2_ERROR_TIMEOUT);
  return MAX (due, now + G_USEC_PER_SEC / 10);
}

/* What is half sent and does not leave is as good a probe. */
void
fairlead_ssh_schedule_probe (FairleadSshLoop *self)
{
  if (self->owner_op == FAIRLEAD_SSH_OP_NONE)
    keepalive (self);
}

/* Not MIN(), which would call a function twice: the second time there is nothing left to do. */
static gint64
sooner (gint64 a,
        gint64 b)
{
  return MIN (a, b);
}

/* Keepalives (ssh_config(5), ServerAliveInterval). libssh2 does not notice that answers stay away, so
 * we count. After a long sleep the probes are sent first, and only then is anything concluded.
 * Returns when to look again. */
static gint64
tend_connection (FairleadSshLoop *self,
                 gint64           now)
{
  gint64 interval = (gint64) self->target->alive_interval * G_USEC_PER_SEC;
  gint64 due;

  if (interval == 0 || self->broken)
    return G_MAXINT64;
  due = MAX (self->last_received, self->last_probe) + interval;
  if (self->target->alive_count_max > 0 && self->probes >= self->target->alive_count_max)
    {
      due = self->last_probe + fairlead_ssh_schedule_grace (self);
      return fairlead_ssh_schedule_give_up (self, due, now);
    }
  if (now < due)
    return due;
  /* So much too late: this program did not run. */
  if (now - due > OVERSLEPT)
    self->check_wanted = TRUE;
  self->last_probe = now;
  self->probes++;
  fairlead_ssh_schedule_probe (self);
  return now + (self->probes >= self->target->alive_count_max ? fairlead_ssh_schedule_grace (self)
                                                              : interval);
}

/* The server has only so many sessions, and tells us of an end before it has room again. */
static gint64
tend_sessions (FairleadSshLoop *self,
               gint64           now)
{
  if (self->sessions_retry == 0)
    return G_MAXINT64;
  if (now < self->sessions_retry)
    return self->sessions_retry;
  self->sessions_retry = 0;
  self->sessions_full = FALSE;
  return now;
}

static gint64
tend_listeners (FairleadSshLoop *self,
                gint64           now)
{
  gint64 next = G_MAXINT64;

  for (guint i = 0; i < self->listeners->len; i++)
    next = sooner (next, fairlead_ssh_listener_tend (self->listeners->pdata[i], now));
#if HAVE_LIBSSH2_PEER_CHANNELS
  next = sooner (next, fairlead_ssh_remote_tend (self, now));
#endif
  return next;
}

static void
add_poll (Turn *turn,
          int   fd,
          short events)
{
  struct pollfd poll = { .fd = fd, .events = events };

  g_array_append_val (turn->polls, poll);
}

static void
gather_polls (FairleadSshLoop *self,
              Turn            *turn)
{
  short events = self->owner_op != FAIRLEAD_SSH_OP_NONE ? POLLOUT : POLLIN;

#if !HAVE_LIBSSH2_QUEUED_OUTPUT
  /* Nothing to read from: only the end of the connection is of interest. */
  if (events == POLLIN && self->channels->len == 0)
    events = 0;
#endif
  if (self->unsent)
    events |= POLLOUT;
  g_array_set_size (turn->polls, 0);
  add_poll (turn, self->broken ? -1 : self->fd, events);
  add_poll (turn, self->wake_fd, POLLIN);
  add_poll (turn, turn->cancel.fd, turn->cancel.fd >= 0 ? POLLIN : 0);
  add_poll (turn, self->epoll_fd, POLLIN);
  for (guint i = 0; i < self->listeners->len; i++)
    add_poll (turn, fairlead_ssh_listener_get_fd (self->listeners->pdata[i]), POLLIN);
}

static void
take_channel_events (FairleadSshLoop *self)
{
  struct epoll_event events[256];
  int n = epoll_wait (self->epoll_fd, events, G_N_ELEMENTS (events), 0);

  for (int i = 0; i < n; i++)
    fairlead_ssh_watch_take (events[i].data.ptr, events[i].events);
}

static void
take_polls (FairleadSshLoop *self,
            Turn            *turn)
{
  const struct pollfd *polls = (const struct pollfd *) turn->polls->data;
  guint n_listeners = self->listeners->len;

  if (polls[POLL_CHANNELS].revents != 0)
    take_channel_events (self);
  for (guint i = 0; i < n_listeners; i++)
    if (polls[N_FIXED_POLLS + i].revents != 0)
      fairlead_ssh_listener_accept (self->listeners->pdata[i]);
  if (polls[POLL_WAKE].revents != 0)
    {
      guint64 count;

      if (read (self->wake_fd, &count, sizeof count) == sizeof count)
        fairlead_ssh_loop_run_posted (self);
    }
}

static int
timeout_ms (gint64   next,
            gint64   now,
            gboolean more)
{
  if (more)
    return 0;
  if (next == G_MAXINT64)
    return -1;
  return CLAMP ((next - now + 999) / 1000, 0, G_MAXINT);
}

/* How long a broken connection waits for local readers to take what had arrived. */
#define LINGER (G_USEC_PER_SEC / 4)

/* Nothing more comes: is everything that had come in its readers' hands? */
static gint64
tend_broken (FairleadSshLoop *self,
             gint64           now)
{
  gint64 end = self->broken_at + LINGER;

  if (!self->broken)
    return G_MAXINT64;
  for (guint i = 0; i < self->channels->len && now < end; i++)
    if (fairlead_ssh_channel_is_behind (self->channels->pdata[i]))
      return end;
  fairlead_ssh_loop_lost (self, LIBSSH2_ERROR_SOCKET_DISCONNECT);
  return now;
}

/* How long a peer that takes nothing can delay an orderly end. */
#define GOODBYE_TIMEOUT G_USEC_PER_SEC

static gboolean
say_disconnect (FairleadSshLoop *self,
                gboolean        *said)
{
  if (self->owner_op != FAIRLEAD_SSH_OP_NONE)
    resume (self);
  if (self->owner_op == FAIRLEAD_SSH_OP_NONE && !*said)
    *said = libssh2_session_disconnect (self->session, "") != LIBSSH2_ERROR_EAGAIN;
  flush (self);
  return *said && !self->unsent;
}

/* What is queued or half sent, and then the disconnect message (RFC 4253 §11.1). */
static void
say_goodbye (FairleadSshLoop *self,
             const GPollFD   *cancel)
{
  gint64 deadline = g_get_monotonic_time () + GOODBYE_TIMEOUT;
  gboolean said = FALSE;
  gint64 now;

  while (!say_disconnect (self, &said) && self->error == NULL && !self->broken
         && !g_cancellable_is_cancelled (self->cancellable)
         && (now = g_get_monotonic_time ()) < deadline)
    {
      int directions = libssh2_session_block_directions (self->session);
      short events = self->unsent || directions & LIBSSH2_SESSION_BLOCK_OUTBOUND ? POLLOUT : POLLIN;
      struct pollfd polls[] = {
        { .fd = self->fd, .events = events },
        { .fd = cancel->fd, .events = POLLIN },
      };

      poll (polls, G_N_ELEMENTS (polls), timeout_ms (deadline, now, FALSE));
    }
}

/* From here on packets are queued rather than sent one by one. On a socket pair of a jump host or a command,
 * the options of TCP do nothing. */
static void
queue_output (FairleadSshLoop *self)
{
#if HAVE_LIBSSH2_QUEUED_OUTPUT
  int unsent = UNSENT_SIZE;

  setsockopt (self->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
  if (libssh2_session_queue_output (self->session) != 0)
    g_error ("libssh2_session_queue_output: a packet is half sent, or out of memory");
  self->queues_output = TRUE;
#endif
}

/* No channel frees itself while a packet is half sent: it is completed into nothing. */
static void
mute (FairleadSshLoop *self)
{
  self->lingers = FALSE;
  self->muted = TRUE;
  if (self->owner_op != FAIRLEAD_SSH_OP_NONE)
    resume (self);
}

static void
start_control (FairleadSshLoop *self)
{
  if (self->server->one_command)
    return;
  /* sshd sets TCP_NODELAY on its side only when a command has been executed, and OpenSSH's
   * hostkeys-00@openssh.com wants a channel: the first one runs `true` and stays. */
  self->control = fairlead_ssh_channel_new_exec (self, "true");
}

/**
 * fairlead_ssh_schedule:
 *
 * The I/O thread, signed in: drives every channel and listener until the session is closed, lost or
 * cancelled. Waits nowhere but in its one poll(2).
 */
void
fairlead_ssh_schedule (FairleadSshLoop *self)
{
  Turn turn = { .cancel = { .fd = -1 } };

  turn.polls = g_array_new (FALSE, FALSE, sizeof (struct pollfd));
  g_cancellable_make_pollfd (self->cancellable, &turn.cancel);
  self->lingers = TRUE;
  queue_output (self);
  /* A jump host has to pass connections on, no more: it may have no shell for this account at all. */
  self->server = fairlead_ssh_server_find (libssh2_session_banner_get (self->session));
  if (self->carries == NULL)
    {
      self->environment = fairlead_ssh_environment_new (self->target);
      start_control (self);
    }
  fairlead_ssh_loop_run_posted (self);

  while (self->error == NULL && !self->closing && !g_cancellable_is_cancelled (self->cancellable))
    {
      gint64 next = tend_connection (self, g_get_monotonic_time ());
      gboolean more = self->error == NULL && work (self);
      gint64 now = g_get_monotonic_time ();

      if (!more && self->error == NULL)
        {
          next = sooner (next, tend_broken (self, now));
          next = sooner (next, fairlead_ssh_check_tend (self, now));
        }
      if (self->error != NULL || self->closing)
        break;
      next = sooner (next, tend_listeners (self, now));
      next = sooner (next, tend_sessions (self, now));
      /* After all that may have sent something: nobody asks for it again. */
      flush (self);
      gather_polls (self, &turn);
      if (poll ((struct pollfd *) turn.polls->data, turn.polls->len, timeout_ms (next, now, more)) > 0)
        take_polls (self, &turn);
    }

  if (self->error == NULL && !g_cancellable_is_cancelled (self->cancellable))
    say_goodbye (self, &turn.cancel);
  mute (self);
  g_cancellable_release_fd (self->cancellable);
  g_array_unref (turn.polls);
}
