/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* A forward as one types it: an option of ssh(1), or the line that holds it. */

#include "fairlead-forward-option.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-command-line.h"
#include "fairlead-config-lists.h"
#include "fairlead-error.h"

static const struct {
  const char *keyword;
  char letter;
} kinds[] = {
  [FAIRLEAD_FORWARD_LOCAL] = { "localforward", 'L' },
  [FAIRLEAD_FORWARD_REMOTE] = { "remoteforward", 'R' },
  [FAIRLEAD_FORWARD_DYNAMIC] = { "dynamicforward", 'D' },
};

/* The host of a value has its percent signs doubled, as a path's are for its tokens. */
static void
unescape_host (FairleadForwardEnd *end)
{
  g_autoptr (GString) host = g_string_new (end->host);

  if (end->host == NULL)
    return;
  g_string_replace (host, "%%", "%", 0);
  g_free (end->host);
  end->host = g_strdup (host->str);
}

static FairleadForwardSpec *
parse_value (FairleadForwardKind  kind,
             const char          *value)
{
  const char *space = strchr (value, ' ');
  g_autofree char *text = g_strdup (value);
  g_autofree char *normal = NULL;
  FairleadForwardSpec *spec;

  if (space != NULL)
    text[space - value] = ':';
  normal = fairlead_config_normalize_forward (text, space == NULL, kind == FAIRLEAD_FORWARD_REMOTE);
  spec = normal != NULL ? fairlead_forward_spec_parse (kind, normal) : NULL;
  if (spec == NULL)
    return NULL;
  unescape_host (&spec->listen);
  unescape_host (&spec->to);
  return spec;
}

static gboolean
find_kind (const char          *keyword,
           FairleadForwardKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (keyword, kinds[i].keyword) == 0)
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

/* `-L …`, `ssh -L … [HOST]`, and the argument of -L alone. */
static FairleadCommandLine *
read_text (const char  *text,
           GError     **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *command = NULL;
  FairleadCommandLine *line;

  if (*stripped == '-')
    command = g_strconcat ("ssh localhost ", stripped, NULL);
  else if (strpbrk (stripped, " \t\n") == NULL)
    command = g_strconcat ("ssh localhost -L ", stripped, NULL);
  else
    {
      line = fairlead_command_line_parse_command (stripped, NULL);
      if (line != NULL)
        return line;
      command = g_strconcat (stripped, " localhost", NULL);
    }
  return fairlead_command_line_parse_command (command, error);
}

static FairleadForwardSpec *
find_forward (FairleadCommandLine  *line,
              GError              **error)
{
  g_autoptr (FairleadForwardSpec) spec = NULL;
  FairleadForwardKind kind;

  for (guint i = 0; i < line->understood->len; i++)
    {
      const FairleadUnderstood *understood = g_ptr_array_index (line->understood, i);

      if (!find_kind (understood->keyword, &kind))
        continue;
      if (spec != NULL)
        {
          fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                              "%s", _("It holds several forwards. Add them one at a time."));
          return NULL;
        }
      spec = parse_value (kind, understood->value);
      if (spec == NULL)
        break;
    }
  if (spec == NULL)
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, "%s",
                        _("A forward is written as -L 8080:localhost:80, -R 8080:localhost:80 or "
                          "-D 1080."));
  return g_steal_pointer (&spec);
}

/**
 * fairlead_forward_spec_parse_option:
 * @text: what somebody typed or pasted: `-L 8080:localhost:80`, `-R …`, `-D …`, `-o LocalForward=…`, the
 *   `ssh` line that holds one of them, or `8080:localhost:80` alone, which is a local one
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Returns: (transfer full) (nullable): the one forward that it says
 */
FairleadForwardSpec *
fairlead_forward_spec_parse_option (const char  *text,
                                    GError     **error)
{
  g_autoptr (FairleadCommandLine) line = read_text (text, error);

  return line != NULL ? find_forward (line, error) : NULL;
}

/**
 * fairlead_forward_option_to_setting:
 * @text: as for fairlead_forward_spec_parse_option()
 * @error: return location: %FAIRLEAD_ERROR_USAGE, also where it says more than one forward
 *
 * Returns: (transfer full) (nullable): the line of ssh_config(5) that says the same
 */
char *
fairlead_forward_option_to_setting (const char  *text,
                                    GError     **error)
{
  g_autoptr (FairleadCommandLine) line = read_text (text, error);
  g_autoptr (FairleadForwardSpec) spec = line != NULL ? find_forward (line, error) : NULL;

  if (spec == NULL)
    return NULL;
  if (line->settings->len == 1 && line->config_file == NULL)
    return g_strdup (g_ptr_array_index (line->settings, 0));
  fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, "%s", _("A forward stands alone, without other options."));
  return NULL;
}

/* A colon of a path would divide it. */
static void
append_end (GString                  *out,
            const FairleadForwardEnd *end)
{
  g_autofree char *address = NULL;

  if (end->path != NULL)
    {
      for (const char *c = end->path; *c != '\0'; c++)
        {
          if (*c == ':' || *c == '\\')
            g_string_append_c (out, '\\');
          g_string_append_c (out, *c);
        }
      return;
    }
  if (end->host == NULL)
    {
      g_string_append_printf (out, "%u", end->port);
      return;
    }
  address = fairlead_forward_format_address (end->host, end->port);
  g_string_append (out, address);
}

/**
 * fairlead_forward_spec_format_option:
 *
 * Returns: (transfer full): the option of ssh(1), quoted for a shell where that is needed:
 *   "-L 8080:localhost:80"; what fairlead_forward_spec_parse_option() reads
 */
char *
fairlead_forward_spec_format_option (const FairleadForwardSpec *self)
{
  g_autoptr (GString) argument = g_string_new (NULL);
  g_autofree char *quoted = NULL;
  gboolean harmless;

  append_end (argument, &self->listen);
  if (!fairlead_forward_spec_is_socks (self))
    {
      g_string_append_c (argument, ':');
      append_end (argument, &self->to);
    }
  harmless = strspn (argument->str, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ":[]./-_%@+,") == argument->len;
  if (!harmless)
    quoted = g_shell_quote (argument->str);
  return g_strdup_printf ("-%c %s", kinds[self->kind].letter, harmless ? argument->str : quoted);
}
