/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-async.h"

/* How a log grows: bytes become lines, lines pages, and pages that are not the newest go to the spool. */

/* A line longer than this is shown in pieces: the view lays out one row a line. */
#define MAX_LINE 4096

/* Text that stays in memory in any case: the tail, which is looked at most and asked for at once. */
#define TAIL_BYTES (4 * 1024 * 1024)

/* What is kept where nothing can be written. */
#define KEPT_BYTES (32 * 1024 * 1024)

/* Pages that one job writes. */
#define WRITE_PAGES 64

static const struct {
  const char *word;
  FairleadLogLevel level;
} level_words[] = {
  { "ERROR", FAIRLEAD_LOG_ERROR },
  { "FAILED", FAIRLEAD_LOG_ERROR },
  { "Traceback", FAIRLEAD_LOG_ERROR },
  { "panicked", FAIRLEAD_LOG_ERROR },
  { "WARN", FAIRLEAD_LOG_WARNING },
};

/* The highest of its words'. */
static FairleadLogLevel
level_of (const char *text)
{
  FairleadLogLevel level = FAIRLEAD_LOG_PLAIN;

  for (const char *p = strpbrk (text, "EFTpW"); p != NULL; p = strpbrk (p + 1, "EFTpW"))
    for (gsize i = 0; i < G_N_ELEMENTS (level_words); i++)
      if (*p == *level_words[i].word && g_str_has_prefix (p, level_words[i].word))
        level = MAX (level, level_words[i].level);
  return level;
}

/* ------------------------------------------------------------------ to the disk */

typedef struct {
  FairleadLogSpool *spool;
  guint64 number;           /* of the first */
  GPtrArray *texts;         /* of GBytes */
} Write;

static void
write_free (gpointer data)
{
  Write *write = data;

  fairlead_log_spool_unref (write->spool);
  g_ptr_array_unref (write->texts);
  g_free (write);
}

static gpointer
write_pages (gpointer       data,
             GCancellable  *cancellable,
             GError       **error)
{
  Write *write = data;

  for (guint i = 0; i < write->texts->len; i++)
    if (!fairlead_log_spool_write (write->spool, write->number + i, write->texts->pdata[i], error))
      return NULL;
  return g_memdup2 (&write->number, sizeof write->number);
}

static void write_more (FairleadLogModel *self);
static void finish_batch (FairleadLogModel *self);

static void
mark_written (FairleadLogModel *self,
              guint64           number)
{
  for (guint64 n = MAX (number, self->pages.base); n < self->next_write; n++)
    {
      FairleadLogPage *page = self->pages.pages->pdata[n - self->pages.base];

      page->spooled = TRUE;
      self->in_memory -= page->length;
      fairlead_log_page_drop_text (page);
    }
}

/* Nothing more is written, and the disk is given back what the log took of it. */
static void
give_up (FairleadLogModel *self,
         const GError     *error)
{
  g_autofree char *size = g_format_size_full (KEPT_BYTES, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *text = g_strdup_printf (_("%s Only its last %s are kept, in memory."),
                                           error->message, size);

  self->failed = TRUE;
  fairlead_log_spool_close (self->spool);
  fairlead_log_model_append_line (self, FAIRLEAD_LOG_NOTICE, text);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (FairleadLogModel) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree guint64 *number = fairlead_async_finish (result, &error);

  self->writing = FALSE;
  if (number == NULL)
    {
      give_up (self, error);
      return;
    }
  mark_written (self, *number);
  write_more (self);
}

static void
write_more (FairleadLogModel *self)
{
  gsize left = self->in_memory;
  Write *write;

  self->next_write = MAX (self->next_write, self->pages.base);
  if (self->spool == NULL || self->failed || self->writing || left <= TAIL_BYTES)
    return;
  write = g_new0 (Write, 1);
  write->spool = fairlead_log_spool_ref (self->spool);
  write->number = self->next_write;
  write->texts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  while (left > TAIL_BYTES && write->texts->len < WRITE_PAGES)
    {
      FairleadLogPage *page = self->pages.pages->pdata[self->next_write++ - self->pages.base];

      left -= page->length;
      g_ptr_array_add (write->texts, g_bytes_ref (page->text));
    }
  self->writing = TRUE;
  fairlead_async_run (write_pages, write, write_free, g_free, NULL, written_cb, g_object_ref (self));
}

/* ------------------------------------------------------------------ the bounds */

/* How many of the oldest pages have to go. */
static guint
count_excess (FairleadLogModel *self)
{
  guint n_pages = self->pages.pages->len;
  gsize in_memory = self->in_memory;
  guint n = 0;

  if (self->failed)
    while (n < n_pages)
      {
        FairleadLogPage *page = self->pages.pages->pdata[n];

        if (!page->spooled && in_memory <= KEPT_BYTES)
          break;
        in_memory -= page->spooled ? 0 : page->length;
        n++;
      }
  else if (self->spool != NULL && n_pages >= fairlead_log_spool_get_n_slots (self->spool))
    n = n_pages - fairlead_log_spool_get_n_slots (self->spool) + 1;
  return n;
}

static void
drop_pages (FairleadLogModel *self,
            guint             n)
{
  for (guint i = 0; i < n; i++)
    {
      FairleadLogPage *page = self->pages.pages->pdata[i];

      if (!page->spooled)
        self->in_memory -= page->length;
    }
  fairlead_log_pages_drop (&self->pages, n);
  if (self->spool != NULL)
    fairlead_log_spool_drop_before (self->spool, self->pages.base);
}

/* The first line to be kept from now on; pages before it are gone. */
static guint64
drop_oldest (FairleadLogModel *self)
{
  guint64 first = self->first;
  guint n = count_excess (self);

  drop_pages (self, n);
  if (n > 0)
    first = fairlead_log_pages_get_first (&self->pages);
  if (self->pages.end - first > self->max_lines)
    first = self->pages.end - self->max_lines;
  for (n = 0; n < self->pages.pages->len; n++)
    {
      FairleadLogPage *page = self->pages.pages->pdata[n];

      if (page->first + page->n_lines > first)
        break;
    }
  drop_pages (self, n);
  return first;
}

static void
add_line (FairleadLogModel *self,
          FairleadLogLevel  level,
          const char       *text,
          gsize             length)
{
  if (fairlead_log_pages_append (&self->pages, level, text, length))
    {
      FairleadLogPage *page = self->pages.pages->pdata[self->pages.pages->len - 1];

      self->in_memory += page->length;
    }
}

static void
say_drop (FairleadLogModel *self)
{
  g_autofree char *size = g_format_size_full (self->max_bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *text = NULL;

  if (self->told_drop || self->failed || count_excess (self) == 0)
    return;
  self->told_drop = TRUE;
  text = g_strdup_printf (_("The log is longer than %s: from here on its oldest lines are dropped."), size);
  add_line (self, FAIRLEAD_LOG_NOTICE, text, strlen (text));
}

/* Room first, then the new lines: at each signal the model is what its listeners were told. */
static void
finish_batch (FairleadLogModel *self)
{
  guint64 first;
  guint removed;
  guint added;

  say_drop (self);
  first = drop_oldest (self);
  removed = MIN (first, self->end) - self->first;
  self->first += removed;
  if (removed > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, 0);

  first = MAX (first, self->end);
  added = self->pages.end - first;
  if (self->first == self->end)
    self->first = first;
  self->end = self->pages.end;
  if (added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), self->end - self->first - added, 0, added);
  write_more (self);
  if (self->partial->len > 0 || self->told_partial)
    g_object_notify (G_OBJECT (self), "partial");
  self->told_partial = self->partial->len > 0;
}

/* ------------------------------------------------------------------ from bytes to lines */

static void
take_partial (FairleadLogModel *self)
{
  g_autofree char *text = fairlead_make_inert (self->partial->str, self->partial->len);

  add_line (self, level_of (text), text, strlen (text));
  g_string_truncate (self->partial, 0);
}

/* Bytes without a line's end. */
static void
take_bytes (FairleadLogModel *self,
            const char       *data,
            gsize             length)
{
  while (length > 0)
    {
      gsize n = MIN (length, MAX_LINE - self->partial->len);

      g_string_append_len (self->partial, data, n);
      data += n;
      length -= n;
      if (length > 0)
        take_partial (self);
    }
}

/* A piece of one line. What follows a carriage return is written over what stood before it. */
static void
take_piece (FairleadLogModel *self,
            const char       *data,
            gsize             length)
{
  const char *end = data + length;

  while (data < end)
    {
      const char *cr = memchr (data, '\r', end - data);
      const char *stop = cr != NULL ? cr : end;

      if (self->returned && stop > data)
        {
          g_string_truncate (self->partial, 0);
          self->returned = FALSE;
        }
      take_bytes (self, data, stop - data);
      if (cr != NULL)
        self->returned = TRUE;
      data = cr != NULL ? cr + 1 : end;
    }
}

/**
 * fairlead_log_model_append_data:
 * @data: bytes of a log, cut anywhere
 * @length: how many
 *
 * Appends what the remote wrote. A line appears when its end has come.
 */
void
fairlead_log_model_append_data (FairleadLogModel *self,
                                const char       *data,
                                gsize             length)
{
  const char *end = data + length;

  while (data < end)
    {
      const char *newline = memchr (data, '\n', end - data);

      take_piece (self, data, (newline != NULL ? newline : end) - data);
      if (newline == NULL)
        break;
      take_partial (self);
      self->returned = FALSE;
      data = newline + 1;
    }
  finish_batch (self);
}

/**
 * fairlead_log_model_append_line:
 * @level: its level
 * @text: one line, without its end; made inert
 */
void
fairlead_log_model_append_line (FairleadLogModel *self,
                                FairleadLogLevel  level,
                                const char       *text)
{
  g_autofree char *inert = fairlead_make_inert (text, MIN (strlen (text), MAX_LINE));

  add_line (self, level, inert, strlen (inert));
  finish_batch (self);
}

/**
 * fairlead_log_model_clear:
 *
 * Forgets all lines. The next is number 1.
 */
void
fairlead_log_model_clear (FairleadLogModel *self)
{
  guint length = self->end - self->first;

  drop_pages (self, self->pages.pages->len);
  fairlead_log_pages_drop_all (&self->pages);
  if (self->spool != NULL)
    fairlead_log_spool_close (self->spool);
  self->first = self->end = self->origin = self->pages.end;
  self->failed = FALSE;
  self->told_drop = FALSE;
  self->returned = FALSE;
  g_string_truncate (self->partial, 0);
  if (length > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, length, 0);
}

/**
 * fairlead_log_model_dup_tail:
 * @n_lines: how many lines at the most
 *
 * Returns: (transfer full): the last lines, each with its newline, as far as they are in memory, which the
 *   last megabytes always are; "" when there is none
 */
char *
fairlead_log_model_dup_tail (FairleadLogModel *self,
                             guint             n_lines)
{
  GString *text = g_string_new (NULL);

  for (guint64 i = self->end - MIN (n_lines, self->end - self->first); i < self->end; i++)
    {
      g_autofree char *line = fairlead_log_pages_dup_text (&self->pages, i);

      if (line == NULL)
        continue;
      g_string_append (text, line);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

/**
 * fairlead_log_model_get_backlog:
 *
 * Returns: bytes that wait for the disk. Who appends faster than it writes should wait while they are many.
 */
gsize
fairlead_log_model_get_backlog (FairleadLogModel *self)
{
  return self->writing && self->in_memory > TAIL_BYTES ? self->in_memory - TAIL_BYTES : 0;
}
