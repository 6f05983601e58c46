/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-error.h"
#include "fairlead-ssh-listener.h"
#include "fairlead-ssh-session-private.h"

#define FAIRLEAD_TYPE_SSH_FORWARD (fairlead_ssh_forward_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSshForward, fairlead_ssh_forward, FAIRLEAD, SSH_FORWARD, FairleadForward)

/* What a forward and its listener share: each side touches its own field. */
typedef struct {
  gatomicrefcount ref_count;
  FairleadSshForward *forward;       /* main thread; NULL once it has gone */
  FairleadSshListener *listener;     /* I/O thread; NULL once it has gone */
} Link;

struct _FairleadSshForward {
  FairleadForward parent_instance;

  FairleadSshLoop *loop;
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

/* The I/O thread. */
static void
close_listener (FairleadSshLoop *loop,
                gpointer         data)
{
  Link *link = data;

  if (link->listener != NULL)
    fairlead_ssh_listener_free (link->listener);
  link_unref (link);
}

static void
fairlead_ssh_forward_close (FairleadForward *forward)
{
  FairleadSshForward *self = FAIRLEAD_SSH_FORWARD (forward);

  if (!fairlead_ssh_loop_post (self->loop, close_listener, link_ref (self->link)))
    link_unref (self->link);
}

static void
fairlead_ssh_forward_dispose (GObject *object)
{
  FairleadSshForward *self = FAIRLEAD_SSH_FORWARD (object);

  if (self->link != NULL)
    {
      self->link->forward = NULL;
      fairlead_forward_close (FAIRLEAD_FORWARD (self));
      g_clear_pointer (&self->link, link_unref);
      g_clear_pointer (&self->loop, fairlead_ssh_loop_unref);
    }

  G_OBJECT_CLASS (fairlead_ssh_forward_parent_class)->dispose (object);
}

static void
fairlead_ssh_forward_class_init (FairleadSshForwardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fairlead_ssh_forward_dispose;
  FAIRLEAD_FORWARD_CLASS (klass)->close = fairlead_ssh_forward_close;
}

static void
fairlead_ssh_forward_init (FairleadSshForward *self)
{
}

/* A request for a forward, and its answer. */
typedef struct {
  GTask *task;                     /* main thread */
  FairleadForwardSpec *spec;
  Link *link;
  GError *error;
} Request;

static void
request_free (Request *request)
{
  g_clear_object (&request->task);
  g_clear_pointer (&request->link, link_unref);
  g_clear_error (&request->error);
  fairlead_forward_spec_free (request->spec);
  g_free (request);
}

typedef struct {
  Link *link;
  FairleadForwardCounters counters;
  gboolean gone;
} Report;

/* Main thread. */
static void
report (FairleadSshLoop *loop,
        gpointer         data)
{
  Report *what = data;
  FairleadForward *forward = (FairleadForward *) what->link->forward;

  if (forward != NULL && what->gone)
    fairlead_forward_closed (forward);
  else if (forward != NULL)
    fairlead_forward_take_counters (forward, &what->counters);
  link_unref (what->link);
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
             gpointer                       data)
{
  ListenerData *listener_data = data;
  Report *what = g_new0 (Report, 1);

  what->link = link_ref (listener_data->link);
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

/* Main thread. */
static void
answer (FairleadSshLoop *loop,
        gpointer         data)
{
  Request *request = data;
  FairleadSshForward *forward;

  if (request->error != NULL)
    {
      g_task_return_error (request->task, g_steal_pointer (&request->error));
      request_free (request);
      return;
    }
  forward = g_object_new (FAIRLEAD_TYPE_SSH_FORWARD, "spec", request->spec, NULL);
  forward->loop = fairlead_ssh_loop_ref (loop);
  forward->link = g_steal_pointer (&request->link);
  forward->link->forward = forward;
  g_task_return_pointer (request->task, forward, g_object_unref);
  request_free (request);
}

/* The I/O thread. */
static void
begin (FairleadSshLoop *loop,
       gpointer         data)
{
  Request *request = data;
  ListenerData *listener_data;
  int fd = -1;

  if (loop->state != FAIRLEAD_SESSION_OPEN)
    request->error = fairlead_ssh_error_closed (loop);
  else
    fd = fairlead_ssh_listen (request->spec, &request->spec->listen.port, &request->error);
  if (fd >= 0)
    {
      listener_data = g_new0 (ListenerData, 1);
      listener_data->loop = loop;
      listener_data->link = link_ref (request->link);
      request->link->listener = fairlead_ssh_listener_new (loop, fd, request->spec, listener_cb,
                                                           listener_data);
    }
  fairlead_ssh_loop_reply (loop, answer, request);
}

void
fairlead_ssh_session_forward_async (FairleadRemote            *remote,
                                    const FairleadForwardSpec *spec,
                                    GCancellable              *cancellable,
                                    GAsyncReadyCallback        callback,
                                    gpointer                   user_data)
{
  FairleadSshLoop *loop = fairlead_ssh_session_get_loop (FAIRLEAD_SSH_SESSION (remote));
  Request *request = g_new0 (Request, 1);

  request->task = g_task_new (remote, cancellable, callback, user_data);
  g_task_set_source_tag (request->task, fairlead_ssh_session_forward_async);
  request->spec = fairlead_forward_spec_copy (spec);
  request->link = g_new0 (Link, 1);
  g_atomic_ref_count_init (&request->link->ref_count);
  if (!fairlead_ssh_loop_post (loop, begin, request))
    {
      g_task_return_error (request->task, fairlead_ssh_error_closed (loop));
      request_free (request);
    }
}

FairleadForward *
fairlead_ssh_session_forward_finish (FairleadRemote  *remote,
                                     GAsyncResult    *result,
                                     GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, remote), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
