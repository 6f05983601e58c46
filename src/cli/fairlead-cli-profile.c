/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-profile.h"

#include "fairlead-profile-store.h"

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
  return saved != NULL ? fairlead_profile_duplicate (saved) : fairlead_profile_new_for_text (target, NULL, error);
}
