/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-wrap-box.h"

/**
 * FairleadWrapBox:
 *
 * Its children in lines, as the words of a paragraph: beside each other where their natural widths allow
 * it, else below. What is left of a line goes to those that expand. (AdwWrapBox came with libadwaita 1.7;
 * a GtkFlowBox makes columns.)
 */
struct _FairleadWrapBox {
  GtkWidget parent_instance;

  int spacing;
};

G_DEFINE_FINAL_TYPE (FairleadWrapBox, fairlead_wrap_box, GTK_TYPE_WIDGET)

enum {
  PROP_0,
  PROP_SPACING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

typedef struct {
  GtkWidget *first;
  GtkWidget *end;        /* the first one of the next line, %NULL: none */
  int width;             /* of its children and the gaps between them */
  guint n_expanding;
} Line;

static GtkWidget *
next_shown (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static int
natural_width (GtkWidget *child,
               int        width)
{
  int natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return MIN (natural, width);
}

/* From @first as many as fit into @width, but at least one. */
static Line
take_line (FairleadWrapBox *self,
           GtkWidget       *first,
           int              width)
{
  Line line = { first, NULL, 0, 0 };

  for (GtkWidget *child = first; child != NULL;
       child = next_shown (gtk_widget_get_next_sibling (child)))
    {
      int natural = natural_width (child, width);
      int gap = child != first ? self->spacing : 0;

      line.end = child;
      if (child != first && line.width + gap + natural > width)
        return line;
      line.width += gap + natural;
      line.n_expanding += gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL) ? 1 : 0;
    }
  line.end = NULL;
  return line;
}

/* Of what is left in @line an equal share goes to each that expands. */
static int
share_width (const Line *line,
             GtkWidget  *child,
             int         width)
{
  int natural = natural_width (child, width);

  if (line->n_expanding == 0 || !gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
    return natural;
  return natural + (width - line->width) / (int) line->n_expanding;
}

static int
measure_line (const Line *line,
              int         width)
{
  int height = 0;

  for (GtkWidget *child = line->first; child != line->end;
       child = next_shown (gtk_widget_get_next_sibling (child)))
    {
      int natural;

      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, share_width (line, child, width), NULL,
                          &natural, NULL, NULL);
      height = MAX (height, natural);
    }
  return height;
}

static void
measure_width (FairleadWrapBox *self,
               int             *minimum,
               int             *natural)
{
  GtkWidget *first = next_shown (gtk_widget_get_first_child (GTK_WIDGET (self)));

  for (GtkWidget *child = first; child != NULL;
       child = next_shown (gtk_widget_get_next_sibling (child)))
    {
      int child_minimum;
      int child_natural;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, &child_natural, NULL,
                          NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural += child_natural + (child != first ? self->spacing : 0);
    }
}

static int
measure_height (FairleadWrapBox *self,
                int              width)
{
  GtkWidget *child = next_shown (gtk_widget_get_first_child (GTK_WIDGET (self)));
  int height = 0;

  while (child != NULL)
    {
      Line line = take_line (self, child, width);

      height += (height > 0 ? self->spacing : 0) + measure_line (&line, width);
      child = line.end;
    }
  return height;
}

static void
fairlead_wrap_box_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  FairleadWrapBox *self = FAIRLEAD_WRAP_BOX (widget);

  *minimum = 0;
  *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (self, minimum, natural);
  else
    *minimum = *natural = measure_height (self, for_size >= 0 ? for_size : G_MAXINT);
}

static void
allocate_line (FairleadWrapBox *self,
               const Line      *line,
               int              y,
               int              width,
               int              height)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int x = 0;

  for (GtkWidget *child = line->first; child != line->end;
       child = next_shown (gtk_widget_get_next_sibling (child)))
    {
      int wide = share_width (line, child, width);

      gtk_widget_size_allocate (
        child, &(GtkAllocation) { rtl ? width - x - wide : x, y, wide, height }, -1);
      x += wide + self->spacing;
    }
}

static void
fairlead_wrap_box_size_allocate (GtkWidget *widget,
                                 int        width,
                                 int        height,
                                 int        baseline)
{
  FairleadWrapBox *self = FAIRLEAD_WRAP_BOX (widget);
  GtkWidget *child = next_shown (gtk_widget_get_first_child (widget));
  int y = 0;

  while (child != NULL)
    {
      Line line = take_line (self, child, width);
      int high = measure_line (&line, width);

      allocate_line (self, &line, y, width, high);
      y += high + self->spacing;
      child = line.end;
    }
}

static GtkSizeRequestMode
fairlead_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fairlead_wrap_box_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SPACING:
      g_value_set_int (value, FAIRLEAD_WRAP_BOX (object)->spacing);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_wrap_box_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_SPACING:
      FAIRLEAD_WRAP_BOX (object)->spacing = g_value_get_int (value);
      gtk_widget_queue_resize (GTK_WIDGET (object));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_wrap_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (fairlead_wrap_box_parent_class)->dispose (object);
}

static void
fairlead_wrap_box_class_init (FairleadWrapBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fairlead_wrap_box_dispose;
  object_class->get_property = fairlead_wrap_box_get_property;
  object_class->set_property = fairlead_wrap_box_set_property;
  widget_class->measure = fairlead_wrap_box_measure;
  widget_class->size_allocate = fairlead_wrap_box_size_allocate;
  widget_class->get_request_mode = fairlead_wrap_box_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "wrapbox");

  /* Pixels between children and between lines. */
  properties[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 0,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_wrap_box_init (FairleadWrapBox *self)
{
}
