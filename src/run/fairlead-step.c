/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-step-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-run-enums.h"

/**
 * FairleadStep:
 *
 * One step of the job, as a person sees it. Main thread.
 */
struct _FairleadStep {
  GObject parent_instance;

  FairleadStepId id;
  FairleadStepState state;
  char *title;                 /* NULL: that of its id */
  char *detail;
  gint64 started;              /* monotonic, 0 before */
  gint64 duration;             /* of an ended step */
};

G_DEFINE_FINAL_TYPE (FairleadStep, fairlead_step, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_ID,
  PROP_TITLE,
  PROP_STATE,
  PROP_DURATION,
  PROP_DETAIL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static const char * const titles[FAIRLEAD_N_STEPS] = {
  [FAIRLEAD_STEP_RESOLVE] = N_("Resolve"),
  [FAIRLEAD_STEP_CONNECT] = N_("Connect"),
  [FAIRLEAD_STEP_VERIFY] = N_("Verify host"),
  [FAIRLEAD_STEP_SIGN_IN] = N_("Sign in"),
  [FAIRLEAD_STEP_CHECK_PATH] = N_("Check path"),
  [FAIRLEAD_STEP_START_SERVER] = N_("Start server"),
  [FAIRLEAD_STEP_WAIT_READY] = N_("Wait for ready"),
  [FAIRLEAD_STEP_CHECK_EXPOSURE] = N_("Check exposure"),
  [FAIRLEAD_STEP_OPEN_TUNNEL] = N_("Open tunnel"),
};

static void
fairlead_step_finalize (GObject *object)
{
  FairleadStep *self = FAIRLEAD_STEP (object);

  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->detail, g_free);

  G_OBJECT_CLASS (fairlead_step_parent_class)->finalize (object);
}

static void
fairlead_step_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  FairleadStep *self = FAIRLEAD_STEP (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_enum (value, self->id);
      break;
    case PROP_TITLE:
      g_value_set_string (value, fairlead_step_get_title (self));
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_DURATION:
      g_value_set_int64 (value, fairlead_step_get_duration (self));
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_step_class_init (FairleadStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = fairlead_step_finalize;
  object_class->get_property = fairlead_step_get_property;

  properties[PROP_ID] =
    g_param_spec_enum ("id", NULL, NULL, FAIRLEAD_TYPE_STEP_ID, FAIRLEAD_STEP_RESOLVE, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, FAIRLEAD_TYPE_STEP_STATE, FAIRLEAD_STEP_PENDING, flags);
  properties[PROP_DURATION] =
    g_param_spec_int64 ("duration", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_step_init (FairleadStep *self)
{
}

FairleadStep *
fairlead_step_new (FairleadStepId id)
{
  FairleadStep *self = g_object_new (FAIRLEAD_TYPE_STEP, NULL);

  self->id = id;
  return self;
}

/* The one setter: PENDING forgets the last time; RUNNING starts the clock, anything after it stops it. */
void
fairlead_step_set (FairleadStep      *self,
                   FairleadStepState  state,
                   const char        *detail)
{
  gint64 now = g_get_monotonic_time ();
  FairleadStepState before = self->state;

  if (state == FAIRLEAD_STEP_RUNNING && before != FAIRLEAD_STEP_RUNNING)
    {
      self->started = now;
      self->duration = 0;
    }
  else if (state == FAIRLEAD_STEP_PENDING)
    {
      self->started = 0;
      self->duration = 0;
    }
  else if (before == FAIRLEAD_STEP_RUNNING && state != FAIRLEAD_STEP_RUNNING)
    {
      self->duration = now - self->started;
    }
  self->state = state;
  if (before != state)
    {
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DURATION]);
    }
  if (g_strcmp0 (self->detail, detail) != 0)
    {
      g_free (self->detail);
      self->detail = g_strdup (detail);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAIL]);
    }
}

/* Only the step that prepares the server's place is called differently from place to place; NULL: it needs
 * none. */
void
fairlead_step_set_title (FairleadStep *self,
                         const char   *title)
{
  if (g_strcmp0 (self->title, title) == 0)
    return;
  g_free (self->title);
  self->title = g_strdup (title);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

FairleadStepId
fairlead_step_get_id (FairleadStep *self)
{
  return self->id;
}

const char *
fairlead_step_get_title (FairleadStep *self)
{
  if (self->title != NULL)
    return self->title;
  return titles[self->id] != NULL ? _(titles[self->id]) : "";
}

/**
 * fairlead_step_is_needed:
 *
 * Returns: whether it is part of this job at all; one that is not is not shown. It changes with the title
 */
gboolean
fairlead_step_is_needed (FairleadStep *self)
{
  return self->title != NULL || titles[self->id] != NULL;
}

FairleadStepState
fairlead_step_get_state (FairleadStep *self)
{
  return self->state;
}

/**
 * fairlead_step_get_duration:
 *
 * Returns: microseconds: so far while it runs, else in the end; 0 when it has not begun
 */
gint64
fairlead_step_get_duration (FairleadStep *self)
{
  if (self->state == FAIRLEAD_STEP_RUNNING)
    return g_get_monotonic_time () - self->started;
  return self->duration;
}

const char *
fairlead_step_get_detail (FairleadStep *self)
{
  return self->detail;
}
