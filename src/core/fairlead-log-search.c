/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-search.h"

#include <string.h>

#include "fairlead-async.h"
#include "fairlead-log-reader.h"

/* Pages of one round: some ten milliseconds of a thread. */
#define ROUND_PAGES 64

/**
 * FairleadLogSearch:
 *
 * The lines of a log that hold a text, whatever its case. Looked for on another thread in rounds, from the
 * oldest line on, each of which tells ::changed; lines that come later are looked at as they come. Main thread.
 */
struct _FairleadLogSearch {
  GObject parent_instance;

  FairleadLogModel *model;
  FairleadLogLevel least;
  char *needle;             /* folded */
  GArray *matches;          /* of guint64: the numbers of lines, from 0 */
  guint64 next;             /* the first line that was not looked at */
  GCancellable *cancellable; /* of the round under way */
  GError *error;
};

G_DEFINE_FINAL_TYPE (FairleadLogSearch, fairlead_log_search, G_TYPE_OBJECT)

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
fairlead_log_search_dispose (GObject *object)
{
  FairleadLogSearch *self = FAIRLEAD_LOG_SEARCH (object);

  fairlead_log_search_stop (self);
  g_clear_object (&self->model);

  G_OBJECT_CLASS (fairlead_log_search_parent_class)->dispose (object);
}

static void
fairlead_log_search_finalize (GObject *object)
{
  FairleadLogSearch *self = FAIRLEAD_LOG_SEARCH (object);

  g_clear_pointer (&self->needle, g_free);
  g_clear_pointer (&self->matches, g_array_unref);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (fairlead_log_search_parent_class)->finalize (object);
}

static void
fairlead_log_search_class_init (FairleadLogSearchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fairlead_log_search_dispose;
  G_OBJECT_CLASS (klass)->finalize = fairlead_log_search_finalize;

  /**
   * FairleadLogSearch::changed:
   *
   * There are more matches, or fewer, or it is done.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fairlead_log_search_init (FairleadLogSearch *self)
{
  self->matches = g_array_new (FALSE, FALSE, sizeof (guint64));
}

/* ------------------------------------------------------------------ on the other thread */

typedef struct {
  FairleadLogReader *reader;
  char *needle;
} Round;

static void
round_free (gpointer data)
{
  Round *round = data;

  fairlead_log_reader_free (round->reader);
  g_free (round->needle);
  g_free (round);
}

/* Letters of ASCII are most of what logs have, and far quicker. A newline stays one. */
static char *
fold (const char *text,
      gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar) text[i] >= 0x80)
      return g_utf8_casefold (text, length);
  return g_ascii_strdown (text, length);
}

static void
look_through (const FairleadLogChunk *chunk,
              const char             *needle,
              GArray                 *matches)
{
  g_autofree char *folded = fold (chunk->text, chunk->length);
  const char *p = folded;
  const char *found;
  guint64 line = chunk->first;

  while ((found = strstr (p, needle)) != NULL)
    {
      const char *end = strchr (found, '\n');

      for (const char *newline = memchr (p, '\n', found - p); newline != NULL;
           newline = memchr (newline + 1, '\n', found - newline - 1))
        line++;
      g_array_append_val (matches, line);
      if (end == NULL)
        break;
      line++;
      p = end + 1;
    }
}

static gpointer
look (gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  Round *round = data;
  GArray *matches = g_array_new (FALSE, FALSE, sizeof (guint64));
  FairleadLogChunk chunk;
  GError *failure = NULL;

  while (!g_cancellable_is_cancelled (cancellable)
         && fairlead_log_reader_next (round->reader, &chunk, &failure))
    look_through (&chunk, round->needle, matches);
  if (failure == NULL)
    return matches;
  g_propagate_error (error, failure);
  g_array_unref (matches);
  return NULL;
}

/* ------------------------------------------------------------------ rounds */

static void start_round (FairleadLogSearch *self);

static void
take_matches (FairleadLogSearch *self,
              GArray            *matches)
{
  guint64 first = fairlead_log_model_get_first (self->model);

  for (guint i = 0; i < matches->len; i++)
    {
      guint64 line = g_array_index (matches, guint64, i);

      if (line >= first && self->matches->len < FAIRLEAD_LOG_SEARCH_MOST
          && fairlead_log_model_get_level (self->model, line - first) >= self->least)
        g_array_append_val (self->matches, line);
    }
}

typedef struct {
  FairleadLogSearch *self;
  GCancellable *cancellable;
  guint64 end;
} Looked;

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autofree Looked *looked = user_data;
  g_autoptr (FairleadLogSearch) self = looked->self;
  g_autoptr (GCancellable) cancellable = looked->cancellable;
  g_autoptr (GArray) matches = NULL;
  GError *error = NULL;

  matches = fairlead_async_finish (result, &error);
  if (g_cancellable_is_cancelled (cancellable))
    {
      g_clear_error (&error);
      return;
    }
  g_clear_object (&self->cancellable);
  self->next = looked->end;
  self->error = error;
  if (matches != NULL)
    take_matches (self, matches);
  start_round (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
start_round (FairleadLogSearch *self)
{
  Looked *looked;
  Round *round;

  if (fairlead_log_search_is_done (self) || self->cancellable != NULL)
    return;
  round = g_new0 (Round, 1);
  round->reader = fairlead_log_reader_new (self->model, self->next, ROUND_PAGES);
  round->needle = g_strdup (self->needle);
  self->cancellable = g_cancellable_new ();
  looked = g_new0 (Looked, 1);
  looked->self = g_object_ref (self);
  looked->cancellable = g_object_ref (self->cancellable);
  looked->end = fairlead_log_reader_get_end (round->reader);
  fairlead_async_run (look, round, round_free, (GDestroyNotify) g_array_unref, self->cancellable,
                      looked_cb, looked);
}

static void
items_changed_cb (FairleadLogSearch *self,
                  guint              position,
                  guint              removed,
                  guint              added)
{
  guint gone = 0;

  if (removed > 0)
    gone = fairlead_log_search_find (self, fairlead_log_model_get_first (self->model));
  if (gone > 0)
    {
      g_array_remove_range (self->matches, 0, gone);
      g_signal_emit (self, signals[CHANGED], 0);
    }
  start_round (self);
}

/**
 * fairlead_log_search_new:
 * @least: lines of a lower level are passed over
 * @text: what to look for; not empty
 */
FairleadLogSearch *
fairlead_log_search_new (FairleadLogModel *model,
                         FairleadLogLevel  least,
                         const char       *text)
{
  FairleadLogSearch *self = g_object_new (FAIRLEAD_TYPE_LOG_SEARCH, NULL);

  self->model = g_object_ref (model);
  self->least = least;
  self->needle = fold (text, strlen (text));
  self->next = fairlead_log_model_get_first (model);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  start_round (self);
  return self;
}

/**
 * fairlead_log_search_stop:
 *
 * Looks no further; nothing is told any more.
 */
void
fairlead_log_search_stop (FairleadLogSearch *self)
{
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_func (self->model, items_changed_cb, self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

guint
fairlead_log_search_get_n_matches (FairleadLogSearch *self)
{
  return self->matches->len;
}

/**
 * fairlead_log_search_is_done:
 *
 * Returns: whether all that has come so far was looked at
 */
gboolean
fairlead_log_search_is_done (FairleadLogSearch *self)
{
  return self->error != NULL || self->matches->len >= FAIRLEAD_LOG_SEARCH_MOST
         || self->next >= fairlead_log_model_get_first (self->model)
                            + g_list_model_get_n_items (G_LIST_MODEL (self->model));
}

/**
 * fairlead_log_search_get_error:
 *
 * Returns: (nullable): why it could look no further
 */
const GError *
fairlead_log_search_get_error (FairleadLogSearch *self)
{
  return self->error;
}

/**
 * fairlead_log_search_get_match:
 * @index: less than the number of matches
 *
 * Returns: the number of a line, from 0
 */
guint64
fairlead_log_search_get_match (FairleadLogSearch *self,
                               guint              index)
{
  return g_array_index (self->matches, guint64, index);
}

/**
 * fairlead_log_search_find:
 * @line: the number of a line, from 0
 *
 * Returns: the first match that is not before it, by its index; the number of matches where there is none
 */
guint
fairlead_log_search_find (FairleadLogSearch *self,
                          guint64            line)
{
  guint low = 0;
  guint high = self->matches->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->matches, guint64, middle) < line)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}
