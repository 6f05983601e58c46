/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-row.h"

#include <string.h>

#include "fairlead-looks.h"

/* Pixels of the icon and of the room after it, and of one digit's column after the numbers. */
#define ICON 16
#define ROOM 6

/* Digits of a line's number, at least. */
#define DIGITS 7

/**
 * FairleadLogRow:
 *
 * One line of a log: its number, its level as an icon with a name, its text. Of a line whose text is still on
 * its way from the disk the text comes later.
 *
 * A list makes some 200 of them, and while lines come at full speed each gets another line ten times a second: so
 * it is one widget that draws its text, laid out once, rather than a box of labels.
 */
struct _FairleadLogRow {
  GtkWidget parent_instance;

  /* Children */
  GtkWidget *icon;         /* NULL: an ordinary line */

  /* Owned */
  FairleadLogLine *line;
  PangoLayout *layout;     /* of the text; NULL: to be made anew */
  char *needle;

  gboolean wrap;
  gboolean numbers;
};

G_DEFINE_FINAL_TYPE (FairleadLogRow, fairlead_log_row, GTK_TYPE_WIDGET)

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

static PangoAttrList *
make_attributes (FairleadLogRow *self,
                 const char     *text)
{
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  if (self->needle != NULL)
    for (const char *p = find (text, self->needle); p != NULL; p = find (p + 1, self->needle))
      mark (attributes, p - text, p - text + strlen (self->needle));
  return attributes;
}

static PangoLayout *
get_layout (FairleadLogRow *self)
{
  const char *text = self->line != NULL ? fairlead_log_line_get_text (self->line) : "";
  g_autoptr (PangoAttrList) attributes = NULL;

  if (self->layout != NULL)
    return self->layout;
  self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  attributes = make_attributes (self, text);
  pango_layout_set_attributes (self->layout, attributes);
  pango_layout_set_wrap (self->layout, PANGO_WRAP_WORD_CHAR);
  return self->layout;
}

static PangoLayout *
make_number (FairleadLogRow *self)
{
  char number[24];

  g_snprintf (number, sizeof number, "%*" G_GUINT64_FORMAT, DIGITS,
              self->line != NULL ? fairlead_log_line_get_number (self->line) : 0);
  return gtk_widget_create_pango_layout (GTK_WIDGET (self), number);
}

/* Where the text begins. */
static int
get_indent (FairleadLogRow *self)
{
  g_autoptr (PangoLayout) number = NULL;
  int width = 0;

  if (self->numbers)
    {
      number = make_number (self);
      pango_layout_get_pixel_size (number, &width, NULL);
      width += ROOM;
    }
  return width + ICON + ROOM;
}

static void
fairlead_log_row_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  FairleadLogRow *self = FAIRLEAD_LOG_ROW (widget);
  PangoLayout *layout = get_layout (self);
  int indent = get_indent (self);
  int size;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      /* It takes what there is; without wrapping one scrolls to its end. */
      size = 0;
      if (!self->wrap)
        {
          pango_layout_set_width (layout, -1);
          pango_layout_get_pixel_size (layout, &size, NULL);
        }
      *minimum = *natural = indent + size;
      return;
    }
  pango_layout_set_width (layout, self->wrap && for_size > indent ? (for_size - indent) * PANGO_SCALE : -1);
  pango_layout_get_pixel_size (layout, NULL, &size);
  *minimum = *natural = MAX (size, ICON);
}

static void
fairlead_log_row_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  FairleadLogRow *self = FAIRLEAD_LOG_ROW (widget);
  int indent = get_indent (self);

  pango_layout_set_width (get_layout (self),
                          self->wrap && width > indent ? (width - indent) * PANGO_SCALE : -1);
  if (self->icon != NULL)
    gtk_widget_size_allocate (self->icon, &(GtkAllocation) { indent - ICON - ROOM, 0, ICON, ICON }, -1);
}

static void
fairlead_log_row_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  FairleadLogRow *self = FAIRLEAD_LOG_ROW (widget);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);

  if (self->numbers)
    {
      g_autoptr (PangoLayout) number = make_number (self);

      gtk_snapshot_push_opacity (snapshot, .6);
      gtk_snapshot_render_layout (snapshot, context, 0, 0, number);
      gtk_snapshot_pop (snapshot);
    }
  gtk_snapshot_render_layout (snapshot, context, get_indent (self), 0, get_layout (self));
  GTK_WIDGET_CLASS (fairlead_log_row_parent_class)->snapshot (widget, snapshot);
}

static GtkSizeRequestMode
fairlead_log_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
forget_layout (FairleadLogRow *self)
{
  g_clear_object (&self->layout);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
fairlead_log_row_css_changed (GtkWidget         *widget,
                              GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (fairlead_log_row_parent_class)->css_changed (widget, change);
  forget_layout (FAIRLEAD_LOG_ROW (widget));
}

static void
fairlead_log_row_dispose (GObject *object)
{
  FairleadLogRow *self = FAIRLEAD_LOG_ROW (object);

  if (self->line != NULL)
    g_signal_handlers_disconnect_by_data (self->line, self);
  g_clear_object (&self->line);
  g_clear_object (&self->layout);
  g_clear_pointer (&self->needle, g_free);
  g_clear_pointer (&self->icon, gtk_widget_unparent);

  G_OBJECT_CLASS (fairlead_log_row_parent_class)->dispose (object);
}

static void
fairlead_log_row_class_init (FairleadLogRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_log_row_dispose;
  widget_class->measure = fairlead_log_row_measure;
  widget_class->size_allocate = fairlead_log_row_size_allocate;
  widget_class->snapshot = fairlead_log_row_snapshot;
  widget_class->get_request_mode = fairlead_log_row_get_request_mode;
  widget_class->css_changed = fairlead_log_row_css_changed;
  gtk_widget_class_set_css_name (widget_class, "label");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
fairlead_log_row_init (FairleadLogRow *self)
{
  self->wrap = TRUE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (GTK_WIDGET (self), "monospace");
}

static void
set_class (FairleadLogRow *self,
           const char     *name,
           gboolean        set)
{
  if (set && !gtk_widget_has_css_class (GTK_WIDGET (self), name))
    gtk_widget_add_css_class (GTK_WIDGET (self), name);
  else if (!set && gtk_widget_has_css_class (GTK_WIDGET (self), name))
    gtk_widget_remove_css_class (GTK_WIDGET (self), name);
}

static void
show_level (FairleadLogRow   *self,
            FairleadLogLevel  level)
{
  set_class (self, "error", level == FAIRLEAD_LOG_ERROR);
  set_class (self, "warning", level == FAIRLEAD_LOG_WARNING);
  if (level == FAIRLEAD_LOG_PLAIN)
    {
      g_clear_pointer (&self->icon, gtk_widget_unparent);
      return;
    }
  if (self->icon == NULL)
    {
      self->icon = gtk_image_new ();
      gtk_widget_set_parent (self->icon, GTK_WIDGET (self));
    }
  fairlead_look_apply (fairlead_look_of_log (level), GTK_IMAGE (self->icon), NULL);
}

static void
show_text (FairleadLogRow *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  fairlead_log_line_get_text (self->line), -1);
  forget_layout (self);
}

/**
 * fairlead_log_row_set_line:
 * @line: (nullable): what to show
 */
void
fairlead_log_row_set_line (FairleadLogRow  *self,
                           FairleadLogLine *line)
{
  if (self->line != NULL)
    g_signal_handlers_disconnect_by_data (self->line, self);
  g_set_object (&self->line, line);
  if (line == NULL)
    return;
  g_signal_connect_object (line, "notify::text", G_CALLBACK (show_text), self, G_CONNECT_SWAPPED);
  show_level (self, fairlead_log_line_get_level (line));
  show_text (self);
}

/**
 * fairlead_log_row_get_line:
 *
 * Returns: (transfer none) (nullable): what it shows
 */
FairleadLogLine *
fairlead_log_row_get_line (FairleadLogRow *self)
{
  return self->line;
}

void
fairlead_log_row_set_looks (FairleadLogRow         *self,
                            const FairleadLogLooks *looks)
{
  if (self->wrap == looks->wrap && self->numbers == looks->numbers
      && g_strcmp0 (self->needle, looks->needle) == 0)
    return;
  self->wrap = looks->wrap;
  self->numbers = looks->numbers;
  g_free (self->needle);
  self->needle = g_strdup (looks->needle);
  forget_layout (self);
}
