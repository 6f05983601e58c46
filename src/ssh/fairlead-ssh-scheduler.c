/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <poll.h>

#include "fairlead-ssh-channel.h"
#include "fairlead-ssh-environment.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-listener.h"

/* What a turn may do before it looks at the descriptors again: one busy stream must not keep a
 * keepalive or a new connection waiting. */
#define MAX_PASSES 64

typedef struct {
  GArray *polls;           /* of struct pollfd */
  GArray *first;           /* of guint: where each channel's polls begin */
  GPollFD cancel;
} Turn;

enum {
  POLL_SSH,
  POLL_WAKE,
  POLL_CANCEL,
  N_FIXED_POLLS
};

#if !HAVE_LIBSSH2_PIPELINED_OPEN
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

/* Take in what the server sent, once for all channels (rule 6). */
static gboolean
drain (FairleadSshLoop *self)
{
  int code;

#if HAVE_LIBSSH2_PIPELINED_OPEN
  code = libssh2_session_drain (self->session);
#else
  FairleadSshChannel *channel = channel_to_drain (self);
  char nothing[1];

  if (channel == NULL)
    return FALSE;
  code = libssh2_channel_read (channel->channel, nothing, channel == self->control ? 1 : 0);
#endif
  if (!fairlead_ssh_loop_blocks (self, code, FAIRLEAD_SSH_OP_DRAIN, NULL) && code < 0)
    fairlead_ssh_loop_lost (self, code);
  return FALSE;
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

/* One pass over all channels. Backwards: a step may remove its channel. */
static gboolean
pass (FairleadSshLoop *self)
{
  gboolean progress = FALSE;

  for (guint i = self->channels->len; i-- > 0;)
    {
      if (self->owner_op != FAIRLEAD_SSH_OP_NONE || self->error != NULL)
        return progress;
      if (i < self->channels->len && fairlead_ssh_channel_step (self->channels->pdata[i]))
        progress = TRUE;
    }
  return progress;
}

/* All that can be done without waiting. Returns TRUE when there may be more. */
static gboolean
work (FairleadSshLoop *self)
{
  gboolean progress = TRUE;
  gboolean drained = FALSE;
  guint64 arrivals = self->arrivals;

  for (guint i = 0; i < MAX_PASSES && progress && self->error == NULL; i++)
    {
      /* Again after each call that read the socket: one that sends ends a key exchange without taking
       * in what came behind it, and the socket stays silent (rule 5). */
      if (self->owner_op == FAIRLEAD_SSH_OP_NONE && (!drained || arrivals != self->arrivals))
        {
          drain (self);
          drained = TRUE;
        }
      progress = FALSE;
      if (self->owner_op != FAIRLEAD_SSH_OP_NONE)
        {
          resume (self);
          if (self->owner_op != FAIRLEAD_SSH_OP_NONE)
            return FALSE;
          progress = TRUE;
        }
      arrivals = self->arrivals;
      if (self->error == NULL && pass (self))
        progress = TRUE;
      if (arrivals != self->arrivals)
        progress = TRUE;
    }
  if (!progress)
    self->arrivals_seen = self->arrivals;
  return progress;
}

/* The last probe is given this long before the connection counts as lost; longer behind each jump host,
 * so that a silent one is found out before what is behind it. */
#define LAST_PROBE_GRACE G_USEC_PER_SEC

static gint64
last_probe_grace (FairleadSshLoop *self)
{
  gint64 grace = LAST_PROBE_GRACE;

  for (FairleadTarget *hop = self->target->via; hop != NULL; hop = hop->via)
    grace += LAST_PROBE_GRACE;
  return grace;
}

static gboolean
is_readable (FairleadSshLoop *self)
{
  struct pollfd poll_fd = { .fd = self->fd, .events = POLLIN };

  return poll (&poll_fd, 1, 0) > 0;
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
  /* libssh2 sends at most one in two seconds, and one has to be sent before anything is concluded. */
  if (self->target->alive_count_max == 1)
    interval = MAX (interval, 2 * G_USEC_PER_SEC);
  due = MAX (self->last_received, self->last_probe) + interval;
  if (self->target->alive_count_max > 0 && self->probes >= self->target->alive_count_max)
    {
      due = self->last_probe + last_probe_grace (self);
      if (now >= due && !is_readable (self))
        fairlead_ssh_loop_lost (self, LIBSSH2_ERROR_TIMEOUT);
      return MAX (due, now + G_USEC_PER_SEC / 10);
    }
  if (now < due)
    return due;
  self->last_probe = now;
  self->probes++;
  /* What is half sent and does not leave is as good a probe. */
  if (self->owner_op == FAIRLEAD_SSH_OP_NONE)
    keepalive (self);
  return now + (self->probes >= self->target->alive_count_max ? last_probe_grace (self) : interval);
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
  gboolean owned = self->owner_op != FAIRLEAD_SSH_OP_NONE;
  short events = owned ? POLLOUT : POLLIN;

#if !HAVE_LIBSSH2_PIPELINED_OPEN
  /* Nothing to read from: only the end of the connection is of interest. */
  if (!owned && self->channels->len == 0)
    events = 0;
#endif
  g_array_set_size (turn->polls, 0);
  g_array_set_size (turn->first, 0);
  add_poll (turn, self->broken ? -1 : self->fd, events);
  add_poll (turn, self->wake_fd, POLLIN);
  add_poll (turn, turn->cancel.fd, turn->cancel.fd >= 0 ? POLLIN : 0);
  for (guint i = 0; i < self->listeners->len; i++)
    add_poll (turn, fairlead_ssh_listener_get_fd (self->listeners->pdata[i]), POLLIN);
  for (guint i = 0; i < self->channels->len; i++)
    {
      struct pollfd polls[FAIRLEAD_SSH_CHANNEL_MAX_POLLS];
      guint n = 0;

      /* While a packet is half sent no channel has its turn: what is ready would be so for ever. */
      if (!owned)
        n = fairlead_ssh_channel_get_polls (self->channels->pdata[i], polls);
      g_array_append_val (turn->first, turn->polls->len);
      g_array_append_vals (turn->polls, polls, n);
    }
  g_array_append_val (turn->first, turn->polls->len);
}

static void
take_polls (FairleadSshLoop *self,
            Turn            *turn)
{
  const struct pollfd *polls = (const struct pollfd *) turn->polls->data;
  guint n_listeners = self->listeners->len;
  guint n_channels = self->channels->len;

  for (guint i = 0; i < n_channels; i++)
    {
      guint first = g_array_index (turn->first, guint, i);
      guint end = g_array_index (turn->first, guint, i + 1);

      fairlead_ssh_channel_take_polls (self->channels->pdata[i], polls + first, end - first);
    }
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
say_disconnect (FairleadSshLoop *self)
{
  if (self->owner_op != FAIRLEAD_SSH_OP_NONE)
    resume (self);
  return self->owner_op == FAIRLEAD_SSH_OP_NONE
         && libssh2_session_disconnect (self->session, "") != LIBSSH2_ERROR_EAGAIN;
}

/* What is half sent, and then the disconnect message (RFC 4253 §11.1). */
static void
say_goodbye (FairleadSshLoop *self,
             const GPollFD   *cancel)
{
  gint64 deadline = g_get_monotonic_time () + GOODBYE_TIMEOUT;
  gint64 now;

  while (!say_disconnect (self) && self->error == NULL && !self->broken
         && !g_cancellable_is_cancelled (self->cancellable)
         && (now = g_get_monotonic_time ()) < deadline)
    {
      int directions = libssh2_session_block_directions (self->session);
      short events = directions & LIBSSH2_SESSION_BLOCK_OUTBOUND ? POLLOUT : POLLIN;
      struct pollfd polls[] = {
        { .fd = self->fd, .events = events },
        { .fd = cancel->fd, .events = POLLIN },
      };

      poll (polls, G_N_ELEMENTS (polls), timeout_ms (deadline, now, FALSE));
    }
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
  turn.first = g_array_new (FALSE, FALSE, sizeof (guint));
  g_cancellable_make_pollfd (self->cancellable, &turn.cancel);
  self->lingers = TRUE;
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
        next = sooner (next, tend_broken (self, now));
      if (self->error != NULL || self->closing)
        break;
      next = sooner (next, tend_listeners (self, now));
      next = sooner (next, tend_sessions (self, now));
      gather_polls (self, &turn);
      if (poll ((struct pollfd *) turn.polls->data, turn.polls->len, timeout_ms (next, now, more)) > 0)
        take_polls (self, &turn);
    }

  if (self->error == NULL && !g_cancellable_is_cancelled (self->cancellable))
    say_goodbye (self, &turn.cancel);
  mute (self);
  g_cancellable_release_fd (self->cancellable);
  g_array_unref (turn.polls);
  g_array_unref (turn.first);
}
