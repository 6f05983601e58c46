/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-solve-steps.h"
#include "fairlead-ui.h"

/* What the solver of the selected connection is asked to do with its project. (Whether the solver itself
 * runs is another matter: fairlead-window-actions.c.) */

/* One request, from the question to the answer. */
typedef struct {
  FairleadWindow *window;
  FairleadRun *run;
  FairleadSolverRequest request;
} Asked;

static Asked *
asked_new (FairleadWindow        *window,
           FairleadRun           *run,
           FairleadSolverRequest  request)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->window = g_object_ref (window);
  asked->run = g_object_ref (run);
  asked->request = request;
  return asked;
}

static void
asked_free (Asked *asked)
{
  g_clear_object (&asked->window);
  g_clear_object (&asked->run);
  g_free (asked);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

/* In the card, if it is the one that is shown. */
static void
say_error (FairleadWindow *self,
           FairleadRun    *run,
           const GError   *error)
{
  g_autoptr (FairleadRun) selected = fairlead_window_dup_run (self);
  g_autofree char *text = NULL;

  if (selected == run)
    {
      fairlead_run_page_show_solve_error (self->page, error);
      return;
    }
  /* Translators: a connection's name, and what is wrong with it. */
  text = g_strdup_printf (_("%s: %s"), fairlead_profile_get_name (fairlead_run_get_profile (run)),
                          error->message);
  fairlead_window_say (self, text);
}

static void
requested_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (Asked) asked = user_data;
  g_autoptr (GError) error = NULL;

  gboolean taken = fairlead_run_request_finish (asked->run, result, &error);

  g_ptr_array_remove (asked->window->asking, asked->run);
  /* Closed meanwhile. */
  if (asked->window->run == NULL)
    return;
  if (!taken && !fairlead_error_is_cancel (error))
    say_error (asked->window, asked->run, error);
  fairlead_window_update_actions (asked->window);
}

static void
request (Asked *asked)
{
  fairlead_run_page_show_solve_error (asked->window->page, NULL);
  g_ptr_array_add (asked->window->asking, g_object_ref (asked->run));
  fairlead_window_update_actions (asked->window);
  fairlead_run_request_async (asked->run, asked->request, NULL, requested_cb, asked);
}

static void
response_cb (GtkWidget  *dialog,
             const char *response,
             Asked      *asked)
{
  if (g_str_equal (response, "do"))
    request (asked_new (asked->window, asked->run, asked->request));
}

static void
asked_closure_free (gpointer  data,
                    GClosure *closure)
{
  asked_free (data);
}

static void
ask (Asked                       *asked /* taken */,
     const FairleadSolveQuestion *question)
{
  FairleadSolverStatus *solver = fairlead_run_get_solver (asked->run);
  const char *connection = fairlead_profile_get_name (fairlead_run_get_profile (asked->run));
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (asked->window), NULL, NULL);
  g_autofree char *project = NULL;

  g_object_get (solver, "project", &project, NULL);
  /* The formats are ours, each with one %s; checked with the others by xgettext. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _(question->heading), project);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), _(question->body), connection);
#pragma GCC diagnostic pop
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "do",
                                    _(question->answer), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "do", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), asked, asked_closure_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
is_possible (FairleadWindow        *self,
             FairleadRun           *run,
             FairleadSolverRequest  what)
{
  FairleadSolverStatus *solver = run != NULL ? fairlead_run_get_solver (run) : NULL;

  return solver != NULL && fairlead_run_get_link_state (run) == FAIRLEAD_LINK_ONLINE
         && fairlead_solver_status_allows (solver, what) && !g_ptr_array_find (self->asking, run, NULL);
}

static void
solve_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (widget);
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);
  const FairleadSolveQuestion *question;
  FairleadSolverStatus *solver;
  guint what = 0;

  while (what < FAIRLEAD_SOLVER_N_REQUESTS && !g_str_equal (fairlead_solve_action (what), name))
    what++;
  if (what == FAIRLEAD_SOLVER_N_REQUESTS || !is_possible (self, run, what))
    return;
  solver = fairlead_run_get_solver (run);
  question = fairlead_solve_question (fairlead_solver_status_get_state (solver), what);
  if (question != NULL)
    ask (asked_new (self, run, what), question);
  else
    request (asked_new (self, run, what));
}

/* What the card's one button does. */
static void
next_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (FAIRLEAD_WINDOW (widget));
  FairleadSolverStatus *solver = run != NULL ? fairlead_run_get_solver (run) : NULL;
  const FairleadSolveStep *step =
    solver != NULL ? fairlead_solve_next_step (fairlead_solver_status_get_state (solver)) : NULL;

  if (step != NULL)
    gtk_widget_activate_action (widget, step->action, NULL);
}

void
fairlead_window_install_solve (GtkWidgetClass *widget_class)
{
  for (guint what = 0; what < FAIRLEAD_SOLVER_N_REQUESTS; what++)
    gtk_widget_class_install_action (widget_class, fairlead_solve_action (what), NULL, solve_action);
  gtk_widget_class_install_action (widget_class, "win.solve-next", NULL, next_action);
}

/**
 * fairlead_window_update_solve:
 * @run: (nullable): the run of the selected connection
 *
 * Enables what its solver can be asked for.
 */
void
fairlead_window_update_solve (FairleadWindow *self,
                              FairleadRun    *run)
{
  FairleadSolverStatus *solver = run != NULL ? fairlead_run_get_solver (run) : NULL;

  for (guint what = 0; what < FAIRLEAD_SOLVER_N_REQUESTS; what++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), fairlead_solve_action (what),
                                   is_possible (self, run, what));
  gtk_widget_action_set_enabled (
    GTK_WIDGET (self), "win.solve-next",
    solver != NULL && fairlead_solve_next_step (fairlead_solver_status_get_state (solver)) != NULL);
}
