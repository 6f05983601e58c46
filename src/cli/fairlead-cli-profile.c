/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-profile.h"

#include <string.h>

#include "fairlead-command-line.h"
#include "fairlead-profile-store.h"

static FairleadProfile *
profile_for_text (const char  *text,
                  GError     **error)
{
  g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse (text, error);
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  gboolean is_command = strpbrk (stripped, " \t\r\n") != NULL;
  FairleadProfile *profile = NULL;

  if (line == NULL)
    return NULL;
  profile = fairlead_profile_new ();
  g_object_set (profile,
                "name", line->host,
                "type", is_command ? FAIRLEAD_PROFILE_TYPE_SSH_COMMAND : FAIRLEAD_PROFILE_TYPE_SSH,
                is_command ? "command" : "host", stripped,
                NULL);
  return profile;
}

/**
 * fairlead_cli_profile_for_target:
 * @target: the name of a saved profile, or what fairlead_command_line_parse() reads
 * @error: return location: %FAIRLEAD_ERROR_USAGE when @target is neither
 *
 * Returns: (transfer full): a profile of the caller's own; changes to it are not saved
 */
FairleadProfile *
fairlead_cli_profile_for_target (const char  *target,
                                 GError     **error)
{
  g_autoptr (FairleadProfileStore) store = fairlead_profile_store_new (NULL);
  FairleadProfile *saved = NULL;

  fairlead_profile_store_load (store);
  if (fairlead_profile_store_get_notice (store) != NULL)
    g_printerr ("%s\n", fairlead_profile_store_get_notice (store));
  saved = fairlead_profile_store_find_name (store, target);
  return saved != NULL ? fairlead_profile_duplicate (saved) : profile_for_text (target, error);
}
