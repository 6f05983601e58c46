/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-json-scan.h"

#include <string.h>

#include "fairlead-json.h"

/* The grammar of RFC 8259, before json-glib sees the text: its parser recurses, so that depth has to be
 * bounded; it takes comments and assignments, which could hide brackets; and it leaks the first of two
 * values that stand side by side, and what stands before half a surrogate pair. Raw control characters in strings are let pass: some write them. */

typedef enum {
  VALUE,
  FIRST_VALUE,             /* of an array, or its end */
  NAME,
  FIRST_NAME,              /* of an object, or its end */
  AFTER_VALUE,
} State;

typedef struct {
  const char *at;
  const char *end;
  State state;
  guint depth;
  guint64 objects;         /* bit N: what is open at depth N + 1 is an object */
} Scan;

G_STATIC_ASSERT (FAIRLEAD_JSON_MAX_DEPTH <= 64);

static void
skip_space (Scan *scan)
{
  while (scan->at < scan->end && *scan->at != '\0' && strchr (" \t\r\n", *scan->at) != NULL)
    scan->at++;
}

static gboolean
take_byte (Scan *scan,
           char  c)
{
  if (scan->at == scan->end || *scan->at != c)
    return FALSE;
  scan->at++;
  return TRUE;
}

static guint
take_digits (Scan *scan)
{
  const char *begin = scan->at;

  while (scan->at < scan->end && g_ascii_isdigit (*scan->at))
    scan->at++;
  return scan->at - begin;
}

static gboolean
take_number (Scan *scan)
{
  take_byte (scan, '-');
  if (!take_byte (scan, '0') && take_digits (scan) == 0)
    return FALSE;
  if (take_byte (scan, '.') && take_digits (scan) == 0)
    return FALSE;
  if (!take_byte (scan, 'e') && !take_byte (scan, 'E'))
    return TRUE;
  if (!take_byte (scan, '+'))
    take_byte (scan, '-');
  return take_digits (scan) > 0;
}

static gboolean
take_unit (Scan  *scan,
           guint *unit)
{
  *unit = 0;
  for (guint i = 0; i < 4; i++)
    {
      if (scan->at == scan->end || !g_ascii_isxdigit (*scan->at))
        return FALSE;
      *unit = *unit << 4 | (guint) g_ascii_xdigit_value (*scan->at++);
    }
  return TRUE;
}

/* Halves of a surrogate pair come in pairs: one alone is no character. */
static gboolean
take_escape (Scan *scan)
{
  char c = scan->at < scan->end ? *scan->at++ : '\0';
  guint unit, low;

  if (c != 'u')
    return c != '\0' && strchr ("\"\\/bfnrt", c) != NULL;
  if (!take_unit (scan, &unit))
    return FALSE;
  if (unit < 0xd800 || unit > 0xdfff)
    return TRUE;
  return unit < 0xdc00 && take_byte (scan, '\\') && take_byte (scan, 'u') && take_unit (scan, &low)
         && low >= 0xdc00 && low <= 0xdfff;
}

static gboolean
take_string (Scan *scan)
{
  if (!take_byte (scan, '"'))
    return FALSE;
  while (scan->at < scan->end && *scan->at != '\0')
    {
      char c = *scan->at++;

      if (c == '"')
        return TRUE;
      if (c == '\\' && !take_escape (scan))
        return FALSE;
    }
  return FALSE;
}

static gboolean
take_literal (Scan *scan)
{
  static const char *const literals[] = { "true", "false", "null" };

  for (gsize i = 0; i < G_N_ELEMENTS (literals); i++)
    {
      gsize length = strlen (literals[i]);

      if ((gsize) (scan->end - scan->at) >= length && memcmp (scan->at, literals[i], length) == 0)
        {
          scan->at += length;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
push (Scan     *scan,
      gboolean  is_object)
{
  guint64 bit;

  if (scan->depth == FAIRLEAD_JSON_MAX_DEPTH)
    return FALSE;
  bit = G_GUINT64_CONSTANT (1) << scan->depth++;
  scan->objects = is_object ? scan->objects | bit : scan->objects & ~bit;
  scan->state = is_object ? FIRST_NAME : FIRST_VALUE;
  return TRUE;
}

static gboolean
is_in_object (const Scan *scan)
{
  return (scan->objects >> (scan->depth - 1) & 1) != 0;
}

static gboolean
pop (Scan *scan)
{
  scan->depth--;
  scan->state = AFTER_VALUE;
  return TRUE;
}

static gboolean
scan_value (Scan *scan)
{
  if (scan->state == FIRST_VALUE && take_byte (scan, ']'))
    return pop (scan);
  if (take_byte (scan, '{'))
    return push (scan, TRUE);
  if (take_byte (scan, '['))
    return push (scan, FALSE);
  scan->state = AFTER_VALUE;
  if (scan->at < scan->end && *scan->at == '"')
    return take_string (scan);
  return take_literal (scan) || take_number (scan);
}

static gboolean
scan_name (Scan *scan)
{
  if (scan->state == FIRST_NAME && take_byte (scan, '}'))
    return pop (scan);
  if (!take_string (scan))
    return FALSE;
  skip_space (scan);
  scan->state = VALUE;
  return take_byte (scan, ':');
}

static gboolean
scan_after_value (Scan *scan)
{
  if (scan->depth == 0)
    return FALSE;
  if (take_byte (scan, is_in_object (scan) ? '}' : ']'))
    return pop (scan);
  scan->state = is_in_object (scan) ? NAME : VALUE;
  return take_byte (scan, ',');
}

static gboolean
scan_step (Scan *scan)
{
  switch (scan->state)
    {
    case NAME:
    case FIRST_NAME:
      return scan_name (scan);
    case AFTER_VALUE:
      return scan_after_value (scan);
    case VALUE:
    case FIRST_VALUE:
    default:
      return scan_value (scan);
    }
}

/**
 * fairlead_json_is_sound:
 * @text: foreign bytes, valid UTF-8
 * @length: their number
 *
 * Returns: whether that is one JSON value and nothing else, not nested deeper than
 *   %FAIRLEAD_JSON_MAX_DEPTH; linear in @length, without recursion
 */
gboolean
fairlead_json_is_sound (const char *text,
                        gsize       length)
{
  Scan scan = { .at = text, .end = text + length };

  for (;;)
    {
      skip_space (&scan);
      if (scan.at == scan.end)
        return scan.depth == 0 && scan.state == AFTER_VALUE;
      if (!scan_step (&scan))
        return FALSE;
    }
}
