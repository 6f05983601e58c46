/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-private.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <unistd.h>

#include "fairlead-cli-errand.h"
#include "fairlead-cli-events.h"
#include "fairlead-cli-line.h"

/* How often progress is told. */
#define TELL_MS 500

/* What was typed after "upload" or "fetch". */
typedef struct {
  FairleadCliErrand errand;
  char *path;
  char *param;
  char *data_hash;
  char *param_hash;
  gboolean replace;
  gboolean json;
} Options;

static void
options_clear (Options *options)
{
  fairlead_cli_errand_clear (&options->errand);
  g_free (options->path);
  g_free (options->param);
  g_free (options->data_hash);
  g_free (options->param_hash);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

typedef struct {
  FairleadTransfer *transfer;
  gboolean json;
  gboolean terminal;           /* somebody sees the progress */
  char *last;                  /* the event written last */
  int signal;
} Following;

static char *
dup_line (FairleadTransfer *transfer)
{
  g_autofree char *done = g_format_size (fairlead_transfer_get_done (transfer));
  g_autofree char *total = g_format_size (fairlead_transfer_get_total (transfer));
  g_autofree char *speed = NULL;
  double rate;
  int left;

  g_object_get (transfer, "rate", &rate, "time-left", &left, NULL);
  speed = g_format_size ((guint64) rate);
  if (fairlead_transfer_get_state (transfer) == FAIRLEAD_TRANSFER_HASHING)
    /* Translators: how much of how much of a file was read. */
    return g_strdup_printf (_("Reading: %s of %s"), done, total);
  if (left < 0)
    return g_strdup_printf (_("%s of %s"), done, total);
  /* Translators: done, total, rate, and minutes and seconds left. */
  return g_strdup_printf (_("%s of %s, %s/s, %d:%02d left"), done, total, speed, left / 60, left % 60);
}

/* Writes over the line before. */
static gboolean
tell_cb (gpointer user_data)
{
  Following *following = user_data;
  g_autofree char *line = NULL;

  if (following->json && !fairlead_cli_event_transfer (following->transfer, &following->last))
    fairlead_transfer_cancel (following->transfer);
  if (following->terminal)
    {
      line = dup_line (following->transfer);
      g_printerr ("\r\033[K%s: %s", fairlead_transfer_get_title (following->transfer), line);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
sigint_cb (gpointer user_data)
{
  Following *following = user_data;

  following->signal = SIGINT;
  fairlead_transfer_cancel (following->transfer);
  return G_SOURCE_CONTINUE;
}

static gboolean
sigterm_cb (gpointer user_data)
{
  Following *following = user_data;

  following->signal = SIGTERM;
  fairlead_transfer_cancel (following->transfer);
  return G_SOURCE_CONTINUE;
}

/* Until it is over. Returns the signal that ended it, or 0. */
static int
follow (FairleadTransfer  *transfer,
        gboolean           json,
        GError           **error)
{
  Following following = { .transfer = transfer, .json = json, .terminal = !json && isatty (STDERR_FILENO) };
  guint ids[] = {
    g_timeout_add (TELL_MS, tell_cb, &following),
    g_unix_signal_add (SIGINT, sigint_cb, &following),
    g_unix_signal_add (SIGTERM, sigterm_cb, &following),
  };
  gulong state_id = g_signal_connect_swapped (transfer, "notify::state", G_CALLBACK (tell_cb), &following);

  tell_cb (&following);
  while (!fairlead_transfer_is_over (transfer))
    g_main_context_iteration (NULL, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    g_source_remove (ids[i]);
  g_signal_handler_disconnect (transfer, state_id);
  if (following.terminal)
    g_printerr ("\n");
  g_free (following.last);
  if (fairlead_transfer_get_error (transfer) != NULL)
    g_propagate_error (error, g_error_copy (fairlead_transfer_get_error (transfer)));
  return following.signal;
}

static int
end (const Options *options,
     int            number,
     const GError  *error)
{
  if (number == 0 || error != NULL)
    return fairlead_cli_end (options->json, error);
  if (options->json)
    fairlead_cli_event_exit (FAIRLEAD_CLI_EXIT_SIGNAL + number, FAIRLEAD_CLI_SOLVER_NONE);
  return FAIRLEAD_CLI_EXIT_SIGNAL + number;
}

static FairleadTransfer *
begin_upload (FairleadRun    *run,
              const Options  *options,
              const char     *data)
{
  g_autoptr (GFile) data_file = data != NULL ? g_file_new_for_commandline_arg (data) : NULL;
  g_autoptr (GFile) param_file = options->param != NULL ? g_file_new_for_commandline_arg (options->param) : NULL;
  const FairleadSceneUpload what = {
    .data = data_file,
    .param = param_file,
    .path = options->path,
    .name = fairlead_profile_get_project_name (fairlead_run_get_profile (run)),
    .data_hash = options->data_hash,
    .param_hash = options->param_hash,
  };

  return fairlead_run_upload (run, &what);
}

static FairleadTransfer *
begin_fetch (FairleadRun    *run,
             const Options  *options,
             const char     *path,
             const char     *file)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GFile) to = g_file_new_for_commandline_arg (file != NULL ? file : name);

  return fairlead_run_fetch (run, path, fairlead_profile_get_project_name (fairlead_run_get_profile (run)), to,
                             options->replace);
}

/**
 * fairlead_cli_upload:
 *
 * Uploads a scene to a solver that runs on a host.
 *
 * Returns: the exit code
 */
int
fairlead_cli_upload (int    argc,
                     char **argv)
{
  g_auto (Options) options = { { { NULL } } };
  const GOptionEntry entries[] = {
    FAIRLEAD_CLI_ERRAND_ENTRIES (&options.errand),
    { "path", 0, 0, G_OPTION_ARG_STRING, &options.path,
      N_("Where the solver keeps the project, on the remote"), N_("PATH") },
    { "param", 0, 0, G_OPTION_ARG_FILENAME, &options.param, N_("The parameters of the scene"), N_("FILE") },
    { "data-hash", 0, 0, G_OPTION_ARG_STRING, &options.data_hash,
      N_("What the scene's producer calls this DATA; its SHA-256 if not given"), N_("TEXT") },
    { "param-hash", 0, 0, G_OPTION_ARG_STRING, &options.param_hash, N_("The same for --param"), N_("TEXT") },
    { NULL },
  };
  const FairleadCliLine line = {
    "upload", entries, _("TARGET [DATA]"),
    N_("Uploads a scene to the solver that runs on a remote: DATA, --param, or both."), 1, 2,
  };
  g_autoptr (GError) error = NULL;
  FairleadRun *run = NULL;
  int number = 0;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &options.json, &error))
    {
      if (options.path == NULL)
        fairlead_set_error (&error, FAIRLEAD_ERROR_USAGE, _("Say by --path where the solver keeps the project."));
      else
        run = fairlead_cli_errand_open (&options.errand, argv[1], &error);
    }
  if (run != NULL)
    {
      number = follow (begin_upload (run, &options, argc > 2 ? argv[2] : NULL), options.json, &error);
      fairlead_cli_errand_close (run);
    }
  return end (&options, number, error);
}

/**
 * fairlead_cli_fetch:
 *
 * Fetches a file from a solver that runs on a host.
 *
 * Returns: the exit code
 */
int
fairlead_cli_fetch (int    argc,
                    char **argv)
{
  g_auto (Options) options = { { { NULL } } };
  const GOptionEntry entries[] = {
    FAIRLEAD_CLI_ERRAND_ENTRIES (&options.errand),
    { "replace", 0, 0, G_OPTION_ARG_NONE, &options.replace, N_("Replace FILE if it is there"), NULL },
    { NULL },
  };
  const FairleadCliLine line = {
    "fetch", entries, _("TARGET PATH [FILE]"),
    N_("Fetches a file from the solver that runs on a remote. It is saved under its own name in this folder, or "
       "as FILE."), 2, 3,
  };
  g_autoptr (GError) error = NULL;
  FairleadRun *run = NULL;
  int number = 0;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &options.json, &error))
    run = fairlead_cli_errand_open (&options.errand, argv[1], &error);
  if (run != NULL)
    {
      number = follow (begin_fetch (run, &options, argv[2], argc > 3 ? argv[3] : NULL), options.json, &error);
      fairlead_cli_errand_close (run);
    }
  return end (&options, number, error);
}
