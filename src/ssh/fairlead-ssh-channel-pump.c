/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-channel.h"

#include <sys/socket.h>

#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-listener.h"

/* The bytes of an open channel: between libssh2 and the local descriptors, both ways. */

/* The receive window of a busy channel: grown to this after its first MiB, topped up below half. */
#define GROWN_WINDOW (8 * 1024 * 1024)
#define GROW_AFTER (1024 * 1024)

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

/* Is there anything to read without asking the socket (rule 6)? */
static gboolean
has_incoming (FairleadSshChannel *self)
{
  unsigned long available = 0;

  libssh2_channel_window_read_ex (self->channel, &available, NULL);
  return available > 0 || libssh2_channel_eof (self->channel);
}

/* The remote has nothing more to say, and the local side has it all. */
static gboolean
shut_local (FairleadSshChannel *self)
{
  if (self->state != FAIRLEAD_SSH_CHANNEL_OPEN || !self->remote_eof || self->out_shut
      || self->to_local.length > 0 || self->to_errors.length > 0)
    return FALSE;
  if (self->out_fd >= 0)
    shutdown (self->out_fd, SHUT_WR);
  if (self->err_fd >= 0)
    shutdown (self->err_fd, SHUT_WR);
  self->out_shut = TRUE;
  self->ask_closed = TRUE;
  return TRUE;
}

static gboolean
may_read (FairleadSshChannel       *self,
          const FairleadSshPending *pending)
{
  /* An adjustment that waits for a key exchange is retried before any read: libssh2 keeps one per
   * channel, and a read may want another. */
  return self->state == FAIRLEAD_SSH_CHANNEL_OPEN && self->loop->owner_op == FAIRLEAD_SSH_OP_NONE
         && self->adjust == 0 && pending->length == 0;
}

/**
 * fairlead_ssh_channel_pump_down:
 *
 * From the remote to the local side, as much as both have and take now.
 *
 * Returns: %TRUE on progress
 */
gboolean
fairlead_ssh_channel_pump_down (FairleadSshChannel *self)
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
      if (self->command != NULL && may_read (self, &self->to_errors) && read_errors_step (self))
        progress = TRUE;
      if (may_read (self, &self->to_local) && read_step (self))
        progress = TRUE;
    }
  return shut_local (self) || progress;
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

/* libssh2 asked to write into a full window forgets, in what it says it waits for, that some other
 * packet is half sent (rule 1): so it is not asked. */
static gboolean
window_is_full (FairleadSshChannel *self)
{
  return libssh2_channel_window_write_ex (self->channel, NULL) == 0;
}

/**
 * fairlead_ssh_channel_pump_up:
 *
 * From the local side to the remote, as much as there is and as its window takes.
 *
 * Returns: %TRUE on progress
 */
gboolean
fairlead_ssh_channel_pump_up (FairleadSshChannel *self)
{
  gboolean progress;

  if (self->loop->broken)
    return FALSE;
  progress = take_local (self);
  while (self->state == FAIRLEAD_SSH_CHANNEL_OPEN && self->to_remote.length > 0)
    {
      if (window_is_full (self) || !write_step (self))
        return progress;
      progress = TRUE;
    }
  if (self->state == FAIRLEAD_SSH_CHANNEL_OPEN && self->in_eof && !self->eof_sent
      && eof_step (self))
    progress = TRUE;
  return progress;
}

/**
 * fairlead_ssh_channel_pump_resume:
 * @op: one of the pump's calls, half sent
 *
 * Returns: %TRUE on progress
 */
gboolean
fairlead_ssh_channel_pump_resume (FairleadSshChannel *self,
                                  FairleadSshOp       op)
{
  static gboolean (*const steps[]) (FairleadSshChannel *) = {
    [FAIRLEAD_SSH_OP_ADJUST] = adjust_step,
    [FAIRLEAD_SSH_OP_READ] = read_step,
    [FAIRLEAD_SSH_OP_READ_ERRORS] = read_errors_step,
    [FAIRLEAD_SSH_OP_WRITE] = write_step,
    [FAIRLEAD_SSH_OP_EOF] = eof_step,
  };

  g_assert (op < G_N_ELEMENTS (steps) && steps[op] != NULL);
  return steps[op] (self);
}
