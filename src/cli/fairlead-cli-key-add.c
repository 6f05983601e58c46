/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-key.h"

#include <glib/gi18n-lib.h>

#include "fairlead-config-lexer.h"
#include "fairlead-error.h"
#include "fairlead-ssh-agent.h"

static FairleadAgent *
find_agent (GError **error)
{
  FairleadAgent *agent = fairlead_ssh_agent_new_default ();

  if (agent == NULL)
    {
      g_autoptr (GError) missing = fairlead_error_new (FAIRLEAD_ERROR_CONFIG,
                                                       _("There is no ssh-agent to add a key to."));

      fairlead_error_set_hint (missing, _("SSH_AUTH_SOCK names none. Start one and this command in it: "
                                          "ssh-agent sh"));
      g_propagate_error (error, g_steal_pointer (&missing));
    }
  return agent;
}

static gboolean
read_lifetime (const char  *text,
               guint       *seconds,
               GError     **error)
{
  int value = 0;

  if (text != NULL && (!fairlead_config_parse_time (text, &value) || value <= 0))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                          _("--time takes seconds, or a time as 30m, 8h or 1d, not “%s”."), text);
      return FALSE;
    }
  *seconds = (guint) value;
  return TRUE;
}

static gboolean
add (const char  *path,
     const char  *time,
     gboolean     confirm,
     gboolean     json,
     GError     **error)
{
  FairleadAgentTerms terms = { .confirm = confirm };
  g_autoptr (FairleadAgent) agent = NULL;
  g_autoptr (FairleadSecret) passphrase = NULL;
  g_autoptr (FairleadKey) key = NULL;
  const char *comment;

  if (!read_lifetime (time, &terms.lifetime, error))
    return FALSE;
  agent = find_agent (error);
  if (agent == NULL)
    return FALSE;
  key = fairlead_cli_key_unlock (path, &passphrase, error);
  if (key == NULL)
    return FALSE;
  comment = fairlead_key_get_comment (key);
  if (!fairlead_agent_add (agent, key, *comment != '\0' ? comment : path, &terms, NULL, error))
    return FALSE;
  fairlead_cli_key_report_add (path, key, &terms, json);
  return TRUE;
}

int
fairlead_cli_key_add (int    argc,
                      char **argv)
{
  g_autofree char *time = NULL;
  gboolean confirm = FALSE, json = FALSE;
  const GOptionEntry entries[] = {
    { "time", 't', 0, G_OPTION_ARG_STRING, &time,
      N_("How long the agent keeps it: seconds, or 30m, 8h, 1d; until its end by default"),
      N_("TIME") },
    { "confirm", 'c', 0, G_OPTION_ARG_NONE, &confirm, N_("The agent asks before each use"), NULL },
    { NULL },
  };
  const FairleadCliLine line = {
    "key add", entries, _("FILE"),
    N_("Adds a key of any form to the ssh-agent, so that its passphrase is asked for no more."), 1, 1,
  };
  g_autoptr (GError) error = NULL;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &json, &error))
    add (argv[1], time, confirm, json, &error);
  return fairlead_cli_end (json, error);
}
