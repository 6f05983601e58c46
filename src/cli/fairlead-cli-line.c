/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-line.h"

#include <glib/gi18n-lib.h>

#include "fairlead-cli-events.h"
#include "fairlead-cli-private.h"
#include "fairlead-error.h"

/**
 * fairlead_cli_line_parse:
 * @self: what the command takes
 * @argc: (inout): number of @argv
 * @argv: (inout): the command and what follows it; the options are taken out
 * @json: (out): --json was given
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Returns: %FALSE if the line cannot be understood
 */
gboolean
fairlead_cli_line_parse (const FairleadCliLine   *self,
                         int                     *argc,
                         char                  ***argv,
                         gboolean                *json,
                         GError                 **error)
{
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, json, N_("Write one JSON object per line"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (self->parameters);
  g_autofree char *name = g_strconcat ("fairlead-cli ", self->name, NULL);
  g_autoptr (GError) local = NULL;

  g_set_prgname (name);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _(self->summary));
  if (self->entries != NULL)
    g_option_context_add_main_entries (context, self->entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &local))
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, "%s", local->message);
  else if (*argc - 1 < self->min_arguments || *argc - 1 > self->max_arguments)
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("Usage: %s [OPTION…] %s"), name,
                        self->parameters);
  else
    return TRUE;
  return FALSE;
}

/**
 * fairlead_cli_end:
 * @json: write events
 * @error: (nullable): what ends the command
 *
 * Returns: the exit code
 */
int
fairlead_cli_end (gboolean      json,
                  const GError *error)
{
  int code = error != NULL ? (int) fairlead_cli_exit_for_error (error) : FAIRLEAD_CLI_EXIT_OK;

  if (error != NULL && json)
    fairlead_cli_event_error (error);
  else if (error != NULL)
    fairlead_cli_print_error (error);
  if (json)
    fairlead_cli_event_exit (code, FAIRLEAD_CLI_SOLVER_NONE);
  return code;
}
