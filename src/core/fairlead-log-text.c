/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-reader.h"

#include <string.h>

#include "fairlead-async.h"

/* What a person takes out of a log: all of it into a file, or some lines. */

typedef struct {
  FairleadLogReader *reader;
  GFile *file;
  GArray *lines;
  gsize max_bytes;
} Take;

static void
take_free (gpointer data)
{
  Take *take = data;

  fairlead_log_reader_free (take->reader);
  g_clear_object (&take->file);
  g_clear_pointer (&take->lines, g_array_unref);
  g_free (take);
}

static gboolean
write_chunks (FairleadLogReader  *reader,
              GOutputStream      *stream,
              GCancellable       *cancellable,
              GError            **error)
{
  FairleadLogChunk chunk;
  GError *failure = NULL;

  while (fairlead_log_reader_next (reader, &chunk, &failure))
    if (!g_output_stream_write_all (stream, chunk.text, chunk.length, NULL, cancellable, error))
      return FALSE;
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

/* A stream of g_file_replace() that is closed by a cancelled operation leaves the old file as it was. */
static gpointer
save (gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  Take *take = data;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GFileOutputStream) stream = NULL;

  stream = g_file_replace (take->file, NULL, FALSE, G_FILE_CREATE_PRIVATE, cancellable, error);
  if (stream == NULL)
    return NULL;
  if (!write_chunks (take->reader, G_OUTPUT_STREAM (stream), cancellable, error))
    {
      g_cancellable_cancel (cancelled);
      g_output_stream_close (G_OUTPUT_STREAM (stream), cancelled, NULL);
      return NULL;
    }
  if (!g_output_stream_close (G_OUTPUT_STREAM (stream), cancellable, error))
    return NULL;
  return g_object_ref (take->file);
}

/**
 * fairlead_log_save_async:
 * @file: what to write; one that is there is replaced whole, or not at all
 *
 * Writes all that the log holds now, on another thread.
 */
void
fairlead_log_save_async (FairleadLogModel    *model,
                         GFile               *file,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  Take *take = g_new0 (Take, 1);

  take->reader = fairlead_log_reader_new (model, 0, 0);
  take->file = g_object_ref (file);
  fairlead_async_run (save, take, take_free, g_object_unref, cancellable, callback, user_data);
}

gboolean
fairlead_log_save_finish (GAsyncResult  *result,
                          GError       **error)
{
  g_autoptr (GFile) file = fairlead_async_finish (result, error);

  return file != NULL;
}

/* The lines of @chunk that are in the sorted @lines, from *@next on; FALSE once there is enough. */
static gboolean
copy_chunk (Take                   *take,
            const FairleadLogChunk *chunk,
            guint                  *next,
            GString                *text)
{
  const char *p = chunk->text;

  for (guint64 line = chunk->first; line < chunk->first + chunk->n_lines; line++)
    {
      const char *newline = memchr (p, '\n', chunk->text + chunk->length - p);

      if (newline == NULL)
        break;
      while (*next < take->lines->len && g_array_index (take->lines, guint64, *next) < line)
        ++*next;
      if (*next == take->lines->len || text->len + (newline + 1 - p) > take->max_bytes)
        return FALSE;
      if (g_array_index (take->lines, guint64, *next) == line)
        g_string_append_len (text, p, newline + 1 - p);
      p = newline + 1;
    }
  return TRUE;
}

static gpointer
copy (gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  Take *take = data;
  GString *text = g_string_new (NULL);
  FairleadLogChunk chunk;
  GError *failure = NULL;
  guint next = 0;

  while (!g_cancellable_is_cancelled (cancellable)
         && fairlead_log_reader_next (take->reader, &chunk, &failure)
         && copy_chunk (take, &chunk, &next, text))
    ;
  if (failure == NULL)
    return g_string_free (text, FALSE);
  g_propagate_error (error, failure);
  g_string_free (text, TRUE);
  return NULL;
}

/**
 * fairlead_log_copy_async:
 * @lines: of guint64: the numbers of the lines, from 0, in ascending order
 * @max_bytes: what is more than that is left out
 *
 * Gets the text of some lines, on another thread.
 */
void
fairlead_log_copy_async (FairleadLogModel    *model,
                         GArray              *lines,
                         gsize                max_bytes,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  Take *take = g_new0 (Take, 1);

  take->reader = fairlead_log_reader_new (model, lines->len > 0 ? g_array_index (lines, guint64, 0) : 0, 0);
  take->lines = g_array_ref (lines);
  take->max_bytes = max_bytes;
  fairlead_async_run (copy, take, take_free, g_free, cancellable, callback, user_data);
}

/**
 * fairlead_log_copy_finish:
 *
 * Returns: (transfer full) (nullable): the lines, each with its newline
 */
char *
fairlead_log_copy_finish (GAsyncResult  *result,
                          GError       **error)
{
  return fairlead_async_finish (result, error);
}
