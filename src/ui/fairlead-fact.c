/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-fact.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"

/**
 * FairleadFact:
 *
 * A small title and the value under it, in a flow box; not there at all while the value is not known.
 */
struct _FairleadFact {
  GtkFlowBoxChild parent_instance;

  GtkLabel *title;
  GtkLabel *value;
  GtkLevelBar *bar;
};

G_DEFINE_FINAL_TYPE (FairleadFact, fairlead_fact, GTK_TYPE_FLOW_BOX_CHILD)

enum {
  PROP_0,
  PROP_TITLE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
fairlead_fact_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  FairleadFact *self = FAIRLEAD_FACT (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, gtk_label_get_label (self->title));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_fact_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  FairleadFact *self = FAIRLEAD_FACT (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      gtk_label_set_label (self->title, g_value_get_string (value));
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      g_value_get_string (value), -1);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_fact_class_init (FairleadFactClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fairlead_fact_get_property;
  object_class->set_property = fairlead_fact_set_property;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static GtkLabel *
add_label (GtkWidget  *box,
           const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

/* Of one colour: how much is good, and how much is much, is not ours to judge. */
static GtkLevelBar *
add_bar (GtkWidget *box)
{
  GtkLevelBar *bar = GTK_LEVEL_BAR (gtk_level_bar_new ());

  gtk_level_bar_remove_offset_value (bar, GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (bar, GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (bar, GTK_LEVEL_BAR_OFFSET_FULL);
  gtk_widget_set_margin_top (GTK_WIDGET (bar), 3);
  gtk_widget_set_visible (GTK_WIDGET (bar), FALSE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (bar));
  return bar;
}

static void
fairlead_fact_init (FairleadFact *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->title = add_label (box, "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "dim-label");
  self->value = add_label (box, NULL);
  fairlead_label_wrap_inert (self->value);
  gtk_label_set_selectable (self->value, TRUE);
  gtk_widget_set_focusable (GTK_WIDGET (self->value), FALSE);
  self->bar = add_bar (box);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (self), box);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * fairlead_fact_set_value:
 * @value: (nullable): the value; %NULL or "" where it is not known
 */
void
fairlead_fact_set_value (FairleadFact *self,
                         const char   *value)
{
  g_return_if_fail (FAIRLEAD_IS_FACT (self));

  gtk_widget_set_visible (GTK_WIDGET (self->bar), FALSE);
  gtk_label_set_label (self->value, value != NULL ? value : "");
  gtk_widget_set_visible (GTK_WIDGET (self), value != NULL && *value != '\0');
}

/**
 * fairlead_fact_set_share:
 * @used: bytes
 * @total: bytes; not 0
 *
 * Makes the value "9.0 GiB of 24.0 GiB", with a bar under it.
 */
void
fairlead_fact_set_share (FairleadFact *self,
                         guint64       used,
                         guint64       total)
{
  g_autofree char *part = g_format_size_full (used, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *all = g_format_size_full (total, G_FORMAT_SIZE_IEC_UNITS);
  /* Translators: two sizes: "9.0 GiB of 24.0 GiB". */
  g_autofree char *text = g_strdup_printf (_("%s of %s"), part, all);

  g_return_if_fail (FAIRLEAD_IS_FACT (self));
  g_return_if_fail (total > 0);

  fairlead_fact_set_value (self, text);
  gtk_level_bar_set_value (self->bar, MIN ((double) used / total, 1));
  gtk_widget_set_visible (GTK_WIDGET (self->bar), TRUE);
}
