/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solver-status-private.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

#include "fairlead-log-model.h"

/* A solver's answer as a status. Every field may be absent or of a surprising type, and all text is
 * foreign. Any thread. */

/* More than anyone reads, and of one of them. */
#define MAX_VIOLATIONS 500
#define MAX_VIOLATION 1000

/* The versions of the protocol whose framing and messages are those that we send: in what came after 0.04
 * the solver and its add-on changed what is in a scene, which we do not look into. */
#define OLDEST_KNOWN 3
#define NEWEST_KNOWN 11

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

/* "name: value" for each member that is a plain value. */
static char *
dup_members (JsonObject *object,
             const char *separator)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode *node = json_object_get_member (object, l->data);
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
      g_string_append_printf (text, "%s%s", text->len > 0 ? separator : "", inert);
    }
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

/* A summary is a text, or an object of short values: one line each. */
static char *
dup_summary (JsonObject *object)
{
  JsonObject *summary = fairlead_json_get_object (object, "summary");

  return summary != NULL ? dup_members (summary, "\n") : dup_text (object, "summary");
}

/* A violation is a text, or an object with one, or of short values. */
static char *
dup_violation (JsonNode *node)
{
  JsonObject *object;
  char *text;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return fairlead_make_inert (json_node_get_string (node), -1);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  object = json_node_get_object (node);
  text = dup_text (object, "message");
  return text != NULL ? text : dup_members (object, ", ");
}

static char **
dup_violations (JsonObject *object)
{
  JsonArray *array = fairlead_json_get_array (object, "violations");
  guint length = array != NULL ? json_array_get_length (array) : 0;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; i < length && n < MAX_VIOLATIONS; i++)
    {
      g_autofree char *text = dup_violation (json_array_get_element (array, i));
      g_autofree char *cut = NULL;

      if (text == NULL || *text == '\0')
        continue;
      cut = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_VIOLATION));
      g_strv_builder_add (builder, cut);
      n++;
    }
  return n > 0 ? g_strv_builder_end (builder) : NULL;
}

/* "0.04" → 4; -1 for what is no such version. */
static gint64
parse_version (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", 3);
  guint64 major;
  guint64 minor;

  if (g_strv_length (parts) != 2
      || !g_ascii_string_to_unsigned (parts[0], 10, 0, G_MAXINT16, &major, NULL)
      || !g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXINT16, &minor, NULL))
    return -1;
  return (gint64) (major << 16 | minor);
}

static char *
dup_version_note (const char *version)
{
  gint64 number = version != NULL ? parse_version (version) : -1;

  if (version == NULL)
    return g_strdup (_("The solver does not say which protocol it speaks. Its status is shown, but nothing is "
                       "sent that would change something. Update the solver."));
  if (number < 0)
    return g_strdup_printf (_("The solver speaks protocol %s, which Fairlead does not know. Status and requests "
                              "may work. Take versions that go together."), version);
  if (number < OLDEST_KNOWN)
    return g_strdup_printf (_("The solver speaks protocol %s, which is older than what Fairlead knows (0.03). "
                              "Its status may work, requests and files may not. Update the solver."), version);
  if (number > NEWEST_KNOWN)
    return g_strdup_printf (_("The solver speaks protocol %s, which is newer than what Fairlead knows (0.11). "
                              "Status and requests are likely to work as before. Update Fairlead."), version);
  return NULL;
}

/* What the GPU's memory holds, in bytes. */
static void
take_gpu_memory (FairleadSolverStatus *self,
                 JsonObject           *memory)
{
  gint64 used = fairlead_json_get_int (memory, "used", -1);
  gint64 total = fairlead_json_get_int (memory, "total", -1);

  if (total > 0)
    self->gpu_memory_total = total;
  if (used >= 0 && (total <= 0 || used <= total))
    self->gpu_memory_used = used;
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
  static const struct { FairleadSolverText text; const char *name; } hardware_texts[] = {
    { FAIRLEAD_SOLVER_TEXT_GPU, "GPU" },
    { FAIRLEAD_SOLVER_TEXT_VRAM, "VRAM" },
    { FAIRLEAD_SOLVER_TEXT_CUDA, "CUDA" },
    { FAIRLEAD_SOLVER_TEXT_SM, "SM" },
    { FAIRLEAD_SOLVER_TEXT_CPU, "CPU" },
    { FAIRLEAD_SOLVER_TEXT_RAM, "RAM" },
  };
  FairleadSolverStatus *self = g_object_new (FAIRLEAD_TYPE_SOLVER_STATUS, NULL);
  JsonObject *hardware = fairlead_json_get_object (object, "hardware");
  double progress = fairlead_json_get_double (object, "progress", -1);

  for (gsize i = 0; i < G_N_ELEMENTS (hardware_texts); i++)
    self->texts[hardware_texts[i].text] = dup_text (hardware, hardware_texts[i].name);
  self->texts[FAIRLEAD_SOLVER_TEXT_PROJECT] = project != NULL && *project != '\0' ? g_strdup (project) : NULL;
  self->texts[FAIRLEAD_SOLVER_TEXT_VERSION] = dup_text (object, "protocol_version");
  self->texts[FAIRLEAD_SOLVER_TEXT_VERSION_NOTE] =
    dup_version_note (self->texts[FAIRLEAD_SOLVER_TEXT_VERSION]);
  self->texts[FAIRLEAD_SOLVER_TEXT_INFO] = dup_text (object, "info");
  self->texts[FAIRLEAD_SOLVER_TEXT_ERROR] = dup_text (object, "error");
  self->texts[FAIRLEAD_SOLVER_TEXT_SUMMARY] = dup_summary (object);
  self->violations = dup_violations (object);
  self->state = fairlead_solver_state_of (fairlead_json_get_string (object, "status", NULL));
  self->frame = get_count (object, "frame");
  self->frames = get_count (object, "frames");
  self->progress = progress >= 0 && progress <= 1 ? progress : -1;
  take_gpu_memory (self, fairlead_json_get_object (object, "gpu_memory"));
  return self;
}
