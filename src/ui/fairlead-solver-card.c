/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solver-card.h"

#include <glib/gi18n-lib.h>

#include "fairlead-fact.h"
#include "fairlead-looks.h"
#include "fairlead-ui.h"

/**
 * FairleadSolverCard:
 *
 * The solver: whether it runs, who can reach it, what it runs on, how far it is; Start and Stop.
 */
struct _FairleadSolverCard {
  AdwBin parent_instance;

  /* Template children */
  GtkImage *state_icon;
  GtkLabel *state_label;
  GtkLabel *state_detail;
  GtkWidget *start_button;
  GtkWidget *stop_button;
  GtkWidget *exposure_box;
  GtkImage *exposure_icon;
  GtkLabel *exposure_label;
  GtkWidget *shared_box;
  GtkWidget *frame_box;
  GtkLabel *frame_label;
  GtkProgressBar *frame_bar;
  GtkLabel *solver_error;
  FairleadFact *bound_to;
  FairleadFact *gpu;
  FairleadFact *memory;
  FairleadFact *version;
  FairleadFact *project;
  FairleadFact *interpreter;

  /* Owned */
  GSignalGroup *run;
};

G_DEFINE_FINAL_TYPE (FairleadSolverCard, fairlead_solver_card, ADW_TYPE_BIN)

static char *
dup_frame_text (FairleadSolverStatus *solver)
{
  g_autofree char *state = NULL;
  int frame = -1;
  int frames = -1;

  g_object_get (solver, "state-text", &state, "frame", &frame, "frames", &frames, NULL);
  if (frame >= 0 && frames > 0)
    /* Translators: the solver's state, the frame it is at, and how many there are. */
    return g_strdup_printf (_("%s: frame %d of %d"), state ? state : "", frame, frames);
  if (frame >= 0)
    /* Translators: the solver's state and the frame it is at. */
    return g_strdup_printf (_("%s: frame %d"), state ? state : "", frame);
  return g_steal_pointer (&state);
}

static void
show_frame (FairleadSolverCard   *self,
            FairleadSolverStatus *solver)
{
  g_autofree char *text = solver != NULL ? dup_frame_text (solver) : NULL;
  double progress = -1;

  if (solver != NULL)
    g_object_get (solver, "progress", &progress, NULL);
  gtk_widget_set_visible (self->frame_box, text != NULL && *text != '\0');
  gtk_label_set_label (self->frame_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->frame_bar), progress >= 0);
  gtk_progress_bar_set_fraction (self->frame_bar, CLAMP (progress, 0, 1));
}

static char *
dup_joined (const char *separator,
            const char *first,
            const char *second)
{
  if (first == NULL || second == NULL)
    return g_strdup (first != NULL ? first : second);
  return g_strjoin (separator, first, second, NULL);
}

static void
show_solver (FairleadSolverCard   *self,
             FairleadSolverStatus *solver,
             FairleadProfile      *profile)
{
  g_autofree char *gpu = NULL;
  g_autofree char *vram = NULL;
  g_autofree char *ram = NULL;
  g_autofree char *version = NULL;
  g_autofree char *project = NULL;
  g_autofree char *error = NULL;
  g_autofree char *memory = NULL;
  g_autofree char *protocol = NULL;

  if (solver != NULL)
    g_object_get (solver, "gpu", &gpu, "vram", &vram, "ram", &ram, "protocol-version", &version,
                  "project", &project, "error", &error, NULL);
  if (version != NULL)
    protocol = g_strdup_printf (_("Protocol %s"), version);
  memory = dup_joined (" · ", vram, ram);
  fairlead_fact_set_value (self->gpu, gpu);
  fairlead_fact_set_value (self->memory, memory);
  fairlead_fact_set_value (self->version, protocol);
  fairlead_fact_set_value (self->project,
                           project != NULL ? project : fairlead_profile_get_project_name (profile));
  gtk_label_set_label (self->solver_error, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->solver_error), error != NULL && *error != '\0');
  show_frame (self, solver);
}

static void
show_server (FairleadSolverCard *self,
             FairleadRun        *run)
{
  FairleadServerState state = fairlead_run_get_server_state (run);
  gboolean adopted = FALSE;

  g_object_get (run, "adopted", &adopted, NULL);
  fairlead_look_apply (fairlead_look_of_server (state), self->state_icon, self->state_label);
  gtk_widget_set_visible (GTK_WIDGET (self->state_detail),
                          adopted && state == FAIRLEAD_SERVER_READY);
}

static void
show_buttons (FairleadSolverCard *self,
              FairleadRun        *run)
{
  FairleadServerState state = fairlead_run_get_server_state (run);
  gboolean online = fairlead_run_get_link_state (run) == FAIRLEAD_LINK_ONLINE;
  gboolean lives = state == FAIRLEAD_SERVER_READY || state == FAIRLEAD_SERVER_UNRESPONSIVE
                   || state == FAIRLEAD_SERVER_STOPPING;
  gboolean starting = state == FAIRLEAD_SERVER_LAUNCHING || state == FAIRLEAD_SERVER_WAITING;

  lives = lives || fairlead_run_owns_solver (run);
  gtk_widget_set_visible (self->stop_button, online && lives);
  gtk_widget_set_sensitive (self->stop_button, state != FAIRLEAD_SERVER_STOPPING);
  gtk_widget_set_visible (self->start_button, online && !lives && !starting
                                                && !fairlead_run_is_busy (run));
}

static void
show_exposure (FairleadSolverCard *self,
               FairleadRun        *run)
{
  FairleadExposure exposure = fairlead_run_get_exposure (run);
  g_autofree char *bound_to = NULL;
  g_autofree char *interpreter = NULL;
  gboolean shared = FALSE;

  g_object_get (run, "bound-to", &bound_to, "interpreter", &interpreter, "shared-host", &shared,
                NULL);
  fairlead_fact_set_value (self->bound_to, bound_to);
  fairlead_fact_set_value (self->interpreter, interpreter);
  gtk_widget_set_visible (self->exposure_box, exposure != FAIRLEAD_EXPOSURE_UNKNOWN);
  fairlead_look_apply (fairlead_look_of_exposure (exposure), self->exposure_icon,
                       self->exposure_label);
  gtk_widget_set_visible (self->shared_box, shared);
}

static void
refresh (FairleadSolverCard *self)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);

  if (run == NULL)
    return;
  show_server (self, run);
  show_buttons (self, run);
  show_exposure (self, run);
  show_solver (self, fairlead_run_get_solver (run), fairlead_run_get_profile (run));
}

static void
fairlead_solver_card_dispose (GObject *object)
{
  FairleadSolverCard *self = FAIRLEAD_SOLVER_CARD (object);

  g_clear_object (&self->run);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_SOLVER_CARD);

  G_OBJECT_CLASS (fairlead_solver_card_parent_class)->dispose (object);
}

static void
fairlead_solver_card_class_init (FairleadSolverCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_solver_card_dispose;

  g_type_ensure (FAIRLEAD_TYPE_FACT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-solver-card.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadSolverCard, name)
  BIND (state_icon);
  BIND (state_label);
  BIND (state_detail);
  BIND (start_button);
  BIND (stop_button);
  BIND (exposure_box);
  BIND (exposure_icon);
  BIND (exposure_label);
  BIND (shared_box);
  BIND (frame_box);
  BIND (frame_label);
  BIND (frame_bar);
  BIND (solver_error);
  BIND (bound_to);
  BIND (gpu);
  BIND (memory);
  BIND (version);
  BIND (project);
  BIND (interpreter);
#undef BIND
}

static void
fairlead_solver_card_init (FairleadSolverCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->run = g_signal_group_new (FAIRLEAD_TYPE_RUN);
  g_signal_connect_object (self->run, "bind", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->run, "notify", G_CALLBACK (refresh), self);
}

/**
 * fairlead_solver_card_set_run:
 * @run: (nullable): what to show
 */
void
fairlead_solver_card_set_run (FairleadSolverCard *self,
                              FairleadRun        *run)
{
  g_return_if_fail (FAIRLEAD_IS_SOLVER_CARD (self));

  g_signal_group_set_target (self->run, run);
}
