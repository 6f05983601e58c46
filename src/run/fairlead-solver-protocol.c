/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solver-protocol.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-log-model.h"
#include "fairlead-solver-status-private.h"

/* The solver's wire protocol as bytes; no input or output here. Any thread. tests/demo/PROTOCOL.md has a
 * transcript of each message. */

static gboolean
is_word (const char *text)
{
  if (text == NULL || *text == '\0')
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_isspace (*p) || (guchar) *p < 0x20)
      return FALSE;
  return TRUE;
}

/**
 * fairlead_solver_encode_command:
 * @framing: how the command is delimited; a caller that half-closes does so itself
 * @project: the project's name, without white space: the words have no quoting
 * @request: (nullable): "build", "start", …; %NULL asks for the status only
 *
 * Returns: (transfer full): a TCMD, or %NULL with %FAIRLEAD_ERROR_CONFIG
 */
GBytes *
fairlead_solver_encode_command (FairleadSolverFraming   framing,
                                const char             *project,
                                const char             *request,
                                GError                **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *text = NULL;
  guint32 length;

  if (!is_word (project) || (request != NULL && !is_word (request)))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("The solver takes no project name with white space in it."));
      return NULL;
    }
  text = request ? g_strdup_printf ("--request %s --name %s", request, project)
                 : g_strdup_printf ("--name %s", project);
  length = GUINT32_TO_BE ((guint32) strlen (text));
  g_byte_array_append (bytes, (const guint8 *) "TCMD", 4);
  if (framing != FAIRLEAD_SOLVER_FRAMING_HALF_CLOSE)
    g_byte_array_append (bytes, (const guint8 *) &length, sizeof length);
  g_byte_array_append (bytes, (const guint8 *) text, strlen (text));
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static JsonBuilder *
begin_message (const char *request,
               const char *path,
               const char *name)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "request");
  json_builder_add_string_value (builder, request);
  json_builder_set_member_name (builder, "path");
  json_builder_add_string_value (builder, path);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, name);
  return builder;
}

static void
add_size (JsonBuilder *builder,
          const char  *name,
          guint64      size)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) size);
}

static void
add_text (JsonBuilder *builder,
          const char  *name,
          const char  *text)
{
  if (text == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static GBytes *
end_message (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;
  char *message;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  message = g_strconcat ("JSON", line, "\n", NULL);
  return g_bytes_new_take (message, strlen (message));
}

/**
 * fairlead_solver_encode_upload:
 *
 * Returns: (transfer full): the head; data_size + param_size bytes follow it
 */
GBytes *
fairlead_solver_encode_upload (const FairleadSolverUpload *upload)
{
  g_autoptr (JsonBuilder) builder = begin_message ("upload_atomic", upload->path, upload->name);

  add_size (builder, "data_size", upload->data_size);
  add_size (builder, "param_size", upload->param_size);
  add_text (builder, "data_hash", upload->data_hash);
  add_text (builder, "param_hash", upload->param_hash);
  return end_message (builder);
}

/**
 * fairlead_solver_encode_send:
 *
 * Returns: (transfer full): the head; @size bytes follow it
 */
GBytes *
fairlead_solver_encode_send (const char *path,
                             const char *name,
                             guint64     size)
{
  g_autoptr (JsonBuilder) builder = begin_message ("data_send", path, name);

  add_size (builder, "size", size);
  return end_message (builder);
}

GBytes *
fairlead_solver_encode_receive (const char *path,
                                const char *name)
{
  g_autoptr (JsonBuilder) builder = begin_message ("data_receive", path, name);

  return end_message (builder);
}

static JsonNode *
parse_object (const char  *answer,
              gsize        length,
              GError     **error)
{
  g_autoptr (JsonNode) node = NULL;

  node = fairlead_json_parse (answer, length, FAIRLEAD_SOLVER_MAX_ANSWER, NULL);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return g_steal_pointer (&node);
  fairlead_set_error (error, FAIRLEAD_ERROR_REMOTE, _("What answered there is not a solver."));
  return NULL;
}

/**
 * fairlead_solver_decode_status:
 * @project: (nullable): the project that was asked about
 * @answer: (array length=length): all that came until the solver closed
 *
 * Returns: (transfer full): the status, or %NULL with %FAIRLEAD_ERROR_REMOTE when this is no solver
 */
FairleadSolverStatus *
fairlead_solver_decode_status (const char  *project,
                               const char  *answer,
                               gsize        length,
                               GError     **error)
{
  g_autoptr (JsonNode) node = parse_object (answer, length, error);
  JsonObject *object;

  if (node == NULL)
    return NULL;
  object = json_node_get_object (node);
  /* Of whatever type: many services answer with some JSON, only a solver with one of these. */
  if (json_object_has_member (object, "protocol_version") || json_object_has_member (object, "status"))
    return fairlead_solver_status_new_from_json (project, object);
  fairlead_set_error (error, FAIRLEAD_ERROR_REMOTE, _("What answered there is not a solver."));
  return NULL;
}

static void
set_solver_error (JsonNode  *node,
                  GError   **error)
{
  const char *said = fairlead_json_get_string (json_node_get_object (node), "error", "");
  g_autofree char *inert = fairlead_make_inert (said, -1);

  fairlead_set_error (error, FAIRLEAD_ERROR_REMOTE, _("The solver refused: %s"), inert);
}

/**
 * fairlead_solver_decode_ok:
 *
 * Returns: whether @answer ends an upload well; else the error says what the solver said
 */
gboolean
fairlead_solver_decode_ok (const char  *answer,
                           gsize        length,
                           GError     **error)
{
  g_autoptr (JsonNode) node = NULL;

  if (length >= 2 && memcmp (answer, "OK", 2) == 0)
    return TRUE;
  node = parse_object (answer, length, error);
  if (node != NULL)
    set_solver_error (node, error);
  return FALSE;
}

/**
 * fairlead_solver_decode_size:
 * @line: (array length=length): the first line of the answer to a `data_receive`
 * @size: (out): how many bytes follow it
 */
gboolean
fairlead_solver_decode_size (const char  *line,
                             gsize        length,
                             guint64     *size,
                             GError     **error)
{
  g_autoptr (JsonNode) node = parse_object (line, length, error);
  gint64 value;

  if (node == NULL)
    return FALSE;
  value = fairlead_json_get_int (json_node_get_object (node), "size", -1);
  if (value < 0)
    {
      set_solver_error (node, error);
      return FALSE;
    }
  *size = (guint64) value;
  return TRUE;
}
