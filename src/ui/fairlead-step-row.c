/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-step-row.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"
#include "fairlead-ui.h"

/**
 * FairleadStepRow:
 *
 * One step of the job: its state as icon and word, what came of it, how long it took.
 */
struct _FairleadStepRow {
  GtkListBoxRow parent_instance;

  /* Template children */
  GtkImage *icon;
  GtkSpinner *spinner;
  GtkLabel *title;
  GtkLabel *detail;
  GtkLabel *duration;

  /* Owned */
  GSignalGroup *step;
};

G_DEFINE_FINAL_TYPE (FairleadStepRow, fairlead_step_row, GTK_TYPE_LIST_BOX_ROW)

static void
show_duration (FairleadStepRow *self,
               FairleadStep    *step)
{
  FairleadStepState state = fairlead_step_get_state (step);
  g_autofree char *text = NULL;

  if (state != FAIRLEAD_STEP_PENDING && state != FAIRLEAD_STEP_SKIPPED)
    text = fairlead_format_duration (fairlead_step_get_duration (step));
  gtk_label_set_label (self->duration, text != NULL ? text : "");
}

static void
refresh (FairleadStepRow *self)
{
  g_autoptr (FairleadStep) step = g_signal_group_dup_target (self->step);
  const FairleadLook *look;
  const char *detail;
  g_autofree char *name = NULL;
  gboolean running;

  if (step == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self), fairlead_step_is_needed (step));
  running = fairlead_step_get_state (step) == FAIRLEAD_STEP_RUNNING;
  look = fairlead_look_of_step (fairlead_step_get_state (step));
  detail = fairlead_step_get_detail (step);

  fairlead_look_apply (look, self->icon, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), !running);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), running);
  gtk_spinner_set_spinning (self->spinner, running);
  gtk_label_set_label (self->title, fairlead_step_get_title (step));
  gtk_label_set_label (self->detail, detail != NULL ? detail : "");
  show_duration (self, step);

  /* Translators: a step of the job and its state, for screen readers: "Sign in: Done". */
  name = g_strdup_printf (_("%s: %s"), fairlead_step_get_title (step), _(look->word));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, detail != NULL ? detail : "",
                                  -1);
}

static void
fairlead_step_row_dispose (GObject *object)
{
  FairleadStepRow *self = FAIRLEAD_STEP_ROW (object);

  g_clear_object (&self->step);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_STEP_ROW);

  G_OBJECT_CLASS (fairlead_step_row_parent_class)->dispose (object);
}

static void
fairlead_step_row_class_init (FairleadStepRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_step_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-step-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadStepRow, icon);
  gtk_widget_class_bind_template_child (widget_class, FairleadStepRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, FairleadStepRow, title);
  gtk_widget_class_bind_template_child (widget_class, FairleadStepRow, detail);
  gtk_widget_class_bind_template_child (widget_class, FairleadStepRow, duration);
}

static void
fairlead_step_row_init (FairleadStepRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->step = g_signal_group_new (FAIRLEAD_TYPE_STEP);
  g_signal_connect_object (self->step, "bind", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->step, "notify", G_CALLBACK (refresh), self);
}

GtkWidget *
fairlead_step_row_new (void)
{
  return g_object_new (FAIRLEAD_TYPE_STEP_ROW, NULL);
}

/**
 * fairlead_step_row_set_step:
 * @step: (nullable): the step to show
 */
void
fairlead_step_row_set_step (FairleadStepRow *self,
                            FairleadStep    *step)
{
  g_return_if_fail (FAIRLEAD_IS_STEP_ROW (self));

  g_signal_group_set_target (self->step, step);
}

/**
 * fairlead_step_row_tick:
 *
 * Shows how long a running step has been running by now.
 */
void
fairlead_step_row_tick (FairleadStepRow *self)
{
  g_autoptr (FairleadStep) step = g_signal_group_dup_target (self->step);

  if (step != NULL)
    show_duration (self, step);
}
