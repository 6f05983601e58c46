/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-json-scan.h"

/**
 * fairlead_json_parse:
 * @text: foreign bytes
 * @length: their number, or -1 when @text ends in a nul
 * @max_size: more bytes than this are refused
 * @error: return location: %FAIRLEAD_ERROR_REMOTE; callers prefix it with where it came from
 *
 * Parses JSON (RFC 8259) that somebody else wrote: a scan that bounds size and depth, and lets nothing
 * pass but JSON, comes before json-glib. Reentrant, any thread.
 *
 * Returns: (transfer full): the root, never a null pointer on success
 */
JsonNode *
fairlead_json_parse (const char  *text,
                     gssize       length,
                     gsize        max_size,
                     GError     **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local = NULL;
  JsonNode *root;
  gsize size = length < 0 ? strlen (text) : (gsize) length;

  if (size > max_size)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_REMOTE, _("The JSON text is too large."));
      return NULL;
    }
  if (!g_utf8_validate_len (text, size, NULL) || !fairlead_json_is_sound (text, size))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_REMOTE, _("The text is not JSON."));
      return NULL;
    }

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, size, &local))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_REMOTE, _("The text is not JSON: %s"),
                          local->message);
      return NULL;
    }
  root = json_parser_steal_root (parser);
  if (root == NULL)
    fairlead_set_error (error, FAIRLEAD_ERROR_REMOTE, _("The JSON text is empty."));
  return root;
}

static JsonNode *
get_value (JsonObject *object,
           const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

/**
 * fairlead_json_get_string:
 * @object: (nullable): an object
 * @name: a member's name
 * @fallback: (nullable): for a member that is missing or not a string
 *
 * Returns: (nullable) (transfer none): the member, as long as @object lives
 */
const char *
fairlead_json_get_string (JsonObject *object,
                          const char *name,
                          const char *fallback)
{
  JsonNode *node = get_value (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
         ? json_node_get_string (node) : fallback;
}

/**
 * fairlead_json_get_int:
 * @object: (nullable): an object
 * @name: a member's name
 * @fallback: for a member that is missing or not a whole number
 *
 * Returns: the member
 */
gint64
fairlead_json_get_int (JsonObject *object,
                       const char *name,
                       gint64      fallback)
{
  JsonNode *node = get_value (object, name);
  double number;

  if (node == NULL)
    return fallback;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return json_node_get_int (node);
  if (json_node_get_value_type (node) != G_TYPE_DOUBLE)
    return fallback;
  number = json_node_get_double (node);
  return number >= -9e15 && number <= 9e15 && number == (double) (gint64) number
         ? (gint64) number : fallback;
}

/**
 * fairlead_json_get_double:
 * @object: (nullable): an object
 * @name: a member's name
 * @fallback: for a member that is missing or not a number
 *
 * Returns: the member
 */
double
fairlead_json_get_double (JsonObject *object,
                          const char *name,
                          double      fallback)
{
  JsonNode *node = get_value (object, name);

  if (node == NULL)
    return fallback;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return (double) json_node_get_int (node);
  return json_node_get_value_type (node) == G_TYPE_DOUBLE ? json_node_get_double (node) : fallback;
}

/**
 * fairlead_json_get_boolean:
 * @object: (nullable): an object
 * @name: a member's name
 * @fallback: for a member that is missing or neither true nor false
 *
 * Returns: the member
 */
gboolean
fairlead_json_get_boolean (JsonObject *object,
                           const char *name,
                           gboolean    fallback)
{
  JsonNode *node = get_value (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN
         ? json_node_get_boolean (node) : fallback;
}

/**
 * fairlead_json_get_object:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: (nullable) (transfer none): the member if it is an object, as long as @object lives
 */
JsonObject *
fairlead_json_get_object (JsonObject *object,
                          const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * fairlead_json_get_array:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: (nullable) (transfer none): the member if it is an array, as long as @object lives
 */
JsonArray *
fairlead_json_get_array (JsonObject *object,
                         const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/**
 * fairlead_json_dup_strv:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: (transfer full): the strings of the array, others left out; empty if there is none
 */
char **
fairlead_json_dup_strv (JsonObject *object,
                        const char *name)
{
  JsonArray *array = fairlead_json_get_array (object, name);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint length = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_strv_builder_add (builder, json_node_get_string (node));
    }
  return g_strv_builder_end (builder);
}
