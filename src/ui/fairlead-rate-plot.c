/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-rate-plot.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * FairleadRatePlot:
 *
 * What was received and sent in the last minute, a sample a second: the one as an area, the other as a
 * line over it. Its scale is that of the highest sample, which its tooltip says; where nothing moved
 * nothing is drawn. A screen reader is told the two rates.
 */
struct _FairleadRatePlot {
  GtkWidget parent_instance;

  float received[FAIRLEAD_RATE_PLOT_SAMPLES];   /* bytes per second, the oldest first */
  float sent[FAIRLEAD_RATE_PLOT_SAMPLES];
};

G_DEFINE_FINAL_TYPE (FairleadRatePlot, fairlead_rate_plot, GTK_TYPE_WIDGET)

#define LAST (FAIRLEAD_RATE_PLOT_SAMPLES - 1)
#define LINE_WIDTH 1.5
/* A trickle does not fill the plot: bytes per second. */
#define LEAST_SCALE 1000.0
#define NATURAL_WIDTH 96
#define NATURAL_HEIGHT 28

static float
highest (const float *samples)
{
  float most = 0;

  for (guint i = 0; i <= LAST; i++)
    most = MAX (most, samples[i]);
  return most;
}

/* The colours are the theme's; without a style sheet that defines ours, those of its light style. */
static GdkRGBA
find_color (FairleadRatePlot *self,
            const char       *name,
            const char       *otherwise)
{
  GdkRGBA color;

  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), name, &color))
    gdk_rgba_parse (&color, otherwise);
  return color;
}

/* The line through the samples; the plot's pen stays half a line's width within its box. */
static void
add_path (FairleadRatePlot *self,
          cairo_t          *cr,
          const float      *samples,
          double            scale)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self)) - LINE_WIDTH;
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  cairo_new_path (cr);
  for (guint i = 0; i <= LAST; i++)
    {
      double x = width * (rtl ? LAST - i : i) / LAST;

      cairo_line_to (cr, x, LINE_WIDTH / 2 + height * (1 - samples[i] / scale));
    }
}

static void
draw_samples (FairleadRatePlot *self,
              cairo_t          *cr,
              const float      *samples,
              double            scale,
              const GdkRGBA    *color,
              gboolean          filled)
{
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double end = rtl ? 0 : gtk_widget_get_width (GTK_WIDGET (self));

  add_path (self, cr, samples, scale);
  gdk_cairo_set_source_rgba (cr, color);
  cairo_stroke_preserve (cr);
  if (!filled)
    return;
  cairo_line_to (cr, end, height);
  cairo_line_to (cr, gtk_widget_get_width (GTK_WIDGET (self)) - end, height);
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * .25);
  cairo_fill (cr);
}

static void
fairlead_rate_plot_snapshot (GtkWidget   *widget,
                             GtkSnapshot *snapshot)
{
  FairleadRatePlot *self = FAIRLEAD_RATE_PLOT (widget);
  float received = highest (self->received);
  float sent = highest (self->sent);
  double scale = MAX (LEAST_SCALE, MAX (received, sent));
  GdkRGBA color;
  cairo_t *cr;

  if (received <= 0 && sent <= 0)
    return;
  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget),
                                                       gtk_widget_get_height (widget)));
  cairo_set_line_width (cr, LINE_WIDTH);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  if (received > 0)
    {
      color = find_color (self, "accent_color", "#1c71d8");
      draw_samples (self, cr, self->received, scale, &color, TRUE);
    }
  if (sent > 0)
    {
      color = find_color (self, "fairlead_sent_color", "#c64600");
      draw_samples (self, cr, self->sent, scale, &color, FALSE);
    }
  cairo_destroy (cr);
}

static void
fairlead_rate_plot_measure (GtkWidget      *widget,
                            GtkOrientation  orientation,
                            int             for_size,
                            int            *minimum,
                            int            *natural,
                            int            *minimum_baseline,
                            int            *natural_baseline)
{
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH : NATURAL_HEIGHT;
  *minimum = *natural / 2;
}

static gboolean
fairlead_rate_plot_query_tooltip (GtkWidget  *widget,
                                  int         x,
                                  int         y,
                                  gboolean    keyboard_tooltip,
                                  GtkTooltip *tooltip)
{
  FairleadRatePlot *self = FAIRLEAD_RATE_PLOT (widget);
  g_autofree char *received = fairlead_format_rate (self->received[LAST]);
  g_autofree char *most_received = fairlead_format_rate (highest (self->received));
  g_autofree char *sent = fairlead_format_rate (self->sent[LAST]);
  g_autofree char *most_sent = fairlead_format_rate (highest (self->sent));
  g_autofree char *text = NULL;

  /* Translators: the tooltip of a plot. Each %s is a rate: "12.4 MB/s". */
  text = g_strdup_printf (_("The last minute\nReceived: %s, at most %s\nSent: %s, at most %s"),
                          received, most_received, sent, most_sent);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
tell_rates (FairleadRatePlot *self)
{
  g_autofree char *received = fairlead_format_rate (self->received[LAST]);
  g_autofree char *sent = fairlead_format_rate (self->sent[LAST]);
  /* Translators: what a screen reader says of a plot. Each %s is a rate: "12.4 MB/s". */
  g_autofree char *text = g_strdup_printf (_("%s received, %s sent"), received, sent);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
fairlead_rate_plot_class_init (FairleadRatePlotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = fairlead_rate_plot_snapshot;
  widget_class->measure = fairlead_rate_plot_measure;
  widget_class->query_tooltip = fairlead_rate_plot_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "rateplot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fairlead_rate_plot_init (FairleadRatePlot *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  tell_rates (self);
}

/* The last of @n_samples into the end of @to; whether that changed anything. */
static gboolean
take_samples (float       *to,
              const float *samples,
              guint        n_samples)
{
  float taken[FAIRLEAD_RATE_PLOT_SAMPLES] = { 0 };
  guint n = MIN (n_samples, FAIRLEAD_RATE_PLOT_SAMPLES);

  if (n > 0)
    memcpy (taken + FAIRLEAD_RATE_PLOT_SAMPLES - n, samples + n_samples - n, n * sizeof *taken);
  if (memcmp (taken, to, sizeof taken) == 0)
    return FALSE;
  memcpy (to, taken, sizeof taken);
  return TRUE;
}

/**
 * fairlead_rate_plot_set_history:
 * @received: (array length=n_samples) (nullable): bytes per second, one sample a second, the oldest first
 * @sent: (array length=n_samples) (nullable): as many of the other direction
 * @n_samples: of them the last %FAIRLEAD_RATE_PLOT_SAMPLES are shown
 *
 * Draws anew only where that differs from what is shown.
 */
void
fairlead_rate_plot_set_history (FairleadRatePlot *self,
                                const float      *received,
                                const float      *sent,
                                guint             n_samples)
{
  gboolean changed;

  g_return_if_fail (FAIRLEAD_IS_RATE_PLOT (self));

  changed = take_samples (self->received, received, n_samples);
  changed |= take_samples (self->sent, sent, n_samples);
  if (!changed)
    return;
  tell_rates (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fairlead_format_rate:
 * @rate: bytes per second
 *
 * Returns: (transfer full): "0 B/s", "640 B/s", "1.5 kB/s", "12.4 MB/s", "128 MB/s": at most three digits
 *   and a point, so that a column of them does not jump
 */
char *
fairlead_format_rate (double rate)
{
  static const char * const units[] = { N_("B/s"), N_("kB/s"), N_("MB/s"), N_("GB/s") };
  guint unit = 0;

  while (rate >= 999.5 && unit < G_N_ELEMENTS (units) - 1)
    {
      rate /= 1000;
      unit++;
    }
  /* Translators: a rate: its number and its unit. The space does not break. */
  return g_strdup_printf (_("%.*f\302\240%s"), unit == 0 || rate >= 99.95 ? 0 : 1, rate, _(units[unit]));
}
