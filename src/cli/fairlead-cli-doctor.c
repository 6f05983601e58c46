/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-private.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "fairlead-cli-events.h"
#include "fairlead-cli-json.h"
#include "fairlead-cli-line.h"
#include "fairlead-cli-profile.h"
#include "fairlead-cli-visit.h"
#include "fairlead-doctor.h"

/* What was typed after "doctor". */
typedef struct {
  FairleadCliVisit visit;
  char *remote_path;
  char *python;
  int server_port;
  gboolean report;
  gboolean json;
} Options;

static void
options_clear (Options *options)
{
  fairlead_cli_visit_clear (&options->visit);
  g_free (options->remote_path);
  g_free (options->python);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
write_finding (FairleadFinding *finding)
{
  static const char * const levels[] = {
    [FAIRLEAD_FINDING_OK] = "ok",
    [FAIRLEAD_FINDING_NOTE] = "note",
    [FAIRLEAD_FINDING_WARNING] = "warning",
    [FAIRLEAD_FINDING_PROBLEM] = "problem",
  };
  JsonObject *event = fairlead_cli_json_new ("finding");

  fairlead_cli_json_set_text (event, "id", fairlead_finding_get_id (finding));
  fairlead_cli_json_set_text (event, "level", levels[fairlead_finding_get_level (finding)]);
  fairlead_cli_json_set_text (event, "title", fairlead_finding_get_title (finding));
  fairlead_cli_json_set_text (event, "found", fairlead_finding_get_found (finding));
  fairlead_cli_json_set_text (event, "advice", fairlead_finding_get_advice (finding));
  fairlead_cli_json_set_text (event, "details", fairlead_finding_get_details (finding));
  fairlead_cli_json_write (event);
}

static void
print_finding (FairleadFinding *finding)
{
  const char *advice = fairlead_finding_get_advice (finding);
  const char *details = fairlead_finding_get_details (finding);
  g_auto (GStrv) lines = g_strsplit (details != NULL ? details : "", "\n", -1);

  printf ("%-8s  %s: %s\n", _(fairlead_finding_level_word (fairlead_finding_get_level (finding))),
          fairlead_finding_get_title (finding), fairlead_finding_get_found (finding));
  if (advice != NULL)
    printf ("          %s\n", advice);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      printf ("          | %s\n", lines[i]);
}

static void
show (FairleadCheckup *checkup,
      const Options   *options)
{
  GListModel *findings = fairlead_checkup_get_findings (checkup);
  g_autofree char *report = fairlead_checkup_dup_report (checkup);
  g_autofree char *summary = fairlead_checkup_dup_summary (checkup);

  if (options->report && !options->json)
    {
      fputs (report, stdout);
      return;
    }
  for (guint i = 0; i < g_list_model_get_n_items (findings); i++)
    {
      g_autoptr (FairleadFinding) finding = g_list_model_get_item (findings, i);

      if (options->json)
        write_finding (finding);
      else
        print_finding (finding);
    }
  if (!options->json)
    printf ("\n%s\n", summary);
}

static FairleadProfile *
make_profile (const char     *text,
              const Options  *options,
              GError        **error)
{
  FairleadProfile *profile = fairlead_cli_profile_for_target (text, error);

  if (profile == NULL)
    return NULL;
  if (options->remote_path != NULL)
    g_object_set (profile, "remote-path", options->remote_path, NULL);
  if (options->python != NULL)
    g_object_set (profile, "python", options->python, NULL);
  if (options->server_port != 0)
    g_object_set (profile, "server-port", (guint) options->server_port, NULL);
  return profile;
}

static FairleadCheckup *
check (const char     *text,
       const Options  *options,
       GError        **error)
{
  g_autoptr (FairleadProfile) profile = make_profile (text, options, error);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadVisit) visit = NULL;
  g_autofree char *host = NULL;
  FairleadCheckup *checkup;
  FairleadRemote *remote;

  if (profile == NULL)
    return NULL;
  remote = fairlead_cli_visit_open (&options->visit, profile, &host, error);
  if (remote == NULL)
    return NULL;
  visit = fairlead_visit_new_for_remote (remote, profile, host);
  fairlead_doctor_async (visit, NULL, fairlead_cli_wait_cb, &result);
  fairlead_cli_wait_for (&result);
  checkup = fairlead_doctor_finish (visit, result, error);
  fairlead_cli_visit_close (remote);
  return checkup;
}

/* A problem is no failure of the command, but a script has to see it. */
static int
end (FairleadCheckup *checkup,
     const Options   *options)
{
  int code = fairlead_checkup_count (checkup, FAIRLEAD_FINDING_PROBLEM) > 0 ? FAIRLEAD_CLI_EXIT_REMOTE
                                                                            : FAIRLEAD_CLI_EXIT_OK;

  if (options->json)
    fairlead_cli_event_exit (code, FAIRLEAD_CLI_SOLVER_NONE);
  return code;
}

/**
 * fairlead_cli_doctor:
 *
 * Signs in, looks at the host, and signs out: nothing is started there.
 *
 * Returns: the exit code; %FAIRLEAD_CLI_EXIT_REMOTE when there is a problem
 */
int
fairlead_cli_doctor (int    argc,
                     char **argv)
{
  g_auto (Options) options = { { NULL } };
  const GOptionEntry entries[] = {
    FAIRLEAD_CLI_VISIT_ENTRIES (&options.visit),
    { "remote-path", 0, 0, G_OPTION_ARG_STRING, &options.remote_path,
      N_("Directory of the solver on the remote"), N_("PATH") },
    { "python", 0, 0, G_OPTION_ARG_STRING, &options.python,
      N_("Python that runs the solver on the remote"), N_("PATH") },
    { "server-port", 0, 0, G_OPTION_ARG_INT, &options.server_port,
      N_("Port of the solver on the remote"), N_("PORT") },
    { "report", 0, 0, G_OPTION_ARG_NONE, &options.report,
      N_("Write it for a bug report: without names of hosts, accounts and processes"), NULL },
    { NULL },
  };
  const FairleadCliLine line = {
    "doctor", entries, _("TARGET"),
    N_("Looks at all that may keep a solver from being started and reached, and says what to do. Changes nothing."),
    1, 1,
  };
  g_autoptr (FairleadCheckup) checkup = NULL;
  g_autoptr (GError) error = NULL;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &options.json, &error))
    {
      if (options.server_port < 0 || options.server_port > G_MAXUINT16)
        fairlead_set_error (&error, FAIRLEAD_ERROR_USAGE, _("%s takes a port, 1 to 65535, not %d."),
                            "--server-port", options.server_port);
      else
        checkup = check (argv[1], &options, &error);
    }
  if (checkup == NULL)
    return fairlead_cli_end (options.json, error);
  show (checkup, &options);
  return end (checkup, &options);
}
