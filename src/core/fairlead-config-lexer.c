/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-config-lexer.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

/* White space as ssh means it in a line; a form feed counts at the end only. */
#define SPACE " \t\r\n"

/* A keyword may be quoted, in whole or from its middle on, and only then runs to the quote. */
static char *
take_quoted (const char  *line,
             gsize        start,
             const char **rest)
{
  const char *open = line + start;
  const char *end = strchr (open + 1, '"');

  if (end == NULL)
    return NULL;
  *rest = end + 1 + strspn (end + 1, SPACE);
  return g_strdup_printf ("%.*s%.*s", (int) start, line, (int) (end - open - 1), open + 1);
}

static char *
take_keyword (const char  *line,
              const char **rest)
{
  gsize length = strcspn (line, SPACE "\"=");
  const char *next;
  gboolean equals;

  *rest = NULL;
  if (line[length] == '\0')
    return g_strdup (line);
  if (line[length] == '"')
    return take_quoted (line, length, rest);
  equals = line[length] == '=';
  next = line + length + 1;
  next += strspn (next, SPACE);
  if (*next == '=' && !equals) /* one "=", with or without space around it */
    {
      next++;
      next += strspn (next, SPACE);
    }
  *rest = next;
  return g_strndup (line, length);
}

/**
 * fairlead_config_take_delimited:
 * @text: (inout) (nullable): where to begin; moved on, to %NULL at the end
 *
 * Takes a word as ssh takes the keyword of a line and the words of Match: up to white space, one "=",
 * or the end of a quotation.
 *
 * Returns: (transfer full) (nullable): the word, %NULL at the end or when a quote is not closed
 */
char *
fairlead_config_take_delimited (const char **text)
{
  return *text != NULL ? take_keyword (*text, text) : NULL;
}

/**
 * fairlead_config_split_keyword:
 * @line: a line of a configuration file
 * @rest: (out) (nullable): what follows the keyword, %NULL when nothing does
 *
 * Takes the keyword off a line, by the rules of ssh_config(5) as ssh really applies them:
 * `Keyword value`, `Keyword=value`, `Keyword = value`, `"Keyword" value`.
 *
 * Returns: (transfer full) (nullable): the keyword in lower case; %NULL for an empty line, a
 *   comment, or an unclosed quote, which ssh passes over
 */
char *
fairlead_config_split_keyword (const char  *line,
                               const char **rest)
{
  g_autofree char *keyword = take_keyword (line, rest);

  if (keyword != NULL && *keyword == '\0')
    {
      const char *after = *rest;

      g_clear_pointer (&keyword, g_free);
      if (after != NULL)
        keyword = take_keyword (after, rest);
    }
  if (keyword == NULL || *keyword == '\0' || *keyword == '#')
    return NULL;
  return g_ascii_strdown (keyword, -1);
}

/* A backslash keeps its meaning before quotes, itself and, outside quotes, a space. */
static gboolean
is_escape (const char *c,
           char        quote)
{
  return c[0] == '\\' &&
         (c[1] == '\'' || c[1] == '"' || c[1] == '\\' || (quote == '\0' && c[1] == ' '));
}

/* Returns the word and moves on *text, or %NULL when a quote is not closed. */
static char *
take_word (const char **text)
{
  GString *word = g_string_new (NULL);
  const char *c = *text;
  char quote = '\0';

  for (; *c != '\0'; c++)
    {
      if (is_escape (c, quote))
        g_string_append_c (word, *++c);
      else if (quote == '\0' && (*c == ' ' || *c == '\t'))
        break;
      else if (quote == '\0' && (*c == '"' || *c == '\''))
        quote = *c;
      else if (quote != '\0' && *c == quote)
        quote = '\0';
      else
        g_string_append_c (word, *c);
    }
  *text = c;
  return g_string_free (word, quote != '\0');
}

/**
 * fairlead_config_split_words:
 * @text: what follows a keyword, trailing white space removed
 *
 * Splits arguments as ssh does since 8.7: quotes of both kinds, backslashes, a comment from a `#`
 * at the beginning of a word.
 *
 * Returns: (transfer full) (nullable): the words, or %NULL when a quote is not closed
 */
char **
fairlead_config_split_words (const char *text)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (;;)
    {
      g_autofree char *word = NULL;

      text += strspn (text, " \t");
      if (*text == '\0' || *text == '#')
        return g_strv_builder_end (words);
      word = take_word (&text);
      if (word == NULL)
        return NULL;
      g_strv_builder_add (words, word);
    }
}

/**
 * fairlead_config_quote:
 * @value: any text
 *
 * Returns: (transfer full): @value as one word of a line
 */
char *
fairlead_config_quote (const char *value)
{
  GString *quoted = g_string_new ("\"");

  for (; *value != '\0'; value++)
    {
      if (*value == '"' || *value == '\\')
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *value);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

/**
 * fairlead_config_parse_int:
 * @text: a number
 * @number: (out): it
 *
 * Returns: %TRUE when @text is a whole number from 0 to G_MAXINT
 */
gboolean
fairlead_config_parse_int (const char *text,
                           int        *number)
{
  char *end;
  gint64 value = g_ascii_strtoll (text, &end, 10);

  if (end == text || *end != '\0' || value < 0 || value > G_MAXINT)
    return FALSE;
  *number = (int) value;
  return TRUE;
}

static guint
service_port (const char *name)
{
  struct servent entry, *found = NULL;
  char buffer[2048];

  if (getservbyname_r (name, "tcp", &entry, buffer, sizeof buffer, &found) != 0 || found == NULL)
    return 0;
  return ntohs ((guint16) found->s_port);
}

/**
 * fairlead_config_parse_port:
 * @text: a number, or the name of a service of services(5)
 *
 * Returns: the port, 1–65535, or 0 when there is none
 */
guint
fairlead_config_parse_port (const char *text)
{
  int number;

  if (fairlead_config_parse_int (text, &number) && number <= 65535)
    return (guint) number;
  return service_port (text);
}

static int
unit_seconds (char unit)
{
  switch (g_ascii_tolower (unit))
    {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 60 * 60;
    case 'd':
      return 24 * 60 * 60;
    case 'w':
      return 7 * 24 * 60 * 60;
    default:
      return 0;
    }
}

/**
 * fairlead_config_parse_time:
 * @text: `90`, `1m30s`, `2h`; the time formats of sshd_config(5)
 * @seconds: (out): the sum
 *
 * Returns: %TRUE when @text is a time of at most G_MAXINT seconds
 */
gboolean
fairlead_config_parse_time (const char *text,
                            int        *seconds)
{
  gint64 total = 0;

  if (*text == '\0')
    return FALSE;
  while (*text != '\0')
    {
      char *end;
      gint64 number = g_ascii_strtoll (text, &end, 10);
      int unit = *end == '\0' ? 1 : unit_seconds (*end);

      if (end == text || number < 0 || unit == 0 || number > G_MAXINT / unit)
        return FALSE;
      total += number * unit;
      if (total > G_MAXINT)
        return FALSE;
      text = *end == '\0' ? end : end + 1;
    }
  *seconds = (int) total;
  return TRUE;
}
