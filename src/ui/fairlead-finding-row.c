/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-finding-row.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"
#include "fairlead-ui.h"

/**
 * FairleadFindingRow:
 *
 * One thing that the doctor looked at: how it is, by icon and word, what was found and what to do.
 */
struct _FairleadFindingRow {
  GtkListBoxRow parent_instance;

  /* Template children */
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *word;
  GtkLabel *found;
  GtkLabel *advice;
  GtkWidget *more;
  GtkLabel *details;
};

G_DEFINE_FINAL_TYPE (FairleadFindingRow, fairlead_finding_row, GTK_TYPE_LIST_BOX_ROW)

static void
fairlead_finding_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_FINDING_ROW);

  G_OBJECT_CLASS (fairlead_finding_row_parent_class)->dispose (object);
}

static void
fairlead_finding_row_class_init (FairleadFindingRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_finding_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, FAIRLEAD_RESOURCES "ui/fairlead-finding-row.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadFindingRow, name)
  BIND (icon);
  BIND (title);
  BIND (word);
  BIND (found);
  BIND (advice);
  BIND (more);
  BIND (details);
#undef BIND
}

static void
fairlead_finding_row_init (FairleadFindingRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fairlead_label_wrap_inert (self->found);
  fairlead_label_wrap_inert (self->advice);
  fairlead_label_wrap_inert (self->details);
}

/* What a screen reader says of the row, before it comes to its parts. */
static void
set_name (FairleadFindingRow *self,
          FairleadFinding    *finding)
{
  /* Translators: how it is, what was looked at, what was found: "Problem, Python: …" */
  g_autofree char *name = g_strdup_printf (_("%s, %s: %s"),
                                           _(fairlead_finding_level_word (fairlead_finding_get_level (finding))),
                                           fairlead_finding_get_title (finding),
                                           fairlead_finding_get_found (finding));
  const char *advice = fairlead_finding_get_advice (finding);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, advice != NULL ? advice : "", -1);
}

/**
 * fairlead_finding_row_new:
 * @finding: what to show
 *
 * Returns: (transfer floating): its row
 */
GtkWidget *
fairlead_finding_row_new (FairleadFinding *finding)
{
  FairleadFindingRow *self = g_object_new (FAIRLEAD_TYPE_FINDING_ROW, NULL);
  const char *advice = fairlead_finding_get_advice (finding);
  const char *details = fairlead_finding_get_details (finding);

  fairlead_look_apply (fairlead_look_of_finding (fairlead_finding_get_level (finding)), self->icon, self->word);
  gtk_label_set_label (self->title, fairlead_finding_get_title (finding));
  gtk_label_set_label (self->found, fairlead_finding_get_found (finding));
  gtk_label_set_label (self->advice, advice != NULL ? advice : "");
  gtk_widget_set_visible (GTK_WIDGET (self->advice), advice != NULL);
  gtk_label_set_label (self->details, details != NULL ? details : "");
  gtk_widget_set_visible (self->more, details != NULL);
  set_name (self, finding);
  return GTK_WIDGET (self);
}
