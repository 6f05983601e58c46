/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fairlead-async.h"
#include "fairlead-ssh-config.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-listener.h"
#include "fairlead-ssh-port-lease.h"
#include "fairlead-ssh-remote.h"
#include "fairlead-ssh-session-private.h"

#define FAIRLEAD_TYPE_SSH_FORWARD (fairlead_ssh_forward_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSshForward, fairlead_ssh_forward, FAIRLEAD, SSH_FORWARD, FairleadForward)

/* What a forward and its listener share: each side touches its own field. */
typedef struct {
  gatomicrefcount ref_count;
  FairleadSshForward *forward;       /* main thread; NULL once it has gone */
  FairleadSshPortLease *lease;       /* main thread; claimed for as long as it is here */
  gboolean closed;                   /* main thread: nobody shall go on with the listener */
  FairleadSshListener *listener;     /* I/O thread; NULL once it has gone */
} Link;

struct _FairleadSshForward {
  FairleadForward parent_instance;

  FairleadSshLoop *loop;
  FairleadSshPortLease *lease;
  Link *link;
};

G_DEFINE_FINAL_TYPE (FairleadSshForward, fairlead_ssh_forward, FAIRLEAD_TYPE_FORWARD)

static Link *
link_ref (Link *link)
{
  g_atomic_ref_count_inc (&link->ref_count);
  return link;
}

static void
link_unref (Link *link)
{
  if (g_atomic_ref_count_dec (&link->ref_count))
    g_free (link);
}

/* Main thread: nobody accepts any more. */
static void
link_release (Link *link)
{
  g_autoptr (FairleadSshPortLease) lease = g_steal_pointer (&link->lease);

  if (lease != NULL)
    fairlead_ssh_port_lease_release (lease, link->closed);
}

/* The I/O thread. */
static void
close_listener (FairleadSshLoop *loop,
                gpointer         data)
{
  Link *link = data;

  if (link->listener != NULL)
    {
#if HAVE_LIBSSH2_PEER_CHANNELS
      if (fairlead_ssh_listener_get_spec (link->listener)->kind == FAIRLEAD_FORWARD_REMOTE)
        fairlead_ssh_remote_cancel (link->listener);
#endif
      fairlead_ssh_listener_free (link->listener);
    }
  link_unref (link);
}

static void
end_listener (FairleadSshForward *self)
{
  if (!fairlead_ssh_loop_post (self->loop, close_listener, link_ref (self->link)))
    link_unref (self->link);
}

static void
fairlead_ssh_forward_close (FairleadForward *forward)
{
  FairleadSshForward *self = FAIRLEAD_SSH_FORWARD (forward);

  self->link->closed = TRUE;
  end_listener (self);
}

static FairleadPortLease *
fairlead_ssh_forward_get_lease (FairleadForward *forward)
{
  return (FairleadPortLease *) FAIRLEAD_SSH_FORWARD (forward)->lease;
}

typedef struct {
  Link *link;
  FairleadForwardSpec *spec;
} Redirection;

static void
redirection_free (Redirection *redirection)
{
  link_unref (redirection->link);
  fairlead_forward_spec_free (redirection->spec);
  g_free (redirection);
}

/* The I/O thread. */
static void
redirect_listener (FairleadSshLoop *loop,
                   gpointer         data)
{
  Redirection *redirection = data;

  if (redirection->link->listener != NULL)
    fairlead_ssh_listener_lead_to (redirection->link->listener, redirection->spec);
  redirection_free (redirection);
}

static void
fairlead_ssh_forward_redirect (FairleadForward          *forward,
                               const FairleadForwardEnd *to)
{
  FairleadSshForward *self = FAIRLEAD_SSH_FORWARD (forward);
  Redirection *redirection = g_new0 (Redirection, 1);

  redirection->link = link_ref (self->link);
  redirection->spec = fairlead_forward_spec_copy (fairlead_forward_get_spec (forward));
  if (!fairlead_ssh_loop_post (self->loop, redirect_listener, redirection))
    redirection_free (redirection);
}

static void
fairlead_ssh_forward_dispose (GObject *object)
{
  FairleadSshForward *self = FAIRLEAD_SSH_FORWARD (object);

  if (self->link != NULL)
    {
      self->link->forward = NULL;
      end_listener (self);
      g_clear_pointer (&self->link, link_unref);
      g_clear_pointer (&self->loop, fairlead_ssh_loop_unref);
    }
  g_clear_object (&self->lease);

  G_OBJECT_CLASS (fairlead_ssh_forward_parent_class)->dispose (object);
}

static void
fairlead_ssh_forward_class_init (FairleadSshForwardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fairlead_ssh_forward_dispose;
  FAIRLEAD_FORWARD_CLASS (klass)->close = fairlead_ssh_forward_close;
  FAIRLEAD_FORWARD_CLASS (klass)->get_lease = fairlead_ssh_forward_get_lease;
  FAIRLEAD_FORWARD_CLASS (klass)->redirect = fairlead_ssh_forward_redirect;
}

static void
fairlead_ssh_forward_init (FairleadSshForward *self)
{
}

/* ---- what the listener says ---- */

typedef struct {
  Link *link;
  FairleadForwardCounters counters;
  GError *failure;
  gboolean gone;
} Report;

/* Main thread. The lease is there still when "open" is notified, for who wants to keep it. */
static void
report_gone (Link *link)
{
  FairleadSshForward *forward = link->forward;

  link_release (link);
  if (forward == NULL)
    return;
  g_object_ref (forward);
  fairlead_forward_closed (FAIRLEAD_FORWARD (forward));
  g_clear_object (&forward->lease);
  g_object_unref (forward);
}

/* Main thread. */
static void
report (FairleadSshLoop *loop,
        gpointer         data)
{
  Report *what = data;
  FairleadForward *forward = (FairleadForward *) what->link->forward;

  if (what->gone)
    report_gone (what->link);
  else if (forward != NULL)
    {
      if (what->failure != NULL)
        fairlead_forward_take_failure (forward, g_steal_pointer (&what->failure));
      fairlead_forward_take_counters (forward, &what->counters);
    }
  link_unref (what->link);
  g_clear_error (&what->failure);
  g_free (what);
}

typedef struct {
  FairleadSshLoop *loop;
  Link *link;
} ListenerData;

/* The I/O thread. */
static void
listener_cb (FairleadSshListener           *listener,
             const FairleadForwardCounters *counters,
             const GError                  *failure,
             gpointer                       data)
{
  ListenerData *listener_data = data;
  Report *what = g_new0 (Report, 1);

  what->link = link_ref (listener_data->link);
  what->failure = failure != NULL ? g_error_copy (failure) : NULL;
  if (counters != NULL)
    what->counters = *counters;
  else
    what->gone = TRUE;
  fairlead_ssh_loop_reply (listener_data->loop, report, what);
  if (counters == NULL)
    {
      listener_data->link->listener = NULL;
      link_unref (listener_data->link);
      g_free (listener_data);
    }
}

/* ---- a request for a forward, and its answer ---- */

typedef struct {
  GTask *task;                     /* main thread */
  FairleadForwardSpec *spec;       /* without its lease */
  FairleadSshBind how;
  const FairleadSshSockets *sockets; /* of the link's lease */
  Link *link;
  GError *error;
} Request;

static Request *
request_new (GTask                     *task,
             FairleadSshLoop           *loop,
             const FairleadForwardSpec *spec)
{
  FairleadSshConfig *config = loop->target->config;
  const char *mask = fairlead_ssh_config_lookup (config, "streamlocalbindmask", NULL);
  Request *request = g_new0 (Request, 1);

  request->task = task;
  request->spec = fairlead_forward_spec_copy (spec);
  g_clear_object (&request->spec->lease);
  request->how.mask = mask != NULL ? g_ascii_strtoull (mask, NULL, 8) : 0177;
  request->how.unlink =
    g_strcmp0 (fairlead_ssh_config_lookup (config, "streamlocalbindunlink", NULL), "yes") == 0;
  request->link = g_new0 (Link, 1);
  g_atomic_ref_count_init (&request->link->ref_count);
  return request;
}

static void
request_free (Request *request)
{
  g_clear_object (&request->task);
  g_clear_pointer (&request->link, link_unref);
  g_clear_error (&request->error);
  fairlead_forward_spec_free (request->spec);
  g_free (request);
}

/* Main thread. */
static void
request_fail (Request *request,
              GError  *error)
{
  link_release (request->link);
  g_task_return_error (request->task, error);
  request_free (request);
}

/* Main thread. */
static void
answer (FairleadSshLoop *loop,
        gpointer         data)
{
  Request *request = data;
  FairleadSshForward *forward;

  if (request->error != NULL)
    {
      request_fail (request, g_steal_pointer (&request->error));
      return;
    }
  forward = g_object_new (FAIRLEAD_TYPE_SSH_FORWARD, "spec", request->spec, NULL);
  forward->loop = fairlead_ssh_loop_ref (loop);
  forward->link = g_steal_pointer (&request->link);
  forward->link->forward = forward;
  g_set_object (&forward->lease, forward->link->lease);
  g_task_return_pointer (request->task, forward, g_object_unref);
  request_free (request);
}

#if HAVE_LIBSSH2_PEER_CHANNELS
/* OpenSSH's server takes the loopback in place of another address, and does not say so. */
static void
warn_of_gateway (FairleadSshListener *listener)
{
  const FairleadForwardEnd *listen = &fairlead_ssh_listener_get_spec (listener)->listen;
  static const char * const loopbacks[] = { "localhost", "127.0.0.1", "::1", NULL };
  FairleadSshLoop *loop = fairlead_ssh_listener_get_loop (listener);

  if (listen->host != NULL && !g_strv_contains (loopbacks, listen->host))
    fairlead_ssh_loop_message (loop, _("“%s” was asked to listen on its address %s. If its SSH server is not "
                                       "set to GatewayPorts, it listens for programs of the host alone."),
                               loop->target->name, listen->host);
}

/* The I/O thread: the host listens, or does not. */
static void
listened_there (FairleadSshListener *listener,
                guint                port,
                GError              *error,
                gpointer             data)
{
  Request *request = data;

  request->error = error;
  if (error == NULL)
    warn_of_gateway (listener);
  /* It names a port only where it has chosen it (RFC 4254 §7.1). */
  if (error == NULL && request->spec->listen.path == NULL && request->spec->listen.port == 0)
    {
      request->spec->listen.port = port;
      fairlead_ssh_listener_set_port (listener, port);
    }
  fairlead_ssh_loop_reply (fairlead_ssh_listener_get_loop (listener), answer, request);
  if (error != NULL)
    fairlead_ssh_listener_free (listener);
}
#endif

/* The I/O thread. */
static void
begin (FairleadSshLoop *loop,
       gpointer         data)
{
  Request *request = data;
  ListenerData *listener_data;

  if (loop->state != FAIRLEAD_SESSION_OPEN)
    {
      request->error = fairlead_ssh_error_closed (loop);
      fairlead_ssh_loop_reply (loop, answer, request);
      return;
    }
  listener_data = g_new0 (ListenerData, 1);
  listener_data->loop = loop;
  listener_data->link = link_ref (request->link);
  request->link->listener = fairlead_ssh_listener_new (loop, request->sockets, request->spec, listener_cb,
                                                       listener_data);
#if HAVE_LIBSSH2_PEER_CHANNELS
  if (request->spec->kind == FAIRLEAD_FORWARD_REMOTE)
    {
      fairlead_ssh_remote_listen (request->link->listener, listened_there, request);
      return;
    }
#endif
  fairlead_ssh_loop_reply (loop, answer, request);
}

static void
post_begin (Request *request)
{
  FairleadSshSession *session = g_task_get_source_object (request->task);
  FairleadSshLoop *loop = fairlead_ssh_session_get_loop (session);

  if (!fairlead_ssh_loop_post (loop, begin, request))
    request_fail (request, fairlead_ssh_error_closed (loop));
}

static void request_listen (Request *request);

/* Main thread: the lease is ours. */
static void
claimed_cb (FairleadSshPortLease *lease,
            gpointer              data)
{
  Request *request = data;

  request->link->lease = g_object_ref (lease);
  request->sockets = fairlead_ssh_port_lease_get_sockets (lease);
  if (request->sockets == NULL)
    {
      link_release (request->link);
      request_listen (request);
      return;
    }
  request->spec->listen.port = request->sockets->port;
  post_begin (request);
}

/* A thread of the pool. */
static gpointer
listen_func (gpointer       data,
             GCancellable  *cancellable,
             GError       **error)
{
  Request *request = data;

  return fairlead_ssh_sockets_listen (request->spec, &request->how, error);
}

static void
listened_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Request *request = user_data;
  GError *error = NULL;
  FairleadSshSockets *sockets = fairlead_async_finish (result, &error);

  if (sockets == NULL)
    {
      request_fail (request, error);
    }
  else
    {
      g_autoptr (FairleadSshPortLease) lease = fairlead_ssh_port_lease_new (sockets);

      fairlead_ssh_port_lease_claim (lease, claimed_cb, request);
    }
}

static void
request_listen (Request *request)
{
  fairlead_async_run (listen_func, request, NULL, (GDestroyNotify) fairlead_ssh_sockets_free, NULL,
                      listened_cb, request);
}

void
fairlead_ssh_session_forward_async (FairleadRemote            *remote,
                                    const FairleadForwardSpec *spec,
                                    GCancellable              *cancellable,
                                    GAsyncReadyCallback        callback,
                                    gpointer                   user_data)
{
  FairleadSshLoop *loop = fairlead_ssh_session_get_loop (FAIRLEAD_SSH_SESSION (remote));
  GTask *task = g_task_new (remote, cancellable, callback, user_data);
  Request *request = request_new (task, loop, spec);

  g_task_set_source_tag (task, fairlead_ssh_session_forward_async);
  if (spec->kind == FAIRLEAD_FORWARD_REMOTE && !HAVE_LIBSSH2_PEER_CHANNELS)
    request_fail (request, fairlead_ssh_error_no_remote_forward ());
  /* Nothing is listened on here; and a session that has ended says so before anything is. */
  else if (spec->kind == FAIRLEAD_FORWARD_REMOTE
           || fairlead_remote_get_state (remote) > FAIRLEAD_SESSION_OPEN)
    post_begin (request);
  else if (FAIRLEAD_IS_SSH_PORT_LEASE (spec->lease))
    fairlead_ssh_port_lease_claim (FAIRLEAD_SSH_PORT_LEASE (spec->lease), claimed_cb, request);
  else
    request_listen (request);
}

FairleadForward *
fairlead_ssh_session_forward_finish (FairleadRemote  *remote,
                                     GAsyncResult    *result,
                                     GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, remote), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
