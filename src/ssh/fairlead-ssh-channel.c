/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-channel.h"

#include <string.h>
#include <sys/socket.h>

#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-listener.h"

/* The receive window of a busy channel: grown to this after its first MiB, topped up below half. */
#define GROWN_WINDOW (8 * 1024 * 1024)
#define GROW_AFTER (1024 * 1024)

static FairleadSshChannel *
channel_new (FairleadSshLoop *loop)
{
  FairleadSshChannel *self = g_new0 (FairleadSshChannel, 1);

  self->loop = loop;
  self->in_fd = self->out_fd = self->err_fd = -1;
  self->exit_status = -1;
  g_ptr_array_add (loop->channels, self);
  return self;
}

/**
 * fairlead_ssh_channel_new_exec:
 * @command: the exec string (RFC 4254 §6.5)
 *
 * Returns: (transfer none): a queued channel; give it its descriptors and functions before the next step
 */
FairleadSshChannel *
fairlead_ssh_channel_new_exec (FairleadSshLoop *loop,
                               const char      *command)
{
  FairleadSshChannel *self = channel_new (loop);

  self->command = g_strdup (command);
  return self;
}

/**
 * fairlead_ssh_channel_new_direct:
 * @host: the destination as the server sees it
 * @port: 1–65535
 *
 * Returns: (transfer none): a queued direct-tcpip channel (RFC 4254 §7.2)
 */
FairleadSshChannel *
fairlead_ssh_channel_new_direct (FairleadSshLoop *loop,
                                 const char      *host,
                                 guint            port)
{
  FairleadSshChannel *self = channel_new (loop);

  self->host = g_strdup (host);
  self->port = port;
  return self;
}

static void
close_fds (FairleadSshChannel *self)
{
  if (self->in_fd == self->out_fd)
    self->in_fd = -1;
  fairlead_fd_clear (&self->in_fd);
  fairlead_fd_clear (&self->out_fd);
  fairlead_fd_clear (&self->err_fd);
}

/**
 * fairlead_ssh_channel_free:
 *
 * The channel is no more, on either side: its descriptors close, and who waits for it is told.
 */
void
fairlead_ssh_channel_free (FairleadSshChannel *self)
{
  FairleadSshLoop *loop = self->loop;

  /* One that never opened has an error; one whose end came with the session's has that. */
  if (self->error == NULL && (self->opened != NULL || loop->error != NULL))
    self->error = fairlead_ssh_error_closed (loop);
  self->state = FAIRLEAD_SSH_CHANNEL_DEAD;
  close_fds (self);
  if (self->opened != NULL)
    self->opened (self, self->error, self->data);
  else if (self->closed != NULL)
    self->closed (self, self->error, self->data);
  if (self->listener != NULL)
    fairlead_ssh_listener_channel_gone (self->listener, self);
  if (loop->control == self)
    loop->control = NULL;
  if (loop->requesting == self)
    loop->requesting = NULL;
  if (loop->opening == self)
    loop->opening = NULL;
  if (loop->owner_channel == self)
    {
      loop->owner_op = FAIRLEAD_SSH_OP_NONE;
      loop->owner_channel = NULL;
    }
  if (self->command != NULL)
    loop->sessions_full = FALSE;
  loop->grown_windows -= self->grown;
  g_ptr_array_remove_fast (loop->channels, self);
  g_free (self->to_remote.data);
  g_free (self->to_local.data);
  g_free (self->to_errors.data);
  g_free (self->command);
  g_free (self->host);
  g_free (self->exit_signal);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * fairlead_ssh_channel_abandon:
 *
 * Forgets the channel without a word to the server: the session ends anyway, and frees it.
 */
void
fairlead_ssh_channel_abandon (FairleadSshChannel *self)
{
  if (self->error == NULL)
    self->error = fairlead_ssh_error_closed (self->loop);
  fairlead_ssh_channel_free (self);
}

/**
 * fairlead_ssh_channel_close:
 *
 * Nobody wants this channel any more. One that is being opened is closed after its answer; a packet
 * that is half sent is sent first (rule 2).
 */
void
fairlead_ssh_channel_close (FairleadSshChannel *self)
{
  close_fds (self);
  self->unwanted = TRUE;
  if (self->state >= FAIRLEAD_SSH_CHANNEL_OPEN && self->state < FAIRLEAD_SSH_CHANNEL_FREEING)
    self->state = FAIRLEAD_SSH_CHANNEL_FREEING;
}

/* A call of libssh2 failed: the whole session is lost, or this channel alone. Returns TRUE: progress. */
gboolean
fairlead_ssh_channel_fail (FairleadSshChannel *self,
                           int                 code)
{
  if (fairlead_ssh_error_is_fatal (code))
    fairlead_ssh_loop_lost (self->loop, code);
  else if (self->error == NULL)
    self->error = fairlead_ssh_error_channel (self->loop, code, self->host, self->port);
  fairlead_ssh_channel_close (self);
  return TRUE;
}

static void
pending_keep (FairleadSshPending *pending,
              const guint8       *data,
              gsize               length)
{
  g_assert (pending->length == 0);
  g_free (pending->data);
  pending->data = g_memdup2 (data, length);
  pending->offset = 0;
  pending->length = length;
}

static void
pending_took (FairleadSshPending *pending,
              gsize               length)
{
  pending->offset += length;
  pending->length -= length;
  if (pending->length == 0)
    g_clear_pointer (&pending->data, g_free);
}

/* Write to a local descriptor as much as it takes. Returns the count, or -1 when nobody reads there. */
static gssize
write_local (int           fd,
             const guint8 *data,
             gsize         length)
{
  gsize done = 0;

  while (done < length)
    {
      gssize n = send (fd, data + done, length - done, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno == EAGAIN ? (gssize) done : -1;
      done += n;
    }
  return done;
}

/* Returns FALSE when nobody reads there any more. */
static gboolean
flush_pending (FairleadSshPending *pending,
               int                 fd)
{
  gssize n;

  if (pending->length == 0)
    return TRUE;
  n = fd < 0 ? (gssize) pending->length
             : write_local (fd, pending->data + pending->offset, pending->length);
  if (n < 0)
    return FALSE;
  pending_took (pending, n);
  return TRUE;
}

static gboolean
deliver (FairleadSshPending *pending,
         int                 fd,
         const guint8       *data,
         gsize               length)
{
  gssize n = fd < 0 ? (gssize) length : write_local (fd, data, length);

  if (n < 0)
    return FALSE;
  if ((gsize) n < length)
    pending_keep (pending, data + n, length - n);
  return TRUE;
}

/* Let a busy channel's window grow, within the session's cap. */
static gboolean
adjust_step (FairleadSshChannel *self)
{
  FairleadSshLoop *loop = self->loop;
  unsigned int now;
  int code;

  if (self->adjust == 0)
    {
      gsize window = libssh2_channel_window_read_ex (self->channel, NULL, NULL);

      if (self->received < GROW_AFTER || window >= GROWN_WINDOW / 2)
        return FALSE;
      if (self->grown == 0)
        {
          if (loop->grown_windows + GROWN_WINDOW > FAIRLEAD_SSH_WINDOW_CAP)
            return FALSE;
          self->grown = GROWN_WINDOW;
          loop->grown_windows += GROWN_WINDOW;
        }
      self->adjust = GROWN_WINDOW - window;
    }
  code = libssh2_channel_receive_window_adjust2 (self->channel, self->adjust, 1, &now);
  if (fairlead_ssh_loop_blocks (loop, code, FAIRLEAD_SSH_OP_ADJUST, self))
    return FALSE;
  self->adjust = 0;
  return code < 0 ? fairlead_ssh_channel_fail (self, code) : TRUE;
}

static gboolean
read_step (FairleadSshChannel *self)
{
  FairleadSshLoop *loop = self->loop;
  gssize n = libssh2_channel_read (self->channel, (char *) loop->scratch, FAIRLEAD_SSH_READ_SIZE);

  if (fairlead_ssh_loop_blocks (loop, n < 0 ? n : 0, FAIRLEAD_SSH_OP_READ, self))
    return FALSE;
  if (n < 0)
    return fairlead_ssh_channel_fail (self, n);
  if (n == 0)
    {
      if (libssh2_channel_eof (self->channel))
        self->remote_eof = TRUE;
      return self->remote_eof;
    }
  self->received += n;
  if (self->listener != NULL)
    fairlead_ssh_listener_count (self->listener, n, 0);
  if (!deliver (&self->to_local, self->out_fd, loop->scratch, n))
    fairlead_ssh_channel_close (self);
  return TRUE;
}

static gboolean
read_errors_step (FairleadSshChannel *self)
{
  FairleadSshLoop *loop = self->loop;
  gssize n = libssh2_channel_read_stderr (self->channel, (char *) loop->scratch,
                                          FAIRLEAD_SSH_READ_SIZE);

  if (fairlead_ssh_loop_blocks (loop, n < 0 ? n : 0, FAIRLEAD_SSH_OP_READ_ERRORS, self))
    return FALSE;
  if (n < 0)
    return fairlead_ssh_channel_fail (self, n);
  if (n == 0)
    return FALSE;
  self->received += n;
  /* Nobody has to want the errors. */
  if (!deliver (&self->to_errors, self->err_fd, loop->scratch, n))
    fairlead_fd_clear (&self->err_fd);
  return TRUE;
}

static gboolean
write_step (FairleadSshChannel *self)
{
  FairleadSshLoop *loop = self->loop;
  gssize n = libssh2_channel_write (self->channel,
                                    (char *) self->to_remote.data + self->to_remote.offset,
                                    self->to_remote.length);

  if (fairlead_ssh_loop_blocks (loop, n < 0 ? n : 0, FAIRLEAD_SSH_OP_WRITE, self))
    return FALSE;
  if (n < 0)
    return fairlead_ssh_channel_fail (self, n);
  self->sent += n;
  if (self->listener != NULL)
    fairlead_ssh_listener_count (self->listener, 0, n);
  pending_took (&self->to_remote, n);
  return n > 0;
}

static gboolean
eof_step (FairleadSshChannel *self)
{
  int code = libssh2_channel_send_eof (self->channel);

  if (fairlead_ssh_loop_blocks (self->loop, code, FAIRLEAD_SSH_OP_EOF, self))
    return FALSE;
  if (code < 0)
    return fairlead_ssh_channel_fail (self, code);
  self->eof_sent = TRUE;
  return TRUE;
}

/* After its EOF: has the server closed the channel (RFC 4254 §5.3)? */
static gboolean
wait_closed_step (FairleadSshChannel *self)
{
  int code = libssh2_channel_wait_closed (self->channel);

  if (fairlead_ssh_loop_blocks (self->loop, code, FAIRLEAD_SSH_OP_WAIT_CLOSED, self))
    return FALSE;
  if (code < 0)
    return fairlead_ssh_channel_fail (self, code);
  if (self->command != NULL)
    {
      char *name = NULL;
      size_t length = 0;

      self->exit_status = libssh2_channel_get_exit_status (self->channel);
      libssh2_channel_get_exit_signal (self->channel, &name, &length, NULL, NULL, NULL, NULL);
      if (name != NULL)
        {
          self->exit_signal = g_strndup (name, length);
          self->exit_status = -1;
          libssh2_free (self->loop->session, name);
        }
    }
  fairlead_ssh_channel_close (self);
  return TRUE;
}

static gboolean
free_step (FairleadSshChannel *self)
{
  int code = libssh2_channel_free (self->channel);

  if (fairlead_ssh_loop_blocks (self->loop, code, FAIRLEAD_SSH_OP_FREE, self))
    return FALSE;
  if (code < 0 && fairlead_ssh_error_is_fatal (code))
    fairlead_ssh_loop_lost (self->loop, code);
  self->channel = NULL;
  fairlead_ssh_channel_free (self);
  return TRUE;
}

/* Is there anything to read without asking the socket (rule 6)? */
static gboolean
has_incoming (FairleadSshChannel *self)
{
  unsigned long available = 0;

  libssh2_channel_window_read_ex (self->channel, &available, NULL);
  return available > 0 || libssh2_channel_eof (self->channel);
}

static gboolean
pump_down (FairleadSshChannel *self)
{
  gboolean progress = FALSE;

  if (!flush_pending (&self->to_local, self->out_fd))
    {
      fairlead_ssh_channel_close (self);
      return TRUE;
    }
  if (!flush_pending (&self->to_errors, self->err_fd))
    fairlead_fd_clear (&self->err_fd);
  if (!self->remote_eof && has_incoming (self))
    {
      if (self->to_local.length == 0 && adjust_step (self))
        progress = TRUE;
      if (self->loop->owner_op == FAIRLEAD_SSH_OP_NONE && self->command != NULL
          && self->to_errors.length == 0 && self->state == FAIRLEAD_SSH_CHANNEL_OPEN
          && read_errors_step (self))
        progress = TRUE;
      if (self->loop->owner_op == FAIRLEAD_SSH_OP_NONE && self->to_local.length == 0
          && self->state == FAIRLEAD_SSH_CHANNEL_OPEN && read_step (self))
        progress = TRUE;
    }
  if (self->state == FAIRLEAD_SSH_CHANNEL_OPEN && self->remote_eof && !self->out_shut
      && self->to_local.length == 0 && self->to_errors.length == 0)
    {
      if (self->out_fd >= 0)
        shutdown (self->out_fd, SHUT_WR);
      if (self->err_fd >= 0)
        shutdown (self->err_fd, SHUT_WR);
      self->out_shut = TRUE;
      self->ask_closed = TRUE;
      progress = TRUE;
    }
  return progress;
}

/* Take in what the local side has, once its last bytes are gone. */
static gboolean
take_local (FairleadSshChannel *self)
{
  gssize n;

  if (!self->in_ready || self->in_eof || self->to_remote.length > 0)
    return FALSE;
  n = recv (self->in_fd, self->loop->scratch, FAIRLEAD_SSH_WRITE_SIZE, MSG_DONTWAIT);
  if (n < (gssize) FAIRLEAD_SSH_WRITE_SIZE)
    self->in_ready = FALSE;
  if (n > 0)
    pending_keep (&self->to_remote, self->loop->scratch, n);
  else if (n == 0)
    self->in_eof = TRUE;
  else if (errno == EINTR)
    self->in_ready = TRUE;
  else if (errno == EAGAIN)
    return FALSE;
  else
    fairlead_ssh_channel_close (self);
  return TRUE;
}

static gboolean
pump_up (FairleadSshChannel *self)
{
  gboolean progress = take_local (self);

  while (self->state == FAIRLEAD_SSH_CHANNEL_OPEN && self->to_remote.length > 0)
    {
      if (!write_step (self))
        return progress;
      progress = TRUE;
    }
  if (self->state == FAIRLEAD_SSH_CHANNEL_OPEN && self->in_eof && !self->eof_sent
      && eof_step (self))
    progress = TRUE;
  return progress;
}

/* Both directions are done, or the server has closed: what comes next. */
static gboolean
finish (FairleadSshChannel *self)
{
  if (!self->out_shut)
    return FALSE;
  if (self == self->loop->control)
    {
      self->state = FAIRLEAD_SSH_CHANNEL_PARKED;
      return TRUE;
    }
  if (self->command != NULL)
    {
      self->state = FAIRLEAD_SSH_CHANNEL_ENDED;
      return TRUE;
    }
  if (self->eof_sent)
    {
      fairlead_ssh_channel_close (self);
      return TRUE;
    }
  if (self->loop->arrivals == self->loop->arrivals_seen && !self->ask_closed)
    return FALSE;
  self->ask_closed = FALSE;
  return wait_closed_step (self);
}

static gboolean
open_step (FairleadSshChannel *self)
{
  gboolean progress = pump_down (self);

  if (self->state == FAIRLEAD_SSH_CHANNEL_OPEN && self->loop->owner_op == FAIRLEAD_SSH_OP_NONE
      && pump_up (self))
    progress = TRUE;
  if (self->state == FAIRLEAD_SSH_CHANNEL_OPEN && self->loop->owner_op == FAIRLEAD_SSH_OP_NONE
      && finish (self))
    progress = TRUE;
  return progress;
}

/**
 * fairlead_ssh_channel_step:
 *
 * Does what can be done now without waiting, and stops where the session got an owner. May free @self.
 *
 * Returns: %TRUE when something was done: step again before sleeping (rule 5)
 */
gboolean
fairlead_ssh_channel_step (FairleadSshChannel *self)
{
  switch (self->state)
    {
    case FAIRLEAD_SSH_CHANNEL_QUEUED:
    case FAIRLEAD_SSH_CHANNEL_OPENING:
      return fairlead_ssh_channel_open_step (self);
    case FAIRLEAD_SSH_CHANNEL_REQUESTING:
      return fairlead_ssh_channel_exec_step (self);
    case FAIRLEAD_SSH_CHANNEL_OPEN:
      return open_step (self);
    case FAIRLEAD_SSH_CHANNEL_ENDED:
      return wait_closed_step (self);
    case FAIRLEAD_SSH_CHANNEL_FREEING:
      return free_step (self);
    case FAIRLEAD_SSH_CHANNEL_PARKED:
    case FAIRLEAD_SSH_CHANNEL_DEAD:
    default:
      return FALSE;
    }
}

/**
 * fairlead_ssh_channel_resume:
 * @op: the call that returned EAGAIN with a half-sent packet
 *
 * Makes exactly that call again, whatever the channel's state has become meanwhile.
 */
gboolean
fairlead_ssh_channel_resume (FairleadSshChannel *self,
                             FairleadSshOp       op)
{
  static gboolean (*const steps[]) (FairleadSshChannel *) = {
    [FAIRLEAD_SSH_OP_OPEN] = fairlead_ssh_channel_open_step,
    [FAIRLEAD_SSH_OP_EXEC] = fairlead_ssh_channel_exec_step,
    [FAIRLEAD_SSH_OP_ADJUST] = adjust_step,
    [FAIRLEAD_SSH_OP_READ] = read_step,
    [FAIRLEAD_SSH_OP_READ_ERRORS] = read_errors_step,
    [FAIRLEAD_SSH_OP_WRITE] = write_step,
    [FAIRLEAD_SSH_OP_EOF] = eof_step,
    [FAIRLEAD_SSH_OP_WAIT_CLOSED] = wait_closed_step,
    [FAIRLEAD_SSH_OP_FREE] = free_step,
  };

  g_assert (op < G_N_ELEMENTS (steps) && steps[op] != NULL);
  return steps[op] (self);
}

/**
 * fairlead_ssh_channel_get_polls:
 * @polls: (out caller-allocates) (array fixed-size=3): what to wait for
 *
 * A descriptor with no event is listed too: its hang-up says that its reader has gone.
 *
 * Returns: how many
 */
guint
fairlead_ssh_channel_get_polls (FairleadSshChannel *self,
                                struct pollfd      *polls)
{
  guint n = 0;
  short in = 0;

  if (self->state != FAIRLEAD_SSH_CHANNEL_OPEN)
    return 0;
  if (!self->in_eof && self->to_remote.length == 0)
    in = POLLIN;
  if (self->in_fd >= 0 && self->in_fd != self->out_fd && in != 0)
    polls[n++] = (struct pollfd) { .fd = self->in_fd, .events = in };
  if (self->out_fd >= 0 && (self->in_fd == self->out_fd || !self->out_shut))
    {
      short out = self->to_local.length > 0 ? POLLOUT : 0;

      if (self->in_fd == self->out_fd)
        out |= in;
      /* A socket that serves both directions reports its hang-up for ever once both are shut. */
      if (out != 0 || self->in_fd != self->out_fd)
        polls[n++] = (struct pollfd) { .fd = self->out_fd, .events = out };
    }
  if (self->err_fd >= 0 && self->to_errors.length > 0)
    polls[n++] = (struct pollfd) { .fd = self->err_fd, .events = POLLOUT };
  return n;
}

/**
 * fairlead_ssh_channel_take_polls:
 *
 * What poll(2) said of what fairlead_ssh_channel_get_polls() listed.
 */
void
fairlead_ssh_channel_take_polls (FairleadSshChannel  *self,
                                 const struct pollfd *polls,
                                 guint                n_polls)
{
  for (guint i = 0; i < n_polls; i++)
    {
      if (polls[i].revents == 0)
        continue;
      if (polls[i].fd == self->in_fd && (polls[i].events & POLLIN) != 0)
        self->in_ready = TRUE;
      else if (polls[i].fd == self->out_fd && polls[i].events == 0)
        fairlead_ssh_channel_close (self);
    }
}
