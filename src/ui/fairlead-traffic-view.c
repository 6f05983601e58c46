/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-traffic-view.h"

#include <glib/gi18n-lib.h>

#include "fairlead-rate-plot.h"
#include "fairlead-ui.h"

/**
 * FairleadTrafficView:
 *
 * How fast bytes come and go, and the plot of the last minute; where none moved in that minute, how many
 * there were in all. Not on the screen it costs nothing.
 */
struct _FairleadTrafficView {
  GtkBox parent_instance;

  /* Template children */
  GtkWidget *received_box;
  GtkLabel *received;
  GtkWidget *sent_box;
  GtkLabel *sent;
  FairleadRatePlot *plot;

  /* Owned */
  GSignalGroup *traffic;
};

G_DEFINE_FINAL_TYPE (FairleadTrafficView, fairlead_traffic_view, GTK_TYPE_BOX)

static gboolean
has_moved (const float *samples,
           guint        n_samples)
{
  for (guint i = 0; i < n_samples; i++)
    if (samples[i] > 0)
      return TRUE;
  return FALSE;
}

static void
show_value (GtkLabel *label,
            gboolean  moving,
            double    rate,
            guint64   total)
{
  g_autofree char *text = moving ? fairlead_format_rate (rate) : g_format_size (total);

  gtk_label_set_label (label, text);
}

static void
show_totals (FairleadTrafficView           *self,
             const FairleadForwardCounters *counters)
{
  g_autofree char *received_size = g_format_size (counters->received);
  g_autofree char *sent_size = g_format_size (counters->sent);
  g_autofree char *received = g_strdup_printf (_("%s received in all"), received_size);
  g_autofree char *sent = g_strdup_printf (_("%s sent in all"), sent_size);

  gtk_widget_set_tooltip_text (self->received_box, received);
  gtk_widget_set_tooltip_text (self->sent_box, sent);
}

static void
refresh (FairleadTrafficView *self)
{
  g_autoptr (FairleadTraffic) traffic = g_signal_group_dup_target (self->traffic);
  FairleadForwardCounters counters;
  const float *received;
  const float *sent;
  gboolean moving;
  guint n;

  if (traffic == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  fairlead_traffic_get_counters (traffic, &counters);
  received = fairlead_traffic_get_history (traffic, TRUE, &n);
  sent = fairlead_traffic_get_history (traffic, FALSE, &n);
  moving = has_moved (received, n) || has_moved (sent, n);
  show_value (self->received, moving, fairlead_traffic_get_received_rate (traffic), counters.received);
  show_value (self->sent, moving, fairlead_traffic_get_sent_rate (traffic), counters.sent);
  show_totals (self, &counters);
  fairlead_rate_plot_set_history (self->plot, received, sent, n);
}

static void
fairlead_traffic_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fairlead_traffic_view_parent_class)->map (widget);
  refresh (FAIRLEAD_TRAFFIC_VIEW (widget));
}

static void
fairlead_traffic_view_dispose (GObject *object)
{
  g_clear_object (&FAIRLEAD_TRAFFIC_VIEW (object)->traffic);
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_TRAFFIC_VIEW);

  G_OBJECT_CLASS (fairlead_traffic_view_parent_class)->dispose (object);
}

static void
fairlead_traffic_view_class_init (FairleadTrafficViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_traffic_view_dispose;
  widget_class->map = fairlead_traffic_view_map;

  g_type_ensure (FAIRLEAD_TYPE_RATE_PLOT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-traffic-view.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadTrafficView, name)
  BIND (received_box);
  BIND (received);
  BIND (sent_box);
  BIND (sent);
  BIND (plot);
#undef BIND
}

static void
fairlead_traffic_view_init (FairleadTrafficView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->traffic = g_signal_group_new (FAIRLEAD_TYPE_TRAFFIC);
  g_signal_connect_object (self->traffic, "bind", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->traffic, "sampled", G_CALLBACK (refresh), self);
}

/**
 * fairlead_traffic_view_set_traffic:
 * @traffic: (nullable): what to show
 */
void
fairlead_traffic_view_set_traffic (FairleadTrafficView *self,
                                   FairleadTraffic     *traffic)
{
  g_return_if_fail (FAIRLEAD_IS_TRAFFIC_VIEW (self));

  g_signal_group_set_target (self->traffic, traffic);
}
