/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-channel.h"

#if !HAVE_LIBSSH2_QUEUED_OUTPUT

/* From the remote to the local side, with a libssh2 as it was released: it copies what it has, and widens the
 * windows by itself. */

/* Write to a local descriptor as much as it takes. Returns FALSE when nobody reads there any more. */
static gboolean
deliver (FairleadSshPending *pending,
         int                 fd,
         const guint8       *data,
         gsize               length)
{
  struct iovec block = { (void *) data, length };
  gssize n = fd < 0 ? (gssize) length : fairlead_ssh_channel_write_local (fd, &block, 1);

  if (n < 0)
    return FALSE;
  if ((gsize) n < length)
    fairlead_ssh_pending_keep (pending, data + n, length - n);
  return TRUE;
}

static gboolean
flush_pending (FairleadSshPending *pending,
               int                 fd)
{
  struct iovec block = { pending->data + pending->offset, pending->length };
  gssize n;

  if (pending->length == 0)
    return TRUE;
  n = fd < 0 ? (gssize) pending->length : fairlead_ssh_channel_write_local (fd, &block, 1);
  if (n >= 0)
    fairlead_ssh_pending_took (pending, n);
  return n >= 0;
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
  fairlead_ssh_channel_count (self, n, 0);
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
  fairlead_ssh_channel_count (self, n, 0);
  /* Nobody has to want the errors. */
  if (!deliver (&self->to_errors, self->err_fd, loop->scratch, n))
    fairlead_ssh_channel_unwatch (self, &self->err_fd);
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
may_read (FairleadSshChannel       *self,
          const FairleadSshPending *pending)
{
  return self->state == FAIRLEAD_SSH_CHANNEL_OPEN && self->loop->owner_op == FAIRLEAD_SSH_OP_NONE
         && pending->length == 0;
}

static gboolean
flush (FairleadSshChannel *self)
{
  if (!flush_pending (&self->to_local, self->out_fd))
    {
      fairlead_ssh_channel_close (self);
      return FALSE;
    }
  if (!flush_pending (&self->to_errors, self->err_fd))
    {
      fairlead_ssh_channel_unwatch (self, &self->err_fd);
      fairlead_ssh_pending_took (&self->to_errors, self->to_errors.length);
    }
  return TRUE;
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

  if (!flush (self))
    return TRUE;
  if (!self->remote_eof && has_incoming (self))
    {
      if (self->command != NULL && may_read (self, &self->to_errors) && read_errors_step (self))
        progress = TRUE;
      if (may_read (self, &self->to_local) && read_step (self))
        progress = TRUE;
    }
  self->out_full = self->to_local.length > 0;
  self->err_full = self->to_errors.length > 0;
  return fairlead_ssh_channel_shut_local (self) || progress;
}

/**
 * fairlead_ssh_channel_down_resume:
 * @op: one of the calls here, half sent
 *
 * Returns: %TRUE on progress
 */
gboolean
fairlead_ssh_channel_down_resume (FairleadSshChannel *self,
                                  FairleadSshOp       op)
{
  gboolean progress;

  g_assert (op == FAIRLEAD_SSH_OP_READ || op == FAIRLEAD_SSH_OP_READ_ERRORS);
  progress = op == FAIRLEAD_SSH_OP_READ ? read_step (self) : read_errors_step (self);
  self->out_full = self->to_local.length > 0;
  self->err_full = self->to_errors.length > 0;
  return progress;
}

#endif
