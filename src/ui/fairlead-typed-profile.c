/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-typed-profile.h"

#include "fairlead-looks.h"

/**
 * fairlead_profile_new_for_typed:
 * @text: what somebody typed, pasted or dropped: a host, an `ssh://` URI, or an `ssh …` line
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Returns: (transfer full): a connection filled with it, for the editor
 */
FairleadProfile *
fairlead_profile_new_for_typed (const char  *text,
                                GError     **error)
{
  return fairlead_profile_new_for_text (text, NULL, error);
}

/**
 * fairlead_profile_new_for_key:
 * @path: a key file
 *
 * Returns: (transfer full): a connection that uses it, for the editor
 */
FairleadProfile *
fairlead_profile_new_for_key (const char *path)
{
  FairleadProfile *profile = fairlead_profile_new ();
  g_autofree char *shown = fairlead_tilde_path (path);

  g_object_set (profile, "key-path", shown, NULL);
  return profile;
}
