/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-ssh-channel.h"
#include "fairlead-ssh-environment.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-listener.h"
#include "fairlead-ssh-socks.h"
#include "fairlead-wire.h"

#define PACKET_SIZE 32768

static gboolean
is_open (FairleadSshChannel *self)
{
  FairleadSshOpenedFunc opened = self->opened;

  self->opened = NULL;
  self->state = FAIRLEAD_SSH_CHANNEL_OPEN;
  self->begun = g_get_monotonic_time ();
  fairlead_ssh_channel_watch (self);
  if (self->listener != NULL)
    fairlead_ssh_listener_channel_reached (self->listener);
  if (self->socks != NULL)
    fairlead_ssh_socks_end (self);
  if (opened != NULL)
    opened (self, NULL, self->data);
  if (self->unwanted)
    fairlead_ssh_channel_close (self);
  return TRUE;
}

static gboolean
confirmed (FairleadSshChannel *self)
{
  FairleadSshLoop *loop = self->loop;

  if (loop->opening == self)
    loop->opening = NULL;
  fairlead_ssh_windows_measured (&loop->windows, g_get_monotonic_time () - self->asked);
  if (self->command == NULL)
    return is_open (self);
  if (self->unwanted)
    {
      self->state = FAIRLEAD_SSH_CHANNEL_FREEING;
      return TRUE;
    }
  libssh2_channel_handle_extended_data2 (self->channel, LIBSSH2_CHANNEL_EXTENDED_DATA_NORMAL);
  self->state = FAIRLEAD_SSH_CHANNEL_REQUESTING;
  return TRUE;
}

static gboolean
other_commands_run (FairleadSshLoop    *loop,
                    FairleadSshChannel *self)
{
  for (guint i = 0; i < loop->channels->len; i++)
    {
      FairleadSshChannel *channel = loop->channels->pdata[i];

      if (channel != self && channel->command != NULL
          && channel->state > FAIRLEAD_SSH_CHANNEL_QUEUED)
        return TRUE;
    }
  return FALSE;
}

/* How long after the end of a session, and how often, a refused one is asked for again: a command
 * that was dropped holds its place at the server until its process has ended. */
#define SESSION_PATIENCE (3 * G_USEC_PER_SEC)
#define SESSION_RETRY (G_USEC_PER_SEC / 20)

/* A session channel may be one too many (MaxSessions, sshd_config(5)): then the control channel makes
 * room once its command has ended, and this one waits for its turn. */
static gboolean
queue_again (FairleadSshChannel *self)
{
  FairleadSshLoop *loop = self->loop;
  gint64 now = g_get_monotonic_time ();

  if (self->command == NULL || self == loop->control || self->unwanted)
    return FALSE;
  if (other_commands_run (loop, self))
    {
      if (loop->control != NULL && loop->control->state == FAIRLEAD_SSH_CHANNEL_PARKED)
        fairlead_ssh_channel_close (loop->control);
    }
  else if (loop->session_ended != 0 && now < loop->session_ended + SESSION_PATIENCE)
    loop->sessions_retry = now + SESSION_RETRY;
  else
    return FALSE;
  self->state = FAIRLEAD_SSH_CHANNEL_QUEUED;
  loop->sessions_full = TRUE;
  return TRUE;
}

/* The server does not grant the channel (RFC 4254 §5.1). */
static gboolean
refused (FairleadSshChannel *self,
         int                 code)
{
  FairleadSshLoop *loop = self->loop;

  self->channel = NULL;
  fairlead_ssh_window_close (&self->window, &loop->windows);
  if (loop->opening == self)
    loop->opening = NULL;
  if (code == LIBSSH2_ERROR_CHANNEL_FAILURE && queue_again (self))
    return TRUE;
  if (fairlead_ssh_error_is_fatal (code))
    fairlead_ssh_loop_lost (loop, code);
  else
    self->error = fairlead_ssh_error_channel (loop, code, self->command ? NULL : &self->to);
  fairlead_ssh_channel_free (self);
  return TRUE;
}

/* The channel's type, and the type-specific part of its CHANNEL_OPEN (RFC 4254 §6.1, §7.2; OpenSSH's
 * PROTOCOL, 2.4). */
static const char *
open_message (FairleadSshChannel *self,
              GByteArray         *message)
{
  if (self->command != NULL)
    return "session";
  if (self->to.path != NULL)
    {
      fairlead_wire_append_text (message, self->to.path);
      fairlead_wire_append_text (message, "");
      fairlead_wire_append_u32 (message, 0);
      return "direct-streamlocal@openssh.com";
    }
  fairlead_wire_append_text (message, self->to.host);
  fairlead_wire_append_u32 (message, self->to.port);
  fairlead_wire_append_text (message, "127.0.0.1");
  fairlead_wire_append_u32 (message, 0);
  return "direct-tcpip";
}

#if HAVE_LIBSSH2_PIPELINED_OPEN

static gboolean
begin (FairleadSshChannel *self)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  const char *type = open_message (self, message);

  self->channel = libssh2_channel_open_begin (self->loop->session, type, strlen (type),
                                              fairlead_ssh_window_open (&self->window, &self->loop->windows),
                                              PACKET_SIZE, (const char *) message->data, message->len);
  if (self->channel == NULL)
    return refused (self, LIBSSH2_ERROR_ALLOC);
  *libssh2_channel_abstract (self->channel) = self;
  self->asked = g_get_monotonic_time ();
  self->state = FAIRLEAD_SSH_CHANNEL_OPENING;
  return TRUE;
}

#if HAVE_LIBSSH2_PEER_CHANNELS
/* The host has opened it: it is told whether it may. */
static gboolean
answer_open (FairleadSshChannel *self)
{
  int code = libssh2_channel_peer_answer (self->channel, self->refusal);

  if (fairlead_ssh_loop_blocks (self->loop, code, FAIRLEAD_SSH_OP_OPEN, self))
    return FALSE;
  if (code == 0 && self->refusal == 0)
    return is_open (self);
  if (fairlead_ssh_error_is_fatal (code))
    fairlead_ssh_loop_lost (self->loop, code);
  self->channel = NULL;
  fairlead_ssh_channel_free (self);
  return TRUE;
}
#endif

static gboolean
poll_open (FairleadSshChannel *self)
{
  int code;

#if HAVE_LIBSSH2_PEER_CHANNELS
  if (self->incoming)
    return answer_open (self);
#endif
  code = libssh2_channel_open_poll (self->channel);
  if (fairlead_ssh_loop_blocks (self->loop, code, FAIRLEAD_SSH_OP_OPEN, self))
    return FALSE;
  return code == 0 ? confirmed (self) : refused (self, code);
}

#else

/* A stock libssh2 keeps the open in its session: one at a time. */
static gboolean
begin (FairleadSshChannel *self)
{
  if (self->loop->opening != NULL)
    return FALSE;
  self->loop->opening = self;
  self->asked = g_get_monotonic_time ();
  fairlead_ssh_window_open (&self->window, &self->loop->windows);
  self->state = FAIRLEAD_SSH_CHANNEL_OPENING;
  return TRUE;
}

static gboolean
poll_open (FairleadSshChannel *self)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  const char *type = open_message (self, message);
  int code = 0;

  self->channel = libssh2_channel_open_ex (self->loop->session, type, strlen (type),
                                           self->window.size, PACKET_SIZE,
                                           (const char *) message->data, message->len);
  if (self->channel == NULL)
    code = libssh2_session_last_errno (self->loop->session);
  if (fairlead_ssh_loop_blocks (self->loop, code, FAIRLEAD_SSH_OP_OPEN, self))
    return FALSE;
  return code == 0 ? confirmed (self) : refused (self, code);
}

#endif

/* A command that has run for so long is one of those that stay. */
#define YOUNG G_USEC_PER_SEC

/* When no other command is about to end any more, as far as one can tell; 0: now, G_MAXINT64: when the
 * state of one of them changes. */
static gint64
quiet_time (FairleadSshChannel *self)
{
  FairleadSshLoop *loop = self->loop;
  gint64 quiet = 0;

  for (guint i = 0; i < loop->channels->len; i++)
    {
      FairleadSshChannel *channel = loop->channels->pdata[i];

      if (channel == self || channel->command == NULL || channel->state == FAIRLEAD_SSH_CHANNEL_QUEUED
          || channel->state == FAIRLEAD_SSH_CHANNEL_PARKED)
        continue;
      if (channel->state < FAIRLEAD_SSH_CHANNEL_OPEN)
        return G_MAXINT64;
      quiet = MAX (quiet, channel->begun + YOUNG);
    }
  return quiet > g_get_monotonic_time () ? quiet : 0;
}

static gboolean
may_begin_session (FairleadSshChannel *self)
{
  FairleadSshLoop *loop = self->loop;
  gint64 quiet;

  if (loop->sessions_full)
    return FALSE;
  quiet = loop->server->one_by_one ? quiet_time (self) : 0;
  if (quiet == 0)
    return TRUE;
  if (quiet != G_MAXINT64)
    {
      loop->sessions_retry = quiet;
      loop->sessions_full = TRUE;
    }
  return FALSE;
}

/**
 * fairlead_ssh_channel_open_step:
 *
 * Opens the channel; pipelined where libssh2 can. A begun open is polled to its answer, never freed
 * before.
 *
 * Returns: %TRUE on progress
 */
gboolean
fairlead_ssh_channel_open_step (FairleadSshChannel *self)
{
  if (self->state == FAIRLEAD_SSH_CHANNEL_QUEUED)
    {
      if (self->unwanted)
        {
          fairlead_ssh_channel_free (self);
          return TRUE;
        }
      if (self->command != NULL && !may_begin_session (self))
        return FALSE;
      fairlead_ssh_channel_watch (self);
      if (!begin (self))
        return FALSE;
      if (self->state != FAIRLEAD_SSH_CHANNEL_OPENING)
        return TRUE;
    }
  return poll_open (self);
}

/* Some servers begin to talk, or close the channel, in place of an answer to the request: then none is to
 * be waited for. Returns what the answer counts as; EAGAIN while there is none. */
static int
answered_otherwise (FairleadSshChannel *self)
{
  unsigned long available = 0;

  libssh2_channel_window_read_ex (self->channel, &available, NULL);
  if (available > 0)
    return 0;
  return libssh2_channel_eof (self->channel) == 1 ? LIBSSH2_ERROR_CHANNEL_EOF_SENT
                                                  : LIBSSH2_ERROR_EAGAIN;
}

/* A session that was closed before its command was taken may have met the end of another one: see
 * fairlead-ssh-server.c. */
#define MAX_REOPENED 5

static gboolean
reopen (FairleadSshChannel *self)
{
  if (self == self->loop->control || self->reopened >= MAX_REOPENED)
    return FALSE;
  self->reopened++;
  self->reopen = TRUE;
  self->state = FAIRLEAD_SSH_CHANNEL_FREEING;
  return TRUE;
}

/* Returns 0 or what libssh2 said. */
static int
send_variable (FairleadSshChannel  *self,
               FairleadSshVariable *variable)
{
#if HAVE_LIBSSH2_PIPELINED_OPEN
  return libssh2_channel_setenv_unanswered (self->channel, variable->name, strlen (variable->name),
                                            variable->value, strlen (variable->value));
#else
  /* A stock libssh2 wants an answer to each: what the host does not take it is not asked for again. */
  int code = 0;

  if (!variable->refused)
    code = libssh2_channel_setenv_ex (self->channel, variable->name, strlen (variable->name),
                                      variable->value, strlen (variable->value));
  if (code == LIBSSH2_ERROR_EAGAIN || fairlead_ssh_error_is_fatal (code))
    return code;
  variable->refused = code != 0;
  return 0;
#endif
}

/* Sends what is left of the environment. A host may refuse a variable, and nobody minds: as ssh(1) does it.
 * Returns 0 when all is done, or what libssh2 said. */
static int
send_environment (FairleadSshChannel *self)
{
  GPtrArray *environment = self->loop->environment;

  for (; self != self->loop->control && self->n_variables < environment->len; self->n_variables++)
    {
      int code = send_variable (self, environment->pdata[self->n_variables]);

      if (code != 0)
        return code;
    }
  return 0;
}

/**
 * fairlead_ssh_channel_exec_step:
 *
 * Sends the environment and the exec request (RFC 4254 §6.4, §6.5) and takes the answers; one at a time per
 * session.
 *
 * Returns: %TRUE on progress
 */
gboolean
fairlead_ssh_channel_exec_step (FairleadSshChannel *self)
{
  FairleadSshLoop *loop = self->loop;
  int code;

  if (loop->requesting != NULL && loop->requesting != self)
    return FALSE;
  loop->requesting = self;
  code = send_environment (self);
  if (code == 0)
    code = libssh2_channel_process_startup (self->channel, "exec", strlen ("exec"), self->command,
                                            strlen (self->command));
  if (fairlead_ssh_loop_blocks (loop, code, FAIRLEAD_SSH_OP_EXEC, self)
      && loop->owner_channel != self)
    code = answered_otherwise (self);
  if (code == LIBSSH2_ERROR_EAGAIN)
    return FALSE;
  loop->requesting = NULL;
  if (code == 0)
    return is_open (self);
  if (code == LIBSSH2_ERROR_CHANNEL_EOF_SENT && reopen (self))
    return TRUE;
  if (self == loop->control)
    {
      self->state = FAIRLEAD_SSH_CHANNEL_PARKED;
      return TRUE;
    }
  self->state = FAIRLEAD_SSH_CHANNEL_OPEN;
  return fairlead_ssh_channel_fail (self, code);
}
