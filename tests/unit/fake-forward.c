/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-forward.h"

#include "fairlead-error.h"

/* A forward that really listens, on 127.0.0.1 whatever it was told, and really connects. */
#define FAKE_TYPE_FORWARD (fake_forward_get_type ())
G_DECLARE_FINAL_TYPE (FakeForward, fake_forward, FAKE, FORWARD, FairleadForward)

struct _FakeForward {
  FairleadForward parent_instance;

  GSocketService *service;
  FairleadForwardCounters counters;
};

G_DEFINE_FINAL_TYPE (FakeForward, fake_forward, FAIRLEAD_TYPE_FORWARD)

static void
fake_forward_close (FairleadForward *forward)
{
  FakeForward *self = FAKE_FORWARD (forward);

  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  fairlead_forward_closed (forward);
}

/* The spec that is looked at for each connection has changed already. */
static void
fake_forward_redirect (FairleadForward          *forward,
                       const FairleadForwardEnd *to)
{
}

static void
fake_forward_finalize (GObject *object)
{
  FakeForward *self = FAKE_FORWARD (object);

  g_clear_object (&self->service);

  G_OBJECT_CLASS (fake_forward_parent_class)->finalize (object);
}

static void
fake_forward_class_init (FakeForwardClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_forward_finalize;
  FAIRLEAD_FORWARD_CLASS (klass)->close = fake_forward_close;
  FAIRLEAD_FORWARD_CLASS (klass)->redirect = fake_forward_redirect;
}

static void
fake_forward_init (FakeForward *self)
{
}

/* One direction of one connection: to its end, then the half-close. */
typedef struct {
  GSocketConnection *from;
  GSocketConnection *to;
} Pump;

static void
pumped_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Pump *pump = user_data;

  g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (pump->to), FALSE, TRUE, NULL);
  g_object_unref (pump->from);
  g_object_unref (pump->to);
  g_free (pump);
}

static void
start_pump (GSocketConnection *from,
            GSocketConnection *to)
{
  Pump *pump = g_new0 (Pump, 1);

  pump->from = g_object_ref (from);
  pump->to = g_object_ref (to);
  g_output_stream_splice_async (g_io_stream_get_output_stream (G_IO_STREAM (to)),
                                g_io_stream_get_input_stream (G_IO_STREAM (from)),
                                G_OUTPUT_STREAM_SPLICE_NONE, G_PRIORITY_DEFAULT, NULL,
                                pumped_cb, pump);
}

/* One that was accepted, until it is connected. */
typedef struct {
  FakeForward *forward;
  GSocketConnection *local;
} Incoming;

static void
incoming_free (Incoming *incoming)
{
  g_object_unref (incoming->forward);
  g_object_unref (incoming->local);
  g_free (incoming);
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Incoming *incoming = user_data;
  FakeForward *self = incoming->forward;
  g_autoptr (GSocketConnection) remote = NULL;
  GError *error = NULL;

  remote = g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);
  self->counters.total++;
  if (remote != NULL)
    {
      self->counters.reached++;
      start_pump (incoming->local, remote);
      start_pump (remote, incoming->local);
    }
  else
    {
      self->counters.failed++;
      fairlead_forward_take_failure (FAIRLEAD_FORWARD (self), error);
    }
  fairlead_forward_take_counters (FAIRLEAD_FORWARD (self), &self->counters);
  incoming_free (incoming);
}

static gboolean
incoming_cb (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             FakeForward       *self)
{
  const FairleadForwardSpec *spec = fairlead_forward_get_spec (FAIRLEAD_FORWARD (self));
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  Incoming *incoming = g_new0 (Incoming, 1);

  incoming->forward = g_object_ref (self);
  incoming->local = g_object_ref (connection);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_to_host_async (client, spec->to.host, spec->to.port,
                                         NULL, connected_cb, incoming);
  return TRUE;
}

static gboolean
listen_on (GSocketService  *service,
           guint            port,
           guint           *bound,
           GError         **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) local_error = NULL;

  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &effective, &local_error))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_NETWORK, "%s", local_error->message);
      return FALSE;
    }
  *bound = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  return TRUE;
}

FairleadForward *
fake_forward_new (const FairleadForwardSpec  *spec,
                  GError                    **error)
{
  g_autoptr (GSocketService) service = g_socket_service_new ();
  FakeForward *self;
  g_autoptr (FairleadForwardSpec) taken = fairlead_forward_spec_copy (spec);
  guint *port = &taken->listen.port;

  if (!listen_on (service, spec->listen.port, port, spec->or_next_free ? NULL : error)
      && (!spec->or_next_free || !listen_on (service, 0, port, error)))
    return NULL;
  self = g_object_new (FAKE_TYPE_FORWARD, "spec", taken, NULL);
  self->service = g_steal_pointer (&service);
  g_signal_connect_object (self->service, "incoming", G_CALLBACK (incoming_cb), self, 0);
  g_socket_service_start (self->service);
  return FAIRLEAD_FORWARD (self);
}
