/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-command-line.h"
#include "fairlead-names.h"
#include "fairlead-profile.h"

static void
take_fields (FairleadProfile     *profile,
             FairleadCommandLine *line)
{
  g_autofree char *user = fairlead_command_line_get_value (line, "User");
  g_autofree char *port = fairlead_command_line_get_value (line, "Port");
  g_autofree char *key = fairlead_command_line_get_value (line, "IdentityFile");
  guint number = 0;

  if (port != NULL)
    fairlead_names_parse_port (port, &number);
  g_object_set (profile, "host", line->host, "user", user, "port", number, "key-path", key, NULL);
}

/**
 * fairlead_profile_new_for_text:
 * @text: what was typed, pasted or dropped: whatever fairlead_command_line_parse() reads
 * @read: (out) (optional) (transfer full): what was understood of it, and what was not used
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Makes a profile of a text. A command stays one, on one line, so that it is shown as it was pasted;
 * of an address the fields are filled. Any thread.
 *
 * Returns: (transfer full): the profile, named for its host
 */
FairleadProfile *
fairlead_profile_new_for_text (const char           *text,
                               FairleadCommandLine **read,
                               GError              **error)
{
  g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse (text, error);
  FairleadProfile *profile;

  if (line == NULL)
    return NULL;
  profile = fairlead_profile_new ();
  g_object_set (profile, "name", line->host, NULL);
  if (line->command != NULL)
    g_object_set (profile, "type", FAIRLEAD_PROFILE_TYPE_SSH_COMMAND, "command", line->command, NULL);
  else
    take_fields (profile, line);
  if (read != NULL)
    *read = g_steal_pointer (&line);
  return profile;
}
