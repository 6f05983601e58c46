/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-tunnel-card.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "fairlead-fact.h"
#include "fairlead-looks.h"
#include "fairlead-ui.h"

/**
 * FairleadTunnelCard:
 *
 * The tunnel: the local address, where it leads, what a probe through it proved, and its traffic.
 * Not there while no tunnel is open.
 */
struct _FairleadTunnelCard {
  AdwBin parent_instance;

  /* Template children */
  GtkLabel *address;
  GtkLabel *destination;
  GtkImage *health_icon;
  GtkLabel *health_label;
  GtkLabel *refused;
  FairleadFact *connections;
  FairleadFact *received;
  FairleadFact *sent;

  /* Owned */
  GSignalGroup *run;
  GSignalGroup *tunnel;
};

G_DEFINE_FINAL_TYPE (FairleadTunnelCard, fairlead_tunnel_card, ADW_TYPE_BIN)

static void
show_counters (FairleadTunnelCard *self)
{
  g_autoptr (FairleadForward) tunnel = g_signal_group_dup_target (self->tunnel);
  FairleadForwardCounters counters;
  g_autofree char *connections = NULL;
  g_autofree char *received = NULL;
  g_autofree char *sent = NULL;

  if (tunnel == NULL)
    return;
  fairlead_forward_get_counters (tunnel, &counters);
  /* Translators: connections open now, and since the start. */
  connections = g_strdup_printf (_("%u open, %" PRIu64 " in all"), counters.open, counters.total);
  received = g_format_size (counters.received);
  sent = g_format_size (counters.sent);
  fairlead_fact_set_value (self->connections, connections);
  fairlead_fact_set_value (self->received, received);
  fairlead_fact_set_value (self->sent, sent);

  gtk_widget_set_visible (GTK_WIDGET (self->refused), counters.refused > 0);
  if (counters.refused > 0)
    {
      g_autofree char *refused =
        g_strdup_printf (ngettext ("%u connection of another account of this computer was refused.",
                                   "%u connections of other accounts of this computer were refused.",
                                   counters.refused), (guint) counters.refused);

      gtk_label_set_label (self->refused, refused);
    }
}

static void
show_tunnel (FairleadTunnelCard *self,
             FairleadForward    *tunnel,
             FairleadProfile    *profile)
{
  g_autofree char *address = fairlead_forward_dup_local_address (tunnel);
  g_autofree char *remote = NULL;
  g_autofree char *destination = NULL;

  /* Translators: a place (host and port), and the name of the connection. */
  remote = fairlead_forward_dup_remote_address (tunnel);
  destination = g_strdup_printf (_("leads to %s on %s"), remote, fairlead_profile_get_name (profile));
  gtk_label_set_label (self->address, address);
  gtk_label_set_label (self->destination, destination);
}

static void
refresh (FairleadTunnelCard *self)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);
  FairleadForward *tunnel = run != NULL ? fairlead_run_get_tunnel (run) : NULL;
  int health = FAIRLEAD_TUNNEL_CLOSED;

  g_signal_group_set_target (self->tunnel, tunnel);
  gtk_widget_set_visible (GTK_WIDGET (self), tunnel != NULL);
  if (tunnel == NULL)
    return;
  g_object_get (run, "tunnel-health", &health, NULL);
  fairlead_look_apply (fairlead_look_of_tunnel (health), self->health_icon, self->health_label);
  show_tunnel (self, tunnel, fairlead_run_get_profile (run));
}

static void
fairlead_tunnel_card_dispose (GObject *object)
{
  FairleadTunnelCard *self = FAIRLEAD_TUNNEL_CARD (object);

  g_clear_object (&self->run);
  g_clear_object (&self->tunnel);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_TUNNEL_CARD);

  G_OBJECT_CLASS (fairlead_tunnel_card_parent_class)->dispose (object);
}

static void
fairlead_tunnel_card_class_init (FairleadTunnelCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_tunnel_card_dispose;

  g_type_ensure (FAIRLEAD_TYPE_FACT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-tunnel-card.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadTunnelCard, name)
  BIND (address);
  BIND (destination);
  BIND (health_icon);
  BIND (health_label);
  BIND (refused);
  BIND (connections);
  BIND (received);
  BIND (sent);
#undef BIND
}

static void
fairlead_tunnel_card_init (FairleadTunnelCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->tunnel = g_signal_group_new (FAIRLEAD_TYPE_FORWARD);
  g_signal_connect_object (self->tunnel, "bind", G_CALLBACK (show_counters), self,
                           G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->tunnel, "notify", G_CALLBACK (show_counters), self);
  self->run = g_signal_group_new (FAIRLEAD_TYPE_RUN);
  g_signal_connect_object (self->run, "bind", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->run, "notify", G_CALLBACK (refresh), self);
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
