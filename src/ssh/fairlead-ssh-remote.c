/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-remote.h"

#include <string.h>

#include "fairlead-ssh-error.h"
#include "fairlead-wire.h"

#if HAVE_LIBSSH2_PEER_CHANNELS

/* What the host is asked for by global requests (RFC 4254 §7.1; OpenSSH's PROTOCOL, 2.4), one at a time: to
 * listen for a remote forward, and to stop. */

/* A server that answers no global request is not waited for for ever. */
#define PATIENCE (30 * G_USEC_PER_SEC)

typedef struct {
  FairleadSshLoop *loop;
  FairleadSshListener *listener;   /* borrowed, while somebody waits for the answer */
  FairleadSshListenedFunc func;    /* NULL: nobody does, any more */
  FairleadForwardSpec *spec;       /* of a listener that is not wanted any more; else NULL */
  gpointer data;
  const char *name;
  GByteArray *message;
  gint64 deadline;
} Request;

static void
request_free (Request *self)
{
  g_clear_pointer (&self->spec, fairlead_forward_spec_free);
  g_byte_array_unref (self->message);
  g_free (self);
}

/* "127.0.0.1" and "::1" of the host are its "localhost"; "*" is "": as ssh(1) has it. */
static const char *
bind_host (const FairleadForwardEnd *listen)
{
  if (listen->host == NULL)
    return "localhost";
  return g_str_equal (listen->host, "*") ? "" : listen->host;
}

static Request *
request_new (FairleadSshLoop          *loop,
             const FairleadForwardEnd *listen,
             const char               *name,
             const char               *name_of_path)
{
  Request *self = g_new0 (Request, 1);

  self->loop = loop;
  self->name = listen->path != NULL ? name_of_path : name;
  self->message = g_byte_array_new ();
  self->deadline = g_get_monotonic_time () + PATIENCE;
  fairlead_wire_append_text (self->message, listen->path != NULL ? listen->path : bind_host (listen));
  if (listen->path == NULL)
    fairlead_wire_append_u32 (self->message, listen->port);
  g_queue_push_tail (&loop->requests, self);
  return self;
}

/* Who waits is told, once. */
static void
finish (Request *self,
        guint    port,
        GError  *error)
{
  FairleadSshListenedFunc func = g_steal_pointer (&self->func);

  func (self->listener, port, error, self->data);
}

/**
 * fairlead_ssh_remote_listen:
 * @listener: a remote forward
 * @func: told of the host's answer, or of the session's end
 *
 * Asks the host to listen. The I/O thread. OpenSSH's server takes another address than the loopback only
 * with GatewayPorts (sshd_config(5)), and does not say when it has taken the loopback instead.
 */
void
fairlead_ssh_remote_listen (FairleadSshListener     *listener,
                            FairleadSshListenedFunc  func,
                            gpointer                 data)
{
  FairleadSshLoop *loop = fairlead_ssh_listener_get_loop (listener);
  Request *request = request_new (loop, &fairlead_ssh_listener_get_spec (listener)->listen, "tcpip-forward",
                                  "streamlocal-forward@openssh.com");

  loop->takes_channels = TRUE;
  request->listener = listener;
  request->func = func;
  request->data = data;
}

static GError *
listen_error (Request *self,
              int      code)
{
  return fairlead_ssh_error_listen (self->loop, code, &fairlead_ssh_listener_get_spec (self->listener)->listen);
}

static void
cancel (FairleadSshLoop          *loop,
        const FairleadForwardEnd *listen)
{
  request_new (loop, listen, "cancel-tcpip-forward", "cancel-streamlocal-forward@openssh.com");
}

/**
 * fairlead_ssh_remote_cancel:
 * @listener: one that the host listens for; about to be freed
 */
void
fairlead_ssh_remote_cancel (FairleadSshListener *listener)
{
  cancel (fairlead_ssh_listener_get_loop (listener), &fairlead_ssh_listener_get_spec (listener)->listen);
}

/* The host has said after all that it listens: nobody waits for that any more. */
static void
take_back (Request *self,
           guint    port)
{
  if (self->spec->listen.path == NULL && self->spec->listen.port == 0)
    self->spec->listen.port = port;
  cancel (self->loop, &self->spec->listen);
}

static gboolean
ask (FairleadSshLoop *loop)
{
  Request *request = g_queue_peek_head (&loop->requests);
  unsigned int port = 0;
  int code;

  if (request == NULL)
    return FALSE;
  code = libssh2_session_request (loop->session, request->name, strlen (request->name),
                                  (const char *) request->message->data, request->message->len, &port);
  if (fairlead_ssh_loop_blocks (loop, code, FAIRLEAD_SSH_OP_REQUEST, NULL))
    return FALSE;
  g_queue_pop_head (&loop->requests);
  if (fairlead_ssh_error_is_fatal (code))
    fairlead_ssh_loop_lost (loop, code);
  if (request->func != NULL)
    finish (request, port, code != 0 ? listen_error (request, code) : NULL);
  else if (request->spec != NULL && code == 0)
    take_back (request, port);
  request_free (request);
  return TRUE;
}

/**
 * fairlead_ssh_remote_step:
 *
 * Goes on with what the host is asked for, and takes the channels that it opens.
 *
 * Returns: %TRUE on progress
 */
gboolean
fairlead_ssh_remote_step (FairleadSshLoop *loop)
{
  gboolean progress = FALSE;

  /* Before the first request leaves: no channel may come between. */
  if (loop->takes_channels && loop->owner_op == FAIRLEAD_SSH_OP_NONE && fairlead_ssh_incoming_take (loop))
    progress = TRUE;
  return ask (loop) || progress;
}

/**
 * fairlead_ssh_remote_tend:
 * @now: monotonic time, microseconds
 *
 * Returns: when to call again; %G_MAXINT64 for no need
 */
gint64
fairlead_ssh_remote_tend (FairleadSshLoop *loop,
                          gint64           now)
{
  gint64 next = G_MAXINT64;

  for (GList *i = loop->requests.head; i != NULL; i = i->next)
    {
      Request *request = i->data;

      if (request->func == NULL)
        continue;
      if (now < request->deadline)
        {
          next = MIN (next, request->deadline);
          continue;
        }
      request->spec = fairlead_forward_spec_copy (fairlead_ssh_listener_get_spec (request->listener));
      finish (request, 0, listen_error (request, LIBSSH2_ERROR_TIMEOUT));
    }
  return next;
}

/**
 * fairlead_ssh_remote_end:
 *
 * The session ends: nothing is asked for any more.
 */
void
fairlead_ssh_remote_end (FairleadSshLoop *loop)
{
  Request *request;

  while ((request = g_queue_pop_head (&loop->requests)) != NULL)
    {
      if (request->func != NULL)
        finish (request, 0, fairlead_ssh_error_closed (loop));
      request_free (request);
    }
}

#endif
