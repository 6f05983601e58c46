/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-steps-card.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"
#include "fairlead-step-row.h"
#include "fairlead-ui.h"

#define TICK 200 /* ms */

/**
 * FairleadStepsCard:
 *
 * The state of the connection and, below it, the steps of the job with their durations. Open while
 * a step is running or when one failed, closed when all went well.
 */
struct _FairleadStepsCard {
  AdwBin parent_instance;

  /* Template children */
  AdwExpanderRow *expander;
  GtkImage *icon;
  GtkProgressBar *progress;
  GtkLabel *total;
  GtkWidget *rows[FAIRLEAD_N_STEPS];

  /* Owned */
  GSignalGroup *run;

  guint tick_source;
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (FairleadStepsCard, fairlead_steps_card, ADW_TYPE_BIN)

typedef struct {
  guint needed;
  guint done;
  gint64 total;
  FairleadStep *running;   /* borrowed */
  gboolean any_failed;
} Summary;

static Summary
summarize (FairleadRun *run)
{
  GListModel *steps = fairlead_run_get_steps (run);
  Summary summary = { 0 };

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (FairleadStep) step = g_list_model_get_item (steps, i);

      if (!fairlead_step_is_needed (step))
        continue;
      summary.needed++;
      switch (fairlead_step_get_state (step))
        {
        case FAIRLEAD_STEP_RUNNING:
          summary.running = step;
          summary.total += fairlead_step_get_duration (step);
          break;
        case FAIRLEAD_STEP_FAILED:
          summary.any_failed = TRUE;
          break;
        case FAIRLEAD_STEP_DONE:
        case FAIRLEAD_STEP_SKIPPED:
          summary.done++;
          summary.total += fairlead_step_get_duration (step);
          break;
        case FAIRLEAD_STEP_PENDING:
        default:
          break;
        }
    }
  return summary;
}

static void
show_progress (FairleadStepsCard *self,
               FairleadRun       *run)
{
  Summary summary = summarize (run);
  g_autofree char *total = summary.total > 0 ? fairlead_format_duration (summary.total) : NULL;

  gtk_label_set_label (self->total, total != NULL ? total : "");
  gtk_progress_bar_set_fraction (self->progress, summary.done / (double) summary.needed);
  /* Kept in its place while hidden, so that the page does not jump. */
  gtk_widget_set_opacity (GTK_WIDGET (self->progress), self->busy ? 1 : 0);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_STATE_HIDDEN,
                               !self->busy, -1);
}

static gboolean
tick_cb (gpointer user_data)
{
  FairleadStepsCard *self = FAIRLEAD_STEPS_CARD (user_data);
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);

  if (run == NULL || !self->busy)
    {
      self->tick_source = 0;
      return G_SOURCE_REMOVE;
    }
  for (guint i = 0; i < FAIRLEAD_N_STEPS; i++)
    fairlead_step_row_tick (FAIRLEAD_STEP_ROW (self->rows[i]));
  show_progress (self, run);
  return G_SOURCE_CONTINUE;
}

/* Opened and closed by itself only when the job begins and ends: what the person does stays. */
static void
set_busy (FairleadStepsCard *self,
          FairleadRun       *run,
          gboolean           busy)
{
  if (self->busy == busy)
    return;
  self->busy = busy;
  adw_expander_row_set_expanded (self->expander, busy || summarize (run).any_failed);
  if (busy && self->tick_source == 0)
    self->tick_source = g_timeout_add (TICK, tick_cb, self);
}

static void
refresh (FairleadStepsCard *self)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);
  const FairleadLook *look;
  g_autofree char *status = NULL;
  g_autofree char *title = NULL;

  if (run == NULL)
    return;
  set_busy (self, run, fairlead_run_is_busy (run));
  look = fairlead_look_of_link (fairlead_run_get_link_state (run));
  g_object_get (run, "status-text", &status, NULL);
  title = g_markup_escape_text (status != NULL && *status != '\0' ? status : _(look->word), -1);
  fairlead_look_apply (look, self->icon, NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->expander), title);
  show_progress (self, run);
}

static void
run_bound_cb (FairleadStepsCard *self,
              FairleadRun       *run)
{
  GListModel *steps = fairlead_run_get_steps (run);

  for (guint i = 0; i < FAIRLEAD_N_STEPS; i++)
    {
      g_autoptr (FairleadStep) step = g_list_model_get_item (steps, i);

      fairlead_step_row_set_step (FAIRLEAD_STEP_ROW (self->rows[i]), step);
    }
  self->busy = !fairlead_run_is_busy (run);
  refresh (self);
}

static void
fairlead_steps_card_dispose (GObject *object)
{
  FairleadStepsCard *self = FAIRLEAD_STEPS_CARD (object);

  g_clear_handle_id (&self->tick_source, g_source_remove);
  g_clear_object (&self->run);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_STEPS_CARD);

  G_OBJECT_CLASS (fairlead_steps_card_parent_class)->dispose (object);
}

static void
fairlead_steps_card_class_init (FairleadStepsCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_steps_card_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-steps-card.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadStepsCard, expander);
  gtk_widget_class_bind_template_child (widget_class, FairleadStepsCard, icon);
  gtk_widget_class_bind_template_child (widget_class, FairleadStepsCard, progress);
  gtk_widget_class_bind_template_child (widget_class, FairleadStepsCard, total);
}

static void
fairlead_steps_card_init (FairleadStepsCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < FAIRLEAD_N_STEPS; i++)
    {
      self->rows[i] = fairlead_step_row_new ();
      adw_expander_row_add_row (self->expander, self->rows[i]);
    }
  self->run = g_signal_group_new (FAIRLEAD_TYPE_RUN);
  g_signal_connect_object (self->run, "bind", G_CALLBACK (run_bound_cb), self, G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->run, "notify", G_CALLBACK (refresh), self);
}

/**
 * fairlead_steps_card_set_run:
 * @run: (nullable): what to show
 */
void
fairlead_steps_card_set_run (FairleadStepsCard *self,
                             FairleadRun       *run)
{
  g_return_if_fail (FAIRLEAD_IS_STEPS_CARD (self));

  g_signal_group_set_target (self->run, run);
}
