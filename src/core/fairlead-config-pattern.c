/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-config-pattern.h"

/**
 * fairlead_config_match:
 * @text: a host as it was typed
 * @pattern: with `*` and `?` (ssh_config(5), PATTERNS)
 *
 * Matches bytes, case-sensitively as ssh does for Host. Takes at most the product of the lengths.
 *
 * Returns: %TRUE when @pattern covers @text
 */
gboolean
fairlead_config_match (const char *text,
                       const char *pattern)
{
  const char *star = NULL;   /* the last `*` seen, */
  const char *resume = NULL; /* and the text that it does not cover yet */

  while (*text != '\0')
    {
      if (*pattern == '*')
        {
          star = pattern++;
          resume = text;
        }
      else if (*pattern != '\0' && (*pattern == '?' || *pattern == *text))
        {
          pattern++;
          text++;
        }
      else if (star != NULL)
        {
          pattern = star + 1;
          text = ++resume;
        }
      else
        return FALSE;
    }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}

/**
 * fairlead_config_match_list_exact:
 * @text: a name
 * @patterns: patterns separated by commas, each perhaps negated by `!`
 *
 * Returns: %TRUE when one covers @text and no negated one does
 */
gboolean
fairlead_config_match_list_exact (const char *text,
                                  const char *patterns)
{
  g_auto (GStrv) list = g_strsplit (patterns, ",", -1);
  gboolean found = FALSE;

  for (char **pattern = list; *pattern != NULL; pattern++)
    {
      gboolean negated = **pattern == '!';

      if (!fairlead_config_match (text, *pattern + (negated ? 1 : 0)))
        continue;
      if (negated)
        return FALSE;
      found = TRUE;
    }
  return found;
}

/**
 * fairlead_config_match_list:
 * @text: a host or keyword in lower case
 * @patterns: as for fairlead_config_match_list_exact(), in any case
 *
 * Returns: %TRUE when one covers @text and no negated one does
 */
gboolean
fairlead_config_match_list (const char *text,
                            const char *patterns)
{
  g_autofree char *lower = g_ascii_strdown (patterns, -1);

  return fairlead_config_match_list_exact (text, lower);
}
