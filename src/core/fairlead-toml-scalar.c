/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "fairlead-toml-private.h"

/* Strings, numbers, booleans and dates of TOML 1.0. */

/* What may follow a backslash, and what it stands for. */
static const char escapes[] = "btnfre\"\\";
static const char escaped[] = "\b\t\n\f\r\033\"\\";

static gboolean
take_unicode (FairleadTomlReader  *self,
              guint                digits,
              GString             *text,
              GError             **error)
{
  gunichar character = 0;

  for (guint i = 0; i < digits; i++, self->c++)
    {
      int value = g_ascii_xdigit_value (*self->c);

      if (value < 0)
        break;
      character = character << 4 | (gunichar) value;
      if (i + 1 == digits && character != 0 && g_unichar_validate (character))
        {
          self->c++;
          g_string_append_unichar (text, character);
          return TRUE;
        }
    }
  fairlead_toml_set_error (self, error, _("It is not a character of Unicode."));
  return FALSE;
}

/* After the backslash. In a long string it may end a line; white space after it is left out. */
static gboolean
take_escape (FairleadTomlReader  *self,
             gboolean             is_long,
             GString             *text,
             GError             **error)
{
  const char *known = *self->c != '\0' ? strchr (escapes, *self->c) : NULL;
  FairleadTomlReader ahead = *self;

  if (known != NULL)
    {
      g_string_append_c (text, escaped[known - escapes]);
      self->c++;
      return TRUE;
    }
  if (*self->c == 'u' || *self->c == 'U')
    {
      guint digits = *self->c == 'u' ? 4 : 8;

      self->c++;
      return take_unicode (self, digits, text, error);
    }
  fairlead_toml_skip_space (&ahead);
  if (is_long && fairlead_toml_skip_newline (&ahead))
    {
      do
        fairlead_toml_skip_space (&ahead);
      while (fairlead_toml_skip_newline (&ahead));
      *self = ahead;
      return TRUE;
    }
  fairlead_toml_set_error (self, error, _("The backslash does not stand before one of b, t, n, f, r, "
                                          "quotation marks, backslashes, u and U."));
  return FALSE;
}

/* The end of a long string may have one or two quotation marks before it that belong to it. */
static gboolean
is_long_end (FairleadTomlReader *self,
             char                quote,
             GString            *text)
{
  gsize count = 0;

  while (count < 5 && self->c[count] == quote)
    count++;
  if (count < 3)
    return FALSE;
  for (gsize i = 3; i < count; i++)
    g_string_append_c (text, quote);
  self->c += count;
  return TRUE;
}

/**
 * fairlead_toml_take_string:
 * @self: a reader, at a quotation mark
 * @may_be_long: whether three of them begin a string of several lines, which a key cannot be
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the string
 */
char *
fairlead_toml_take_string (FairleadTomlReader  *self,
                           gboolean             may_be_long,
                           GError             **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char quote = *self->c;
  gboolean is_long = may_be_long && self->c[1] == quote && self->c[2] == quote;

  self->c += is_long ? 3 : 1;
  if (is_long)
    fairlead_toml_skip_newline (self);
  while (*self->c != '\0')
    {
      if (is_long ? is_long_end (self, quote, text) : *self->c == quote)
        {
          self->c += is_long ? 0 : 1;
          return g_strdup (text->str);
        }
      if (*self->c == '\\' && quote == '"')
        {
          self->c++;
          if (!take_escape (self, is_long, text, error))
            return NULL;
        }
      else if (is_long && fairlead_toml_skip_newline (self))
        g_string_append_c (text, '\n');
      else if (g_ascii_iscntrl (*self->c) && *self->c != '\t')
        break;
      else
        g_string_append_c (text, *self->c++);
    }
  fairlead_toml_set_error (self, error, *self->c == '\0' || *self->c == '\n'
                           ? _("The quotation mark is not closed.")
                           : _("A text cannot hold control characters."));
  return NULL;
}

/* Digits with single underscores between them; they are taken out. */
static gboolean
take_underscores (char *text)
{
  char *out = text;

  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c != '_')
        *out++ = *c;
      else if (c == text || !g_ascii_isxdigit (c[-1]) || !g_ascii_isxdigit (c[1]))
        return FALSE;
    }
  *out = '\0';
  return TRUE;
}

static JsonNode *
read_based (const char *text)
{
  static const struct { char letter; guint base; } bases[] = { { 'x', 16 }, { 'o', 8 }, { 'b', 2 } };
  guint64 number;

  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    if (text[0] == '0' && text[1] == bases[i].letter && g_ascii_isxdigit (text[2]) &&
        g_ascii_string_to_unsigned (text + 2, bases[i].base, 0, G_MAXINT64, &number, NULL))
      return json_node_init_int (json_node_alloc (), (gint64) number);
  return NULL;
}

/* TOML's own rules of how a number is written; C's are wider. */
static gboolean
is_number (const char *text,
           gboolean   *is_float)
{
  const char *c = text + (*text == '+' || *text == '-' ? 1 : 0);
  gsize whole = strspn (c, "0123456789");

  *is_float = FALSE;
  if (whole == 0 || (whole > 1 && *c == '0'))
    return FALSE;
  c += whole;
  if (*c == '.')
    {
      gsize digits = strspn (c + 1, "0123456789");

      *is_float = TRUE;
      c += 1 + digits;
      if (digits == 0)
        return FALSE;
    }
  if (*c == 'e' || *c == 'E')
    {
      c += 1 + (c[1] == '+' || c[1] == '-' ? 1 : 0);
      *is_float = g_ascii_isdigit (*c);
      if (!*is_float)
        return FALSE;
      c += strspn (c, "0123456789");
    }
  return *c == '\0';
}

static JsonNode *
read_number (const char *text)
{
  const char *plain = text + (*text == '+' ? 1 : 0);
  const char *word = text + (*text == '+' || *text == '-' ? 1 : 0);
  gboolean is_float;
  gint64 number;

  if (strcmp (word, "inf") == 0)
    return json_node_init_double (json_node_alloc (), *text == '-' ? -INFINITY : INFINITY);
  if (strcmp (word, "nan") == 0)
    return json_node_init_double (json_node_alloc (), NAN);
  if (!is_number (text, &is_float))
    return read_based (text);
  if (is_float)
    return json_node_init_double (json_node_alloc (), g_ascii_strtod (plain, NULL));
  if (!g_ascii_string_to_signed (plain, 10, G_MININT64, G_MAXINT64, &number, NULL))
    return NULL;
  return json_node_init_int (json_node_alloc (), number);
}

/* 2026-11-21, 07:32:00.5, 2026-11-21T07:32:00Z: kept as text, as JSON has no dates. */
static gboolean
is_date (const char *text)
{
  gsize digits = strspn (text, "0123456789");

  return ((digits == 4 && text[4] == '-') || (digits == 2 && text[2] == ':')) &&
         text[strspn (text, "0123456789-:.+TtZz ")] == '\0' && strlen (text) >= strlen ("07:32:00");
}

/* A date may have a space before its time. */
static gsize
measure (const char *c)
{
  static const char letters[] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_+-.:";
  gsize length = strspn (c, letters);

  if (length == strlen ("2026-11-21") && c[4] == '-' && c[length] == ' ' &&
      g_ascii_isdigit (c[length + 1]))
    length += 1 + strspn (c + length + 1, letters);
  return length;
}

/**
 * fairlead_toml_take_scalar:
 * @self: a reader, at a value that is no array and no table
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the value; dates are strings
 */
JsonNode *
fairlead_toml_take_scalar (FairleadTomlReader  *self,
                           GError             **error)
{
  g_autofree char *text = NULL;
  JsonNode *node = NULL;

  if (*self->c == '"' || *self->c == '\'')
    {
      text = fairlead_toml_take_string (self, TRUE, error);
      return text != NULL ? json_node_init_string (json_node_alloc (), text) : NULL;
    }
  text = g_strndup (self->c, measure (self->c));
  if (strcmp (text, "true") == 0 || strcmp (text, "false") == 0)
    node = json_node_init_boolean (json_node_alloc (), *text == 't');
  else if (is_date (text))
    node = json_node_init_string (json_node_alloc (), text);
  if (node == NULL)
    {
      gsize length = strlen (text);

      if (take_underscores (text))
        node = read_number (text);
      if (node == NULL)
        fairlead_toml_set_error (self, error, _("It is not a value. Texts stand in quotation marks."));
      self->c += length;
      return node;
    }
  self->c += strlen (text);
  return node;
}
