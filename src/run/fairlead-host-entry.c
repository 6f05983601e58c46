/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-host-entry.h"

#include "fairlead-log-model.h"

/**
 * FairleadHostEntry:
 *
 * A line of what there is on a host: a solver, a graphics card, a port. It stays the same object while what it speaks
 * of is the same, so that a view of it keeps its place. Main thread.
 */
struct _FairleadHostEntry {
  GObject parent_instance;

  FairleadHostEntryKind kind;
  char *title;
  char *subtitle;
  guint port;
  gint64 pid;
  char *owner;
  gboolean mine;
  char *record;
  char *token;
  gboolean running;
};

G_DEFINE_FINAL_TYPE (FairleadHostEntry, fairlead_host_entry, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_RUNNING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
fairlead_host_entry_finalize (GObject *object)
{
  FairleadHostEntry *self = FAIRLEAD_HOST_ENTRY (object);

  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->owner);
  g_free (self->record);
  g_free (self->token);

  G_OBJECT_CLASS (fairlead_host_entry_parent_class)->finalize (object);
}

static void
fairlead_host_entry_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  FairleadHostEntry *self = FAIRLEAD_HOST_ENTRY (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, self->running);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_host_entry_class_init (FairleadHostEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = fairlead_host_entry_finalize;
  object_class->get_property = fairlead_host_entry_get_property;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_host_entry_init (FairleadHostEntry *self)
{
  self->owner = g_strdup ("");
}

/**
 * fairlead_host_entry_new:
 * @title: what it is; made inert
 * @subtitle: more about it; made inert
 *
 * Returns: (transfer full): an entry without a process
 */
FairleadHostEntry *
fairlead_host_entry_new (FairleadHostEntryKind  kind,
                         const char            *title,
                         const char            *subtitle)
{
  FairleadHostEntry *self = g_object_new (FAIRLEAD_TYPE_HOST_ENTRY, NULL);

  self->kind = kind;
  self->title = fairlead_make_inert (title, -1);
  self->subtitle = fairlead_make_inert (subtitle, -1);
  return self;
}

/**
 * fairlead_host_entry_set_process:
 * @port: that it listens on; 0: none, or not known
 * @pid: as the host counts; 0: not known
 * @owner: the account; "" where that is not to be seen
 * @mine: it is our account
 */
void
fairlead_host_entry_set_process (FairleadHostEntry *self,
                                 guint              port,
                                 gint64             pid,
                                 const char        *owner,
                                 gboolean           mine)
{
  self->port = port;
  self->pid = pid;
  g_free (self->owner);
  self->owner = fairlead_make_inert (owner, -1);
  self->mine = mine;
}

/**
 * fairlead_host_entry_set_record:
 * @directory: of the record, on the host
 * @token: what tells that solver from any other
 */
void
fairlead_host_entry_set_record (FairleadHostEntry *self,
                                const char        *directory,
                                const char        *token,
                                gboolean           running)
{
  self->record = g_strdup (directory);
  self->token = g_strdup (token);
  self->running = running;
}

FairleadHostEntryKind
fairlead_host_entry_get_kind (FairleadHostEntry *self)
{
  return self->kind;
}

const char *
fairlead_host_entry_get_title (FairleadHostEntry *self)
{
  return self->title;
}

const char *
fairlead_host_entry_get_subtitle (FairleadHostEntry *self)
{
  return self->subtitle;
}

guint
fairlead_host_entry_get_port (FairleadHostEntry *self)
{
  return self->port;
}

gint64
fairlead_host_entry_get_pid (FairleadHostEntry *self)
{
  return self->pid;
}

const char *
fairlead_host_entry_get_owner (FairleadHostEntry *self)
{
  return self->owner;
}

gboolean
fairlead_host_entry_is_mine (FairleadHostEntry *self)
{
  return self->mine;
}

gboolean
fairlead_host_entry_is_running (FairleadHostEntry *self)
{
  return self->running;
}

/**
 * fairlead_host_entry_get_record:
 *
 * Returns: (nullable): the folder of the record of a solver of ours
 */
const char *
fairlead_host_entry_get_record (FairleadHostEntry *self)
{
  return self->record;
}

/**
 * fairlead_host_entry_get_token:
 *
 * Returns: (nullable): its token; it stops the solver, and is to be shown nowhere
 */
const char *
fairlead_host_entry_get_token (FairleadHostEntry *self)
{
  return self->token;
}

static void
take_text (FairleadHostEntry *self,
           char             **mine,
           const char        *news,
           int                property)
{
  if (g_strcmp0 (*mine, news) == 0)
    return;
  g_free (*mine);
  *mine = g_strdup (news);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/**
 * fairlead_host_entry_take_news:
 * @news: another entry
 *
 * Becomes like @news, if that speaks of the same.
 *
 * Returns: whether it does
 */
gboolean
fairlead_host_entry_take_news (FairleadHostEntry *self,
                               FairleadHostEntry *news)
{
  if (self->kind != news->kind || self->port != news->port || self->pid != news->pid
      || g_strcmp0 (self->token, news->token) != 0 || self->mine != news->mine
      || g_strcmp0 (self->owner, news->owner) != 0)
    return FALSE;
  take_text (self, &self->title, news->title, PROP_TITLE);
  take_text (self, &self->subtitle, news->subtitle, PROP_SUBTITLE);
  if (self->running != news->running)
    {
      self->running = news->running;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
    }
  return TRUE;
}
