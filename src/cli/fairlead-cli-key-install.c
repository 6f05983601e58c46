/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-key.h"

#include <glib/gi18n-lib.h>

#include "fairlead-cli-profile.h"
#include "fairlead-cli-visit.h"
#include "fairlead-error.h"

/* The line of the key that was named; without one, of the first of ssh's own names that is there. */
static char *
find_line (const char  *named,
           GError     **error)
{
  static const FairleadKeyKind order[] = {
    FAIRLEAD_KEY_KIND_ED25519, FAIRLEAD_KEY_KIND_ECDSA, FAIRLEAD_KEY_KIND_RSA,
  };
  g_autoptr (FairleadKeyInfo) info = NULL;

  if (named != NULL)
    info = fairlead_key_describe (named, error);
  for (guint i = 0; named == NULL && info == NULL && i < G_N_ELEMENTS (order); i++)
    {
      g_autofree char *path = fairlead_key_usual_path (order[i]);

      info = fairlead_key_describe (path, NULL);
    }
  if (info != NULL && info->line != NULL)
    return g_strdup (info->line);
  if (error != NULL && *error == NULL)
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                        _("Say which key, by --key: its file, or that of its public half."));
  return NULL;
}

static gboolean
install (const char              *text,
         const char              *key,
         const FairleadCliVisit  *visit,
         gboolean                 json,
         GError                 **error)
{
  g_autofree char *line = find_line (key, error);
  g_autoptr (FairleadProfile) profile = NULL;
  FairleadRemote *remote = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadInstalledKey) installed = NULL;

  if (line != NULL)
    profile = fairlead_cli_profile_for_target (text, error);
  if (profile != NULL)
    remote = fairlead_cli_visit_open (visit, profile, NULL, error);
  if (remote == NULL)
    return FALSE;
  fairlead_install_key_async (remote, line, NULL, fairlead_cli_wait_cb, &result);
  fairlead_cli_wait_for (&result);
  installed = fairlead_install_key_finish (remote, result, error);
  fairlead_cli_visit_close (remote);
  if (installed != NULL)
    fairlead_cli_key_report_install (installed, text, json);
  return installed != NULL;
}

int
fairlead_cli_key_install (int    argc,
                          char **argv)
{
  g_auto (FairleadCliVisit) visit = { NULL };
  g_autofree char *key = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "key", 'k', 0, G_OPTION_ARG_FILENAME, &key,
      N_("The key to add: its file, or that of its public half"), N_("FILE") },
    FAIRLEAD_CLI_VISIT_ENTRIES (&visit),
    { NULL },
  };
  const FairleadCliLine line = {
    "key install", entries, _("TARGET"),
    N_("Adds the public half of a key to authorized_keys of a host that lets you in already, by "
       "another key or the agent."), 1, 1,
  };
  g_autoptr (GError) error = NULL;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &json, &error))
    install (argv[1], key, &visit, json, &error);
  return fairlead_cli_end (json, error);
}
