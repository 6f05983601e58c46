/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-channel.h"

#if HAVE_LIBSSH2_QUEUED_OUTPUT

/* From the remote to the local side: written from where libssh2 has put it. What the local side does not take
 * stays there, and so within the channel's window: it holds up nobody else. */

#define MAX_BLOCKS 64

/* Let the server send more, if it is time for that. */
static gboolean
adjust_step (FairleadSshChannel *self)
{
  unsigned int now;
  int code;

  if (self->adjust == 0)
    return FALSE;
  code = libssh2_channel_receive_window_adjust2 (self->channel, self->adjust, 1, &now);
  if (fairlead_ssh_loop_blocks (self->loop, code, FAIRLEAD_SSH_OP_ADJUST, self))
    return FALSE;
  self->adjust = 0;
  return code < 0 ? fairlead_ssh_channel_fail (self, code) : FALSE;
}

static void
took (FairleadSshChannel *self,
      int                 stream,
      gsize               bytes)
{
  unsigned long left;

  libssh2_channel_consume (self->channel, stream, bytes);
  left = libssh2_channel_window_read_ex (self->channel, NULL, NULL);
  fairlead_ssh_channel_count (self, bytes, 0);
  /* libssh2 keeps one adjustment per channel: the next comes when this one has been sent. */
  if (self->adjust == 0)
    self->adjust = fairlead_ssh_window_read (&self->window, &self->loop->windows, bytes, left,
                                             g_get_monotonic_time ());
}

/* What there is, as much as a channel may have in a turn. Returns how much; N_BLOCKS of them. */
static gsize
look (FairleadSshChannel *self,
      int                 stream,
      struct iovec       *blocks,
      int                *n_blocks)
{
  int n = libssh2_channel_peek (self->channel, stream, blocks, MAX_BLOCKS);
  gsize total = 0;
  int i;

  for (i = 0; i < n && total < FAIRLEAD_SSH_READ_SIZE; i++)
    total += blocks[i].iov_len;
  *n_blocks = i;
  return total;
}

/* Returns TRUE when there may be more to do. */
static gboolean
deliver (FairleadSshChannel *self,
         int                 stream,
         int                *fd,
         gboolean           *full)
{
  struct iovec blocks[MAX_BLOCKS];
  gsize total;
  gssize written;
  int n;

  if (*full)
    return FALSE;
  total = look (self, stream, blocks, &n);
  if (total == 0)
    return FALSE;
  written = *fd < 0 ? (gssize) total : fairlead_ssh_channel_write_local (*fd, blocks, n);
  if (written < 0 && stream == 0)
    {
      fairlead_ssh_channel_close (self);
      return TRUE;
    }
  if (written < 0)
    {
      /* Nobody has to want the errors. */
      fairlead_ssh_channel_unwatch (self, fd);
      return TRUE;
    }
  *full = (gsize) written < total;
  if (written > 0)
    took (self, stream, written);
  return !*full && (total >= FAIRLEAD_SSH_READ_SIZE || n == MAX_BLOCKS);
}

/**
 * fairlead_ssh_channel_pump_down:
 *
 * From the remote to the local side, as much as both have and take now, up to a turn's worth.
 *
 * Returns: %TRUE when there may be more to do
 */
gboolean
fairlead_ssh_channel_pump_down (FairleadSshChannel *self)
{
  gboolean more = adjust_step (self);

  if (self->state == FAIRLEAD_SSH_CHANNEL_OPEN && !self->remote_eof)
    {
      if (self->command != NULL && deliver (self, SSH_EXTENDED_DATA_STDERR, &self->err_fd, &self->err_full))
        more = TRUE;
      if (deliver (self, 0, &self->out_fd, &self->out_full))
        more = TRUE;
    }
  if (self->state == FAIRLEAD_SSH_CHANNEL_OPEN && !self->remote_eof)
    {
      adjust_step (self);
      self->remote_eof = libssh2_channel_eof (self->channel) == 1;
    }
  return fairlead_ssh_channel_shut_local (self) || more;
}

/**
 * fairlead_ssh_channel_down_resume:
 *
 * Never needed: no packet is half sent.
 */
gboolean
fairlead_ssh_channel_down_resume (FairleadSshChannel *self,
                                  FairleadSshOp       op)
{
  g_assert_not_reached ();
}

#endif
