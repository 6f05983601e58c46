/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solver-status.h"
#include "fairlead-solver-status-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-run-enums.h"

G_DEFINE_FINAL_TYPE (FairleadSolverStatus, fairlead_solver_status, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_STATE,
  PROP_STATE_TEXT,
  PROP_FRAME,
  PROP_FRAMES,
  PROP_PROGRESS,
  PROP_VIOLATIONS,
  PROP_GPU_MEMORY_USED,
  PROP_GPU_MEMORY_TOTAL,
  PROP_TIME_LEFT,
  PROP_ELAPSED,
  PROP_PREVIOUS_STATE,
  PROP_TEXTS,                  /* the first of FAIRLEAD_SOLVER_N_TEXTS */
  N_PROPS = PROP_TEXTS + FAIRLEAD_SOLVER_N_TEXTS
};

static GParamSpec *properties[N_PROPS];

/* The solver's word, and what a person reads. */
static const struct {
  const char *word;
  const char *text;
} states[] = {
  [FAIRLEAD_SOLVER_UNKNOWN] = { NULL, N_("Unknown") },
  [FAIRLEAD_SOLVER_NO_DATA] = { "NO_DATA", N_("No scene sent yet") },
  [FAIRLEAD_SOLVER_NO_BUILD] = { "NO_BUILD", N_("Scene not built yet") },
  [FAIRLEAD_SOLVER_BUILDING] = { "BUILDING", N_("Building") },
  [FAIRLEAD_SOLVER_READY] = { "READY", N_("Ready to solve") },
  [FAIRLEAD_SOLVER_RESUMABLE] = { "RESUMABLE", N_("Can be resumed") },
  [FAIRLEAD_SOLVER_FAILED] = { "FAILED", N_("Failed") },
  [FAIRLEAD_SOLVER_BUSY] = { "BUSY", N_("Solving") },
  [FAIRLEAD_SOLVER_SAVE_AND_QUIT] = { "SAVE_AND_QUIT", N_("Saving") },
};

/* The names of the properties of the texts. */
static const char * const text_names[FAIRLEAD_SOLVER_N_TEXTS] = {
  [FAIRLEAD_SOLVER_TEXT_VERSION] = "protocol-version",
  [FAIRLEAD_SOLVER_TEXT_VERSION_NOTE] = "version-note",
  [FAIRLEAD_SOLVER_TEXT_PROJECT] = "project",
  [FAIRLEAD_SOLVER_TEXT_INFO] = "info",
  [FAIRLEAD_SOLVER_TEXT_ERROR] = "error",
  [FAIRLEAD_SOLVER_TEXT_GPU] = "gpu",
  [FAIRLEAD_SOLVER_TEXT_VRAM] = "vram",
  [FAIRLEAD_SOLVER_TEXT_CUDA] = "cuda",
  [FAIRLEAD_SOLVER_TEXT_SM] = "sm",
  [FAIRLEAD_SOLVER_TEXT_CPU] = "cpu",
  [FAIRLEAD_SOLVER_TEXT_RAM] = "ram",
  [FAIRLEAD_SOLVER_TEXT_SUMMARY] = "summary",
};

#define IN(state) (1u << FAIRLEAD_SOLVER_ ## state)

/* The states in which each request makes sense; the solver has the last word. */
static const guint allowed_in[FAIRLEAD_SOLVER_N_REQUESTS] = {
  [FAIRLEAD_SOLVER_REQUEST_BUILD] = IN (NO_BUILD) | IN (READY) | IN (RESUMABLE) | IN (FAILED),
  [FAIRLEAD_SOLVER_REQUEST_CANCEL_BUILD] = IN (BUILDING),
  [FAIRLEAD_SOLVER_REQUEST_START] = IN (READY) | IN (RESUMABLE) | IN (FAILED),
  [FAIRLEAD_SOLVER_REQUEST_RESUME] = IN (RESUMABLE) | IN (FAILED),
  [FAIRLEAD_SOLVER_REQUEST_TERMINATE] = IN (BUSY) | IN (SAVE_AND_QUIT),
  [FAIRLEAD_SOLVER_REQUEST_SAVE_AND_QUIT] = IN (BUSY),
  [FAIRLEAD_SOLVER_REQUEST_DELETE] = IN (NO_BUILD) | IN (READY) | IN (RESUMABLE) | IN (FAILED),
};

static void
fairlead_solver_status_finalize (GObject *object)
{
  FairleadSolverStatus *self = FAIRLEAD_SOLVER_STATUS (object);

  for (guint i = 0; i < FAIRLEAD_SOLVER_N_TEXTS; i++)
    g_clear_pointer (&self->texts[i], g_free);
  g_clear_pointer (&self->violations, g_strfreev);

  G_OBJECT_CLASS (fairlead_solver_status_parent_class)->finalize (object);
}

static void
fairlead_solver_status_get_property (GObject    *object,
                                     guint       prop_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  FairleadSolverStatus *self = FAIRLEAD_SOLVER_STATUS (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_STATE_TEXT:
      g_value_set_string (value, _(states[self->state].text));
      break;
    case PROP_FRAME:
      g_value_set_int (value, self->frame);
      break;
    case PROP_FRAMES:
      g_value_set_int (value, self->frames);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->progress);
      break;
    case PROP_VIOLATIONS:
      g_value_set_boxed (value, self->violations);
      break;
    case PROP_GPU_MEMORY_USED:
      g_value_set_int64 (value, self->gpu_memory_used);
      break;
    case PROP_GPU_MEMORY_TOTAL:
      g_value_set_int64 (value, self->gpu_memory_total);
      break;
    case PROP_TIME_LEFT:
      g_value_set_int (value, self->time_left);
      break;
    case PROP_ELAPSED:
      g_value_set_int (value, self->elapsed);
      break;
    case PROP_PREVIOUS_STATE:
      g_value_set_enum (value, self->previous);
      break;
    default:
      g_value_set_string (value, self->texts[prop_id - PROP_TEXTS]);
    }
}

static void
fairlead_solver_status_class_init (FairleadSolverStatusClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  static const struct {
    guint id;
    const char *name;
  } ints[] = {
    { PROP_FRAME, "frame" },
    { PROP_FRAMES, "frames" },
    { PROP_TIME_LEFT, "time-left" },
    { PROP_ELAPSED, "elapsed" },
  };

  object_class->finalize = fairlead_solver_status_finalize;
  object_class->get_property = fairlead_solver_status_get_property;

  for (guint i = 0; i < FAIRLEAD_SOLVER_N_TEXTS; i++)
    properties[PROP_TEXTS + i] = g_param_spec_string (text_names[i], NULL, NULL, NULL, flags);
  for (gsize i = 0; i < G_N_ELEMENTS (ints); i++)
    properties[ints[i].id] = g_param_spec_int (ints[i].name, NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, FAIRLEAD_TYPE_SOLVER_STATE, FAIRLEAD_SOLVER_UNKNOWN, flags);
  properties[PROP_PREVIOUS_STATE] =
    g_param_spec_enum ("previous-state", NULL, NULL,
                       FAIRLEAD_TYPE_SOLVER_STATE, FAIRLEAD_SOLVER_UNKNOWN, flags);
  properties[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, flags);
  properties[PROP_VIOLATIONS] = g_param_spec_boxed ("violations", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_GPU_MEMORY_USED] =
    g_param_spec_int64 ("gpu-memory-used", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_GPU_MEMORY_TOTAL] =
    g_param_spec_int64 ("gpu-memory-total", NULL, NULL, -1, G_MAXINT64, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_solver_status_init (FairleadSolverStatus *self)
{
  self->frame = -1;
  self->frames = -1;
  self->progress = -1;
  self->gpu_memory_used = -1;
  self->gpu_memory_total = -1;
  self->elapsed = -1;
  self->time_left = -1;
}

/* What a solver means by its word for a state. */
FairleadSolverState
fairlead_solver_state_of (const char *word)
{
  for (guint i = FAIRLEAD_SOLVER_NO_DATA; word != NULL && i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i].word, word))
      return i;
  return FAIRLEAD_SOLVER_UNKNOWN;
}

/* Whether both say the same of what changes while a solver works. */
gboolean
fairlead_solver_status_equals (FairleadSolverStatus *self,
                               FairleadSolverStatus *other)
{
  return self->state == other->state && self->frame == other->frame && self->progress == other->progress
         && g_strcmp0 (self->texts[FAIRLEAD_SOLVER_TEXT_INFO], other->texts[FAIRLEAD_SOLVER_TEXT_INFO]) == 0
         && g_strcmp0 (self->texts[FAIRLEAD_SOLVER_TEXT_ERROR], other->texts[FAIRLEAD_SOLVER_TEXT_ERROR]) == 0;
}

FairleadSolverState
fairlead_solver_status_get_state (FairleadSolverStatus *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_SOLVER_STATUS (self), FAIRLEAD_SOLVER_UNKNOWN);

  return self->state;
}

/**
 * fairlead_solver_status_get_version:
 *
 * Returns: (nullable) (transfer none): the protocol that the solver speaks: "0.04"
 */
const char *
fairlead_solver_status_get_version (FairleadSolverStatus *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_SOLVER_STATUS (self), NULL);

  return self->texts[FAIRLEAD_SOLVER_TEXT_VERSION];
}

/**
 * fairlead_solver_status_get_error:
 *
 * Returns: (nullable) (transfer none): what is wrong, in the solver's own words, inert
 */
const char *
fairlead_solver_status_get_error (FairleadSolverStatus *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_SOLVER_STATUS (self), NULL);

  return self->texts[FAIRLEAD_SOLVER_TEXT_ERROR];
}

/**
 * fairlead_solver_status_is_active:
 *
 * Returns: whether it builds, solves or saves
 */
gboolean
fairlead_solver_status_is_active (FairleadSolverStatus *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_SOLVER_STATUS (self), FALSE);

  return ((1u << self->state) & (IN (BUILDING) | IN (BUSY) | IN (SAVE_AND_QUIT))) != 0;
}

/**
 * fairlead_solver_status_allows:
 * @request: what it might be asked for
 *
 * Returns: whether it makes sense to ask for that in this state: never while the solver's version, which
 *   is known before anything is changed, or the project is missing. The solver may refuse all the same
 */
gboolean
fairlead_solver_status_allows (FairleadSolverStatus  *self,
                               FairleadSolverRequest  request)
{
  g_return_val_if_fail (FAIRLEAD_IS_SOLVER_STATUS (self), FALSE);
  g_return_val_if_fail ((guint) request < FAIRLEAD_SOLVER_N_REQUESTS, FALSE);

  return self->texts[FAIRLEAD_SOLVER_TEXT_VERSION] != NULL
         && self->texts[FAIRLEAD_SOLVER_TEXT_PROJECT] != NULL
         && (allowed_in[request] & (1u << self->state)) != 0;
}
