/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solver-card.h"

#include <glib/gi18n-lib.h>

#include "fairlead-fact.h"
#include "fairlead-last-known.h"
#include "fairlead-looks.h"
#include "fairlead-solve-view.h"
#include "fairlead-solve-words.h"
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
  GtkLabel *as_of;
  GtkWidget *start_button;
  GtkWidget *restart_button;
  GtkWidget *stop_button;
  GtkWidget *exposure_box;
  GtkImage *exposure_icon;
  GtkLabel *exposure_label;
  GtkWidget *shared_box;
  GtkWidget *version_box;
  GtkLabel *version_note;
  GtkWidget *separator;
  GtkWidget *facts_separator;
  FairleadSolveView *solve;
  FairleadFact *job;
  FairleadFact *bound_to;
  FairleadFact *gpu;
  FairleadFact *memory;
  FairleadFact *cuda;
  FairleadFact *cpu;
  FairleadFact *ram;
  FairleadFact *version;
  FairleadFact *interpreter;

  /* Owned */
  GSignalGroup *run;
};

G_DEFINE_FINAL_TYPE (FairleadSolverCard, fairlead_solver_card, ADW_TYPE_BIN)

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
             FairleadSolverStatus *solver)
{
  g_autofree char *gpu = NULL;
  g_autofree char *vram = NULL;
  g_autofree char *cuda = NULL;
  g_autofree char *sm = NULL;
  g_autofree char *cpu = NULL;
  g_autofree char *ram = NULL;
  g_autofree char *version = NULL;
  g_autofree char *protocol = NULL;
  g_autofree char *compute = NULL;
  g_autofree char *cuda_and_compute = NULL;
  g_autofree char *note = NULL;
  gint64 used = -1;
  gint64 total = -1;

  if (solver != NULL)
    g_object_get (solver, "gpu", &gpu, "vram", &vram, "cuda", &cuda, "sm", &sm, "cpu", &cpu, "ram", &ram,
                  "protocol-version", &version, "version-note", &note, "gpu-memory-used", &used,
                  "gpu-memory-total", &total, NULL);
  if (version != NULL)
    protocol = g_strdup_printf (_("Protocol %s"), version);
  if (sm != NULL)
    /* Translators: the generation of a GPU: "compute capability 8.9". */
    compute = g_strdup_printf (_("compute capability %s"), sm);
  fairlead_fact_set_value (self->gpu, gpu);
  if (used >= 0 && total > 0)
    fairlead_fact_set_share (self->memory, used, total);
  else
    fairlead_fact_set_value (self->memory, vram);
  cuda_and_compute = dup_joined (" · ", cuda, compute);
  fairlead_fact_set_value (self->cuda, cuda_and_compute);
  fairlead_fact_set_value (self->cpu, cpu);
  fairlead_fact_set_value (self->ram, ram);
  fairlead_fact_set_value (self->version, protocol);
  gtk_label_set_label (self->version_note, note != NULL ? note : "");
  gtk_widget_set_visible (self->version_box, note != NULL);
}

/* While nothing is known of it: what was, and when. */
static void
show_server (FairleadSolverCard *self,
             FairleadRun        *run,
             FairleadLastKnown  *known)
{
  FairleadServerState state = fairlead_last_known_get_server (known);
  FairleadLook look = *fairlead_look_of_server (state);
  gboolean past = fairlead_last_known_is_past (known);
  g_autofree char *clock = fairlead_format_clock (fairlead_last_known_get_time (known));
  /* Translators: what stands beside it was so at that time of day: "as of 14:02". */
  g_autofree char *as_of = g_strdup_printf (_("as of %s"), clock);
  gboolean adopted = FALSE;

  g_object_get (run, "adopted", &adopted, NULL);
  if (past)
    look.style = "dim-label";
  fairlead_look_apply (&look, self->state_icon, self->state_label);
  gtk_label_set_label (self->as_of, as_of);
  gtk_widget_set_visible (GTK_WIDGET (self->as_of), past);
  gtk_widget_set_visible (GTK_WIDGET (self->state_detail),
                          adopted && !past && state == FAIRLEAD_SERVER_READY);
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
  gtk_widget_set_visible (self->restart_button, online && lives);
  gtk_widget_set_visible (self->stop_button, online && lives);
  gtk_widget_set_sensitive (self->stop_button, state != FAIRLEAD_SERVER_STOPPING);
  gtk_widget_set_visible (self->start_button, online && !lives && !starting
                                                && !fairlead_run_is_busy (run));
}

static void
show_exposure (FairleadSolverCard *self,
               FairleadRun        *run,
               gboolean            past)
{
  FairleadExposure exposure = fairlead_run_get_exposure (run);
  FairleadLook look = *fairlead_look_of_exposure (exposure);
  g_autofree char *bound_to = NULL;
  g_autofree char *interpreter = NULL;
  g_autofree char *job = NULL;
  gboolean shared = FALSE;

  g_object_get (run, "bound-to", &bound_to, "interpreter", &interpreter, "shared-host", &shared,
                "place-note", &job, NULL);
  fairlead_fact_set_value (self->job, job);
  fairlead_fact_set_value (self->bound_to, bound_to);
  fairlead_fact_set_value (self->interpreter, interpreter);
  gtk_widget_set_visible (self->exposure_box, exposure != FAIRLEAD_EXPOSURE_UNKNOWN);
  if (past && exposure != FAIRLEAD_EXPOSURE_EXPOSED)
    look.style = "dim-label";
  fairlead_look_apply (&look, self->exposure_icon, self->exposure_label);
  gtk_widget_set_visible (self->shared_box, shared);
}

/* One that has no value hides itself. */
static gboolean
has_facts (FairleadSolverCard *self)
{
  FairleadFact * const facts[] = { self->job, self->bound_to, self->gpu, self->memory, self->cuda, self->cpu,
                                   self->ram, self->version, self->interpreter };

  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    if (gtk_widget_get_visible (GTK_WIDGET (facts[i])))
      return TRUE;
  return FALSE;
}

static void
refresh (FairleadSolverCard *self)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);
  FairleadLastKnown *known;
  FairleadSolverStatus *solver;
  gboolean past;

  if (run == NULL)
    return;
  known = fairlead_last_known_of (run);
  solver = fairlead_last_known_get_solver (known);
  past = fairlead_last_known_is_past (known);
  show_server (self, run, known);
  show_buttons (self, run);
  show_exposure (self, run, past);
  show_solver (self, solver);
  fairlead_solve_view_show (self->solve, solver, past);
  gtk_widget_set_visible (self->separator, solver != NULL);
  gtk_widget_set_visible (self->facts_separator, has_facts (self));
}

static void
run_bound_cb (FairleadSolverCard *self)
{
  fairlead_solve_view_show_error (self->solve, NULL);
  refresh (self);
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
  g_type_ensure (FAIRLEAD_TYPE_SOLVE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-solver-card.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadSolverCard, name)
  BIND (state_icon);
  BIND (state_label);
  BIND (state_detail);
  BIND (as_of);
  BIND (start_button);
  BIND (restart_button);
  BIND (stop_button);
  BIND (exposure_box);
  BIND (exposure_icon);
  BIND (exposure_label);
  BIND (shared_box);
  BIND (version_box);
  BIND (version_note);
  BIND (separator);
  BIND (facts_separator);
  BIND (solve);
  BIND (job);
  BIND (bound_to);
  BIND (gpu);
  BIND (memory);
  BIND (cuda);
  BIND (cpu);
  BIND (ram);
  BIND (version);
  BIND (interpreter);
#undef BIND
}

static void
fairlead_solver_card_init (FairleadSolverCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->run = g_signal_group_new (FAIRLEAD_TYPE_RUN);
  g_signal_connect_object (self->run, "bind", G_CALLBACK (run_bound_cb), self, G_CONNECT_SWAPPED);
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

/**
 * fairlead_solver_card_show_solve_error:
 * @error: (nullable): why what the solver was asked for was not done; %NULL: that is over
 */
void
fairlead_solver_card_show_solve_error (FairleadSolverCard *self,
                                       const GError       *error)
{
  g_return_if_fail (FAIRLEAD_IS_SOLVER_CARD (self));

  fairlead_solve_view_show_error (self->solve, error);
}
