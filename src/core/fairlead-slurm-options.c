/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-slurm-options.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-log-model.h"

/* The options of sbatch(1) that are Fairlead's to give, and why. */
static const struct {
  const char *option;
  const char letter;
  const char *why;
} ours[] = {
  { "--comment", 0, N_("Fairlead knows its job by its comment.") },
  { "--output", 'o', N_("The job's output is the solver's log.") },
  { "--error", 'e', N_("The job's output is the solver's log.") },
  { "--open-mode", 0, N_("The job's output is the solver's log.") },
  { "--input", 'i', N_("The solver reads nothing.") },
  { "--chdir", 'D', N_("The solver runs in the remote path.") },
  { "--wrap", 0, N_("The job runs the solver and nothing else.") },
  { "--array", 'a', N_("One solver is one job.") },
  { "--clusters", 'M', N_("The job belongs to the cluster of the login node.") },
  { "--cluster", 0, N_("The job belongs to the cluster of the login node.") },
  { "--parsable", 0, N_("Fairlead gives it itself.") },
  { "--wait", 'W', N_("Fairlead shows the queue itself.") },
  { "--test-only", 0, N_("No job would be started.") },
  { "--requeue", 0, N_("A solver that is started anew begins from nothing.") },
  { "--help", 'h', N_("No job would be started.") },
  { "--usage", 0, N_("No job would be started.") },
  { "--version", 'V', N_("No job would be started.") },
};

/* Those that take no value of their own, or only behind a "=": the word after them is an option again. */
static const char * const flags[] = {
  "--contiguous", "--exclusive", "--get-user-env", "--hold", "--ignore-pbs", "--nice", "--no-kill",
  "--no-requeue", "--overcommit", "--oversubscribe", "--propagate", "--quiet", "--reboot", "--spread-job",
  "--use-min-nodes", "--verbose", "-H", "-k", "-O", "-Q", "-s", "-v", NULL,
};

static char *
dup_shown (const char *word)
{
  return fairlead_make_inert (word, -1);
}

static const char *
why_ours (const char *word)
{
  gsize length = strcspn (word, "=");

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    {
      /* getopt_long(3) takes any beginning that is unambiguous. */
      if (g_str_has_prefix (word, "--") && length > 3 && strncmp (ours[i].option, word, length) == 0)
        return _(ours[i].why);
      if (ours[i].letter != 0 && word[0] == '-' && word[1] == ours[i].letter)
        return _(ours[i].why);
    }
  return NULL;
}

/* Whether the next word is the value of this one. */
static gboolean
takes_next (const char *word)
{
  if (g_str_has_prefix (word, "--"))
    return strchr (word, '=') == NULL && !g_strv_contains (flags, word);
  return strlen (word) == 2 && !g_strv_contains (flags, word);
}

static gboolean
check_option (const char  *word,
              GError     **error)
{
  g_autofree char *shown = dup_shown (word);
  const char *why;

  if (word[0] != '-' || word[1] == '\0' || g_str_equal (word, "--"))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("“%s” is not an option of sbatch: one begins with “-”."), shown);
      return FALSE;
    }
  why = why_ours (word);
  if (why != NULL)
    /* Translators: an option of sbatch, and why it cannot be given. */
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("“%s” cannot be given here. %s"), shown, why);
  return why == NULL;
}

static gboolean
check_words (char   **words,
             GError **error)
{
  for (gsize i = 0; words[i] != NULL; i++)
    {
      if (!check_option (words[i], error))
        return FALSE;
      if (takes_next (words[i]) && words[++i] == NULL)
        {
          g_autofree char *shown = dup_shown (words[i - 1]);

          fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("“%s” lacks its value."), shown);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
has_control (const char *text)
{
  for (; *text != '\0'; text++)
    if (g_ascii_iscntrl (*text))
      return TRUE;
  return FALSE;
}

/**
 * fairlead_slurm_options_split:
 * @text: options of sbatch(1) as one would type them: `--partition=gpu --gres=gpu:1 --time=8:00:00`
 *
 * Splits them as a shell would, quotes and backslashes included, but expands nothing. What is Fairlead's to give
 * is refused, and so is a word that sbatch would take for a script to run.
 *
 * Returns: (transfer full): the words; %NULL with %FAIRLEAD_ERROR_CONFIG and what is wrong
 */
char **
fairlead_slurm_options_split (const char  *text,
                              GError     **error)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) local_error = NULL;

  if (has_control (text))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("Options cannot hold line breaks or control characters."));
      return NULL;
    }
  if (!g_shell_parse_argv (text, NULL, &words, &local_error))
    {
      if (g_error_matches (local_error, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
        return g_new0 (char *, 1);
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("A quotation mark has no partner."));
      return NULL;
    }
  return check_words (words, error) ? g_steal_pointer (&words) : NULL;
}
