/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solve-view.h"

#include <glib/gi18n-lib.h>

#include "fairlead-notice.h"
#include "fairlead-solve-steps.h"
#include "fairlead-solve-words.h"
#include "fairlead-ui.h"
#include "fairlead-violations.h"
#include "fairlead-wrap-box.h"

/**
 * FairleadSolveView:
 *
 * What the solver works on: the project, its state, how far it is, and what it says is wrong with it.
 */
struct _FairleadSolveView {
  AdwBin parent_instance;

  /* Template children */
  GtkLabel *project;
  GtkImage *state_icon;
  GtkLabel *state_label;
  GtkWidget *buttons;
  GtkButton *next_button;
  GtkWidget *menu_button;
  GtkWidget *progress_box;
  GtkLabel *frame_label;
  GtkLabel *percent_label;
  GtkProgressBar *bar;
  GtkLabel *info_label;
  GtkWidget *error_box;
  GtkLabel *error_label;
  FairleadViolations *violations;
  FairleadNotice *notice;

  FairleadSolverState state;   /* that was shown last */
};

G_DEFINE_FINAL_TYPE (FairleadSolveView, fairlead_solve_view, ADW_TYPE_BIN)

/* Those in which a solve stands at a frame. */
#define HAS_PROGRESS                                                                               \
  (1u << FAIRLEAD_SOLVER_BUILDING | 1u << FAIRLEAD_SOLVER_BUSY | 1u << FAIRLEAD_SOLVER_RESUMABLE   \
   | 1u << FAIRLEAD_SOLVER_FAILED | 1u << FAIRLEAD_SOLVER_SAVE_AND_QUIT | 1u << FAIRLEAD_SOLVER_READY)

/* "41 %", and how long it takes still. */
static char *
dup_percent (FairleadSolverStatus *solver,
             gboolean              past)
{
  g_autofree char *percent = fairlead_solve_dup_percent (solver);
  g_autofree char *left = NULL;
  int seconds = -1;

  g_object_get (solver, "time-left", &seconds, NULL);
  if (!past && fairlead_solver_status_is_active (solver))
    left = fairlead_format_time_left (seconds);
  if (percent == NULL || left == NULL)
    return g_strdup (percent != NULL ? percent : left);
  return g_strdup_printf ("%s · %s", percent, left);
}

static void
show_progress (FairleadSolveView    *self,
               FairleadSolverStatus *solver,
               gboolean              past)
{
  FairleadSolverState state = fairlead_solver_status_get_state (solver);
  g_autofree char *frame = state != FAIRLEAD_SOLVER_BUILDING ? fairlead_solve_dup_frame_text (solver) : NULL;
  g_autofree char *percent = dup_percent (solver, past);
  double progress = -1;
  int at = -1;

  g_object_get (solver, "progress", &progress, "frame", &at, NULL);
  gtk_widget_set_visible (self->progress_box, (HAS_PROGRESS & 1u << state) != 0
                                              && (frame != NULL || percent != NULL)
                                              && (at > 0 || state != FAIRLEAD_SOLVER_READY));
  gtk_label_set_label (self->frame_label, frame != NULL ? frame : "");
  gtk_label_set_label (self->percent_label, percent != NULL ? percent : "");
  gtk_widget_set_visible (GTK_WIDGET (self->bar), progress >= 0);
  gtk_progress_bar_set_fraction (self->bar, CLAMP (progress, 0, 1));
}

static void
show_found (FairleadSolveView    *self,
            FairleadSolverStatus *solver)
{
  const char *error = fairlead_solver_status_get_error (solver);
  g_autofree char *info = NULL;
  g_auto (GStrv) violations = NULL;

  g_object_get (solver, "info", &info, "violations", &violations, NULL);
  gtk_label_set_label (self->info_label, info != NULL ? info : "");
  gtk_widget_set_visible (GTK_WIDGET (self->info_label), info != NULL && *info != '\0');
  gtk_label_set_label (self->error_label, error != NULL ? error : "");
  gtk_widget_set_visible (self->error_box, error != NULL && *error != '\0');
  fairlead_violations_show (self->violations, (const char * const *) violations);
}

static gboolean
allows_any (FairleadSolverStatus *solver)
{
  for (guint request = 0; request < FAIRLEAD_SOLVER_N_REQUESTS; request++)
    if (fairlead_solver_status_allows (solver, request))
      return TRUE;
  return FALSE;
}

/* One button for what comes next; the rest is in the menu. */
static void
show_buttons (FairleadSolveView    *self,
              FairleadSolverStatus *solver)
{
  const FairleadSolveStep *step = fairlead_solve_next_step (fairlead_solver_status_get_state (solver));

  gtk_widget_set_visible (GTK_WIDGET (self->next_button), step != NULL);
  gtk_widget_set_visible (self->menu_button, allows_any (solver));
  if (step == NULL)
    return;
  gtk_button_set_label (self->next_button, _(step->label));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->next_button), step->action);
  if (step->suggested)
    gtk_widget_add_css_class (GTK_WIDGET (self->next_button), "suggested-action");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->next_button), "suggested-action");
}

static void
fairlead_solve_view_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_SOLVE_VIEW);

  G_OBJECT_CLASS (fairlead_solve_view_parent_class)->dispose (object);
}

static void
fairlead_solve_view_class_init (FairleadSolveViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_solve_view_dispose;

  g_type_ensure (FAIRLEAD_TYPE_NOTICE);
  g_type_ensure (FAIRLEAD_TYPE_VIOLATIONS);
  g_type_ensure (FAIRLEAD_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-solve-view.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadSolveView, name)
  BIND (project);
  BIND (state_icon);
  BIND (state_label);
  BIND (buttons);
  BIND (next_button);
  BIND (menu_button);
  BIND (progress_box);
  BIND (frame_label);
  BIND (percent_label);
  BIND (bar);
  BIND (info_label);
  BIND (error_box);
  BIND (error_label);
  BIND (violations);
  BIND (notice);
#undef BIND
}

static void
fairlead_solve_view_init (FairleadSolveView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_solve_view_show:
 * @solver: (nullable): what the solver said last; %NULL: nothing, and there is nothing to see
 * @past: it is not known whether it is so still
 */
void
fairlead_solve_view_show (FairleadSolveView    *self,
                          FairleadSolverStatus *solver,
                          gboolean              past)
{
  g_autofree char *project = NULL;
  FairleadLook look;

  g_return_if_fail (FAIRLEAD_IS_SOLVE_VIEW (self));

  gtk_widget_set_visible (GTK_WIDGET (self), solver != NULL);
  if (solver == NULL)
    return;
  g_object_get (solver, "project", &project, NULL);
  gtk_label_set_label (self->project, project != NULL ? project : "");
  gtk_widget_set_visible (GTK_WIDGET (self->project), project != NULL);
  /* What was refused in the state before may be possible in this one. */
  if (fairlead_solver_status_get_state (solver) != self->state)
    fairlead_notice_dismiss (self->notice);
  self->state = fairlead_solver_status_get_state (solver);
  look = *fairlead_look_of_solve (self->state);
  if (past)
    look.style = "dim-label";
  fairlead_look_apply (&look, self->state_icon, self->state_label);
  show_progress (self, solver, past);
  show_found (self, solver);
  show_buttons (self, solver);
  gtk_widget_set_visible (self->buttons, !past);
}

/**
 * fairlead_solve_view_show_error:
 * @error: (nullable): why what was asked for was not done; %NULL: that is over
 */
void
fairlead_solve_view_show_error (FairleadSolveView *self,
                                const GError      *error)
{
  g_return_if_fail (FAIRLEAD_IS_SOLVE_VIEW (self));

  if (error != NULL)
    fairlead_notice_show_error (self->notice, error, NULL, NULL);
  else
    fairlead_notice_dismiss (self->notice);
}
