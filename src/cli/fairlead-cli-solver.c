/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-private.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "fairlead-cli-errand.h"
#include "fairlead-cli-events.h"
#include "fairlead-cli-line.h"

/* What was typed after "solver". */
typedef struct {
  FairleadCliErrand errand;
  gboolean yes;
  gboolean json;
} Options;

static void
options_clear (Options *options)
{
  fairlead_cli_errand_clear (&options->errand);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* What can be asked for; -1: the status alone. */
static const struct {
  const char *word;
  int request;
} actions[] = {
  { "status", -1 },
  { "build", FAIRLEAD_SOLVER_REQUEST_BUILD },
  { "cancel-build", FAIRLEAD_SOLVER_REQUEST_CANCEL_BUILD },
  { "start", FAIRLEAD_SOLVER_REQUEST_START },
  { "resume", FAIRLEAD_SOLVER_REQUEST_RESUME },
  { "terminate", FAIRLEAD_SOLVER_REQUEST_TERMINATE },
  { "save-and-quit", FAIRLEAD_SOLVER_REQUEST_SAVE_AND_QUIT },
  { "delete", FAIRLEAD_SOLVER_REQUEST_DELETE },
};

static gboolean
find_action (const char *word,
             int        *request)
{
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_str_equal (actions[i].word, word))
      {
        *request = actions[i].request;
        return TRUE;
      }
  return FALSE;
}

static void
print_fact (const char *title,
            const char *text)
{
  if (text != NULL && *text != '\0')
    printf ("%s: %s\n", title, text);
}

static void
print_frame (FairleadSolverStatus *solver)
{
  int frame, frames;
  double progress;

  g_object_get (solver, "frame", &frame, "frames", &frames, "progress", &progress, NULL);
  if (frame >= 0 && frames > 0)
    printf (_("Frame: %d of %d\n"), frame, frames);
  else if (frame >= 0)
    printf (_("Frame: %d\n"), frame);
  if (progress >= 0)
    printf (_("Progress: %.0f %%\n"), progress * 100);
}

static void
print_memory (FairleadSolverStatus *solver)
{
  g_autofree char *used_text = NULL;
  g_autofree char *total_text = NULL;
  gint64 used, total;

  g_object_get (solver, "gpu-memory-used", &used, "gpu-memory-total", &total, NULL);
  if (used < 0 || total < 0)
    return;
  used_text = g_format_size_full ((guint64) used, G_FORMAT_SIZE_IEC_UNITS);
  total_text = g_format_size_full ((guint64) total, G_FORMAT_SIZE_IEC_UNITS);
  printf (_("GPU memory: %s of %s\n"), used_text, total_text);
}

static void
print_solver (FairleadSolverStatus *solver)
{
  const struct { const char *property, *title; } facts[] = {
    { "state-text", _("State") }, { "project", _("Project") }, { "info", _("Doing") }, { "error", _("Error") },
    { "protocol-version", _("Protocol") }, { "version-note", _("Note") }, { "gpu", _("GPU") },
    { "vram", _("VRAM") }, { "cuda", _("CUDA") }, { "cpu", _("CPU") }, { "ram", _("RAM") },
  };
  g_auto (GStrv) violations = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      g_autofree char *text = NULL;

      g_object_get (solver, facts[i].property, &text, NULL);
      print_fact (facts[i].title, text);
    }
  print_frame (solver);
  print_memory (solver);
  g_object_get (solver, "violations", &violations, NULL);
  for (guint i = 0; violations != NULL && violations[i] != NULL; i++)
    print_fact (_("Wrong with the scene"), violations[i]);
}

static void
show (FairleadRun   *run,
      const Options *options)
{
  g_autofree char *last = NULL;

  if (options->json)
    fairlead_cli_event_solver (run, &last);
  else
    print_solver (fairlead_run_get_solver (run));
}

static gboolean
ask (FairleadRun  *run,
     int           request,
     GError      **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (request < 0)
    return TRUE;
  fairlead_run_request_async (run, (FairleadSolverRequest) request, NULL, fairlead_cli_wait_cb, &result);
  fairlead_cli_wait_for (&result);
  return fairlead_run_request_finish (run, result, error);
}

static gboolean
check (const char     *word,
       const Options  *options,
       int            *request,
       GError        **error)
{
  if (!find_action (word, request))
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("“%s” is not among status, build, cancel-build, start, "
                        "resume, terminate, save-and-quit and delete."), word);
  else if (*request == FAIRLEAD_SOLVER_REQUEST_DELETE && !options->yes)
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                        _("This deletes the project and all that was solved of it, for good. Say so by --yes."));
  else
    return TRUE;
  return FALSE;
}

static void
do_it (const char     *target,
       int             request,
       const Options  *options,
       GError        **error)
{
  FairleadRun *run = fairlead_cli_errand_open (&options->errand, target, error);

  if (run == NULL)
    return;
  if (ask (run, request, error))
    show (run, options);
  fairlead_cli_errand_close (run);
}

/**
 * fairlead_cli_solver:
 *
 * Asks a solver that runs on a host how it is, or for something. Starts none.
 *
 * Returns: the exit code
 */
int
fairlead_cli_solver (int    argc,
                     char **argv)
{
  g_auto (Options) options = { { { NULL } } };
  const GOptionEntry entries[] = {
    FAIRLEAD_CLI_ERRAND_ENTRIES (&options.errand),
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &options.yes, N_("With delete: do it"), NULL },
    { NULL },
  };
  const FairleadCliLine line = {
    "solver", entries, _("ACTION TARGET"),
    N_("Asks the solver that runs on a remote how it is (status), or for something: build, cancel-build, start, "
       "resume, terminate, save-and-quit, delete."), 2, 2,
  };
  g_autoptr (GError) error = NULL;
  int request;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &options.json, &error)
      && check (argv[1], &options, &request, &error))
    do_it (argv[2], request, &options, &error);
  return fairlead_cli_end (options.json, error);
}
