/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-tunnel-card.h"

#include <glib/gi18n-lib.h>

#include "fairlead-traffic-view.h"
#include "fairlead-tunnel-row.h"
#include "fairlead-ui.h"

/**
 * FairleadTunnelCard:
 *
 * The tunnels of the connection, a row each, and the traffic of all of them together where there are
 * several.
 */
struct _FairleadTunnelCard {
  AdwBin parent_instance;

  /* Template children */
  GtkWidget *total_box;
  FairleadTrafficView *total;
  GtkListBox *list;

  /* Owned */
  GSignalGroup *run;
  GSignalGroup *tunnels;
};

G_DEFINE_FINAL_TYPE (FairleadTunnelCard, fairlead_tunnel_card, ADW_TYPE_BIN)

static GtkWidget *
create_row_cb (gpointer item,
               gpointer user_data)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (FAIRLEAD_TUNNEL_CARD (user_data)->run);

  return fairlead_tunnel_row_new (run, FAIRLEAD_TUNNEL (item));
}

static void
refresh (FairleadTunnelCard *self)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);
  guint n = run != NULL ? g_list_model_get_n_items (fairlead_run_get_tunnels (run)) : 0;
  gboolean online = run != NULL && fairlead_run_get_link_state (run) == FAIRLEAD_LINK_ONLINE;

  gtk_widget_set_visible (self->total_box, n > 1);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0 || online);
}

static void
run_bound_cb (FairleadTunnelCard *self,
              FairleadRun        *run)
{
  gtk_list_box_bind_model (self->list, fairlead_run_get_tunnels (run), create_row_cb, self, NULL);
  g_signal_group_set_target (self->tunnels, fairlead_run_get_tunnels (run));
  fairlead_traffic_view_set_traffic (self->total, fairlead_run_get_traffic (run));
  refresh (self);
}

static void
run_unbound_cb (FairleadTunnelCard *self)
{
  /* While it is disposed of its children are gone before. */
  if (self->list == NULL)
    return;
  gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_signal_group_set_target (self->tunnels, NULL);
  fairlead_traffic_view_set_traffic (self->total, NULL);
  refresh (self);
}

static void
fairlead_tunnel_card_dispose (GObject *object)
{
  FairleadTunnelCard *self = FAIRLEAD_TUNNEL_CARD (object);

  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_object (&self->tunnels);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_TUNNEL_CARD);
  g_clear_object (&self->run);

  G_OBJECT_CLASS (fairlead_tunnel_card_parent_class)->dispose (object);
}

static void
fairlead_tunnel_card_class_init (FairleadTunnelCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_tunnel_card_dispose;

  g_type_ensure (FAIRLEAD_TYPE_TRAFFIC_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-tunnel-card.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadTunnelCard, total_box);
  gtk_widget_class_bind_template_child (widget_class, FairleadTunnelCard, total);
  gtk_widget_class_bind_template_child (widget_class, FairleadTunnelCard, list);
}

static void
fairlead_tunnel_card_init (FairleadTunnelCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->tunnels = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->tunnels, "items-changed", G_CALLBACK (refresh), self);
  self->run = g_signal_group_new (FAIRLEAD_TYPE_RUN);
  g_signal_connect_object (self->run, "bind", G_CALLBACK (run_bound_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "unbind", G_CALLBACK (run_unbound_cb), self, G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->run, "notify::link-state", G_CALLBACK (refresh), self);
}

/**
 * fairlead_tunnel_card_set_run:
 * @run: (nullable): what to show
 */
void
fairlead_tunnel_card_set_run (FairleadTunnelCard *self,
                              FairleadRun        *run)
{
  g_return_if_fail (FAIRLEAD_IS_TUNNEL_CARD (self));

  g_signal_group_set_target (self->run, run);
}
