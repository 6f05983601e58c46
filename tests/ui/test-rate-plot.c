/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-rate-plot.h"
#include "fairlead-wrap-box.h"
#include "ui-test.h"

#define NBSP "\302\240"

static const struct {
  double rate;
  const char *text;
} rates[] = {
  { 0, "0" NBSP "B/s" },
  { 640.4, "640" NBSP "B/s" },
  { 999.6, "1.0" NBSP "kB/s" },
  { 1500, "1.5" NBSP "kB/s" },
  { 99900, "99.9" NBSP "kB/s" },
  { 99960, "100" NBSP "kB/s" },
  { 999600, "1.0" NBSP "MB/s" },
  { 12.4e6, "12.4" NBSP "MB/s" },
  { 128e6, "128" NBSP "MB/s" },
  { 1.25e9, "1.2" NBSP "GB/s" },
  { 5e12, "5000" NBSP "GB/s" },
};

static void
test_format (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      g_autofree char *text = fairlead_format_rate (rates[i].rate);

      g_assert_cmpstr (text, ==, rates[i].text);
    }
}

/* What the plot draws; %NULL for nothing. */
static GskRenderNode *
draw (GtkWidget *plot)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  GTK_WIDGET_GET_CLASS (plot)->snapshot (plot, snapshot);
  return gtk_snapshot_free_to_node (snapshot);
}

static void
assert_draws (GtkWidget *plot,
              gboolean   something)
{
  GskRenderNode *node = draw (plot);

  g_assert_true ((node != NULL) == something);
  g_clear_pointer (&node, gsk_render_node_unref);
}

static void
test_plot (void)
{
  GtkWidget *plot = g_object_ref_sink (g_object_new (FAIRLEAD_TYPE_RATE_PLOT, NULL));
  float received[80] = { 0 };
  float sent[80] = { 0 };

  gtk_widget_size_allocate (plot, &(GtkAllocation) { 0, 0, 96, 28 }, -1);
  assert_draws (plot, FALSE);
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "0" NBSP "B/s received, 0" NBSP "B/s sent");

  received[79] = 12.4e6;
  sent[79] = .3e6;
  fairlead_rate_plot_set_history (FAIRLEAD_RATE_PLOT (plot), received, sent, G_N_ELEMENTS (received));
  assert_draws (plot, TRUE);
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "12.4" NBSP "MB/s received, 300" NBSP "kB/s sent");

  /* Older than the minute that is shown: there is nothing to draw again. */
  received[79] = sent[79] = 0;
  received[3] = 1e6;
  fairlead_rate_plot_set_history (FAIRLEAD_RATE_PLOT (plot), received, sent, G_N_ELEMENTS (received));
  assert_draws (plot, FALSE);
  fairlead_rate_plot_set_history (FAIRLEAD_RATE_PLOT (plot), received, sent, 4);
  assert_draws (plot, TRUE);
  fairlead_rate_plot_set_history (FAIRLEAD_RATE_PLOT (plot), NULL, NULL, 0);
  assert_draws (plot, FALSE);
  g_assert_finalize_object (plot);
}

static GtkWidget *
add_child (GtkWidget *box,
           int        width,
           gboolean   expand)
{
  GtkWidget *child = g_object_new (GTK_TYPE_BOX, "width-request", width, "height-request", 10, "hexpand", expand,
                                   NULL);

  gtk_widget_set_parent (child, box);
  return child;
}

static void
assert_at (GtkWidget *child,
           int        x,
           int        y,
           int        width)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (child, gtk_widget_get_parent (child), &bounds));
  g_assert_cmpfloat (bounds.origin.x, ==, x);
  g_assert_cmpfloat (bounds.origin.y, ==, y);
  g_assert_cmpfloat (bounds.size.width, ==, width);
}

static void
allocate (GtkWidget *box,
          int        width,
          int        height)
{
  int least;
  int natural;

  gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, width, &least, &natural, NULL, NULL);
  g_assert_cmpint (natural, ==, height);
  gtk_widget_size_allocate (box, &(GtkAllocation) { 0, 0, width, height }, -1);
}

static void
test_wrap_box (void)
{
  GtkWidget *box = g_object_ref_sink (g_object_new (FAIRLEAD_TYPE_WRAP_BOX, "spacing", 5, NULL));
  GtkWidget *first = add_child (box, 50, TRUE);
  GtkWidget *hidden = add_child (box, 500, FALSE);
  GtkWidget *second = add_child (box, 30, FALSE);
  int least;
  int natural;

  gtk_widget_set_visible (hidden, FALSE);
  gtk_widget_measure (box, GTK_ORIENTATION_HORIZONTAL, -1, &least, &natural, NULL, NULL);
  g_assert_cmpint (least, ==, 50);
  g_assert_cmpint (natural, ==, 85);

  allocate (box, 100, 10);
  assert_at (first, 0, 0, 65);
  assert_at (second, 70, 0, 30);

  allocate (box, 84, 25);
  assert_at (first, 0, 0, 84);
  assert_at (second, 0, 15, 30);

  gtk_widget_set_direction (box, GTK_TEXT_DIR_RTL);
  allocate (box, 100, 10);
  assert_at (first, 35, 0, 65);
  assert_at (second, 0, 0, 30);
  g_assert_finalize_object (box);
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

  g_test_add_func ("/rate-plot/format", test_format);
  g_test_add_func ("/rate-plot/plot", test_plot);
  g_test_add_func ("/wrap-box", test_wrap_box);

  return g_test_run ();
}
