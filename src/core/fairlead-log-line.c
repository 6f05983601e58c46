/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-private.h"

#include "fairlead-core-enums.h"

/**
 * FairleadLogLine:
 *
 * One line of a #FairleadLogModel, made when it is asked for. Its text may still be on its way from the
 * disk: ::text is "" until then, and notifies once. Main thread.
 */
struct _FairleadLogLine {
  GObject parent_instance;

  FairleadLogLevel level;
  guint64 number;          /* counted from the log's first line, which is 1 */
  char *text;              /* NULL: not here yet */

  /* Where the model finds it for as long as somebody holds it: the same line is the same object. */
  GHashTable *held;
  guint64 key;
};

G_DEFINE_FINAL_TYPE (FairleadLogLine, fairlead_log_line, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_TEXT,
  PROP_LEVEL,
  PROP_NUMBER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
fairlead_log_line_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  FairleadLogLine *self = FAIRLEAD_LOG_LINE (object);

  switch (prop_id)
    {
    case PROP_TEXT:
      g_value_set_string (value, fairlead_log_line_get_text (self));
      break;
    case PROP_LEVEL:
      g_value_set_enum (value, self->level);
      break;
    case PROP_NUMBER:
      g_value_set_uint64 (value, self->number);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_log_line_finalize (GObject *object)
{
  FairleadLogLine *self = FAIRLEAD_LOG_LINE (object);

  g_hash_table_remove (self->held, &self->key);
  g_hash_table_unref (self->held);
  g_clear_pointer (&self->text, g_free);

  G_OBJECT_CLASS (fairlead_log_line_parent_class)->finalize (object);
}

static void
fairlead_log_line_class_init (FairleadLogLineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fairlead_log_line_get_property;
  object_class->finalize = fairlead_log_line_finalize;

  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_LEVEL] =
    g_param_spec_enum ("level", NULL, NULL, FAIRLEAD_TYPE_LOG_LEVEL, FAIRLEAD_LOG_PLAIN, flags);
  properties[PROP_NUMBER] = g_param_spec_uint64 ("number", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_log_line_init (FairleadLogLine *self)
{
}

/* @key tells it from the others in @held, as long as it lives. */
FairleadLogLine *
fairlead_log_line_new (GHashTable       *held,
                       guint64           key,
                       guint64           number,
                       FairleadLogLevel  level)
{
  FairleadLogLine *self = g_object_new (FAIRLEAD_TYPE_LOG_LINE, NULL);

  self->held = g_hash_table_ref (held);
  self->key = key;
  self->number = number;
  self->level = level;
  g_hash_table_insert (held, &self->key, self);
  return self;
}

void
fairlead_log_line_take_text (FairleadLogLine *self,
                             char            *text)
{
  g_free (self->text);
  self->text = text;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

/**
 * fairlead_log_line_get_text:
 *
 * Returns: inert UTF-8 without a line's end; "" while it is on its way from the disk
 */
const char *
fairlead_log_line_get_text (FairleadLogLine *self)
{
  return self->text != NULL ? self->text : "";
}

FairleadLogLevel
fairlead_log_line_get_level (FairleadLogLine *self)
{
  return self->level;
}

/**
 * fairlead_log_line_get_number:
 *
 * Returns: which line of the log it is; the first is 1, also when that is not kept any more
 */
guint64
fairlead_log_line_get_number (FairleadLogLine *self)
{
  return self->number;
}
