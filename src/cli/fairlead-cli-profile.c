/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-profile.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-log-model.h"
#include "fairlead-profile-store.h"

/* Nobody sees here what would be guessed of a text. */
static FairleadProfile *
profile_for_text (const char  *text,
                  GError     **error)
{
  g_autoptr (FairleadCommandLine) line = NULL;
  g_autoptr (FairleadProfile) profile = fairlead_profile_new_for_text (text, &line, error);
  g_autofree char *shown = NULL;

  if (profile == NULL || !line->guessed)
    return g_steal_pointer (&profile);
  shown = fairlead_make_inert (text, -1);
  fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                      _("“%s” is neither a saved connection nor an address nor an “ssh” line."), shown);
  return NULL;
}

/**
 * fairlead_cli_profile_for_target:
 * @target: the name of a saved profile, an address, or a command that connects
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
