/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-model.h"

#include <string.h>

#include "fairlead-core-enums.h"

/* A line longer than this is shown in pieces: the view lays out one row a line. */
#define MAX_LINE 4096

struct _FairleadLogLine {
  GObject parent_instance;

  FairleadLogLevel level;
  char *text;
};

G_DEFINE_FINAL_TYPE (FairleadLogLine, fairlead_log_line, G_TYPE_OBJECT)

enum {
  LINE_PROP_0,
  LINE_PROP_TEXT,
  LINE_PROP_LEVEL,
  LINE_N_PROPS
};

static GParamSpec *line_properties[LINE_N_PROPS];

static void
fairlead_log_line_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  FairleadLogLine *self = FAIRLEAD_LOG_LINE (object);

  switch (prop_id)
    {
    case LINE_PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case LINE_PROP_LEVEL:
      g_value_set_enum (value, self->level);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_log_line_finalize (GObject *object)
{
  FairleadLogLine *self = FAIRLEAD_LOG_LINE (object);

  g_clear_pointer (&self->text, g_free);

  G_OBJECT_CLASS (fairlead_log_line_parent_class)->finalize (object);
}

static void
fairlead_log_line_class_init (FairleadLogLineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fairlead_log_line_get_property;
  object_class->finalize = fairlead_log_line_finalize;

  line_properties[LINE_PROP_TEXT] =
    g_param_spec_string ("text", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  line_properties[LINE_PROP_LEVEL] =
    g_param_spec_enum ("level", NULL, NULL, FAIRLEAD_TYPE_LOG_LEVEL, FAIRLEAD_LOG_PLAIN,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, LINE_N_PROPS, line_properties);
}

static void
fairlead_log_line_init (FairleadLogLine *self)
{
}

const char *
fairlead_log_line_get_text (FairleadLogLine *self)
{
  return self->text;
}

FairleadLogLevel
fairlead_log_line_get_level (FairleadLogLine *self)
{
  return self->level;
}

/**
 * FairleadLogModel:
 *
 * Lines of a log as a list model of #FairleadLogLine, bounded: the oldest go first. Main thread.
 */
struct _FairleadLogModel {
  GObject parent_instance;

  guint max_lines;
  GPtrArray *lines;         /* of FairleadLogLine; begins at first */
  guint first;
  GPtrArray *batch;         /* lines that the listeners have not been told of yet */
  GString *partial;         /* the line whose end has not come yet */
};

static GType
fairlead_log_model_get_item_type (GListModel *model)
{
  return FAIRLEAD_TYPE_LOG_LINE;
}

static guint
fairlead_log_model_get_n_items (GListModel *model)
{
  FairleadLogModel *self = FAIRLEAD_LOG_MODEL (model);

  return self->lines->len - self->first;
}

static gpointer
fairlead_log_model_get_item (GListModel *model,
                             guint       position)
{
  FairleadLogModel *self = FAIRLEAD_LOG_MODEL (model);

  if (position >= self->lines->len - self->first)
    return NULL;
  return g_object_ref (self->lines->pdata[self->first + position]);
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

static void
fairlead_log_model_finalize (GObject *object)
{
  FairleadLogModel *self = FAIRLEAD_LOG_MODEL (object);

  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_pointer (&self->batch, g_ptr_array_unref);
  g_string_free (self->partial, TRUE);

  G_OBJECT_CLASS (fairlead_log_model_parent_class)->finalize (object);
}

static void
fairlead_log_model_class_init (FairleadLogModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_log_model_finalize;
}

static void
line_unref (gpointer line)
{
  if (line != NULL)
    g_object_unref (line);
}

static void
fairlead_log_model_init (FairleadLogModel *self)
{
  self->lines = g_ptr_array_new_with_free_func (line_unref);
  self->batch = g_ptr_array_new_with_free_func (g_object_unref);
  self->partial = g_string_new (NULL);
}

/**
 * fairlead_log_model_new:
 * @max_lines: how many lines to hold; at least 1
 */
FairleadLogModel *
fairlead_log_model_new (guint max_lines)
{
  FairleadLogModel *self = g_object_new (FAIRLEAD_TYPE_LOG_MODEL, NULL);

  self->max_lines = MAX (max_lines, 1);
  return self;
}

static gboolean
is_inert (gunichar c)
{
  if (c == '\t')
    return TRUE;
  /* Controls, and the marks that reorder or hide what stands beside them (Unicode TR 36 §3). */
  return !g_unichar_iscntrl (c) && g_unichar_type (c) != G_UNICODE_FORMAT
         && g_unichar_type (c) != G_UNICODE_LINE_SEPARATOR
         && g_unichar_type (c) != G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* An ANSI escape sequence (ECMA-48 §5.4) at @p: its length, or 0. */
static gsize
escape_length (const char *p,
               const char *end)
{
  const char *q = p;

  if (*q++ != '\033' || q >= end)
    return 0;
  if (*q != '[')
    return 2;
  for (q++; q < end && *q >= 0x20 && *q <= 0x3f; q++)
    ;
  return q < end ? q + 1 - p : q - p;
}

/**
 * fairlead_make_inert:
 * @text: foreign bytes
 * @length: how many, or -1 when NUL-terminated
 *
 * Makes text of the remote safe to show: valid UTF-8, escape sequences dropped, control characters and
 * bidirectional marks shown as U+FFFD. Any thread.
 *
 * Returns: (transfer full): the text
 */
char *
fairlead_make_inert (const char *text,
                     gssize      length)
{
  gsize n = length < 0 ? strlen (text) : (gsize) length;
  GString *out = g_string_sized_new (n);
  const char *end = text + n;

  for (const char *p = text; p < end;)
    {
      gsize escape = escape_length (p, end);
      gunichar c;

      if (escape > 0)
        {
          p += escape;
          continue;
        }
      c = g_utf8_get_char_validated (p, end - p);
      if (c == (gunichar) -1 || c == (gunichar) -2 || c == 0)
        {
          g_string_append (out, "\357\277\275");
          p++;
          continue;
        }
      if (is_inert (c))
        g_string_append_unichar (out, c);
      else
        g_string_append (out, "\357\277\275");
      p = g_utf8_next_char (p);
    }
  return g_string_free (out, FALSE);
}

static FairleadLogLevel
level_of (const char *text)
{
  static const struct {
    const char *word;
    FairleadLogLevel level;
  } words[] = {
    { "ERROR", FAIRLEAD_LOG_ERROR },
    { "FAILED", FAIRLEAD_LOG_ERROR },
    { "Traceback", FAIRLEAD_LOG_ERROR },
    { "panicked", FAIRLEAD_LOG_ERROR },
    { "WARNING", FAIRLEAD_LOG_WARNING },
    { "WARN", FAIRLEAD_LOG_WARNING },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (text, words[i].word) != NULL)
      return words[i].level;
  return FAIRLEAD_LOG_PLAIN;
}

static void
add_line (FairleadLogModel *self,
          FairleadLogLevel  level,
          char             *text)
{
  FairleadLogLine *line = g_object_new (FAIRLEAD_TYPE_LOG_LINE, NULL);

  line->level = level;
  line->text = text;
  g_ptr_array_add (self->batch, line);
}

/* Room first, then the new lines: at each signal the model is what its listeners were told. */
static void
finish_batch (FairleadLogModel *self)
{
  guint length = self->lines->len - self->first;
  guint added = MIN (self->batch->len, self->max_lines);
  guint removed = length + added > self->max_lines ? length + added - self->max_lines : 0;

  for (guint i = 0; i < removed; i++)
    g_clear_object ((FairleadLogLine **) &self->lines->pdata[self->first + i]);
  self->first += removed;
  if (self->first > self->max_lines)
    {
      g_ptr_array_remove_range (self->lines, 0, self->first);
      self->first = 0;
    }
  if (removed > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, 0);

  for (guint i = self->batch->len - added; i < self->batch->len; i++)
    g_ptr_array_add (self->lines, g_object_ref (self->batch->pdata[i]));
  g_ptr_array_set_size (self->batch, 0);
  if (added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), length - removed, 0, added);
}

static void
take_partial (FairleadLogModel *self)
{
  gsize length = self->partial->len;
  char *text;

  if (length > 0 && self->partial->str[length - 1] == '\r')
    length--;
  text = fairlead_make_inert (self->partial->str, length);
  add_line (self, level_of (text), text);
  g_string_truncate (self->partial, 0);
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
      gsize n = (newline ? newline : end) - data;

      n = MIN (n, MAX_LINE - self->partial->len);
      g_string_append_len (self->partial, data, n);
      data += n;
      if (data == newline)
        data++;
      else if (self->partial->len < MAX_LINE)
        break;
      take_partial (self);
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
  add_line (self, level, fairlead_make_inert (text, -1));
  finish_batch (self);
}

void
fairlead_log_model_clear (FairleadLogModel *self)
{
  guint length = g_list_model_get_n_items (G_LIST_MODEL (self));

  g_ptr_array_set_size (self->lines, 0);
  self->first = 0;
  g_string_truncate (self->partial, 0);
  if (length > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, length, 0);
}

/**
 * fairlead_log_model_dup_tail:
 * @n_lines: how many lines at the most
 *
 * Returns: (transfer full): the last lines, each with its newline; "" when there is none
 */
char *
fairlead_log_model_dup_tail (FairleadLogModel *self,
                             guint             n_lines)
{
  guint length = self->lines->len - self->first;
  GString *text = g_string_new (NULL);

  for (guint i = length - MIN (n_lines, length); i < length; i++)
    {
      FairleadLogLine *line = self->lines->pdata[self->first + i];

      g_string_append (text, line->text);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}
