/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-route-row.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"
#include "fairlead-resolved.h"

/**
 * FairleadRouteRow:
 *
 * The way to a host, stop by stop, along a line.
 */
struct _FairleadRouteRow {
  AdwPreferencesRow parent_instance;

  GtkBox *stops;
};

G_DEFINE_FINAL_TYPE (FairleadRouteRow, fairlead_route_row, ADW_TYPE_PREFERENCES_ROW)

#define LINE_ABOVE 10 /* px: down to the icon, which stands beside the title */

static const char * const icons[] = {
  [FAIRLEAD_STOP_HERE] = "computer-symbolic",
  [FAIRLEAD_STOP_COMMAND] = "utilities-terminal-symbolic",
  [FAIRLEAD_STOP_JUMP_HOST] = "network-transmit-receive-symbolic",
  [FAIRLEAD_STOP_HOST] = "network-server-symbolic",
};

static GtkWidget *
line_new (gboolean visible)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_add_css_class (line, "fairlead-rail");
  gtk_widget_set_halign (line, GTK_ALIGN_CENTER);
  gtk_widget_set_opacity (line, visible ? 1 : 0);   /* it keeps its place */
  return line;
}

static GtkWidget *
rail_new (const FairleadStop *stop,
          gboolean            first,
          gboolean            last)
{
  GtkWidget *rail = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *above = line_new (!first);
  GtkWidget *below = line_new (!last);
  GtkWidget *icon = gtk_image_new_from_icon_name (icons[stop->kind]);

  gtk_widget_set_size_request (above, -1, LINE_ABOVE);
  gtk_widget_set_vexpand (below, TRUE);
  if (last)
    gtk_widget_add_css_class (icon, "accent");
  gtk_box_append (GTK_BOX (rail), above);
  gtk_box_append (GTK_BOX (rail), icon);
  gtk_box_append (GTK_BOX (rail), below);
  return rail;
}

static void
append_label (GtkWidget  *box,
              const char *text,
              const char *style)
{
  GtkWidget *label;

  if (text == NULL)
    return;
  label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  fairlead_label_wrap_inert (GTK_LABEL (label));
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);
}

static GtkWidget *
stop_new (const FairleadStop *stop,
          gboolean            first,
          gboolean            last)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_margin_top (words, LINE_ABOVE);
  gtk_widget_set_margin_bottom (words, last ? LINE_ABOVE : 0);
  append_label (words, stop->title, last ? "heading" : NULL);
  append_label (words, stop->address, "fairlead-address");
  append_label (words, stop->origin, "fairlead-origin");
  gtk_widget_set_vexpand (box, FALSE);   /* the line within it grows, not the row */
  gtk_box_append (GTK_BOX (box), rail_new (stop, first, last));
  gtk_box_append (GTK_BOX (box), words);
  return box;
}

static void
fairlead_route_row_class_init (FairleadRouteRowClass *klass)
{
}

static void
fairlead_route_row_init (FairleadRouteRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->stops = GTK_BOX (box);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
}

/**
 * fairlead_route_row_set_stops:
 * @stops: (element-type FairleadStop): the way there, from this computer on
 *
 * Shows another way.
 */
void
fairlead_route_row_set_stops (FairleadRouteRow *self,
                              GPtrArray        *stops)
{
  g_autoptr (GString) said = g_string_new (_("The way there"));
  GtkWidget *child;

  g_return_if_fail (FAIRLEAD_IS_ROUTE_ROW (self));

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->stops))) != NULL)
    gtk_box_remove (self->stops, child);
  for (guint i = 0; i < stops->len; i++)
    {
      const FairleadStop *stop = stops->pdata[i];

      gtk_box_append (self->stops, stop_new (stop, i == 0, i + 1 == stops->len));
      g_string_append_printf (said, ", %s", stop->title);
      if (stop->address != NULL)
        g_string_append_printf (said, " (%s)", stop->address);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, said->str, -1);
}
