/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-reader.h"

#include <string.h>

#include "fairlead-log-private.h"

typedef struct {
  guint64 number;
  guint64 first;
  guint n_lines;
  guint length;
  GBytes *text;            /* NULL: in the spool */
} Part;

/**
 * FairleadLogReader:
 *
 * What a log held at one moment, to be read on another thread while it grows. Lines that are dropped meanwhile
 * are passed over.
 */
struct _FairleadLogReader {
  FairleadLogSpool *spool;
  GArray *parts;           /* of Part */
  guint next;
  GBytes *text;            /* of the last chunk */
  guint64 from;
  guint64 end;
};

static void
part_clear (gpointer data)
{
  g_clear_pointer (&((Part *) data)->text, g_bytes_unref);
}

static void
add_growing (FairleadLogReader *self,
             FairleadLogPages  *pages)
{
  Part part = { G_MAXUINT64, pages->end - pages->starts->len, pages->starts->len, pages->text->len,
                g_bytes_new (pages->text->str, pages->text->len) };

  g_array_append_val (self->parts, part);
  self->end = pages->end;
}

/**
 * fairlead_log_reader_new:
 * @from: the first line to read, by its number from 0
 * @max_pages: how many pages of 64 KiB to read at the most; 0: all
 *
 * Main thread; the reader belongs to whichever thread it is handed to.
 */
FairleadLogReader *
fairlead_log_reader_new (FairleadLogModel *model,
                         guint64           from,
                         guint             max_pages)
{
  FairleadLogReader *self = g_new0 (FairleadLogReader, 1);
  FairleadLogPages *pages = &model->pages;
  guint index;

  self->from = MAX (from, model->first);
  self->spool = model->spool != NULL ? fairlead_log_spool_ref (model->spool) : NULL;
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (self->parts, part_clear);
  self->end = self->from;
  fairlead_log_pages_find (pages, self->from, &index);
  for (; index < pages->pages->len && (max_pages == 0 || self->parts->len < max_pages); index++)
    {
      FairleadLogPage *page = pages->pages->pdata[index];
      Part part = { pages->base + index, page->first, page->n_lines, page->length,
                    page->text != NULL ? g_bytes_ref (page->text) : NULL };

      g_array_append_val (self->parts, part);
      self->end = page->first + page->n_lines;
    }
  if (index == pages->pages->len && (max_pages == 0 || self->parts->len < max_pages))
    add_growing (self, pages);
  return self;
}

void
fairlead_log_reader_free (FairleadLogReader *self)
{
  g_clear_pointer (&self->spool, fairlead_log_spool_unref);
  g_clear_pointer (&self->parts, g_array_unref);
  g_clear_pointer (&self->text, g_bytes_unref);
  g_free (self);
}

/**
 * fairlead_log_reader_get_end:
 *
 * Returns: the number of the first line that it will not read
 */
guint64
fairlead_log_reader_get_end (FairleadLogReader *self)
{
  return self->end;
}

/* The lines before the first that is wanted are not part of it. */
static void
trim (FairleadLogChunk *chunk,
      guint64           from)
{
  while (chunk->first < from && chunk->n_lines > 0)
    {
      const char *newline = memchr (chunk->text, '\n', chunk->length);

      if (newline == NULL)
        break;
      chunk->length -= newline + 1 - chunk->text;
      chunk->text = newline + 1;
      chunk->n_lines--;
      chunk->first++;
    }
}

/**
 * fairlead_log_reader_next:
 * @chunk: (out caller-allocates): some lines
 *
 * Blocks on the disk.
 *
 * Returns: %FALSE at the end, and when the disk fails, with @error
 */
gboolean
fairlead_log_reader_next (FairleadLogReader  *self,
                          FairleadLogChunk   *chunk,
                          GError            **error)
{
  while (self->next < self->parts->len)
    {
      Part *part = &g_array_index (self->parts, Part, self->next++);
      g_autoptr (GError) failure = NULL;

      g_clear_pointer (&self->text, g_bytes_unref);
      if (part->text != NULL)
        self->text = g_bytes_ref (part->text);
      else
        self->text = fairlead_log_spool_read (self->spool, part->number, part->length, &failure);
      if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        continue;
      if (self->text == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      *chunk = (FairleadLogChunk) { part->first, part->n_lines, g_bytes_get_data (self->text, NULL),
                                    g_bytes_get_size (self->text) };
      trim (chunk, self->from);
      return TRUE;
    }
  return FALSE;
}
