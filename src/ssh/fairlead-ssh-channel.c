/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-channel.h"

#include <string.h>
#include <sys/socket.h>

#include "fairlead-log-model.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-listener.h"
#include "fairlead-ssh-remote.h"
#include "fairlead-ssh-socks.h"

static void
put_into (FairleadSshChannel *self,
          GQueue             *queue)
{
  if (self->queue == queue)
    return;
  if (self->queue != NULL)
    g_queue_unlink (self->queue, &self->link);
  self->queue = queue;
  if (queue != NULL)
    g_queue_push_tail_link (queue, &self->link);
}

/**
 * fairlead_ssh_channel_ready:
 *
 * There may be something to do for the channel: it has its turn in the next pass.
 */
void
fairlead_ssh_channel_ready (FairleadSshChannel *self)
{
  put_into (self, &self->loop->ready);
}

/**
 * fairlead_ssh_channel_wait:
 *
 * Its packet was refused: it has its turn when there is room again.
 */
void
fairlead_ssh_channel_wait (FairleadSshChannel *self)
{
  put_into (self, &self->loop->waiting);
}

static FairleadSshChannel *
channel_new (FairleadSshLoop *loop)
{
  FairleadSshChannel *self = g_new0 (FairleadSshChannel, 1);

  self->loop = loop;
  self->in_fd = self->out_fd = self->err_fd = -1;
  self->exit_status = -1;
  self->link.data = self;
  g_ptr_array_add (loop->channels, self);
  fairlead_ssh_channel_ready (self);
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
  g_ptr_array_add (loop->commands, self);
  return self;
}

/**
 * fairlead_ssh_channel_new_direct:
 * @to: the destination as the server sees it
 *
 * Returns: (transfer none): a queued channel to a host and port (RFC 4254 §7.2), or to a UNIX socket
 */
FairleadSshChannel *
fairlead_ssh_channel_new_direct (FairleadSshLoop          *loop,
                                 const FairleadForwardEnd *to)
{
  FairleadSshChannel *self = channel_new (loop);

  self->to.host = g_strdup (to->host);
  self->to.port = to->port;
  self->to.path = g_strdup (to->path);
  return self;
}

static void
close_fds (FairleadSshChannel *self)
{
  if (self->in_fd == self->out_fd)
    self->in_fd = -1;
  fairlead_ssh_channel_unwatch (self, &self->in_fd);
  fairlead_ssh_channel_unwatch (self, &self->out_fd);
  fairlead_ssh_channel_unwatch (self, &self->err_fd);
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
  gboolean was_open = self->state > FAIRLEAD_SSH_CHANNEL_OPENING;

  /* One that never opened has an error; one whose end came with the session's has that. */
  if (self->error == NULL && (self->opened != NULL || loop->error != NULL))
    self->error = fairlead_ssh_error_closed (loop);
  if (self->socks != NULL)
    fairlead_ssh_socks_end (self);
#if HAVE_LIBSSH2_PEER_CHANNELS
  fairlead_ssh_incoming_forget (self);
#endif
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
    {
      loop->sessions_full = FALSE;
      if (was_open)
        loop->session_ended = g_get_monotonic_time ();
    }
  if (loop->stepping == self)
    loop->stepping = NULL;
  fairlead_ssh_window_close (&self->window, &loop->windows);
  put_into (self, NULL);
  g_ptr_array_remove_fast (loop->channels, self);
  g_ptr_array_remove_fast (loop->commands, self);
  g_free (self->to_remote.data);
#if !HAVE_LIBSSH2_QUEUED_OUTPUT
  g_free (self->to_local.data);
  g_free (self->to_errors.data);
#endif
  g_free (self->command);
  g_free (self->to.host);
  g_free (self->to.path);
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
  fairlead_ssh_channel_ready (self);
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
    self->error = fairlead_ssh_error_channel (self->loop, code, self->command ? NULL : &self->to);
  fairlead_ssh_channel_close (self);
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
          self->exit_signal = fairlead_make_inert (name, length);
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
  fairlead_ssh_window_close (&self->window, &self->loop->windows);
  if (self->reopen && self->loop->error == NULL)
    {
      self->reopen = FALSE;
      self->state = FAIRLEAD_SSH_CHANNEL_QUEUED;
      return TRUE;
    }
  fairlead_ssh_channel_free (self);
  return TRUE;
}

/* Both directions are done, or the server has closed: what comes next. */
static gboolean
finish (FairleadSshChannel *self)
{
  if (!self->out_shut)
    return FALSE;
  if (self == self->loop->control)
    {
      self->state = self->loop->sessions_full ? FAIRLEAD_SSH_CHANNEL_ENDED
                                              : FAIRLEAD_SSH_CHANNEL_PARKED;
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
  if (!self->loop->queues_output && self->loop->arrivals == self->loop->arrivals_seen && !self->ask_closed)
    return FALSE;
  self->ask_closed = FALSE;
  return wait_closed_step (self);
}

static gboolean
open_step (FairleadSshChannel *self)
{
  gboolean progress = fairlead_ssh_channel_pump_down (self);

  if (self->state == FAIRLEAD_SSH_CHANNEL_OPEN && self->loop->owner_op == FAIRLEAD_SSH_OP_NONE
      && fairlead_ssh_channel_pump_up (self))
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
#if HAVE_LIBSSH2_PEER_CHANNELS
    case FAIRLEAD_SSH_CHANNEL_CONNECTING:
      return fairlead_ssh_incoming_step (self);
#else
    case FAIRLEAD_SSH_CHANNEL_CONNECTING:
#endif
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
    [FAIRLEAD_SSH_OP_WAIT_CLOSED] = wait_closed_step,
    [FAIRLEAD_SSH_OP_FREE] = free_step,
  };

  if (op < G_N_ELEMENTS (steps) && steps[op] != NULL)
    return steps[op] (self);
  return fairlead_ssh_channel_pump_resume (self, op);
}

/**
 * fairlead_ssh_channel_is_behind:
 *
 * Returns: whether a local reader has not taken yet what has come for it
 */
gboolean
fairlead_ssh_channel_is_behind (FairleadSshChannel *self)
{
  return self->state == FAIRLEAD_SSH_CHANNEL_OPEN && (self->out_full || self->err_full);
}
