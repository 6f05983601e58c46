/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-row.h"

#include <string.h>

#include "fairlead-looks.h"

/**
 * FairleadLogRow:
 *
 * One line of a log: its number, its level as an icon with a name, its text. Of a line whose text is still on
 * its way from the disk the text comes later.
 */
struct _FairleadLogRow {
  AdwBin parent_instance;

  /* Children */
  GtkWidget *number;
  GtkWidget *icon;
  GtkWidget *text;

  /* Owned */
  FairleadLogLine *line;
  char *needle;
};

G_DEFINE_FINAL_TYPE (FairleadLogRow, fairlead_log_row, ADW_TYPE_BIN)

static void
fairlead_log_row_dispose (GObject *object)
{
  FairleadLogRow *self = FAIRLEAD_LOG_ROW (object);

  fairlead_log_row_set_line (self, NULL);
  g_clear_pointer (&self->needle, g_free);

  G_OBJECT_CLASS (fairlead_log_row_parent_class)->dispose (object);
}

static void
fairlead_log_row_class_init (FairleadLogRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fairlead_log_row_dispose;
}

static void
fairlead_log_row_init (FairleadLogRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->number = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->number), 1);
  gtk_label_set_width_chars (GTK_LABEL (self->number), 7);
  gtk_label_set_yalign (GTK_LABEL (self->number), 0);
  gtk_widget_set_visible (self->number, FALSE);
  gtk_widget_add_css_class (self->number, "dim-label");
  gtk_widget_add_css_class (self->number, "numeric");
  self->icon = gtk_image_new ();
  gtk_widget_set_size_request (self->icon, 16, 16);
  gtk_widget_set_valign (self->icon, GTK_ALIGN_START);
  self->text = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->text), 0);
  fairlead_label_wrap_inert (GTK_LABEL (self->text));
  gtk_widget_set_hexpand (self->text, TRUE);
  gtk_widget_add_css_class (self->text, "monospace");
  gtk_box_append (GTK_BOX (box), self->number);
  gtk_box_append (GTK_BOX (box), self->icon);
  gtk_box_append (GTK_BOX (box), self->text);
  adw_bin_set_child (ADW_BIN (self), box);
}

GtkWidget *
fairlead_log_row_new (void)
{
  return g_object_new (FAIRLEAD_TYPE_LOG_ROW, NULL);
}

/* As the search finds it: letters of ASCII whatever their case, others as they are. */
static const char *
find (const char *text,
      const char *needle)
{
  gsize length = strlen (needle);

  for (; *text != '\0'; text++)
    if (g_ascii_strncasecmp (text, needle, length) == 0)
      return text;
  return NULL;
}

/* Bold and underlined too: never by a colour alone. */
static void
mark (PangoAttrList *attributes,
      guint          start,
      guint          end)
{
  PangoAttribute *marks[] = {
    pango_attr_weight_new (PANGO_WEIGHT_BOLD),
    pango_attr_underline_new (PANGO_UNDERLINE_SINGLE),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      marks[i]->start_index = start;
      marks[i]->end_index = end;
      pango_attr_list_insert (attributes, marks[i]);
    }
}

static void
mark_matches (FairleadLogRow *self,
              const char     *text)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  if (self->needle != NULL)
    for (const char *p = find (text, self->needle); p != NULL; p = find (p + 1, self->needle))
      mark (attributes, p - text, p - text + strlen (self->needle));
  gtk_label_set_attributes (GTK_LABEL (self->text), attributes);
}

static void
show_text (FairleadLogRow *self)
{
  const char *text = fairlead_log_line_get_text (self->line);

  gtk_label_set_label (GTK_LABEL (self->text), text);
  if (self->needle != NULL)
    mark_matches (self, text);
}

static void
show_level (FairleadLogRow   *self,
            FairleadLogLevel  level)
{
  fairlead_look_apply (fairlead_look_of_log (level), GTK_IMAGE (self->icon), NULL);
  if (level == FAIRLEAD_LOG_ERROR)
    gtk_widget_add_css_class (self->text, "error");
  else
    gtk_widget_remove_css_class (self->text, "error");
  if (level == FAIRLEAD_LOG_WARNING)
    gtk_widget_add_css_class (self->text, "warning");
  else
    gtk_widget_remove_css_class (self->text, "warning");
}

/**
 * fairlead_log_row_set_line:
 * @line: (nullable): what to show
 */
void
fairlead_log_row_set_line (FairleadLogRow  *self,
                           FairleadLogLine *line)
{
  char number[24];

  if (self->line != NULL)
    g_signal_handlers_disconnect_by_data (self->line, self);
  g_set_object (&self->line, line);
  if (line == NULL)
    return;
  g_signal_connect_object (line, "notify::text", G_CALLBACK (show_text), self, G_CONNECT_SWAPPED);
  g_snprintf (number, sizeof number, "%" G_GUINT64_FORMAT, fairlead_log_line_get_number (line));
  gtk_label_set_label (GTK_LABEL (self->number), number);
  show_level (self, fairlead_log_line_get_level (line));
  show_text (self);
}

void
fairlead_log_row_set_looks (FairleadLogRow         *self,
                            const FairleadLogLooks *looks)
{
  gboolean marked = self->needle != NULL || looks->needle != NULL;

  gtk_label_set_wrap (GTK_LABEL (self->text), looks->wrap);
  gtk_widget_set_visible (self->number, looks->numbers);
  g_free (self->needle);
  self->needle = g_strdup (looks->needle);
  if (self->line != NULL && marked)
    mark_matches (self, fairlead_log_line_get_text (self->line));
}
