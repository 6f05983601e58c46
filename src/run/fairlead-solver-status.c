/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solver-status.h"
#include "fairlead-solver-status-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-log-model.h"
#include "fairlead-run-enums.h"

struct _FairleadSolverStatus {
  GObject parent_instance;

  FairleadSolverState state;
  char *project;
  char *protocol_version;
  char *error;
  char *gpu;
  char *vram;
  char *cuda;
  char *sm;
  char *cpu;
  char *ram;
  char *summary;
  int frame;
  int frames;
  double progress;
};

G_DEFINE_FINAL_TYPE (FairleadSolverStatus, fairlead_solver_status, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_PROTOCOL_VERSION,
  PROP_STATE,
  PROP_STATE_TEXT,
  PROP_PROJECT,
  PROP_FRAME,
  PROP_FRAMES,
  PROP_PROGRESS,
  PROP_ERROR,
  PROP_GPU,
  PROP_VRAM,
  PROP_CUDA,
  PROP_SM,
  PROP_CPU,
  PROP_RAM,
  PROP_SUMMARY,
  N_PROPS
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

static void
fairlead_solver_status_finalize (GObject *object)
{
  FairleadSolverStatus *self = FAIRLEAD_SOLVER_STATUS (object);

  g_clear_pointer (&self->project, g_free);
  g_clear_pointer (&self->protocol_version, g_free);
  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->gpu, g_free);
  g_clear_pointer (&self->vram, g_free);
  g_clear_pointer (&self->cuda, g_free);
  g_clear_pointer (&self->sm, g_free);
  g_clear_pointer (&self->cpu, g_free);
  g_clear_pointer (&self->ram, g_free);
  g_clear_pointer (&self->summary, g_free);

  G_OBJECT_CLASS (fairlead_solver_status_parent_class)->finalize (object);
}

static void
fairlead_solver_status_get_property (GObject    *object,
                                     guint       prop_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  FairleadSolverStatus *self = FAIRLEAD_SOLVER_STATUS (object);
  const char *strings[N_PROPS] = {
    [PROP_PROTOCOL_VERSION] = self->protocol_version,
    [PROP_STATE_TEXT] = _(states[self->state].text),
    [PROP_PROJECT] = self->project,
    [PROP_ERROR] = self->error,
    [PROP_GPU] = self->gpu,
    [PROP_VRAM] = self->vram,
    [PROP_CUDA] = self->cuda,
    [PROP_SM] = self->sm,
    [PROP_CPU] = self->cpu,
    [PROP_RAM] = self->ram,
    [PROP_SUMMARY] = self->summary,
  };

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
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
    default:
      g_value_set_string (value, strings[prop_id]);
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
  } strings[] = {
    { PROP_PROTOCOL_VERSION, "protocol-version" },
    { PROP_STATE_TEXT, "state-text" },
    { PROP_PROJECT, "project" },
    { PROP_ERROR, "error" },
    { PROP_GPU, "gpu" },
    { PROP_VRAM, "vram" },
    { PROP_CUDA, "cuda" },
    { PROP_SM, "sm" },
    { PROP_CPU, "cpu" },
    { PROP_RAM, "ram" },
    { PROP_SUMMARY, "summary" },
  };

  object_class->finalize = fairlead_solver_status_finalize;
  object_class->get_property = fairlead_solver_status_get_property;

  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    properties[strings[i].id] = g_param_spec_string (strings[i].name, NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, FAIRLEAD_TYPE_SOLVER_STATE, FAIRLEAD_SOLVER_UNKNOWN, flags);
  properties[PROP_FRAME] = g_param_spec_int ("frame", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_FRAMES] = g_param_spec_int ("frames", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_solver_status_init (FairleadSolverStatus *self)
{
  self->frame = -1;
  self->frames = -1;
  self->progress = -1;
}

static char *
dup_text (JsonObject *object,
          const char *name)
{
  const char *text = object ? fairlead_json_get_string (object, name, NULL) : NULL;

  return text != NULL && *text != '\0' ? fairlead_make_inert (text, -1) : NULL;
}

static int
get_count (JsonObject *object,
           const char *name)
{
  gint64 count = fairlead_json_get_int (object, name, -1);

  return count >= 0 && count <= G_MAXINT ? (int) count : -1;
}

static FairleadSolverState
state_of (const char *word)
{
  for (guint i = FAIRLEAD_SOLVER_NO_DATA; word != NULL && i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i].word, word))
      return i;
  return FAIRLEAD_SOLVER_UNKNOWN;
}

/* A summary is a text, or an object of short values: one line each. */
static char *
dup_summary (JsonObject *object)
{
  JsonObject *summary = fairlead_json_get_object (object, "summary");
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GList) members = NULL;

  if (summary == NULL)
    return dup_text (object, "summary");
  members = json_object_get_members (summary);
  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode *node = json_object_get_member (summary, l->data);
      g_autofree char *value = NULL;
      g_autofree char *line = NULL;
      g_autofree char *inert = NULL;

      if (!JSON_NODE_HOLDS_VALUE (node))
        continue;
      if (json_node_get_value_type (node) == G_TYPE_STRING)
        value = json_node_dup_string (node);
      else
        value = json_to_string (node, FALSE);
      line = g_strdup_printf ("%s: %s", (const char *) l->data, value);
      inert = fairlead_make_inert (line, -1);
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", inert);
    }
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

/**
 * fairlead_solver_status_new_from_json:
 * @project: (nullable): the project it was asked about
 * @object: the solver's answer; every field may be absent or of a surprising type
 *
 * Returns: (transfer full): what can be made of it
 */
FairleadSolverStatus *
fairlead_solver_status_new_from_json (const char *project,
                                      JsonObject *object)
{
  FairleadSolverStatus *self = g_object_new (FAIRLEAD_TYPE_SOLVER_STATUS, NULL);
  JsonObject *hardware = fairlead_json_get_object (object, "hardware");
  double progress = fairlead_json_get_double (object, "progress", -1);

  self->project = project != NULL && *project != '\0' ? g_strdup (project) : NULL;
  self->state = state_of (fairlead_json_get_string (object, "status", NULL));
  self->protocol_version = dup_text (object, "protocol_version");
  self->error = dup_text (object, "error");
  self->frame = get_count (object, "frame");
  self->frames = get_count (object, "frames");
  self->progress = progress >= 0 && progress <= 1 ? progress : -1;
  self->gpu = dup_text (hardware, "GPU");
  self->vram = dup_text (hardware, "VRAM");
  self->cuda = dup_text (hardware, "CUDA");
  self->sm = dup_text (hardware, "SM");
  self->cpu = dup_text (hardware, "CPU");
  self->ram = dup_text (hardware, "RAM");
  self->summary = dup_summary (object);
  return self;
}

FairleadSolverState
fairlead_solver_status_get_state (FairleadSolverStatus *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_SOLVER_STATUS (self), FAIRLEAD_SOLVER_UNKNOWN);

  return self->state;
}
