/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solve-view.h"

#include <glib/gi18n-lib.h>

#include "fairlead-solve-words.h"
#include "fairlead-ui.h"
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
  GtkWidget *progress_box;
  GtkLabel *frame_label;
  GtkLabel *percent_label;
  GtkProgressBar *bar;
  GtkWidget *error_box;
  GtkLabel *error_label;
};

G_DEFINE_FINAL_TYPE (FairleadSolveView, fairlead_solve_view, ADW_TYPE_BIN)

/* Those in which a solve stands at a frame. */
#define HAS_PROGRESS                                                                               \
  (1u << FAIRLEAD_SOLVER_BUILDING | 1u << FAIRLEAD_SOLVER_BUSY | 1u << FAIRLEAD_SOLVER_RESUMABLE   \
   | 1u << FAIRLEAD_SOLVER_FAILED | 1u << FAIRLEAD_SOLVER_SAVE_AND_QUIT | 1u << FAIRLEAD_SOLVER_READY)

static void
show_progress (FairleadSolveView    *self,
               FairleadSolverStatus *solver)
{
  FairleadSolverState state = fairlead_solver_status_get_state (solver);
  g_autofree char *frame = fairlead_solve_dup_frame_text (solver);
  g_autofree char *percent = fairlead_solve_dup_percent (solver);
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
show_error (FairleadSolveView *self,
            const char        *error)
{
  gtk_label_set_label (self->error_label, error != NULL ? error : "");
  gtk_widget_set_visible (self->error_box, error != NULL && *error != '\0');
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

  g_type_ensure (FAIRLEAD_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-solve-view.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadSolveView, name)
  BIND (project);
  BIND (state_icon);
  BIND (state_label);
  BIND (progress_box);
  BIND (frame_label);
  BIND (percent_label);
  BIND (bar);
  BIND (error_box);
  BIND (error_label);
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
  g_autofree char *error = NULL;
  FairleadLook look;

  g_return_if_fail (FAIRLEAD_IS_SOLVE_VIEW (self));

  gtk_widget_set_visible (GTK_WIDGET (self), solver != NULL);
  if (solver == NULL)
    return;
  g_object_get (solver, "project", &project, "error", &error, NULL);
  gtk_label_set_label (self->project, project != NULL ? project : "");
  gtk_widget_set_visible (GTK_WIDGET (self->project), project != NULL);
  look = *fairlead_look_of_solve (fairlead_solver_status_get_state (solver));
  if (past)
    look.style = "dim-label";
  fairlead_look_apply (&look, self->state_icon, self->state_label);
  show_progress (self, solver);
  show_error (self, error);
}
