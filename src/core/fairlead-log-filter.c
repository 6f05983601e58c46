/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-filter.h"

/**
 * FairleadLogFilter:
 *
 * The lines of a log from a level on, as a list model. Told from the levels alone, which are in memory: that
 * of ten million lines takes some milliseconds, and no line is made for it. Main thread.
 */
struct _FairleadLogFilter {
  GObject parent_instance;

  FairleadLogModel *model;
  FairleadLogLevel least;
  GArray *lines;            /* of guint64: their numbers; NULL: all lines */
};

static GType
fairlead_log_filter_get_item_type (GListModel *list)
{
  return FAIRLEAD_TYPE_LOG_LINE;
}

static guint
fairlead_log_filter_get_n_items (GListModel *list)
{
  FairleadLogFilter *self = FAIRLEAD_LOG_FILTER (list);

  return self->lines != NULL ? self->lines->len : g_list_model_get_n_items (G_LIST_MODEL (self->model));
}

static gpointer
fairlead_log_filter_get_item (GListModel *list,
                              guint       position)
{
  FairleadLogFilter *self = FAIRLEAD_LOG_FILTER (list);

  if (position >= fairlead_log_filter_get_n_items (list))
    return NULL;
  return g_list_model_get_item (G_LIST_MODEL (self->model),
                                fairlead_log_filter_get_line (self, position)
                                  - fairlead_log_model_get_first (self->model));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = fairlead_log_filter_get_item_type;
  iface->get_n_items = fairlead_log_filter_get_n_items;
  iface->get_item = fairlead_log_filter_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FairleadLogFilter, fairlead_log_filter, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
fairlead_log_filter_dispose (GObject *object)
{
  FairleadLogFilter *self = FAIRLEAD_LOG_FILTER (object);

  g_clear_object (&self->model);

  G_OBJECT_CLASS (fairlead_log_filter_parent_class)->dispose (object);
}

static void
fairlead_log_filter_finalize (GObject *object)
{
  FairleadLogFilter *self = FAIRLEAD_LOG_FILTER (object);

  g_clear_pointer (&self->lines, g_array_unref);

  G_OBJECT_CLASS (fairlead_log_filter_parent_class)->finalize (object);
}

static void
fairlead_log_filter_class_init (FairleadLogFilterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fairlead_log_filter_dispose;
  G_OBJECT_CLASS (klass)->finalize = fairlead_log_filter_finalize;
}

static void
fairlead_log_filter_init (FairleadLogFilter *self)
{
}

static guint
take_lines (FairleadLogFilter *self,
            guint              position,
            guint              n)
{
  guint64 first = fairlead_log_model_get_first (self->model);
  guint before = self->lines->len;

  for (guint i = position; i < position + n; i++)
    if (fairlead_log_model_get_level (self->model, i) >= self->least)
      {
        guint64 line = first + i;

        g_array_append_val (self->lines, line);
      }
  return self->lines->len - before;
}

/* A log loses lines at its beginning, or all of them, and gets them at its end. */
static void
items_changed_cb (FairleadLogFilter *self,
                  guint              position,
                  guint              removed,
                  guint              added)
{
  guint gone;
  guint come;

  if (self->lines == NULL)
    {
      g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
      return;
    }
  if (removed > 0)
    {
      gone = fairlead_log_filter_find (self, fairlead_log_model_get_first (self->model));
      if (gone > 0)
        g_array_remove_range (self->lines, 0, gone);
      if (gone > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), 0, gone, 0);
    }
  come = take_lines (self, position, added);
  if (come > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), self->lines->len - come, 0, come);
}

/**
 * fairlead_log_filter_new:
 * @least: the lowest level to have; %FAIRLEAD_LOG_PLAIN: all lines
 */
FairleadLogFilter *
fairlead_log_filter_new (FairleadLogModel *model,
                         FairleadLogLevel  least)
{
  FairleadLogFilter *self = g_object_new (FAIRLEAD_TYPE_LOG_FILTER, NULL);

  self->model = g_object_ref (model);
  self->least = least;
  if (least != FAIRLEAD_LOG_PLAIN)
    {
      self->lines = g_array_new (FALSE, FALSE, sizeof (guint64));
      take_lines (self, 0, g_list_model_get_n_items (G_LIST_MODEL (model)));
    }
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

FairleadLogModel *
fairlead_log_filter_get_model (FairleadLogFilter *self)
{
  return self->model;
}

FairleadLogLevel
fairlead_log_filter_get_least (FairleadLogFilter *self)
{
  return self->least;
}

/**
 * fairlead_log_filter_get_line:
 *
 * Returns: the number, from 0, of the line at @position
 */
guint64
fairlead_log_filter_get_line (FairleadLogFilter *self,
                              guint              position)
{
  if (self->lines == NULL)
    return fairlead_log_model_get_first (self->model) + position;
  return g_array_index (self->lines, guint64, position);
}

/**
 * fairlead_log_filter_find:
 * @line: a line's number, from 0
 *
 * Returns: the position of the first line that is not before @line; the number of items where there is none
 */
guint
fairlead_log_filter_find (FairleadLogFilter *self,
                          guint64            line)
{
  guint low = 0;
  guint high = fairlead_log_filter_get_n_items (G_LIST_MODEL (self));

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (fairlead_log_filter_get_line (self, middle) < line)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}
