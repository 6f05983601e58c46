/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-command-line.h"
#include "fairlead-error.h"
#include "fairlead-forward-option.h"
#include "fairlead-log-model.h"
#include "fairlead-names.h"
#include "fairlead-profile.h"
#include "fairlead-slurm-options.h"

/* What may stand in each field. A check returns what is wrong, or %NULL. */
typedef char *(*FieldCheck) (FairleadProfile *self);

/* The sentence alone: under a field there is no need to say which command failed. */
static char *
take_message (GError *error)
{
  char *message = g_strdup (error->message);

  g_error_free (error);
  return message;
}

static char *
check_host (FairleadProfile *self)
{
  const char *host = fairlead_profile_get_host (self);
  g_autoptr (FairleadCommandLine) line = NULL;
  GError *error = NULL;

  if (fairlead_profile_uses_command (self))
    return NULL;
  if (*host == '\0')
    return g_strdup (_("Enter a host, or an alias of your ssh configuration."));
  line = fairlead_command_line_parse_destination (host, &error);
  return line == NULL ? take_message (error) : NULL;
}

static char *
check_user (FairleadProfile *self)
{
  const char *user = fairlead_profile_get_user (self);
  GError *error = NULL;

  if (*user == '\0' || fairlead_names_check_user (user, &error))
    return NULL;
  return take_message (error);
}

static char *
check_command (FairleadProfile *self)
{
  g_autoptr (FairleadCommandLine) line = NULL;
  GError *error = NULL;

  if (!fairlead_profile_uses_command (self))
    return NULL;
  line = fairlead_command_line_parse_command (fairlead_profile_get_command (self), &error);
  return line == NULL ? take_message (error) : NULL;
}

static char *
check_port (FairleadProfile *self)
{
  return fairlead_profile_get_port (self) > 65535
         ? g_strdup (_("A port is a number from 1 to 65535.")) : NULL;
}

static char *
check_server_port (FairleadProfile *self)
{
  guint port = fairlead_profile_get_server_port (self);

  return port == 0 || port > 65535
         ? g_strdup (_("A port is a number from 1 to 65535.")) : NULL;
}

static char *
check_local_port (FairleadProfile *self)
{
  return fairlead_profile_get_local_port (self) > 65535
         ? g_strdup (_("A port is a number from 1 to 65535, or 0 for any.")) : NULL;
}

static gboolean
has_control (const char *text)
{
  for (; *text != '\0'; text++)
    if (g_ascii_iscntrl (*text))
      return TRUE;
  return FALSE;
}

/* Our side and the remote agree: no path may depend on a current directory. */
static gboolean
is_anchored (const char *path)
{
  return path[0] == '/' || strcmp (path, "~") == 0 || g_str_has_prefix (path, "~/");
}

static char *
check_path (const char *path)
{
  if (*path == '\0')
    return NULL;
  if (has_control (path))
    return g_strdup (_("A path cannot hold line breaks or control characters."));
  if (!is_anchored (path))
    return g_strdup (_("Enter the whole path, beginning with “/” or “~/”."));
  return NULL;
}

static char *
check_key_path (FairleadProfile *self)
{
  return check_path (fairlead_profile_get_key_path (self));
}

static char *
check_remote_path (FairleadProfile *self)
{
  return check_path (fairlead_profile_get_remote_path (self));
}

/* As docker and podman have it; anything else could not be one, or would be an option. */
static char *
check_container (FairleadProfile *self)
{
  const char *name = fairlead_profile_get_container (self);

  /* One that is not chosen yet is asked for by those that there are, once it is connected. */
  if (!fairlead_profile_uses_container (self) || *name == '\0')
    return NULL;
  if (!g_ascii_isalnum (*name)
      || strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.-") != strlen (name))
    return g_strdup (_("The name of a container has letters, digits, “_”, “.” and “-” alone, and begins with a letter "
                       "or digit."));
  return NULL;
}

static char *
check_container_path (FairleadProfile *self)
{
  return check_path (fairlead_profile_get_container_path (self));
}

/* The solver splits its requests on white space and knows no quoting. */
static char *
check_project_name (FairleadProfile *self)
{
  const char *name = fairlead_profile_get_project_name (self);

  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_isspace (g_utf8_get_char (c)) || g_unichar_iscntrl (g_utf8_get_char (c)))
      return g_strdup (_("The solver does not take white space in a project's name."));
  return NULL;
}

static char *
check_name (FairleadProfile *self)
{
  return has_control (fairlead_profile_get_name (self))
         ? g_strdup (_("A name cannot hold line breaks or control characters.")) : NULL;
}

static char *
check_python (FairleadProfile *self)
{
  return has_control (fairlead_profile_get_python (self))
         ? g_strdup (_("A path cannot hold line breaks or control characters.")) : NULL;
}

static char *
check_forwards (FairleadProfile *self)
{
  const char * const *forwards = fairlead_profile_get_forwards (self);

  for (; *forwards != NULL; forwards++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *setting = fairlead_forward_option_to_setting (*forwards, &error);
      g_autofree char *inert = fairlead_make_inert (*forwards, -1);

      /* Translators: what stands for a forward, and what is wrong with it. */
      if (setting == NULL)
        return g_strdup_printf (_("“%s”: %s"), inert, error->message);
    }
  return NULL;
}

static char *
check_launcher (FairleadProfile *self)
{
  g_autofree char *launcher = NULL;

  g_object_get (self, "launcher", &launcher, NULL);
  if (*launcher == '\0' || g_str_equal (launcher, FAIRLEAD_PROFILE_LAUNCHER_SLURM))
    return NULL;
  return g_strdup (_("This version of Fairlead does not know this way to start a solver."));
}

static char *
check_slurm_options (FairleadProfile *self)
{
  g_auto (GStrv) words = NULL;
  GError *error = NULL;

  if (!fairlead_profile_uses_slurm (self))
    return NULL;
  words = fairlead_slurm_options_split (fairlead_profile_get_slurm_options (self), &error);
  return words == NULL ? take_message (error) : NULL;
}

static gboolean
is_variable_name (const char *text,
                  gsize       length)
{
  if (length == 0 || g_ascii_isdigit (*text))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '_')
      return FALSE;
  return TRUE;
}

/* Names that the launch gives itself, and those that a shell does not let be set. */
static gboolean
is_taken_name (const char *name)
{
  static const char * const taken[] = {
    "BASHOPTS", "BASH_VERSINFO", "EUID", "IFS", "PPID", "SHELLOPTS", "UID",
  };

  if (g_str_has_prefix (name, "FAIRLEAD_"))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    if (g_str_equal (name, taken[i]))
      return TRUE;
  return FALSE;
}

/**
 * fairlead_profile_check_variable:
 * @variable: `NAME=VALUE`
 *
 * Names are those of POSIX.1-2017 (Base Definitions §8.1); a value is any text on one line.
 *
 * Returns: (transfer full) (nullable): what is wrong with it, or %NULL
 */
char *
fairlead_profile_check_variable (const char *variable)
{
  const char *equals = strchr (variable, '=');
  g_autofree char *name = equals != NULL ? g_strndup (variable, equals - variable) : NULL;

  if (name == NULL)
    return g_strdup (_("Write it as NAME=value."));
  if (!is_variable_name (name, strlen (name)))
    return g_strdup (_("A name has letters, digits and “_” alone, and no digit first."));
  if (is_taken_name (name))
    return g_strdup_printf (_("%s is not yours to set here."), name);
  if (has_control (equals + 1))
    return g_strdup (_("A value cannot hold line breaks or control characters."));
  return NULL;
}

static char *
check_environment (FairleadProfile *self)
{
  const char * const *variables = fairlead_profile_get_environment (self);

  for (; *variables != NULL; variables++)
    {
      g_autofree char *wrong = fairlead_profile_check_variable (*variables);
      g_autofree char *inert = fairlead_make_inert (*variables, -1);

      /* Translators: a variable of the environment, and what is wrong with it. */
      if (wrong != NULL)
        return g_strdup_printf (_("“%s”: %s"), inert, wrong);
    }
  return NULL;
}

static const struct {
  const char *property;
  FieldCheck  check;
} checks[] = {
  { "name", check_name },
  { "host", check_host },
  { "port", check_port },
  { "user", check_user },
  { "key-path", check_key_path },
  { "command", check_command },
  { "remote-path", check_remote_path },
  { "server-port", check_server_port },
  { "local-port", check_local_port },
  { "project-name", check_project_name },
  { "container", check_container },
  { "container-path", check_container_path },
  { "python", check_python },
  { "forwards", check_forwards },
  { "launcher", check_launcher },
  { "slurm-options", check_slurm_options },
  { "environment", check_environment },
};

/**
 * fairlead_profile_check_field:
 * @self: a profile
 * @property: the name of one of its properties
 *
 * Says what is wrong with one field, for the line under it.
 *
 * Returns: (transfer full) (nullable): a sentence, or %NULL when nothing is wrong
 */
char *
fairlead_profile_check_field (FairleadProfile *self,
                              const char      *property)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (strcmp (checks[i].property, property) == 0)
      return checks[i].check (self);
  return NULL;
}

/**
 * fairlead_profile_validate:
 * @self: a profile
 * @error: return location: %FAIRLEAD_ERROR_CONFIG with what is wrong with the first wrong field
 *
 * Returns: %TRUE when the profile can be connected
 */
gboolean
fairlead_profile_validate (FairleadProfile  *self,
                           GError          **error)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      g_autofree char *message = checks[i].check (self);

      if (message != NULL)
        {
          fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, "%s", message);
          return FALSE;
        }
    }
  return TRUE;
}
