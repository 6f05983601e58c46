/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-private.h"

#include <string.h>

/* A page of short lines ends before it is full: what is kept of each line is then bounded too. */
#define PAGE_LINES 8192

static void
page_free (gpointer data)
{
  FairleadLogPage *page = data;

  fairlead_log_page_drop_text (page);
  g_clear_pointer (&page->waiting, g_ptr_array_unref);
  g_free (page->levels);
  g_free (page);
}

void
fairlead_log_pages_init (FairleadLogPages *self)
{
  self->pages = g_ptr_array_new_with_free_func (page_free);
  self->text = g_string_new (NULL);
  self->starts = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->levels = g_byte_array_new ();
}

void
fairlead_log_pages_clear (FairleadLogPages *self)
{
  g_clear_pointer (&self->pages, g_ptr_array_unref);
  g_clear_pointer (&self->starts, g_array_unref);
  g_clear_pointer (&self->levels, g_byte_array_unref);
  g_string_free (self->text, TRUE);
}

/* Its memory is an exact copy: what grew has room left. */
static void
seal (FairleadLogPages *self)
{
  FairleadLogPage *page = g_new0 (FairleadLogPage, 1);

  page->n_lines = self->starts->len;
  page->first = self->end - page->n_lines;
  page->length = self->text->len;
  page->text = g_bytes_new (self->text->str, self->text->len);
  page->starts = g_memdup2 (self->starts->data, self->starts->len * sizeof (guint32));
  page->levels = g_memdup2 (self->levels->data, self->levels->len);
  g_ptr_array_add (self->pages, page);
  g_string_truncate (self->text, 0);
  g_array_set_size (self->starts, 0);
  g_byte_array_set_size (self->levels, 0);
}

/**
 * fairlead_log_pages_append:
 * @text: inert, without a newline
 * @length: less than %FAIRLEAD_LOG_PAGE_BYTES
 *
 * Returns: whether a page was finished before it
 */
gboolean
fairlead_log_pages_append (FairleadLogPages *self,
                           FairleadLogLevel  level,
                           const char       *text,
                           gsize             length)
{
  gboolean full = self->starts->len == PAGE_LINES
                  || self->text->len + length + 1 > FAIRLEAD_LOG_PAGE_BYTES;
  guint32 start;
  guint8 bits;

  if (full)
    seal (self);
  start = self->text->len;
  bits = level << (self->starts->len % 4 * 2);
  if (self->starts->len % 4 == 0)
    g_byte_array_append (self->levels, &bits, 1);
  else
    self->levels->data[self->levels->len - 1] |= bits;
  g_array_append_val (self->starts, start);
  g_string_append_len (self->text, text, length);
  g_string_append_c (self->text, '\n');
  self->end++;
  return full;
}

/* The oldest @n pages. */
void
fairlead_log_pages_drop (FairleadLogPages *self,
                         guint             n)
{
  if (n == 0)
    return;
  g_ptr_array_remove_range (self->pages, 0, n);
  self->base += n;
}

void
fairlead_log_pages_drop_all (FairleadLogPages *self)
{
  fairlead_log_pages_drop (self, self->pages->len);
  g_string_truncate (self->text, 0);
  g_array_set_size (self->starts, 0);
  g_byte_array_set_size (self->levels, 0);
}

/* The oldest line that is kept. */
guint64
fairlead_log_pages_get_first (FairleadLogPages *self)
{
  if (self->pages->len > 0)
    return ((FairleadLogPage *) self->pages->pdata[0])->first;
  return self->end - self->starts->len;
}

/**
 * fairlead_log_pages_find:
 * @line: one that is kept
 * @index: (out) (optional): which of the pages
 *
 * Returns: (nullable): its page; %NULL: the one that grows
 */
FairleadLogPage *
fairlead_log_pages_find (FairleadLogPages *self,
                         guint64           line,
                         guint            *index)
{
  guint low = 0;
  guint high = self->pages->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      FairleadLogPage *page = self->pages->pdata[middle];

      if (line >= page->first + page->n_lines)
        low = middle + 1;
      else
        high = middle;
    }
  if (index != NULL)
    *index = low;
  return low < self->pages->len ? self->pages->pdata[low] : NULL;
}

FairleadLogLevel
fairlead_log_pages_get_level (FairleadLogPages *self,
                              guint64           line)
{
  FairleadLogPage *page = fairlead_log_pages_find (self, line, NULL);
  const guint8 *levels = page != NULL ? page->levels : self->levels->data;
  guint i = line - (page != NULL ? page->first : self->end - self->starts->len);

  return levels[i / 4] >> i % 4 * 2 & 3;
}

/**
 * fairlead_log_pages_dup_text:
 * @line: one that is kept
 *
 * Returns: (transfer full) (nullable): without its newline; %NULL: in the spool alone
 */
char *
fairlead_log_pages_dup_text (FairleadLogPages *self,
                             guint64           line)
{
  FairleadLogPage *page = fairlead_log_pages_find (self, line, NULL);
  const guint32 *starts = page != NULL ? page->starts : (guint32 *) self->starts->data;
  guint n_lines = page != NULL ? page->n_lines : self->starts->len;
  guint length = page != NULL ? page->length : self->text->len;
  guint i = line - (page != NULL ? page->first : self->end - n_lines);
  const char *text;
  guint end;

  if (page != NULL && page->text == NULL)
    return NULL;
  text = page != NULL ? g_bytes_get_data (page->text, NULL) : self->text->str;
  end = i + 1 < n_lines ? starts[i + 1] : length;
  return g_strndup (text + starts[i], MAX (end, starts[i] + 1) - 1 - starts[i]);
}

/**
 * fairlead_log_page_take_text:
 * @text: (transfer full): as it went into the spool
 */
void
fairlead_log_page_take_text (FairleadLogPage *page,
                             GBytes          *text)
{
  const char *start = g_bytes_get_data (text, NULL);
  const char *p = start;

  fairlead_log_page_drop_text (page);
  page->text = text;
  page->starts = g_new0 (guint32, page->n_lines);
  for (guint i = 0; i < page->n_lines && p != NULL; i++)
    {
      page->starts[i] = p - start;
      p = memchr (p, '\n', start + page->length - p);
      p = p != NULL ? p + 1 : NULL;
    }
}

void
fairlead_log_page_drop_text (FairleadLogPage *page)
{
  g_clear_pointer (&page->text, g_bytes_unref);
  g_clear_pointer (&page->starts, g_free);
}
