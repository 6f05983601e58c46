/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* One connection through a tunnel, to see whether it leads anywhere. */

#include "fairlead-tunnel-probe.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-tunnel-private.h"

#define PROBE_SECONDS 10
#define SSH_BANNER "SSH-"

typedef struct {
  FairleadForwardCounters before;
  GIOStream *stream;
  GCancellable *cancellable;     /* of what is under way; ours */
  gulong watch;
  guint deadline;
  gboolean done;
  char answer[sizeof SSH_BANNER - 1];
} Probe;

static void
probe_free (gpointer data)
{
  Probe *probe = data;

  g_clear_object (&probe->stream);
  g_clear_object (&probe->cancellable);
  g_free (probe);
}

/* Says once what came of it. With no @error the destination was reached. */
static void
finish (GTask                *task,
        FairleadTunnelHealth  health,
        GError               *error)
{
  Probe *probe = g_task_get_task_data (task);
  FairleadTunnel *tunnel = g_task_get_source_object (task);

  if (probe->done)
    {
      g_clear_error (&error);
      return;
    }
  probe->done = TRUE;
  g_clear_signal_handler (&probe->watch, tunnel);
  g_clear_handle_id (&probe->deadline, g_source_remove);
  g_cancellable_cancel (probe->cancellable);
  if (error == NULL || !fairlead_error_is_cancel (error))
    fairlead_tunnel_set_health (tunnel, health, error != NULL ? error->message : NULL);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static gboolean
deadline_cb (gpointer user_data)
{
  GTask *task = user_data;
  Probe *probe = g_task_get_task_data (task);

  probe->deadline = 0;
  finish (task, FAIRLEAD_TUNNEL_NO_ANSWER,
          fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("Nothing came through the tunnel within %d seconds."),
                              PROBE_SECONDS));
  return G_SOURCE_REMOVE;
}

static GError *
why_not (FairleadTunnel *tunnel)
{
  FairleadForward *forward = fairlead_tunnel_get_forward (tunnel);
  const GError *failure = forward != NULL ? fairlead_forward_get_last_failure (forward) : NULL;

  return failure != NULL ? g_error_copy (failure)
         : fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "%s", _("The destination did not take the connection."));
}

/* A connection reached its destination, or could not; a banner that is to come says more than the first. */
static void
counters_cb (FairleadTunnel *tunnel,
             GParamSpec     *pspec,
             GTask          *task)
{
  Probe *probe = g_task_get_task_data (task);
  FairleadForwardCounters now;

  fairlead_traffic_get_counters (FAIRLEAD_TRAFFIC (tunnel), &now);
  if (fairlead_tunnel_get_forward (tunnel) == NULL)
    finish (task, FAIRLEAD_TUNNEL_CLOSED,
            g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  else if (now.failed > probe->before.failed)
    finish (task, FAIRLEAD_TUNNEL_NO_ANSWER, why_not (tunnel));
  else if (now.reached > probe->before.reached && !fairlead_tunnel_is_ssh (tunnel))
    finish (task, FAIRLEAD_TUNNEL_REACHED, NULL);
}

static void
banner_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Probe *probe = g_task_get_task_data (task);
  gsize length = 0;
  GError *error = NULL;

  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, &error);
  g_clear_error (&error);
  if (probe->done)
    return;
  if (length == sizeof probe->answer && memcmp (probe->answer, SSH_BANNER, length) == 0)
    finish (task, FAIRLEAD_TUNNEL_REACHED, NULL);
  else if (length > 0)
    finish (task, FAIRLEAD_TUNNEL_WRONG_SERVICE,
            fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "%s", _("What answers there is not an SSH server.")));
  else
    finish (task, FAIRLEAD_TUNNEL_NO_ANSWER, why_not (g_task_get_source_object (task)));
}

/* A client of a SOCKS proxy has to say where it wants to go (RFC 1928): here, to the host's own sshd. */
static void
ask_socks (Probe *probe)
{
  static const guint8 request[] = { 5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 22 };
  GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (probe->stream));

  /* A socket that was connected just now takes them at once; one that does not shows by the deadline. */
  g_socket_set_blocking (socket, FALSE);
  g_socket_send (socket, (const char *) request, sizeof request, NULL, NULL);
}

static void
use_stream (GTask     *task,
            GIOStream *stream)
{
  FairleadTunnel *tunnel = g_task_get_source_object (task);
  Probe *probe = g_task_get_task_data (task);

  probe->stream = stream;
  if (fairlead_tunnel_is_ssh (tunnel))
    g_input_stream_read_all_async (g_io_stream_get_input_stream (stream), probe->answer,
                                   sizeof probe->answer, G_PRIORITY_DEFAULT, probe->cancellable, banner_cb,
                                   g_object_ref (task));
  else if (fairlead_tunnel_get_spec (tunnel)->kind == FAIRLEAD_FORWARD_DYNAMIC)
    ask_socks (probe);
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Probe *probe = g_task_get_task_data (task);
  GError *error = NULL;
  GSocketConnection *connection =
    g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (connection != NULL)
    use_stream (task, G_IO_STREAM (connection));
  else if (!probe->done)
    finish (task, FAIRLEAD_TUNNEL_NO_ANSWER, g_steal_pointer (&error));
  g_clear_error (&error);
}

static void
channel_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Probe *probe = g_task_get_task_data (task);
  GError *error = NULL;
  GIOStream *stream = fairlead_remote_open_tcp_finish (FAIRLEAD_REMOTE (source), result, &error);

  if (stream != NULL)
    use_stream (task, stream);
  else if (!probe->done)
    finish (task, FAIRLEAD_TUNNEL_NO_ANSWER, g_steal_pointer (&error));
  g_clear_error (&error);
}

/* Every address, and names of the loopback, are reached by the loopback's. */
static const char *
reachable (const char *host)
{
  if (host == NULL || g_str_equal (host, "*") || g_str_equal (host, "0.0.0.0")
      || g_str_equal (host, "localhost"))
    return "127.0.0.1";
  return g_str_equal (host, "::") ? "::1" : host;
}

static GSocketConnectable *
find_listener (FairleadForward *forward)
{
  const FairleadForwardEnd *listen = &fairlead_forward_get_spec (forward)->listen;

  if (listen->path != NULL)
    return G_SOCKET_CONNECTABLE (g_unix_socket_address_new (listen->path));
  return g_network_address_new (reachable (listen->host), listen->port);
}

/* From where its clients are: from here, or for ssh -R from the host, which then connects to itself. */
static void
begin (GTask           *task,
       FairleadForward *forward,
       FairleadRemote  *remote)
{
  const FairleadForwardSpec *spec = fairlead_forward_get_spec (forward);
  Probe *probe = g_task_get_task_data (task);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) listener = NULL;

  if (spec->kind == FAIRLEAD_FORWARD_REMOTE)
    {
      fairlead_remote_open_tcp_async (remote, reachable (spec->listen.host), spec->listen.port,
                                      probe->cancellable, channel_cb, g_object_ref (task));
      return;
    }
  listener = find_listener (forward);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, listener, probe->cancellable, connected_cb, g_object_ref (task));
}

static GError *
why_impossible (FairleadForward *forward,
                FairleadRemote  *remote)
{
  if (forward == NULL || remote == NULL)
    return fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "%s", _("The tunnel is not open."));
  if (fairlead_forward_get_spec (forward)->kind == FAIRLEAD_FORWARD_REMOTE
      && fairlead_forward_get_spec (forward)->listen.path != NULL)
    return fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "%s",
                               _("A socket file of the host can be tested only from there."));
  return NULL;
}

/**
 * fairlead_tunnel_probe_async:
 * @tunnel: one that is OPEN; its health says what came of it
 * @remote: (nullable): what it leads through
 *
 * Makes one connection through it, as a client would, and closes it again. Within ten seconds.
 */
void
fairlead_tunnel_probe_async (FairleadTunnel      *tunnel,
                             FairleadRemote      *remote,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task = g_task_new (tunnel, cancellable, callback, user_data);
  FairleadForward *forward = fairlead_tunnel_get_forward (tunnel);
  Probe *probe = g_new0 (Probe, 1);
  GError *error;

  g_task_set_source_tag (task, fairlead_tunnel_probe_async);
  g_task_set_task_data (task, probe, probe_free);
  probe->cancellable = g_cancellable_new ();
  error = why_impossible (forward, remote);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  fairlead_traffic_get_counters (FAIRLEAD_TRAFFIC (tunnel), &probe->before);
  probe->watch = g_signal_connect (tunnel, "notify::counters", G_CALLBACK (counters_cb), task);
  probe->deadline = g_timeout_add_seconds (PROBE_SECONDS, deadline_cb, task);
  begin (task, forward, remote);
}

/**
 * fairlead_tunnel_probe_finish:
 *
 * Returns: whether the destination was reached
 */
gboolean
fairlead_tunnel_probe_finish (FairleadTunnel  *tunnel,
                              GAsyncResult    *result,
                              GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, tunnel), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
