/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-channel.h"

#include <sys/socket.h>

#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-listener.h"

/* The bytes of an open channel: what both directions share, and the one from the local side to the remote. */

void
fairlead_ssh_pending_keep (FairleadSshPending *pending,
                           const guint8       *data,
                           gsize               length)
{
  g_assert (pending->length == 0);
  g_free (pending->data);
  pending->data = g_memdup2 (data, length);
  pending->offset = 0;
  pending->length = length;
}

void
fairlead_ssh_pending_took (FairleadSshPending *pending,
                           gsize               length)
{
  pending->offset += length;
  pending->length -= length;
  if (pending->length == 0)
    g_clear_pointer (&pending->data, g_free);
}

/* Leave out what has been written. Returns how many blocks are left. */
static int
skip_blocks (struct iovec **blocks,
             int            n_blocks,
             gsize          written)
{
  while (n_blocks > 0 && written >= (*blocks)->iov_len)
    {
      written -= (*blocks)->iov_len;
      (*blocks)++;
      n_blocks--;
    }
  if (n_blocks > 0)
    {
      (*blocks)->iov_base = (guint8 *) (*blocks)->iov_base + written;
      (*blocks)->iov_len -= written;
    }
  return n_blocks;
}

/**
 * fairlead_ssh_channel_write_local:
 * @blocks: (inout): changed by the call
 *
 * Writes to a local descriptor as much as it takes: if less than all, then an event of epoll(7) will say
 * when it takes more.
 *
 * Returns: the number of bytes, or -1 when nobody reads there
 */
gssize
fairlead_ssh_channel_write_local (int           fd,
                                  struct iovec *blocks,
                                  int           n_blocks)
{
  gssize done = 0;

  while (n_blocks > 0)
    {
      struct msghdr message = { .msg_iov = blocks, .msg_iovlen = n_blocks };
      gssize n = sendmsg (fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno == EAGAIN ? done : -1;
      done += n;
      n_blocks = skip_blocks (&blocks, n_blocks, n);
    }
  return done;
}

/**
 * fairlead_ssh_channel_count:
 * @received: bytes from the remote
 * @sent: bytes to the remote
 */
void
fairlead_ssh_channel_count (FairleadSshChannel *self,
                            gsize               received,
                            gsize               sent)
{
  self->received += received;
  self->sent += sent;
  if (self->listener != NULL)
    fairlead_ssh_listener_count (self->listener, received, sent);
}

/**
 * fairlead_ssh_channel_shut_local:
 *
 * Passes the end of what the remote says on, when the local side has all of it.
 *
 * Returns: %TRUE if it did so now
 */
gboolean
fairlead_ssh_channel_shut_local (FairleadSshChannel *self)
{
  if (self->state != FAIRLEAD_SSH_CHANNEL_OPEN || !self->remote_eof || self->out_shut
      || fairlead_ssh_channel_is_behind (self))
    return FALSE;
  if (self->out_fd >= 0)
    shutdown (self->out_fd, SHUT_WR);
  if (self->err_fd >= 0)
    shutdown (self->err_fd, SHUT_WR);
  self->out_shut = TRUE;
  self->ask_closed = TRUE;
  return TRUE;
}

/* libssh2 asked to write into a full window forgets, in what it says it waits for, that some other
 * packet is half sent (rule 1): so it is not asked. */
static gsize
write_window (FairleadSshChannel *self)
{
  return libssh2_channel_window_write_ex (self->channel, NULL);
}

/* Of what libssh2 queues, what a bulk stream leaves to others: their packets are never refused for its sake. */
#define RESERVE (64 * 1024)

/* How much may be taken in from the local side: what can be sent on at once, where libssh2 says how much that
 * is, so that nothing waits here. */
static gsize
take_size (FairleadSshChannel *self)
{
  gsize size = FAIRLEAD_SSH_WRITE_SIZE;

#if HAVE_LIBSSH2_QUEUED_OUTPUT
  gsize window = write_window (self);
  gsize room = libssh2_session_room (self->loop->session);

  if (self->in_bulk)
    room = room > RESERVE ? room - RESERVE : 0;
  if (window > 0 && room == 0)
    fairlead_ssh_channel_wait (self);
  size = MIN (size, MIN (window, room));
#endif
  return size;
}

/* Sends from @data. Returns how much of it was taken, or -1 when the channel failed. */
static gssize
send_on (FairleadSshChannel *self,
         const guint8       *data,
         gsize               length)
{
  FairleadSshLoop *loop = self->loop;
  gsize done = 0;

  while (done < length && write_window (self) > 0)
    {
      gssize n = libssh2_channel_write (self->channel, (const char *) data + done, length - done);

      if (fairlead_ssh_loop_blocks (loop, n < 0 ? n : 0, FAIRLEAD_SSH_OP_WRITE, self))
        break;
      if (n < 0)
        {
          fairlead_ssh_channel_fail (self, n);
          return -1;
        }
      fairlead_ssh_channel_count (self, 0, n);
      done += n;
    }
  return done;
}

/* What recv(2) returned says whether there is more. */
static void
note_taken (FairleadSshChannel *self,
            gssize              n,
            gsize               size)
{
  if (n < 0 && errno == EINTR)
    return;
  if (n <= 0 || ((gsize) n < size && !self->in_hung_up))
    self->in_ready = FALSE;
  if (n == 0)
    self->in_eof = TRUE;
  else if (n < 0 && errno != EAGAIN)
    fairlead_ssh_channel_close (self);
  else if (n > 0)
    self->in_bulk = (gsize) n == size;
}

/* Take in what the local side has, once its last bytes are gone, and send it on. Returns TRUE when there may
 * be more. */
static gboolean
take_local (FairleadSshChannel *self)
{
  gsize size;
  gssize n, sent;

  if (!self->in_ready || self->in_eof || self->to_remote.length > 0)
    return FALSE;
  size = take_size (self);
  if (size == 0)
    return FALSE;
  n = recv (self->in_fd, self->loop->scratch, size, MSG_DONTWAIT);
  note_taken (self, n, size);
  if (n <= 0)
    return self->in_ready || self->in_eof || self->state != FAIRLEAD_SSH_CHANNEL_OPEN;
  sent = send_on (self, self->loop->scratch, n);
  if (sent < 0)
    return TRUE;
  if (sent < n)
    fairlead_ssh_pending_keep (&self->to_remote, self->loop->scratch + sent, n - sent);
  return self->in_ready && self->to_remote.length == 0;
}

static gboolean
write_step (FairleadSshChannel *self)
{
  gssize sent = send_on (self, self->to_remote.data + self->to_remote.offset, self->to_remote.length);

  if (sent > 0)
    fairlead_ssh_pending_took (&self->to_remote, sent);
  return sent != 0;
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

static gboolean
may_send (FairleadSshChannel *self)
{
  return self->state == FAIRLEAD_SSH_CHANNEL_OPEN && self->loop->owner_op == FAIRLEAD_SSH_OP_NONE;
}

/**
 * fairlead_ssh_channel_pump_up:
 *
 * From the local side to the remote, as much as there is and as its window takes, up to a turn's worth.
 *
 * Returns: %TRUE when there may be more to do
 */
gboolean
fairlead_ssh_channel_pump_up (FairleadSshChannel *self)
{
  gboolean progress = FALSE;

  if (self->loop->broken)
    return FALSE;
  if (self->to_remote.length > 0)
    progress = write_step (self);
  if (may_send (self) && take_local (self))
    progress = TRUE;
  if (may_send (self) && self->in_eof && !self->eof_sent && self->to_remote.length == 0 && eof_step (self))
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
  if (op == FAIRLEAD_SSH_OP_WRITE)
    return write_step (self);
  if (op == FAIRLEAD_SSH_OP_EOF)
    return eof_step (self);
  return fairlead_ssh_channel_down_resume (self, op);
}
