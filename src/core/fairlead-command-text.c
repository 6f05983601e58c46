/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-command-private.h"

/* Text as it comes from chats, web pages and terminals: made plain, then split as a shell would. */

typedef enum {
  CHANGE_QUOTES,
  CHANGE_DASHES,
  CHANGE_INVISIBLE,
  N_CHANGES
} Change;

static const struct { const char *what; const char *reason; } changes[N_CHANGES] = {
  [CHANGE_QUOTES] = { "“ ”", N_("Typographic quotation marks were read as plain ones.") },
  [CHANGE_DASHES] = { "– —", N_("Typographic dashes were read as the “-” of an option.") },
  [CHANGE_INVISIBLE] = { "U+200B", N_("Invisible characters were left out.") },
};

/* A character that stands for another one, or for none. */
static const struct { gunichar character; const char *plain; Change change; } replacements[] = {
  { 0x2018, "'", CHANGE_QUOTES }, { 0x2019, "'", CHANGE_QUOTES }, { 0x201a, "'", CHANGE_QUOTES },
  { 0x201b, "'", CHANGE_QUOTES }, { 0x201c, "\"", CHANGE_QUOTES }, { 0x201d, "\"", CHANGE_QUOTES },
  { 0x201e, "\"", CHANGE_QUOTES }, { 0x201f, "\"", CHANGE_QUOTES },
  { 0x2010, "-", CHANGE_DASHES }, { 0x2011, "-", CHANGE_DASHES }, { 0x2012, "-", CHANGE_DASHES },
  { 0x2013, "-", CHANGE_DASHES }, { 0x2014, "--", CHANGE_DASHES }, { 0x2015, "--", CHANGE_DASHES },
  { 0x2212, "-", CHANGE_DASHES },
  { 0x00ad, "", CHANGE_INVISIBLE }, { 0x200b, "", CHANGE_INVISIBLE },
  { 0x2060, "", CHANGE_INVISIBLE }, { 0xfeff, "", CHANGE_INVISIBLE },
};

/* UAX #9: they make text look like another one. */
static gboolean
is_bidi (gunichar c)
{
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

static const char *
find_fault (const char *text)
{
  if (strlen (text) > FAIRLEAD_COMMAND_MAX_LENGTH)
    return _("It is too long for a command.");
  if (!g_utf8_validate (text, -1, NULL))
    return _("It is not text.");
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (strchr ("\t\n\r\f\v", (int) *c) == NULL && g_unichar_iscntrl (character))
        return _("It holds control characters.");
      if (is_bidi (character))
        return _("It holds characters that turn the direction of text round, which can hide what it "
                 "really says.");
    }
  return NULL;
}

/* The plain form, or NULL when @c stays. Dashes are those of an option only before a letter or
 * digit, at the beginning of a word; quotation marks within plain ones are text. */
static const char *
find_plain (const char *c,
            gunichar    before,
            char        quote,
            Change     *change)
{
  gunichar character = g_utf8_get_char (c);

  for (guint i = 0; i < G_N_ELEMENTS (replacements); i++)
    {
      if (replacements[i].character != character)
        continue;
      *change = replacements[i].change;
      if (*change == CHANGE_QUOTES && quote != '\0')
        return NULL;
      if (*change == CHANGE_DASHES &&
          (!g_unichar_isspace (before) || (!g_ascii_isalnum (*g_utf8_next_char (c)) && *g_utf8_next_char (c) != '-')))
        return NULL;
      return replacements[i].plain;
    }
  return NULL;
}

static char *
make_plain (const char *text,
            GPtrArray  *notes)
{
  GString *plain = g_string_new (NULL);
  gboolean changed[N_CHANGES] = { FALSE };
  gunichar before = ' ';
  char quote = '\0';

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);
      Change change;
      const char *replacement = find_plain (c, before, quote, &change);

      if (replacement != NULL)
        {
          g_string_append (plain, replacement);
          changed[change] = TRUE;
        }
      else if (*c == '\n' || *c == '\r' || character == 0x2028 || character == 0x2029)
        {
          if (*c != '\r' || c[1] != '\n')
            g_string_append_c (plain, '\n');
          quote = '\0';
        }
      else if (g_unichar_isspace (character))
        g_string_append_c (plain, *c == '\t' ? '\t' : ' ');
      else
        g_string_append_unichar (plain, character);
      if (quote != '\0' ? *c == quote : *c == '\'' || *c == '"')
        quote = quote != '\0' ? '\0' : *c;
      before = character;
    }
  for (Change change = 0; change < N_CHANGES; change++)
    if (changed[change])
      g_ptr_array_add (notes, fairlead_config_note_new (changes[change].what,
                                                        _(changes[change].reason), NULL));
  return g_string_free (plain, FALSE);
}

/* The lines that mark code in Markdown. */
static void
drop_fences (char *text)
{
  char *out = text;

  for (char *line = text; *line != '\0';)
    {
      gsize length = strcspn (line, "\n");
      gsize whole = length + (line[length] == '\n' ? 1 : 0);

      if (!g_str_has_prefix (line + strspn (line, " \t"), "```"))
        {
          memmove (out, line, whole);
          out += whole;
        }
      line += whole;
    }
  *out = '\0';
}

/* `…`, "…" or '…' around it all. */
static void
drop_quotes (char *text)
{
  gsize length = strlen (text);

  if (length >= 2 && strchr ("`\"'", text[0]) != NULL &&
      strchr (text + 1, text[0]) == text + length - 1)
    {
      memmove (text, text + 1, length - 2);
      text[length - 2] = '\0';
      g_strstrip (text);
    }
}

/**
 * fairlead_command_clean:
 * @text: what was pasted
 * @notes: (element-type FairleadConfigNote): what is read as something else is added to it
 * @error: return location: %FAIRLEAD_ERROR_USAGE for what is no text, or hides what it says
 *
 * Makes pasted text plain: line ends, spaces, typographic quotes and dashes, the marks of code around
 * it.
 *
 * Returns: (transfer full): the text, without white space around it
 */
char *
fairlead_command_clean (const char  *text,
                        GPtrArray   *notes,
                        GError     **error)
{
  const char *fault = find_fault (text);
  char *plain;

  if (fault != NULL)
    {
      fairlead_command_set_error (error, fault);
      return NULL;
    }
  plain = make_plain (text, notes);
  drop_fences (plain);
  g_strstrip (plain);
  drop_quotes (plain);
  return plain;
}

static void
word_free (gpointer data)
{
  FairleadCommandWord *word = data;

  g_free (word->text);
  g_free (word);
}

/**
 * fairlead_command_words_free:
 *
 * Frees @self.
 */
void
fairlead_command_words_free (FairleadCommandWords *self)
{
  g_ptr_array_unref (self->words);
  g_free (self);
}

/* A line break after a backslash, and the prompt that a shell shows on the next line. */
static const char *
skip_continuation (const char *c)
{
  c += strlen ("\\\n");
  c += strspn (c, " \t");
  return g_str_has_prefix (c, "> ") ? c + strlen ("> ") : c;
}

static gboolean
is_continuation (const char *c)
{
  return c[0] == '\\' && c[1] == '\n';
}

/* $HOME at the beginning of a word is the one variable that we know: ssh says ~. */
static const char *
skip_home (const char *c)
{
  static const char * const forms[] = { "$HOME", "${HOME}" };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    if (g_str_has_prefix (c, forms[i]))
      {
        const char *end = c + strlen (forms[i]);

        if (*end == '/' || *end == '"' || *end == '\0' || g_ascii_isspace (*end))
          return end;
      }
  return NULL;
}

static gboolean
is_expansion (const char *c)
{
  return *c == '`' ||
         (*c == '$' && (g_ascii_isalnum (c[1]) || (c[1] != '\0' && strchr ("_({?$!@*#", c[1]))));
}

/* Takes the word at *text and moves on; NULL when a quote is not closed. Rules of sh(1). */
static FairleadCommandWord *
take_word (const char **text)
{
  g_autoptr (GString) word = g_string_new (NULL);
  FairleadCommandWord *taken;
  gboolean expands = FALSE;
  const char *c = *text;
  const char *home;
  char quote = '\0';

  for (; *c != '\0'; c++)
    {
      if (quote != '\'' && is_continuation (c))
        c = skip_continuation (c) - 1;
      else if (quote == '\0' && *c == '\\' && c[1] != '\0')
        g_string_append_c (word, *++c);
      else if (quote == '"' && *c == '\\' && c[1] != '\0' && strchr ("\"\\$`", c[1]) != NULL)
        g_string_append_c (word, *++c);
      else if (quote == '\0' && strchr (" \t\n;|&", *c) != NULL)
        break;
      else if (quote == '\0' ? *c == '\'' || *c == '"' : *c == quote)
        quote = quote == '\0' ? *c : '\0';
      else if (quote != '\'' && word->len == 0 && (home = skip_home (c)) != NULL)
        {
          g_string_append_c (word, '~');
          c = home - 1;
        }
      else
        {
          expands |= quote != '\'' && is_expansion (c);
          g_string_append_c (word, *c);
        }
    }
  *text = c;
  if (quote != '\0')
    return NULL;
  taken = g_new0 (FairleadCommandWord, 1);
  taken->text = g_strdup (word->str);
  taken->expands = expands;
  return taken;
}

/* To the next word of the same command, or to its end. */
static const char *
skip_space (const char *c)
{
  for (;;)
    {
      c += strspn (c, " \t");
      if (!is_continuation (c))
        return c;
      c = skip_continuation (c);
    }
}

/**
 * fairlead_command_split:
 * @text: what fairlead_command_clean() returned, or a part of it; outlives the answer
 *
 * Splits the first command of @text into words as a shell would. Nothing is expanded: `$HOME` at the
 * beginning of a word becomes `~`, and other expansions are marked.
 *
 * Returns: (transfer full) (nullable): the words, perhaps none; %NULL when a quote is not closed
 */
FairleadCommandWords *
fairlead_command_split (const char *text)
{
  g_autoptr (FairleadCommandWords) self = g_new0 (FairleadCommandWords, 1);
  const char *c = skip_space (text);

  self->text = text;
  self->words = g_ptr_array_new_with_free_func (word_free);
  while (*c != '\0' && strchr ("\n;|&#", *c) == NULL)
    {
      const char *start = c;
      FairleadCommandWord *word = take_word (&c);

      if (word == NULL)
        return NULL;
      word->start = start - text;
      word->end = c - text;
      g_ptr_array_add (self->words, word);
      c = skip_space (c);
    }
  self->end = c - text;
  return g_steal_pointer (&self);
}

/**
 * fairlead_command_words_get:
 *
 * Returns: (transfer none) (nullable): the word at @index, %NULL after the last one
 */
const FairleadCommandWord *
fairlead_command_words_get (const FairleadCommandWords *self,
                            guint                       index)
{
  return index < self->words->len ? g_ptr_array_index (self->words, index) : NULL;
}

/**
 * fairlead_command_words_slice:
 * @self: words
 * @first: one of them
 * @last: another, not before @first
 *
 * Returns: (transfer full): how both and what is between them were written, on one line
 */
char *
fairlead_command_words_slice (const FairleadCommandWords *self,
                              guint                       first,
                              guint                       last)
{
  GString *slice = g_string_new (NULL);

  for (guint i = first; i <= last; i++)
    {
      const FairleadCommandWord *word = g_ptr_array_index (self->words, i);
      g_autofree char *written = g_strndup (self->text + word->start, word->end - word->start);

      if (slice->len > 0)
        g_string_append_c (slice, ' ');
      if (strstr (written, "\\\n") != NULL)
        {
          g_autofree char *quoted = g_shell_quote (word->text);

          g_string_append (slice, quoted);
        }
      else
        g_string_append (slice, written);
    }
  return g_string_free (slice, FALSE);
}
