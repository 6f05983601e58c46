/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-follow-parser.h"

#include <string.h>

/* No event of scripts/follow.sh is longer. */
#define MAX_EVENT 256

/**
 * FairleadFollowParser:
 *
 * Takes apart what scripts/follow.sh writes: events behind a marker, and the bytes of logs between them,
 * which may come cut anywhere. Bytes only; any thread.
 */
struct _FairleadFollowParser {
  char *mark;                  /* "\nMARKER " */
  gsize mark_length;
  FairleadFollowParserFuncs funcs;
  gpointer user_data;

  GByteArray *buffer;
  gboolean in_data;
};

/**
 * fairlead_follow_parser_new:
 * @marker: the marker that the script was sent with
 * @funcs: called from fairlead_follow_parser_feed()
 */
FairleadFollowParser *
fairlead_follow_parser_new (const char                      *marker,
                            const FairleadFollowParserFuncs *funcs,
                            gpointer                         user_data)
{
  FairleadFollowParser *self = g_new0 (FairleadFollowParser, 1);

  self->mark = g_strdup_printf ("\n%s ", marker);
  self->mark_length = strlen (self->mark);
  self->funcs = *funcs;
  self->user_data = user_data;
  self->buffer = g_byte_array_new ();
  return self;
}

void
fairlead_follow_parser_free (FairleadFollowParser *self)
{
  g_clear_pointer (&self->mark, g_free);
  g_clear_pointer (&self->buffer, g_byte_array_unref);
  g_free (self);
}

/* What stands before the next marker: log, or what an rc file said before the first. */
static void
take_data (FairleadFollowParser *self,
           gsize                 length)
{
  if (length == 0)
    return;
  if (self->in_data)
    self->funcs.data (self->buffer->data, length, self->user_data);
  g_byte_array_remove_range (self->buffer, 0, length);
}

static void
take_event (FairleadFollowParser *self,
            gsize                 length)
{
  g_autofree char *text = g_strndup ((const char *) self->buffer->data + self->mark_length,
                                     length - self->mark_length);
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  g_byte_array_remove_range (self->buffer, 0, length + 1);
  self->in_data = g_strcmp0 (words[0], "data") == 0 && g_strv_length (words) == 4;
  if (words[0] != NULL)
    self->funcs.event ((const char * const *) words, self->user_data);
}

/**
 * fairlead_follow_parser_feed:
 * @data: (array length=length): what has come
 *
 * Calls back for all that is complete. Data is passed on at once, but for a tail that may be the beginning
 * of a marker.
 */
void
fairlead_follow_parser_feed (FairleadFollowParser *self,
                             const guchar         *data,
                             gsize                 length)
{
  g_byte_array_append (self->buffer, data, length);
  for (;;)
    {
      const guchar *found = memmem (self->buffer->data, self->buffer->len,
                                    self->mark, self->mark_length);
      const guchar *end;

      if (found == NULL)
        break;
      take_data (self, found - self->buffer->data);
      end = memchr (self->buffer->data + self->mark_length, '\n',
                    self->buffer->len - self->mark_length);
      if (end == NULL && self->buffer->len < self->mark_length + MAX_EVENT)
        return;
      if (end == NULL)
        take_data (self, self->mark_length);
      else
        take_event (self, end - self->buffer->data);
    }
  if (self->buffer->len >= self->mark_length)
    take_data (self, self->buffer->len - (self->mark_length - 1));
}
