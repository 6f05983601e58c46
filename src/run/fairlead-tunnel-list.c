/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-tunnel-list.h"

#include "fairlead-traffic-private.h"
#include "fairlead-tunnel-private.h"

struct _FairleadTunnelList {
  GObject parent_instance;

  GListStore *store;
  FairleadTraffic *traffic;
  guint timer;
};

G_DEFINE_FINAL_TYPE (FairleadTunnelList, fairlead_tunnel_list, G_TYPE_OBJECT)

static void
fairlead_tunnel_list_dispose (GObject *object)
{
  FairleadTunnelList *self = FAIRLEAD_TUNNEL_LIST (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->store);
  g_clear_object (&self->traffic);

  G_OBJECT_CLASS (fairlead_tunnel_list_parent_class)->dispose (object);
}

static void
fairlead_tunnel_list_class_init (FairleadTunnelListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fairlead_tunnel_list_dispose;
}

static gboolean
tick_cb (gpointer user_data)
{
  FairleadTunnelList *self = user_data;

  fairlead_tunnel_list_sample (self, g_get_monotonic_time ());
  return self->timer != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
moved_cb (FairleadTunnelList *self)
{
  if (self->timer == 0 && !fairlead_traffic_is_quiet (self->traffic))
    self->timer = g_timeout_add_seconds (1, tick_cb, self);
}

static void
fairlead_tunnel_list_init (FairleadTunnelList *self)
{
  self->store = g_list_store_new (FAIRLEAD_TYPE_TUNNEL);
  self->traffic = fairlead_traffic_new ();
  g_signal_connect_object (self->traffic, "notify::counters", G_CALLBACK (moved_cb), self,
                           G_CONNECT_SWAPPED);
}

FairleadTunnelList *
fairlead_tunnel_list_new (void)
{
  return g_object_new (FAIRLEAD_TYPE_TUNNEL_LIST, NULL);
}

/**
 * fairlead_tunnel_list_get_model:
 *
 * Returns: (transfer none): of #FairleadTunnel
 */
GListModel *
fairlead_tunnel_list_get_model (FairleadTunnelList *self)
{
  return G_LIST_MODEL (self->store);
}

/**
 * fairlead_tunnel_list_get_traffic:
 *
 * Returns: (transfer none): that of all tunnels together, those that were removed included
 */
FairleadTraffic *
fairlead_tunnel_list_get_traffic (FairleadTunnelList *self)
{
  return self->traffic;
}

/**
 * fairlead_tunnel_list_add:
 *
 * The solver's tunnel comes first, the others in order.
 */
void
fairlead_tunnel_list_add (FairleadTunnelList *self,
                          FairleadTunnel     *tunnel)
{
  fairlead_traffic_set_whole (FAIRLEAD_TRAFFIC (tunnel), self->traffic);
  if (fairlead_tunnel_get_origin (tunnel) == FAIRLEAD_TUNNEL_ORIGIN_SOLVER)
    g_list_store_insert (self->store, 0, tunnel);
  else
    g_list_store_append (self->store, tunnel);
}

/**
 * fairlead_tunnel_list_remove:
 *
 * Closes it, too.
 *
 * Returns: %FALSE when it was not there
 */
gboolean
fairlead_tunnel_list_remove (FairleadTunnelList *self,
                             FairleadTunnel     *tunnel)
{
  guint position;

  if (!g_list_store_find (self->store, tunnel, &position))
    return FALSE;
  fairlead_tunnel_close (tunnel);
  g_list_store_remove (self->store, position);
  return TRUE;
}

/**
 * fairlead_tunnel_list_clear:
 *
 * Closes all and takes them out.
 */
void
fairlead_tunnel_list_clear (FairleadTunnelList *self)
{
  GListModel *model = G_LIST_MODEL (self->store);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (FairleadTunnel) tunnel = g_list_model_get_item (model, i);

      fairlead_tunnel_close (tunnel);
    }
  g_list_store_remove_all (self->store);
}

/**
 * fairlead_tunnel_list_sample:
 * @now: monotonic time, in microseconds
 *
 * What the timer does, once a second.
 */
void
fairlead_tunnel_list_sample (FairleadTunnelList *self,
                             gint64              now)
{
  GListModel *model = G_LIST_MODEL (self->store);
  gboolean last;

  fairlead_traffic_sample (self->traffic, now);
  last = fairlead_traffic_is_quiet (self->traffic);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (FairleadTraffic) part = g_list_model_get_item (model, i);

      fairlead_traffic_sample (part, now);
      if (last)
        fairlead_traffic_pause (part);
    }
  if (!last)
    return;
  fairlead_traffic_pause (self->traffic);
  g_clear_handle_id (&self->timer, g_source_remove);
}

gboolean
fairlead_tunnel_list_is_sampling (FairleadTunnelList *self)
{
  return self->timer != 0;
}
