/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-remote-reply.h"

#include <string.h>

#include "fairlead-log-model.h"

/**
 * FairleadRemoteReply:
 *
 * What a script answered: `KEY=HEX` and `KEY:WORD` lines between the two lines with its marker. Anything
 * around them, from the account's rc files say, is chatter. Immutable.
 */
struct _FairleadRemoteReply {
  GHashTable *values;
  char *chatter;
};

static char *
decode_hex (const char *hex)
{
  gsize length = strlen (hex);
  GString *value = g_string_sized_new (length / 2);

  for (gsize i = 0; i + 1 < length; i += 2)
    {
      int high = g_ascii_xdigit_value (hex[i]);
      int low = g_ascii_xdigit_value (hex[i + 1]);

      /* No value holds a NUL: neither does a path or an argument. */
      if (high < 0 || low < 0 || (high == 0 && low == 0))
        break;
      g_string_append_c (value, (char) (high << 4 | low));
    }
  return g_string_free (value, FALSE);
}

static void
take_line (FairleadRemoteReply *self,
           const char          *line)
{
  gsize n = strcspn (line, "=:");

  if (line[n] == '\0' || n == 0)
    return;
  g_hash_table_insert (self->values, g_strndup (line, n),
                       line[n] == '=' ? decode_hex (line + n + 1) : g_strdup (line + n + 1));
}

/**
 * fairlead_remote_reply_parse:
 * @output: (array length=length): standard output of a script
 * @length: its length in bytes
 * @marker: the marker the script was sent with
 * @chatter: (out) (optional) (transfer full): all that is not the reply, made inert, for the log
 *
 * Any thread.
 *
 * Returns: (nullable) (transfer full): the reply; %NULL when it is missing or was cut off
 */
FairleadRemoteReply *
fairlead_remote_reply_parse (const char  *output,
                             gsize        length,
                             const char  *marker,
                             char       **chatter)
{
  /* Empty bytes have no address. */
  g_autofree char *text = g_strndup (length > 0 ? output : "", length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *begin = g_strconcat (marker, " begin", NULL);
  g_autofree char *end = g_strconcat (marker, " end", NULL);
  g_autoptr (FairleadRemoteReply) self = g_new0 (FairleadRemoteReply, 1);
  g_autoptr (GString) rest = g_string_new (NULL);
  enum { BEFORE, INSIDE, AFTER } where = BEFORE;

  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      if (where == BEFORE && g_str_equal (lines[i], begin))
        where = INSIDE;
      else if (where == INSIDE && g_str_equal (lines[i], end))
        where = AFTER;
      else if (where == INSIDE)
        take_line (self, lines[i]);
      else if (*g_strchomp (lines[i]) != '\0')
        {
          g_autofree char *inert = fairlead_make_inert (lines[i], -1);

          g_string_append_printf (rest, "%s\n", inert);
        }
    }
  self->chatter = g_strdup (rest->str);
  if (chatter != NULL)
    *chatter = g_strdup (rest->str);
  return where == AFTER ? g_steal_pointer (&self) : NULL;
}

void
fairlead_remote_reply_free (FairleadRemoteReply *self)
{
  g_clear_pointer (&self->values, g_hash_table_unref);
  g_free (self->chatter);
  g_free (self);
}

/**
 * fairlead_remote_reply_get_chatter:
 *
 * Returns: (transfer none): lines around the reply, inert: what the account's start-up files say; "" for none
 */
const char *
fairlead_remote_reply_get_chatter (FairleadRemoteReply *self)
{
  return self->chatter;
}

/**
 * fairlead_remote_reply_get:
 *
 * Returns: (transfer none): the value of @key in the remote's bytes; "" when it is absent
 */
const char *
fairlead_remote_reply_get (FairleadRemoteReply *self,
                           const char          *key)
{
  const char *value = g_hash_table_lookup (self->values, key);

  return value ? value : "";
}

/**
 * fairlead_remote_reply_get_int:
 *
 * Returns: the value of @key, or @fallback when it is absent or not a number
 */
gint64
fairlead_remote_reply_get_int (FairleadRemoteReply *self,
                               const char          *key,
                               gint64               fallback)
{
  gint64 value;

  if (!g_ascii_string_to_signed (fairlead_remote_reply_get (self, key), 10,
                                 G_MININT64, G_MAXINT64, &value, NULL))
    return fallback;
  return value;
}

/**
 * fairlead_remote_reply_dup_text:
 *
 * Returns: (transfer full): the value of @key, inert, to be shown
 */
char *
fairlead_remote_reply_dup_text (FairleadRemoteReply *self,
                                const char          *key)
{
  return fairlead_make_inert (fairlead_remote_reply_get (self, key), -1);
}

/**
 * fairlead_remote_reply_dup_home_path:
 * @path: a path on the remote
 *
 * Returns: (transfer full): it, inert, with `~` for the home there, if the script said by its key "home" where that is
 */
char *
fairlead_remote_reply_dup_home_path (FairleadRemoteReply *self,
                                     const char          *path)
{
  const char *home = fairlead_remote_reply_get (self, "home");
  gsize length = strlen (home);
  g_autofree char *inert = fairlead_make_inert (path, -1);
  g_autofree char *rest = NULL;

  if (length <= 1 || strncmp (path, home, length) != 0 || (path[length] != '/' && path[length] != '\0'))
    return g_steal_pointer (&inert);
  rest = fairlead_make_inert (path + length, -1);
  return g_strconcat ("~", rest, NULL);
}
