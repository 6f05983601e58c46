/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-command-private.h"

/* What people write before ssh. */

#define AS_YOU   N_("Fairlead connects as the person who uses it.")
#define NO_SHELL N_("It has a meaning for the shell only.")

static const struct {
  const char *name;
  const char *with_argument; /* letters of its options that have one */
  gboolean    operand;       /* something else stands before the command */
  gboolean    refused;       /* how one connects would differ without it */
  const char *reason;
} wrappers[] = {
  { "sudo", "ugprChDRTUt", FALSE, FALSE, AS_YOU },
  { "doas", "uC", FALSE, FALSE, AS_YOU },
  { "env", "uSC", FALSE, FALSE, N_("The environment is not used.") },
  { "exec", "a", FALSE, FALSE, NO_SHELL },
  { "command", "", FALSE, FALSE, NO_SHELL },
  { "builtin", "", FALSE, FALSE, NO_SHELL },
  { "nohup", "", FALSE, FALSE, NO_SHELL },
  { "time", "", FALSE, FALSE, NO_SHELL },
  { "setsid", "", FALSE, FALSE, NO_SHELL },
  { "watch", "nd", FALSE, FALSE, NO_SHELL },
  { "timeout", "ks", TRUE, FALSE, NO_SHELL },
  { "nice", "n", FALSE, FALSE, NO_SHELL },
  { "caffeinate", "tw", FALSE, FALSE, NO_SHELL },
  { "winpty", "", FALSE, FALSE, NO_SHELL },
  { "kitten", "", FALSE, FALSE, NO_SHELL },
  { "kitty", "", TRUE, FALSE, NO_SHELL },
  { "sshpass", "pfdPe", FALSE, FALSE,
    N_("The password is not used: Fairlead signs in by public key.") },
  { "torsocks", "ui", FALSE, TRUE, NULL },
  { "torify", "", FALSE, TRUE, NULL },
  { "proxychains", "f", FALSE, TRUE, NULL },
  { "proxychains4", "f", FALSE, TRUE, NULL },
  { "tsocks", "", FALSE, TRUE, NULL },
};

static gboolean
is_assignment (const char *word)
{
  const char *c = word;

  while (g_ascii_isalnum (*c) || *c == '_')
    c++;
  return c > word && *c == '=' && !g_ascii_isdigit (*word);
}

static int
find_wrapper (const char *word)
{
  const char *slash = strrchr (word, '/');

  for (guint i = 0; i < G_N_ELEMENTS (wrappers); i++)
    if (strcmp (slash != NULL ? slash + 1 : word, wrappers[i].name) == 0)
      return (int) i;
  return -1;
}

/* Past the options of a wrapper; returns the index of what it runs. */
static guint
skip_options (const FairleadCommandWords *words,
              guint                       index,
              int                         wrapper)
{
  const FairleadCommandWord *word;

  for (; (word = fairlead_command_words_get (words, index)) != NULL; index++)
    {
      if (word->text[0] != '-')
        break;
      if (strcmp (word->text, "--") == 0)
        return index + 1;
      if (word->text[1] != '\0' && word->text[2] == '\0' &&
          strchr (wrappers[wrapper].with_argument, word->text[1]) != NULL)
        index++;
    }
  return index + (wrappers[wrapper].operand ? 1 : 0);
}

static gboolean
refuse (const char  *name,
        GError     **error)
{
  g_autofree char *reason = NULL;

  /* Translators: a program such as torsocks, which leads connections over another way. */
  reason = g_strdup_printf (_("“%s” cannot be used, and without it the connection would go another "
                              "way. Set a ProxyCommand instead."), name);
  fairlead_command_set_error (error, reason);
  return FALSE;
}

/**
 * fairlead_command_skip_wrappers:
 * @words: a command
 * @notes: (element-type FairleadConfigNote): what is passed over is added to it
 * @first: (out): the index of the program that is run in the end
 * @error: return location: %FAIRLEAD_ERROR_USAGE when the connection would go another way
 *
 * Passes over `sudo`, `env X=y`, `exec` and the like. What stands after their options stays unnamed in
 * the notes: it may be a password.
 *
 * Returns: %FALSE on error
 */
gboolean
fairlead_command_skip_wrappers (const FairleadCommandWords  *words,
                                GPtrArray                   *notes,
                                guint                       *first,
                                GError                     **error)
{
  const FairleadCommandWord *word;

  *first = 0;
  while ((word = fairlead_command_words_get (words, *first)) != NULL)
    {
      int wrapper = find_wrapper (word->text);

      if (wrapper < 0 && !is_assignment (word->text))
        break;
      if (wrapper >= 0 && wrappers[wrapper].refused)
        return refuse (wrappers[wrapper].name, error);
      if (wrapper < 0)
        {
          g_autofree char *name = g_strndup (word->text, strcspn (word->text, "="));

          g_ptr_array_add (notes, fairlead_config_note_new (name, _("The environment is not used."),
                                                            NULL));
          (*first)++;
          continue;
        }
      g_ptr_array_add (notes, fairlead_config_note_new (wrappers[wrapper].name,
                                                        _(wrappers[wrapper].reason), NULL));
      *first = skip_options (words, *first + 1, wrapper);
    }
  return TRUE;
}
