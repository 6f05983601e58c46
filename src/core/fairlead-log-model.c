/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-private.h"

#include "fairlead-async.h"

/* Pages read back that are kept. */
#define CACHED_PAGES 32

/* So near to the end of a page, the next one is read ahead. */
#define AHEAD_LINES 256

/* Positions of a list model are 32 bits wide. */
#define MOST_LINES (1u << 30)

/**
 * FairleadLogModel:
 *
 * Lines of a log as a list model of #FairleadLogLine, bounded: the oldest go first. Its text is kept in
 * pages. All but the newest megabytes of a long log are in a #FairleadLogSpool, and come back, on another
 * thread, when one of their lines is asked for: until then its text is empty. In memory stay two bits a
 * line and a few words a page. Main thread, which is never blocked.
 *
 * In a line that carriage returns write over again and again, as the progress bars of terminals are, what
 * was written last stands.
 */
static void fairlead_log_model_fetch (FairleadLogModel *self,
                                      FairleadLogPage  *page,
                                      guint64           number);

static GType
fairlead_log_model_get_item_type (GListModel *model)
{
  return FAIRLEAD_TYPE_LOG_LINE;
}

static guint
fairlead_log_model_get_n_items (GListModel *model)
{
  FairleadLogModel *self = FAIRLEAD_LOG_MODEL (model);

  return self->end - self->first;
}

static void
fetch_at (FairleadLogModel *self,
          guint             index)
{
  FairleadLogPage *page = index < self->pages.pages->len ? self->pages.pages->pdata[index] : NULL;

  if (page != NULL && page->text == NULL && page->waiting == NULL)
    fairlead_log_model_fetch (self, page, self->pages.base + index);
}

/* One who reads on will want the next page too. */
static void
read_ahead (FairleadLogModel *self,
            FairleadLogPage  *page,
            guint             index,
            guint64           line)
{
  if (line - page->first < AHEAD_LINES && index > 0)
    fetch_at (self, index - 1);
  if (page->first + page->n_lines - line <= AHEAD_LINES)
    fetch_at (self, index + 1);
}

static FairleadLogLine *
make_line (FairleadLogModel *self,
           guint64           number)
{
  FairleadLogLine *line = fairlead_log_line_new (self->held, number, number - self->origin + 1,
                                                 fairlead_log_pages_get_level (&self->pages, number));
  guint index;
  FairleadLogPage *page = fairlead_log_pages_find (&self->pages, number, &index);
  char *text = fairlead_log_pages_dup_text (&self->pages, number);

  if (text != NULL)
    fairlead_log_line_take_text (line, text);
  else
    {
      fetch_at (self, index);
      g_ptr_array_add (page->waiting, g_object_ref (line));
    }
  if (page != NULL)
    read_ahead (self, page, index, number);
  return line;
}

static gpointer
fairlead_log_model_get_item (GListModel *model,
                             guint       position)
{
  FairleadLogModel *self = FAIRLEAD_LOG_MODEL (model);
  guint64 number = self->first + position;
  FairleadLogLine *line;

  if (number >= self->end)
    return NULL;
  line = g_hash_table_lookup (self->held, &number);
  return line != NULL ? g_object_ref (line) : make_line (self, number);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = fairlead_log_model_get_item_type;
  iface->get_n_items = fairlead_log_model_get_n_items;
  iface->get_item = fairlead_log_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FairleadLogModel, fairlead_log_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum {
  PROP_0,
  PROP_PARTIAL,
};

static void
fairlead_log_model_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  FairleadLogModel *self = FAIRLEAD_LOG_MODEL (object);

  switch (prop_id)
    {
    case PROP_PARTIAL:
      g_value_take_string (value, fairlead_make_inert (self->partial->str, self->partial->len));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_log_model_finalize (GObject *object)
{
  FairleadLogModel *self = FAIRLEAD_LOG_MODEL (object);

  fairlead_log_pages_clear (&self->pages);
  g_clear_pointer (&self->spool, fairlead_log_spool_unref);
  g_clear_pointer (&self->held, g_hash_table_unref);
  g_queue_clear_full (&self->cached, g_free);
  g_string_free (self->partial, TRUE);

  G_OBJECT_CLASS (fairlead_log_model_parent_class)->finalize (object);
}

static void
fairlead_log_model_class_init (FairleadLogModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fairlead_log_model_get_property;
  object_class->finalize = fairlead_log_model_finalize;

  /**
   * FairleadLogModel:partial:
   *
   * The line whose end has not come yet, inert; "" for none. A progress bar is this for hours.
   */
  g_object_class_install_property (
    object_class, PROP_PARTIAL,
    g_param_spec_string ("partial", NULL, NULL, "",
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
}

static void
fairlead_log_model_init (FairleadLogModel *self)
{
  fairlead_log_pages_init (&self->pages);
  self->held = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->partial = g_string_new (NULL);
  g_queue_init (&self->cached);
}

/**
 * fairlead_log_model_new:
 * @max_lines: how many lines to hold, all in memory; at least 1
 */
FairleadLogModel *
fairlead_log_model_new (guint max_lines)
{
  FairleadLogModel *self = g_object_new (FAIRLEAD_TYPE_LOG_MODEL, NULL);

  self->max_lines = CLAMP (max_lines, 1, MOST_LINES);
  return self;
}

/**
 * fairlead_log_model_new_spooled:
 * @max_bytes: how much text to hold, on the disk but for the newest megabytes
 *
 * A short log never touches the disk.
 */
FairleadLogModel *
fairlead_log_model_new_spooled (guint64 max_bytes)
{
  FairleadLogModel *self = fairlead_log_model_new (MOST_LINES);

  self->max_bytes = max_bytes;
  self->spool = fairlead_log_spool_new (max_bytes);
  return self;
}

/**
 * fairlead_log_model_get_first:
 *
 * Returns: what is to be added to a position to have a line's number, from 0, which it keeps when older
 *   lines are dropped
 */
guint64
fairlead_log_model_get_first (FairleadLogModel *self)
{
  return self->first;
}

/**
 * fairlead_log_model_get_level:
 *
 * Returns: the level of the line at @position, at once, wherever its text is
 */
FairleadLogLevel
fairlead_log_model_get_level (FairleadLogModel *self,
                              guint             position)
{
  g_return_val_if_fail (position < self->end - self->first, FAIRLEAD_LOG_PLAIN);

  return fairlead_log_pages_get_level (&self->pages, self->first + position);
}

/* ------------------------------------------------------------------ reading back */

typedef struct {
  FairleadLogSpool *spool;
  guint64 number;
  guint length;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  fairlead_log_spool_unref (fetch->spool);
  g_free (fetch);
}

static gpointer
read_page (gpointer       data,
           GCancellable  *cancellable,
           GError       **error)
{
  Fetch *fetch = data;

  return fairlead_log_spool_read (fetch->spool, fetch->number, fetch->length, error);
}

static void
forget_cached (FairleadLogModel *self)
{
  while (g_queue_get_length (&self->cached) > CACHED_PAGES)
    {
      g_autofree guint64 *number = g_queue_pop_head (&self->cached);

      if (*number >= self->pages.base)
        fairlead_log_page_drop_text (self->pages.pages->pdata[*number - self->pages.base]);
    }
}

typedef struct {
  FairleadLogModel *model;
  guint64 number;
} Fetched;

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autofree Fetched *fetched = user_data;
  g_autoptr (FairleadLogModel) self = fetched->model;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) waiting = NULL;
  GBytes *text = fairlead_async_finish (result, &error);
  FairleadLogPage *page;

  /* Dropped meanwhile, and its lines with it. */
  if (fetched->number < self->pages.base)
    {
      g_clear_pointer (&text, g_bytes_unref);
      return;
    }
  page = self->pages.pages->pdata[fetched->number - self->pages.base];
  waiting = g_steal_pointer (&page->waiting);
  if (text != NULL)
    {
      fairlead_log_page_take_text (page, text);
      g_queue_push_tail (&self->cached, g_memdup2 (&fetched->number, sizeof fetched->number));
    }
  for (guint i = 0; i < waiting->len; i++)
    {
      FairleadLogLine *line = waiting->pdata[i];
      guint64 number = fairlead_log_line_get_number (line) + self->origin - 1;

      fairlead_log_line_take_text (line, text != NULL
                                           ? fairlead_log_pages_dup_text (&self->pages, number)
                                           : g_strdup (error->message));
    }
  forget_cached (self);
}

static void
fairlead_log_model_fetch (FairleadLogModel *self,
                          FairleadLogPage  *page,
                          guint64           number)
{
  Fetch *fetch = g_new0 (Fetch, 1);
  Fetched *fetched = g_new0 (Fetched, 1);

  page->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  fetch->spool = fairlead_log_spool_ref (self->spool);
  fetch->number = number;
  fetch->length = page->length;
  fetched->model = g_object_ref (self);
  fetched->number = number;
  fairlead_async_run (read_page, fetch, fetch_free, (GDestroyNotify) g_bytes_unref, NULL,
                      fetched_cb, fetched);
}
