/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-key.h"

static const struct {
  FairleadError error;
  FairleadCliExit exit;
  const char *name;        /* "code" of the event "error": part of EVENTS.md, not translated */
} kinds[] = {
  { FAIRLEAD_ERROR_USAGE, FAIRLEAD_CLI_EXIT_USAGE, "usage" },
  { FAIRLEAD_ERROR_CONFIG, FAIRLEAD_CLI_EXIT_CONFIG, "config" },
  { FAIRLEAD_ERROR_NETWORK, FAIRLEAD_CLI_EXIT_NETWORK, "network" },
  { FAIRLEAD_ERROR_HOST_KEY, FAIRLEAD_CLI_EXIT_HOST_KEY, "host-key" },
  { FAIRLEAD_ERROR_AUTH, FAIRLEAD_CLI_EXIT_AUTH, "auth" },
  { FAIRLEAD_ERROR_REMOTE, FAIRLEAD_CLI_EXIT_REMOTE, "remote" },
  { FAIRLEAD_ERROR_FORWARDING, FAIRLEAD_CLI_EXIT_REMOTE, "remote" },
  { FAIRLEAD_ERROR_NEEDS_PERSON, FAIRLEAD_CLI_EXIT_NEEDS_PERSON, "needs-person" },
};

/**
 * fairlead_cli_exit_for_error:
 * @error: what ended the command
 *
 * Returns: the exit code for it; an error of a foreign domain counts as one of the remote
 */
FairleadCliExit
fairlead_cli_exit_for_error (const GError *error)
{
  if (error->domain == FAIRLEAD_ERROR)
    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
      if ((int) kinds[i].error == error->code)
        return kinds[i].exit;
  if (error->domain == FAIRLEAD_KEY_ERROR)
    return FAIRLEAD_CLI_EXIT_CONFIG;
  /* Cancelled, and not by a signal: a person who was asked turned it down. */
  if (fairlead_error_is_cancel (error))
    return FAIRLEAD_CLI_EXIT_NEEDS_PERSON;
  return FAIRLEAD_CLI_EXIT_REMOTE;
}

/**
 * fairlead_cli_name_of_exit:
 * @exit_code: an exit code of an error
 *
 * Returns: (transfer none): its name in the events, "host-key"
 */
const char *
fairlead_cli_name_of_exit (int exit_code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if ((int) kinds[i].exit == exit_code)
      return kinds[i].name;
  return "remote";
}

static void
print_indented (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' || lines[i + 1] != NULL)
      g_printerr ("  %s\n", lines[i]);
}

/**
 * fairlead_cli_print_error:
 * @error: what ended the command
 *
 * Says it to the person, on standard error: what failed, what to do, and the details.
 */
void
fairlead_cli_print_error (const GError *error)
{
  const char *hint = fairlead_error_get_hint (error);
  const char *details = fairlead_error_get_details (error);

  g_printerr (_("fairlead-cli: %s\n"), error->message);
  if (hint != NULL)
    print_indented (hint);
  if (details != NULL && *details != '\0')
    {
      g_printerr ("%s\n", _("Details:"));
      print_indented (details);
    }
}
