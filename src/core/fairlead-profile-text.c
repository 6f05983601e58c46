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

static char *
format_address (const char *user,
                const char *host,
                const char *port)
{
  gboolean brackets = port != NULL && strchr (host, ':') != NULL;

  return g_strconcat (user != NULL ? user : "", user != NULL ? "@" : "",
                      brackets ? "[" : "", host, brackets ? "]" : "",
                      port != NULL ? ":" : "", port, NULL);
}

/**
 * fairlead_profile_dup_address:
 * @self: a profile
 *
 * Returns: (transfer full): `user@host:port` as far as the profile itself names them; the command
 *   as it is when it cannot be read
 */
char *
fairlead_profile_dup_address (FairleadProfile *self)
{
  gboolean by_command;
  g_autoptr (FairleadCommandLine) line = NULL;
  g_autofree char *user = NULL;
  g_autofree char *port = NULL;
  const char *text;

  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), NULL);
  by_command = fairlead_profile_uses_command (self);
  text = by_command ? fairlead_profile_get_command (self) : fairlead_profile_get_host (self);
  line = by_command ? fairlead_command_line_parse_command (text, NULL)
         : fairlead_command_line_parse_destination (text, NULL);
  if (line == NULL)
    return g_strdup (text);

  if (!by_command && *fairlead_profile_get_user (self) != '\0')
    user = g_strdup (fairlead_profile_get_user (self));
  else
    user = fairlead_command_line_get_value (line, "User");
  if (!by_command && fairlead_profile_get_port (self) != 0)
    port = g_strdup_printf ("%u", fairlead_profile_get_port (self));
  else
    port = fairlead_command_line_get_value (line, "Port");
  return format_address (user, line->host, port);
}

/**
 * fairlead_profile_dup_launch_text:
 * @self: a profile
 *
 * What it would have run on the host, as the person is asked about it: variables decide what a program does
 * (LD_PRELOAD, PATH, PYTHONPATH) as much as a command.
 *
 * Returns: (transfer full): its variables, a line each, and what is started with them; empty when it has neither variables
 *   nor a launch command
 */
char *
fairlead_profile_dup_launch_text (FairleadProfile *self)
{
  g_autofree char *variables = NULL;
  const char *command;

  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), NULL);
  command = fairlead_profile_get_launch_command (self);
  if (*fairlead_profile_get_environment (self) == NULL)
    return g_strdup (command);
  variables = g_strjoinv ("\n", (char **) fairlead_profile_get_environment (self));
  return g_strconcat (variables, "\n", *command != '\0' ? command : "server.py", NULL);
}
