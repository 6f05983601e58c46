/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-transfer.h"

struct _FairleadTransfer {
  GObject parent_instance;

  FairleadTransferDirection direction;
  FairleadTransferState state;
  char *title;
  char *path;
  GFile *file;
  guint64 done;
  guint64 total;
  double rate;
  int time_left;
  int elapsed;
  GError *error;
};

G_DEFINE_FINAL_TYPE (FairleadTransfer, fairlead_transfer, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_STATE,
  PROP_PATH,
  PROP_RATE,
  PROP_TIME_LEFT,
  PROP_ELAPSED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
fairlead_transfer_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  FairleadTransfer *self = FAIRLEAD_TRANSFER (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_RATE:
      g_value_set_double (value, self->rate);
      break;
    case PROP_TIME_LEFT:
      g_value_set_int (value, self->time_left);
      break;
    case PROP_ELAPSED:
      g_value_set_int (value, self->elapsed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_transfer_finalize (GObject *object)
{
  FairleadTransfer *self = FAIRLEAD_TRANSFER (object);

  g_free (self->title);
  g_free (self->path);
  g_clear_object (&self->file);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (fairlead_transfer_parent_class)->finalize (object);
}

static void
fairlead_transfer_class_init (FairleadTransferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fairlead_transfer_get_property;
  object_class->finalize = fairlead_transfer_finalize;
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, 10, 0, flags);
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  properties[PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_TIME_LEFT] = g_param_spec_int ("time-left", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_ELAPSED] = g_param_spec_int ("elapsed", NULL, NULL, -1, G_MAXINT, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_transfer_init (FairleadTransfer *self)
{
  self->time_left = -1;
  self->elapsed = -1;
}

FairleadTransfer *
fake_transfer_new (FairleadTransferDirection  direction,
                   const char                *title,
                   const char                *path,
                   GFile                     *file)
{
  FairleadTransfer *self = g_object_new (FAIRLEAD_TYPE_TRANSFER, NULL);

  self->direction = direction;
  self->title = g_strdup (title);
  self->path = g_strdup (path);
  self->file = g_object_ref (file);
  return self;
}

void
fake_transfer_set (FairleadTransfer      *self,
                   FairleadTransferState  state,
                   guint64                done,
                   guint64                total)
{
  self->state = state;
  self->done = done;
  self->total = total;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
fake_transfer_set_speed (FairleadTransfer *self,
                         double            rate,
                         int               time_left,
                         int               elapsed)
{
  self->rate = rate;
  self->time_left = time_left;
  self->elapsed = elapsed;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RATE]);
}

void
fake_transfer_take_error (FairleadTransfer *self,
                          GError           *error)
{
  g_clear_error (&self->error);
  self->error = error;
}

FairleadTransferState
fairlead_transfer_get_state (FairleadTransfer *self)
{
  return self->state;
}

FairleadTransferDirection
fairlead_transfer_get_direction (FairleadTransfer *self)
{
  return self->direction;
}

const char *
fairlead_transfer_get_title (FairleadTransfer *self)
{
  return self->title;
}

GFile *
fairlead_transfer_get_file (FairleadTransfer *self)
{
  return self->file;
}

const GError *
fairlead_transfer_get_error (FairleadTransfer *self)
{
  return self->error;
}

guint64
fairlead_transfer_get_done (FairleadTransfer *self)
{
  return self->done;
}

guint64
fairlead_transfer_get_total (FairleadTransfer *self)
{
  return self->total;
}

gboolean
fairlead_transfer_is_over (FairleadTransfer *self)
{
  return self->state >= FAIRLEAD_TRANSFER_DONE;
}

void
fairlead_transfer_cancel (FairleadTransfer *self)
{
  fake_transfer_set (self, FAIRLEAD_TRANSFER_CANCELLED, self->done, self->total);
}

void
fairlead_transfer_retry (FairleadTransfer *self)
{
  fake_transfer_set (self, FAIRLEAD_TRANSFER_WAITING, 0, 0);
}
