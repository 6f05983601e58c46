/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-inert.h"

#include <string.h>

#define REPLACEMENT "\357\277\275" /* U+FFFD */

static gboolean
is_inert (gunichar c)
{
  if (c == '\t')
    return TRUE;
  /* Controls, and the marks that reorder or hide what stands beside them (Unicode TR 36 §3). */
  return !g_unichar_iscntrl (c) && g_unichar_type (c) != G_UNICODE_FORMAT
         && g_unichar_type (c) != G_UNICODE_LINE_SEPARATOR
         && g_unichar_type (c) != G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* An ANSI escape sequence (ECMA-48 §5.4) at @p: its length, or 0. */
static gsize
escape_length (const char *p,
               const char *end)
{
  const char *q = p;

  if (*q++ != '\033' || q >= end)
    return 0;
  if (*q != '[')
    return 2;
  for (q++; q < end && *q >= 0x20 && *q <= 0x3f; q++)
    ;
  return q < end ? q + 1 - p : q - p;
}

/* How many bytes from @p on are ordinary ASCII: nearly all of nearly each log. */
static gsize
plain_length (const char *p,
              const char *end)
{
  const char *q = p;

  while (q < end && ((*q >= 0x20 && *q <= 0x7e) || *q == '\t'))
    q++;
  return q - p;
}

/* One escape sequence or character that is not plain; its length. */
static gsize
append_special (GString    *out,
                const char *p,
                const char *end)
{
  gsize escape = escape_length (p, end);
  gunichar c;

  if (escape > 0)
    return escape;
  c = g_utf8_get_char_validated (p, end - p);
  if (c == (gunichar) -1 || c == (gunichar) -2 || c == 0)
    {
      g_string_append (out, REPLACEMENT);
      return 1;
    }
  if (is_inert (c))
    g_string_append_unichar (out, c);
  else
    g_string_append (out, REPLACEMENT);
  return g_utf8_next_char (p) - p;
}

/**
 * fairlead_append_inert:
 * @out: appended to
 * @text: foreign bytes
 * @length: how many
 *
 * As fairlead_make_inert(), into a string that is there.
 */
void
fairlead_append_inert (GString    *out,
                       const char *text,
                       gsize       length)
{
  const char *end = text + length;

  for (const char *p = text; p < end;)
    {
      gsize plain = plain_length (p, end);

      g_string_append_len (out, p, plain);
      p += plain;
      if (p < end)
        p += append_special (out, p, end);
    }
}

/**
 * fairlead_make_inert:
 * @text: foreign bytes
 * @length: how many, or -1 when NUL-terminated
 *
 * Makes text of the remote safe to show: valid UTF-8, escape sequences dropped, control characters and
 * bidirectional marks shown as U+FFFD. Any thread.
 *
 * Returns: (transfer full): the text
 */
char *
fairlead_make_inert (const char *text,
                     gssize      length)
{
  gsize n = length < 0 ? strlen (text) : (gsize) length;
  GString *out = g_string_sized_new (n);

  fairlead_append_inert (out, text, n);
  return g_string_free (out, FALSE);
}
