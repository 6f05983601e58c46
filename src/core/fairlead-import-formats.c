/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-import-private.h"
#include "fairlead-json.h"

/* The files that connections can be imported from. */

#define NOT_SSH   N_("It is not over SSH: the solver runs on this machine.")
#define NO_DOCKER N_("It is not over SSH: the container runs on this machine.")

/* The types of the add-on's file: one of ours by its nick, or why there is none. */
static const struct { const char *type; const char *nick; const char *reason; } types[] = {
  { "SSH", "SSH", NULL },
  { "SSH Command", "SSH Command", NULL },
  { "Docker over SSH", "Docker over SSH", NULL },
  { "Docker over SSH Command", "Docker over SSH Command", NULL },
  { "Docker", NULL, NO_DOCKER },
  { "Local", NULL, NOT_SSH },
  { "Windows Native", NULL, NOT_SSH },
  { "macOS Native", NULL, NOT_SSH },
  { "Linux Native", NULL, NOT_SSH },
};

#define NO_GPU   N_("Fairlead does not choose the GPU: the solver does.")
#define NO_LOCAL N_("It is about a solver on this machine.")

/* The keys of the add-on's file: a property of ours, or why there is none. */
static const struct { const char *key; const char *property; const char *reason; } keys[] = {
  { "host", "host", NULL },
  { "port", "port", NULL },
  { "username", "user", NULL },
  { "key_path", "key-path", NULL },
  { "command", "command", NULL },
  { "container", "container", NULL },
  { "remote_path", "remote-path", NULL },
  { "docker_path", "container-path", NULL },
  { "docker_port", "server-port", NULL },
  { "solver_gpu", NULL, NO_GPU },
  { "solver_gpu_uuid", NULL, NO_GPU },
  { "win_native_path", NULL, NO_LOCAL },
  { "mac_native_path", NULL, NO_LOCAL },
  { "linux_native_path", NULL, NO_LOCAL },
  { "local_path", NULL, NO_LOCAL },
  { "type", NULL, NULL },
};

static gboolean
take_number (FairleadProfile *profile,
             const char      *property,
             JsonNode        *node)
{
  gint64 number = json_node_get_int (node);

  if (json_node_get_value_type (node) != G_TYPE_INT64 || number < 0 || number > 65535)
    return FALSE;
  g_object_set (profile, property, (guint) number, NULL);
  return TRUE;
}

/* Returns %FALSE for a value of a surprising type. */
static gboolean
take_property (FairleadProfile *profile,
               const char      *property,
               JsonNode        *node)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (profile), property);

  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  if (G_IS_PARAM_SPEC_UINT (pspec))
    return take_number (profile, property, node);
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  g_object_set (profile, property, json_node_get_string (node), NULL);
  return TRUE;
}

/* A value that says nothing needs no word about it. */
static gboolean
is_empty (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return *json_node_get_string (node) == '\0';
  return json_node_get_value_type (node) == G_TYPE_INT64 && json_node_get_int (node) < 0;
}

static void
take_toml_key (JsonObject *table,
               const char *name,
               JsonNode   *node,
               gpointer    user_data)
{
  FairleadImportCandidate *candidate = user_data;

  if (is_empty (node))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (strcmp (keys[i].key, name) != 0)
        continue;
      if (keys[i].reason != NULL)
        fairlead_import_note (candidate, name, _(keys[i].reason));
      else if (keys[i].property != NULL &&
               !take_property (candidate->profile, keys[i].property, node))
        fairlead_import_note (candidate, name, _("Its value is not of the right kind."));
      return;
    }
  fairlead_import_note (candidate, name, _("Fairlead does not know this key."));
}

static void
take_type (FairleadImportCandidate *candidate,
           const char              *type)
{
  g_autoptr (GEnumClass) nicks = g_type_class_ref (FAIRLEAD_TYPE_PROFILE_TYPE);
  g_autofree char *shown = NULL;
  g_autofree char *reason = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      if (strcmp (types[i].type, type) != 0)
        continue;
      if (types[i].nick == NULL)
        fairlead_import_refuse (candidate, _(types[i].reason));
      else
        g_object_set (candidate->profile, "type",
                      g_enum_get_value_by_nick (nicks, types[i].nick)->value, NULL);
      return;
    }
  shown = g_strescape (type, NULL);
  reason = *type == '\0' ? g_strdup (_("It does not say of which type it is."))
           : g_strdup_printf (_("The type “%s” is not known."), shown);
  fairlead_import_refuse (candidate, reason);
}

static void
take_toml_table (JsonObject *root,
                 const char *name,
                 JsonNode   *node,
                 gpointer    user_data)
{
  FairleadImportCandidate *candidate = fairlead_import_add (user_data, name);

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      fairlead_import_refuse (candidate, _("It is not a connection."));
      return;
    }
  take_type (candidate, fairlead_json_get_string (json_node_get_object (node), "type", ""));
  if (candidate->profile == NULL)
    return;
  json_object_foreach_member (json_node_get_object (node), take_toml_key, candidate);
  fairlead_import_check (candidate);
}

/**
 * fairlead_import_toml:
 * @self: an import
 * @root: the `connections.toml` of the Blender add-on: a table for each connection
 *
 * Adds its connections; those that are not over SSH with the reason.
 */
void
fairlead_import_toml (FairleadImport *self,
                      JsonObject     *root)
{
  json_object_foreach_member (root, take_toml_table, self);
}

typedef struct {
  FairleadImportCandidate *candidate;
  JsonObject              *members;
} Known;

/* Only what we know is taken over: a member of a later version may mean something that we would have to
 * ask about. */
static void
take_known (JsonObject *object,
            const char *name,
            JsonNode   *node,
            gpointer    user_data)
{
  Known *known = user_data;

  if (json_object_has_member (known->members, name))
    json_object_set_member (known->members, name, json_node_copy (node));
  else
    fairlead_import_note (known->candidate, name, _("This version of Fairlead does not know it."));
}

static void
take_json_profile (FairleadImport *self,
                   JsonNode       *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  FairleadImportCandidate *candidate =
    fairlead_import_add (self, fairlead_json_get_string (object, "name", ""));
  g_autoptr (JsonObject) known = NULL;

  if (object == NULL)
    {
      fairlead_import_refuse (candidate, _("It is not a connection."));
      return;
    }
  known = fairlead_profile_to_json (candidate->profile);
  json_object_foreach_member (object, take_known, &(Known) { candidate, known });
  g_object_unref (candidate->profile);
  candidate->profile = fairlead_profile_new_from_json (known);
  fairlead_import_check (candidate);
}

/**
 * fairlead_import_json:
 * @self: an import
 * @root: a file that Fairlead exported, or the one that it saves profiles in
 * @error: return location: %FAIRLEAD_ERROR_CONFIG
 *
 * Adds its connections.
 *
 * Returns: %FALSE when it is neither
 */
gboolean
fairlead_import_json (FairleadImport  *self,
                      JsonNode        *root,
                      GError         **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  JsonArray *profiles = fairlead_json_get_array (object, "profiles");
  gint64 version = fairlead_json_get_int (object, "fairlead-connections",
                                          fairlead_json_get_int (object, "version", 0));

  if (version < 1 || profiles == NULL)
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("The file is not a list of connections."));
  else if (version > FAIRLEAD_EXPORT_VERSION)
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                        _("They were saved by a newer version of Fairlead."));
  else
    {
      for (guint i = 0; i < json_array_get_length (profiles); i++)
        take_json_profile (self, json_array_get_element (profiles, i));
      return TRUE;
    }
  return FALSE;
}
