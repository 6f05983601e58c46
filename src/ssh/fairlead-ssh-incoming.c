/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-remote.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-local-dial.h"
#include "fairlead-ssh-socks-relay.h"
#include "fairlead-wire.h"

#if HAVE_LIBSSH2_PEER_CHANNELS

/* The channels that the host opens for a remote forward: each is confirmed when it has been connected to
 * where the forward leads, and refused when it cannot be (RFC 4254 §7.2). */

#define PACKET_SIZE 32768

/* How many at once may wait for a name or a network. */
#define MAX_DIALS 128

/* RFC 4254 §5.1. */
enum {
  OPEN_PROHIBITED = 1,
  OPEN_CONNECT_FAILED = 2,
  OPEN_SHORTAGE = 4,
};

/**
 * FairleadSshDial:
 *
 * A connection that is being made by a thread of its own for a channel, which may not wait that long.
 */
struct _FairleadSshDial {
  FairleadSshLoop *loop;
  FairleadSshChannel *channel;     /* the I/O thread; NULL once it has gone */
  FairleadForwardEnd to;
  int fd;
  int code;
};

static void
dial_free (FairleadSshDial *self)
{
  fairlead_fd_clear (&self->fd);
  g_free (self->to.host);
  fairlead_ssh_loop_unref (self->loop);
  g_free (self);
}

static void
refuse (FairleadSshChannel *channel,
        int                 reason)
{
  channel->refusal = reason;
  channel->state = FAIRLEAD_SSH_CHANNEL_OPENING;
}

static GError *
local_error (const FairleadForwardEnd *to,
             int                       code)
{
  g_autofree char *address = to->path != NULL ? g_strdup (to->path)
                                              : fairlead_forward_format_address (to->host, to->port);
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("Cannot connect from this computer to %s: %s"),
                                      address, code == ENOENT && to->path == NULL
                                      ? _("the name is not known") : g_strerror (code));

  fairlead_error_set_hint (error, _("The program that should listen there has ended, or listens elsewhere."));
  return error;
}

/* The local end is there, or will not be. */
static void
connected (FairleadSshChannel *channel,
           int                 fd,
           int                 code)
{
  fairlead_ssh_channel_ready (channel);
  if (fd >= 0 && !channel->unwanted)
    {
      channel->in_fd = channel->out_fd = fd;
      channel->state = FAIRLEAD_SSH_CHANNEL_OPENING;
      return;
    }
  fairlead_fd_clear (&fd);
  if (code != 0)
    channel->error = local_error (&channel->to, code);
  refuse (channel, OPEN_CONNECT_FAILED);
}

/* The I/O thread. */
static void
dialled (FairleadSshLoop *loop,
         gpointer         data)
{
  FairleadSshDial *self = data;

  loop->n_dials--;
  if (self->channel != NULL)
    {
      self->channel->dial = NULL;
      connected (self->channel, fairlead_steal_fd (&self->fd), self->code);
    }
  dial_free (self);
}

static gpointer
dial_thread (gpointer data)
{
  FairleadSshDial *self = data;
  /* Of its own: what is posted may be done, and the session have ended, before the post returns. */
  g_autoptr (FairleadSshLoop) loop = fairlead_ssh_loop_ref (self->loop);

  self->fd = fairlead_ssh_local_dial (&self->to, fairlead_steal_fd (&self->fd), &self->code);
  if (!fairlead_ssh_loop_post (loop, dialled, self))
    dial_free (self);
  return NULL;
}

/* Takes @begun, a connection under way, or -1. Returns FALSE when no more can be waited for. */
static gboolean
dial_begin (FairleadSshChannel *channel,
            int                 begun)
{
  FairleadSshLoop *loop = channel->loop;
  FairleadSshDial *self;
  fairlead_autofd fd = begun;
  GThread *thread;

  if (loop->n_dials >= MAX_DIALS)
    return FALSE;
  self = g_new0 (FairleadSshDial, 1);
  self->loop = fairlead_ssh_loop_ref (loop);
  self->channel = channel;
  self->to.host = g_strdup (channel->to.host);
  self->to.port = channel->to.port;
  self->fd = fairlead_steal_fd (&fd);
  thread = g_thread_try_new ("dial", dial_thread, self, NULL);
  if (thread == NULL)
    {
      dial_free (self);
      return FALSE;
    }
  g_thread_unref (thread);
  loop->n_dials++;
  channel->dial = self;
  channel->state = FAIRLEAD_SSH_CHANNEL_CONNECTING;
  return TRUE;
}

static void
connect_channel (FairleadSshChannel *channel)
{
  gboolean asks = channel->to.host == NULL && channel->to.path == NULL;
  int code = 0;
  int fd = asks ? fairlead_ssh_socks_relay_start () : fairlead_ssh_local_dial_now (&channel->to, &code);

  if (code == EINPROGRESS ? !dial_begin (channel, fd) : asks && fd < 0)
    refuse (channel, OPEN_SHORTAGE);
  else if (code != EINPROGRESS)
    connected (channel, fd, code);
}

/* Which forward the host means: its address counts only where several have the same port, since servers
 * write it in their own way. */
static FairleadSshListener *
find_listener (FairleadSshLoop          *loop,
               const FairleadForwardEnd *listen)
{
  FairleadSshListener *found = NULL;

  for (guint i = 0; i < loop->listeners->len; i++)
    {
      FairleadSshListener *listener = loop->listeners->pdata[i];
      const FairleadForwardSpec *spec = fairlead_ssh_listener_get_spec (listener);

      if (spec->kind != FAIRLEAD_FORWARD_REMOTE || g_strcmp0 (spec->listen.path, listen->path) != 0
          || (listen->path == NULL && spec->listen.port != listen->port))
        continue;
      if (found == NULL || g_strcmp0 (spec->listen.host, listen->host) == 0)
        found = listener;
    }
  return found;
}

/* Where the host says that somebody has connected; what else it says is not needed. */
static gboolean
read_message (const char         *message,
              gsize               length,
              gboolean            is_path,
              FairleadForwardEnd *listen)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT ((const guint8 *) message, length);
  char *text = fairlead_wire_dup_string (&reader);
  guint32 port = 0;

  *(is_path ? &listen->path : &listen->host) = text;
  if (text == NULL || (!is_path && !fairlead_wire_read_u32 (&reader, &port)))
    return FALSE;
  listen->port = port;
  return TRUE;
}

static void
take (FairleadSshChannel *channel,
      const char         *message,
      gsize               length,
      gboolean            is_path)
{
  FairleadForwardEnd listen = { NULL };
  FairleadSshListener *listener = NULL;

  if (read_message (message, length, is_path, &listen))
    listener = find_listener (channel->loop, &listen);
  g_free (listen.host);
  g_free (listen.path);
  if (listener == NULL || channel->loop->channels->len > FAIRLEAD_SSH_MAX_CHANNELS)
    {
      refuse (channel, listener == NULL ? OPEN_PROHIBITED : OPEN_SHORTAGE);
      return;
    }
  fairlead_ssh_listener_take (listener, channel);
  connect_channel (channel);
}

/**
 * fairlead_ssh_incoming_take:
 *
 * Takes every channel that the host wants to open. One that no forward of ours asked for is refused.
 *
 * Returns: %TRUE when there was one
 */
gboolean
fairlead_ssh_incoming_take (FairleadSshLoop *loop)
{
  static const FairleadForwardEnd nowhere;
  gboolean progress = FALSE;

  for (;;)
    {
      FairleadSshWindow window = { 0 };
      gsize size = fairlead_ssh_window_open (&window, &loop->windows);
      FairleadSshChannel *channel;
      const char *message;
      unsigned int length;
      int is_path;
      LIBSSH2_CHANNEL *peer = libssh2_channel_peer_next (loop->session, size, PACKET_SIZE, &is_path, &message,
                                                         &length);

      if (peer == NULL)
        {
          fairlead_ssh_window_close (&window, &loop->windows);
          return progress;
        }
      channel = fairlead_ssh_channel_new_direct (loop, &nowhere);
      channel->channel = peer;
      channel->window = window;
      channel->incoming = TRUE;
      *libssh2_channel_abstract (peer) = channel;
      take (channel, message, length, is_path);
      progress = TRUE;
    }
}

/**
 * fairlead_ssh_incoming_step:
 * @channel: one whose local end is being connected
 *
 * Returns: %TRUE when it need not be any more
 */
gboolean
fairlead_ssh_incoming_step (FairleadSshChannel *channel)
{
  if (!channel->unwanted)
    return FALSE;
  fairlead_ssh_incoming_forget (channel);
  refuse (channel, OPEN_CONNECT_FAILED);
  return TRUE;
}

/**
 * fairlead_ssh_incoming_forget:
 * @channel: about to be freed, or not to be connected any more
 */
void
fairlead_ssh_incoming_forget (FairleadSshChannel *channel)
{
  if (channel->dial != NULL)
    channel->dial->channel = NULL;
  channel->dial = NULL;
}

#endif
