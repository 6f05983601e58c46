/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-command-line.h"
#include "fairlead-config-lexer.h"

static void
append_word (GString    *command,
             const char *word)
{
  static const char plain[] = "@%_+=:,./~-";
  g_autofree char *quoted = g_shell_quote (word);
  gboolean harmless = *word != '\0';

  for (const char *c = word; *c != '\0'; c++)
    harmless &= g_ascii_isalnum (*c) || strchr (plain, *c) != NULL;
  g_string_append_printf (command, " %s", harmless ? word : quoted);
}

/**
 * fairlead_command_line_format:
 * @self: a command line
 *
 * Returns: (transfer full): an `ssh` line that says what its host and settings say, quoted for a shell
 */
char *
fairlead_command_line_format (FairleadCommandLine *self)
{
  static const struct { const char *keyword; const char *option; } short_forms[] = {
    { "port", "-p" }, { "user", "-l" }, { "identityfile", "-i" }, { "proxyjump", "-J" },
  };
  GString *command = g_string_new ("ssh");

  for (guint i = 0; i < self->settings->len; i++)
    {
      const char *line = g_ptr_array_index (self->settings, i);
      const char *rest;
      g_autofree char *keyword = fairlead_config_split_keyword (line, &rest);
      g_auto (GStrv) words = rest != NULL ? fairlead_config_split_words (rest) : NULL;
      const char *option = NULL;

      for (guint n = 0; n < G_N_ELEMENTS (short_forms); n++)
        if (g_strcmp0 (keyword, short_forms[n].keyword) == 0)
          option = short_forms[n].option;
      if (words == NULL || words[0] == NULL || words[1] != NULL)
        option = NULL;
      g_string_append_printf (command, " %s", option != NULL ? option : "-o");
      append_word (command, option != NULL ? words[0] : line);
    }
  append_word (command, self->host);
  return g_string_free (command, FALSE);
}
