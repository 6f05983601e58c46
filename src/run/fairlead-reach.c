/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-reach.h"

#include "fairlead-async.h"
#include "fairlead-error.h"

/**
 * FairleadReach:
 *
 * Whether a host can be reached from here at all for now, by what the system knows of its networks
 * (#GNetworkMonitor); "changed" when that changes. It errs on the side of yes. Main thread.
 */
struct _FairleadReach {
  GObject parent_instance;

  GNetworkMonitor *monitor;    /* NULL until it is known */
};

G_DEFINE_FINAL_TYPE (FairleadReach, fairlead_reach, G_TYPE_OBJECT)

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
network_changed_cb (FairleadReach *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
take_monitor (FairleadReach   *self,
              GNetworkMonitor *monitor)
{
  self->monitor = g_object_ref (monitor);
  g_signal_connect_object (monitor, "network-changed", G_CALLBACK (network_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
fairlead_reach_dispose (GObject *object)
{
  g_clear_object (&FAIRLEAD_REACH (object)->monitor);

  G_OBJECT_CLASS (fairlead_reach_parent_class)->dispose (object);
}

static void
fairlead_reach_class_init (FairleadReachClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fairlead_reach_dispose;

  /**
   * FairleadReach::changed:
   *
   * The computer's networks changed, perhaps so that a host is within or out of reach.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fairlead_reach_init (FairleadReach *self)
{
}

/* Its making asks NetworkManager, or a portal, and waits for the answer. It belongs to the main context
 * all the same: this thread has no other. */
static gpointer
find_monitor_in_thread (gpointer       data,
                        GCancellable  *cancellable,
                        GError       **error)
{
  return g_object_ref (g_network_monitor_get_default ());
}

static void
found_monitor_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (FairleadReach) self = user_data;
  g_autoptr (GNetworkMonitor) monitor = fairlead_async_finish (result, NULL);

  if (monitor != NULL)
    take_monitor (self, monitor);
}

/**
 * fairlead_reach_new:
 * @monitor: (nullable): what knows the networks; %NULL for the system's, which is found in its own time
 *
 * Returns: (transfer full): one that watches from now on
 */
FairleadReach *
fairlead_reach_new (GNetworkMonitor *monitor)
{
  FairleadReach *self = g_object_new (FAIRLEAD_TYPE_REACH, NULL);

  if (monitor != NULL)
    take_monitor (self, monitor);
  else
    fairlead_async_run (find_monitor_in_thread, NULL, NULL, g_object_unref, NULL, found_monitor_cb,
                        g_object_ref (self));
  return self;
}

/**
 * fairlead_reach_get_default:
 *
 * Returns: (transfer none): the one of this process
 */
FairleadReach *
fairlead_reach_get_default (void)
{
  static FairleadReach *reach;

  if (reach == NULL)
    reach = fairlead_reach_new (NULL);
  return reach;
}

/**
 * fairlead_reach_has_network:
 *
 * Returns: whether there is a way into the world, as far as is known
 */
gboolean
fairlead_reach_has_network (FairleadReach *self)
{
  return self->monitor == NULL || g_network_monitor_get_network_available (self->monitor);
}

/* Whom this computer connects to: the host itself, or the first jump host on the way. */
static const FairleadTarget *
first_hop (const FairleadTarget *target)
{
  while (target->via != NULL)
    target = target->via;
  return target;
}

/* Within reach without any network. */
static gboolean
is_here (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (host, "localhost") == 0;
}

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_network_monitor_can_reach_finish (G_NETWORK_MONITOR (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else if (fairlead_error_is_cancel (error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, FALSE);
}

/**
 * fairlead_reach_ask_async:
 * @target: what would be connected to
 *
 * Asks whether an attempt is worth while. It always is where there is a network or a ProxyCommand makes the
 * connection, and for this computer itself; else if a network that is up leads to the host, such as the
 * bridge to a container. Names are looked up for it.
 */
void
fairlead_reach_ask_async (FairleadReach       *self,
                          FairleadTarget      *target,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const FairleadTarget *hop = first_hop (target);
  g_autoptr (GSocketConnectable) host = NULL;

  g_task_set_source_tag (task, fairlead_reach_ask_async);
  if (hop->proxy_command != NULL || is_here (hop->host_name) || fairlead_reach_has_network (self))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  host = g_network_address_new (hop->host_name, hop->port);
  g_network_monitor_can_reach_async (self->monitor, host, cancellable, asked_cb,
                                     g_steal_pointer (&task));
}

/**
 * fairlead_reach_ask_finish:
 *
 * Returns: %FALSE without an error when there is no way to it
 */
gboolean
fairlead_reach_ask_finish (FairleadReach  *self,
                           GAsyncResult   *result,
                           GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
