/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-words.h"

#include <string.h>

#include "fairlead-log-model.h"

/* Bytes of a value that are shown. */
#define MAX_VALUE 2000

static void
append_value (GString            *out,
              const FairleadWord *words,
              gsize               n_words,
              const char         *name)
{
  for (gsize i = 0; i < n_words; i++)
    if (words[i].value != NULL && g_str_equal (words[i].name, name))
      {
        g_autofree char *cut = g_strndup (words[i].value, MAX_VALUE);
        g_autofree char *inert = fairlead_make_inert (g_strstrip (cut), -1);

        g_string_append (out, inert);
      }
}

/**
 * fairlead_words_expand:
 * @text: one of a table, translated, with {names} where values stand: a table's texts have no types that a
 *   compiler could check as it does those of printf
 * @words: (array length=n_words): the values, which may be foreign bytes
 *
 * Returns: (transfer full): the text with its values, inert. A value that holds {a name} stays as it is.
 */
char *
fairlead_words_expand (const char         *text,
                       const FairleadWord *words,
                       gsize               n_words)
{
  GString *out = g_string_new (NULL);

  while (*text != '\0')
    {
      const char *end = *text == '{' ? strchr (text, '}') : NULL;
      g_autofree char *name = end != NULL ? g_strndup (text + 1, end - text - 1) : NULL;

      if (name == NULL)
        {
          g_string_append_c (out, *text++);
          continue;
        }
      append_value (out, words, n_words, name);
      text = end + 1;
    }
  return g_string_free (out, FALSE);
}
