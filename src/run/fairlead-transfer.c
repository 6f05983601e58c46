/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-transfer-private.h"

#include <string.h>

#include "fairlead-run-enums.h"

/* How often progress is told; the rate goes over FAIRLEAD_TRANSFER_SAMPLES of these. */
#define TICK_MS 250

/**
 * FairleadTransfer:
 *
 * A scene on its way to the solver, or a file on its way from it. What waits for disk and network is on a
 * thread of its own (fairlead-transfer-upload.c, fairlead-transfer-fetch.c); this is the main thread's view
 * of it. fairlead-transfer-life.c has the order of things.
 */
G_DEFINE_FINAL_TYPE (FairleadTransfer, fairlead_transfer, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_DIRECTION,
  PROP_TITLE,
  PROP_PATH,
  PROP_NAME,
  PROP_FILE,
  PROP_STATE,
  PROP_DONE,
  PROP_TOTAL,
  PROP_RATE,
  PROP_TIME_LEFT,
  PROP_ELAPSED,
  PROP_ERROR,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

#define FROM(state) (1u << FAIRLEAD_TRANSFER_ ## state)

/* The states that lead to each. */
static const guint edges[] = {
  [FAIRLEAD_TRANSFER_WAITING] = FROM (FAILED) | FROM (CANCELLED),
  [FAIRLEAD_TRANSFER_HASHING] = FROM (WAITING),
  [FAIRLEAD_TRANSFER_RUNNING] = FROM (WAITING) | FROM (HASHING),
  [FAIRLEAD_TRANSFER_DONE] = FROM (RUNNING),
  [FAIRLEAD_TRANSFER_FAILED] = FROM (WAITING) | FROM (HASHING) | FROM (RUNNING),
  [FAIRLEAD_TRANSFER_CANCELLED] = FROM (WAITING) | FROM (HASHING) | FROM (RUNNING),
};

static void
fairlead_transfer_dispose (GObject *object)
{
  FairleadTransfer *self = FAIRLEAD_TRANSFER (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->client);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->file);

  G_OBJECT_CLASS (fairlead_transfer_parent_class)->dispose (object);
}

static void
fairlead_transfer_finalize (GObject *object)
{
  FairleadTransfer *self = FAIRLEAD_TRANSFER (object);

  g_clear_pointer (&self->work, fairlead_transfer_work_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (fairlead_transfer_parent_class)->finalize (object);
}

static int
get_elapsed (FairleadTransfer *self)
{
  gint64 end = self->ended != 0 ? self->ended : g_get_monotonic_time ();

  return self->began != 0 ? (int) ((end - self->began) / G_USEC_PER_SEC) : -1;
}

static void
fairlead_transfer_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  FairleadTransfer *self = FAIRLEAD_TRANSFER (object);

  switch (prop_id)
    {
    case PROP_DIRECTION:
      g_value_set_enum (value, self->direction);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->work->path);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->work->name);
      break;
    case PROP_FILE:
      g_value_set_object (value, self->file);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_DONE:
      g_value_set_uint64 (value, self->done);
      break;
    case PROP_TOTAL:
      g_value_set_uint64 (value, self->total);
      break;
    case PROP_RATE:
      g_value_set_double (value, self->rate);
      break;
    case PROP_TIME_LEFT:
      g_value_set_int (value, self->time_left);
      break;
    case PROP_ELAPSED:
      g_value_set_int (value, get_elapsed (self));
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_transfer_class_init (FairleadTransferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = fairlead_transfer_dispose;
  object_class->finalize = fairlead_transfer_finalize;
  object_class->get_property = fairlead_transfer_get_property;

  properties[PROP_DIRECTION] =
    g_param_spec_enum ("direction", NULL, NULL, FAIRLEAD_TYPE_TRANSFER_DIRECTION, FAIRLEAD_TRANSFER_UPLOAD, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_FILE] = g_param_spec_object ("file", NULL, NULL, G_TYPE_FILE, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, FAIRLEAD_TYPE_TRANSFER_STATE, FAIRLEAD_TRANSFER_WAITING, flags);
  properties[PROP_DONE] = g_param_spec_uint64 ("done", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_TOTAL] = g_param_spec_uint64 ("total", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_TIME_LEFT] = g_param_spec_int ("time-left", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_ELAPSED] = g_param_spec_int ("elapsed", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_transfer_init (FairleadTransfer *self)
{
  self->time_left = -1;
}

static char *
dup_path (GFile *file)
{
  return file != NULL ? g_file_get_path (file) : NULL;
}

/**
 * fairlead_transfer_new_upload:
 * @what: what to upload; copied
 *
 * Returns: (transfer full): a transfer that waits for fairlead_transfer_begin()
 */
FairleadTransfer *
fairlead_transfer_new_upload (const FairleadSceneUpload *what)
{
  FairleadTransfer *self = g_object_new (FAIRLEAD_TYPE_TRANSFER, NULL);
  GFile *named = what->data != NULL ? what->data : what->param;

  self->direction = FAIRLEAD_TRANSFER_UPLOAD;
  self->work = fairlead_transfer_work_new (what->path, what->name);
  self->work->files[FAIRLEAD_TRANSFER_DATA] = dup_path (what->data);
  self->work->files[FAIRLEAD_TRANSFER_PARAM] = dup_path (what->param);
  self->work->given[FAIRLEAD_TRANSFER_DATA] = g_strdup (what->data_hash);
  self->work->given[FAIRLEAD_TRANSFER_PARAM] = g_strdup (what->param_hash);
  g_set_object (&self->file, named);
  self->title = named != NULL ? g_file_get_basename (named) : NULL;
  return self;
}

/**
 * fairlead_transfer_new_fetch:
 * @path: of the file on the host
 * @name: of the project
 * @to: where to save it, on this computer
 * @replace: a file that is there may be replaced
 *
 * Returns: (transfer full): a transfer that waits for fairlead_transfer_begin()
 */
FairleadTransfer *
fairlead_transfer_new_fetch (const char *path,
                             const char *name,
                             GFile      *to,
                             gboolean    replace)
{
  FairleadTransfer *self = g_object_new (FAIRLEAD_TYPE_TRANSFER, NULL);

  self->direction = FAIRLEAD_TRANSFER_FETCH;
  self->work = fairlead_transfer_work_new (path, name);
  self->work->files[FAIRLEAD_TRANSFER_DATA] = dup_path (to);
  self->work->replace = replace;
  g_set_object (&self->file, to);
  self->title = g_path_get_basename (self->work->path);
  return self;
}

/* For tests, which have less of it. */
void
fairlead_transfer_set_patience (FairleadTransfer *self,
                                guint             seconds)
{
  self->work->patience = seconds;
}

static void
update_rate (FairleadTransfer *self,
             gint64            now)
{
  double seconds, bytes;

  if (self->n_samples == FAIRLEAD_TRANSFER_SAMPLES)
    {
      memmove (self->when, self->when + 1, sizeof self->when - sizeof self->when[0]);
      memmove (self->then, self->then + 1, sizeof self->then - sizeof self->then[0]);
      self->n_samples--;
    }
  self->when[self->n_samples] = now;
  self->then[self->n_samples++] = self->done;
  seconds = (double) (now - self->when[0]) / G_USEC_PER_SEC;
  bytes = (double) (self->done - self->then[0]);
  self->rate = seconds > 0 ? bytes / seconds : 0;
  self->time_left = seconds >= 1 && self->rate >= 1 && self->total >= self->done
                    ? (int) MIN ((double) (self->total - self->done) / self->rate, G_MAXINT) : -1;
}

void
fairlead_transfer_show_progress (FairleadTransfer *self)
{
  guint64 done, total;

  fairlead_transfer_work_get (self->work, &done, &total);
  if (total != self->total || done < self->done)
    self->n_samples = 0;
  self->done = done;
  self->total = total;
  update_rate (self, g_get_monotonic_time ());
  for (guint id = PROP_DONE; id <= PROP_ELAPSED; id++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static gboolean
tick_cb (gpointer user_data)
{
  fairlead_transfer_show_progress (user_data);
  return G_SOURCE_CONTINUE;
}

/* Checks the edge, and tells. */
void
fairlead_transfer_set_state (FairleadTransfer      *self,
                             FairleadTransferState  state)
{
  gboolean moves = state == FAIRLEAD_TRANSFER_HASHING || state == FAIRLEAD_TRANSFER_RUNNING;

  g_return_if_fail (edges[state] & (1u << self->state));

  g_debug ("Transfer of %s: state %d → %d", self->title, self->state, state);
  self->state = state;
  self->n_samples = 0;
  if (moves && self->tick_id == 0)
    self->tick_id = g_timeout_add (TICK_MS, tick_cb, self);
  else if (!moves)
    g_clear_handle_id (&self->tick_id, g_source_remove);
  if (moves && self->began == 0)
    self->began = g_get_monotonic_time ();
  if (!moves && self->began != 0)
    self->ended = g_get_monotonic_time ();
  fairlead_transfer_show_progress (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/* Takes @error, which may be NULL. */
void
fairlead_transfer_take_error (FairleadTransfer *self,
                              GError           *error)
{
  g_clear_error (&self->error);
  self->error = error;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
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

/**
 * fairlead_transfer_get_error:
 *
 * Returns: (nullable) (transfer none): why it is FAILED
 */
const GError *
fairlead_transfer_get_error (FairleadTransfer *self)
{
  return self->state == FAIRLEAD_TRANSFER_FAILED ? self->error : NULL;
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

/**
 * fairlead_transfer_is_over:
 *
 * Returns: whether it is DONE, FAILED or CANCELLED
 */
gboolean
fairlead_transfer_is_over (FairleadTransfer *self)
{
  return self->state >= FAIRLEAD_TRANSFER_DONE;
}
