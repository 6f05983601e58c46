/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-socks.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>

#include "fairlead-error.h"
#include "fairlead-ssh-autoptr.h"

/* How long a client may take to say where it wants to go. */
#define HANDSHAKE_TIME (30 * G_USEC_PER_SEC)

/**
 * FairleadSshSocks:
 *
 * A client of a dynamic forward, as long as it has not been told what became of its request. It becomes a
 * channel once it has said where it wants to go, and is answered when the host has answered: no round trip
 * more than by ssh(1), which grants everything first.
 */
struct _FairleadSshSocks {
  FairleadSocks socks;
  GByteArray *input;               /* not used yet; at most FAIRLEAD_SOCKS_MAX_INPUT */
  int fd;                          /* -1 once it is the channel's */
  gint64 deadline;
};

/**
 * fairlead_ssh_socks_new:
 * @fd: (transfer full): a client that has just connected
 */
FairleadSshSocks *
fairlead_ssh_socks_new (int fd)
{
  FairleadSshSocks *self = g_new0 (FairleadSshSocks, 1);

  self->input = g_byte_array_new ();
  self->fd = fd;
  self->deadline = g_get_monotonic_time () + HANDSHAKE_TIME;
  return self;
}

void
fairlead_ssh_socks_free (FairleadSshSocks *self)
{
  fairlead_fd_clear (&self->fd);
  fairlead_socks_clear (&self->socks);
  g_byte_array_unref (self->input);
  g_free (self);
}

int
fairlead_ssh_socks_get_fd (FairleadSshSocks *self)
{
  return self->fd;
}

/**
 * fairlead_ssh_socks_get_deadline:
 *
 * Returns: until when it has to have said where it wants to go; monotonic, microseconds
 */
gint64
fairlead_ssh_socks_get_deadline (FairleadSshSocks *self)
{
  return self->deadline;
}

/* A few bytes into a socket that has taken next to nothing before: they fit, or its reader is no client. */
static void
send_reply (int               fd,
            const GByteArray *reply)
{
  if (reply->len > 0 && fd >= 0)
    (void) !send (fd, reply->data, reply->len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/**
 * fairlead_ssh_socks_read:
 * @step: (out): how far its handshake is; where it is bad, the client has been told
 *
 * Takes in what the client has said.
 *
 * Returns: %FALSE when it has left
 */
gboolean
fairlead_ssh_socks_read (FairleadSshSocks  *self,
                         FairleadSocksStep *step)
{
  g_autoptr (GByteArray) reply = g_byte_array_new ();
  guint8 buffer[FAIRLEAD_SOCKS_MAX_INPUT];
  gssize n = recv (self->fd, buffer, sizeof buffer - self->input->len, MSG_DONTWAIT);
  gsize used;

  *step = FAIRLEAD_SOCKS_MORE;
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return TRUE;
  if (n <= 0)
    return FALSE;
  g_byte_array_append (self->input, buffer, n);
  *step = fairlead_socks_read (&self->socks, self->input->data, self->input->len, &used, reply);
  g_byte_array_remove_range (self->input, 0, used);
  send_reply (self->fd, reply);
  return TRUE;
}

/**
 * fairlead_ssh_socks_error:
 *
 * Returns: (transfer full): why this client gets no connection
 */
GError *
fairlead_ssh_socks_error (FairleadSshSocks *self)
{
  if (g_get_monotonic_time () >= self->deadline)
    return fairlead_error_new (FAIRLEAD_ERROR_USAGE,
                               _("A program that connected here did not say by SOCKS where it wants to go."));
  return fairlead_error_new (FAIRLEAD_ERROR_USAGE,
                             _("A program that connected here asked for something else than a connection by "
                               "SOCKS 4 or 5."));
}

/**
 * fairlead_ssh_socks_open:
 * @self: (transfer full): a client that has said where it wants to go
 * @channel: a new one without a destination
 *
 * What the client has sent after its request is for the destination.
 */
void
fairlead_ssh_socks_open (FairleadSshSocks   *self,
                         FairleadSshChannel *channel)
{
  channel->to.host = g_strdup (self->socks.host);
  channel->to.port = self->socks.port;
  channel->in_fd = channel->out_fd = fairlead_steal_fd (&self->fd);
  channel->socks = self;
  if (self->input->len == 0)
    return;
  channel->to_remote.length = self->input->len;
  channel->to_remote.data = g_memdup2 (self->input->data, self->input->len);
}

static FairleadSocksOutcome
outcome_of (FairleadSshChannel *channel)
{
  if (channel->begun != 0)
    return FAIRLEAD_SOCKS_REACHED;
  if (g_error_matches (channel->error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_FORWARDING))
    return FAIRLEAD_SOCKS_NOT_ALLOWED;
  if (g_error_matches (channel->error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE))
    return FAIRLEAD_SOCKS_NOBODY_ANSWERS;
  return FAIRLEAD_SOCKS_FAILED;
}

/**
 * fairlead_ssh_socks_end:
 * @channel: it has been opened, or is about to be freed
 *
 * Tells the client what became of its request.
 */
void
fairlead_ssh_socks_end (FairleadSshChannel *channel)
{
  FairleadSshSocks *self = g_steal_pointer (&channel->socks);
  g_autoptr (GByteArray) reply = g_byte_array_new ();

  fairlead_socks_answer (&self->socks, outcome_of (channel), reply);
  send_reply (channel->out_fd, reply);
  fairlead_ssh_socks_free (self);
}
