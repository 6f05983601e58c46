/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-typed-profile.h"

#include "fairlead-command-line.h"
#include "fairlead-looks.h"

/* `ssh …` lines stay whole, so that the editor shows them as they were pasted. */
static gboolean
is_command (const char *text)
{
  g_autoptr (GRegex) regex = g_regex_new ("^(\\$\\s+)?(\\S*/)?ssh\\s", 0, 0, NULL);

  return g_regex_match (regex, text, 0, NULL);
}

static void
set_from_command_line (FairleadProfile     *profile,
                       FairleadCommandLine *line)
{
  g_autofree char *user = fairlead_command_line_get_value (line, "user");
  g_autofree char *port = fairlead_command_line_get_value (line, "port");

  g_object_set (profile,
                "name", line->host,
                "host", line->host,
                "user", user != NULL ? user : "",
                "port", port != NULL ? (guint) g_ascii_strtoull (port, NULL, 10) : 0,
                NULL);
}

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
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  g_autoptr (FairleadCommandLine) line = NULL;
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  line = fairlead_command_line_parse (stripped, error);
  if (line == NULL)
    return NULL;
  if (is_command (stripped))
    g_object_set (profile, "type", FAIRLEAD_PROFILE_TYPE_SSH_COMMAND, "command", stripped,
                  "name", line->host, NULL);
  else
    set_from_command_line (profile, line);
  return g_steal_pointer (&profile);
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
