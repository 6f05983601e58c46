/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-profile.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-json.h"

enum {
  PROP_0,
  PROP_ID,
  PROP_NAME,
  PROP_TYPE,
  PROP_HOST,
  PROP_PORT,
  PROP_USER,
  PROP_KEY_PATH,
  PROP_JUMP_HOST,
  PROP_COMMAND,
  PROP_REMOTE_PATH,
  PROP_SERVER_PORT,
  PROP_LOCAL_PORT,
  PROP_PROJECT_NAME,
  PROP_CONTAINER,
  PROP_CONTAINER_PATH,
  PROP_PYTHON,
  PROP_LAUNCH_COMMAND,
  PROP_ENVIRONMENT,
  PROP_IMPORTED, /* after what it is about, a change of which takes it away */
  PROP_FORWARDS,
  PROP_LAUNCHER,
  PROP_SLURM_OPTIONS,
  PROP_SLURM_DIRECT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* Text, numbers and lists by property; the type by name. */
struct _FairleadProfile {
  GObject              parent_instance;

  FairleadProfileType  type;
  guint                numbers[N_PROPS];

  char                *texts[N_PROPS];
  char               **lists[N_PROPS];
  JsonObject          *unknown; /* members of the file that we do not know, kept for it */
};

G_DEFINE_FINAL_TYPE (FairleadProfile, fairlead_profile, G_TYPE_OBJECT)

GType
fairlead_profile_type_get_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { FAIRLEAD_PROFILE_TYPE_SSH, "FAIRLEAD_PROFILE_TYPE_SSH", "SSH" },
    { FAIRLEAD_PROFILE_TYPE_SSH_COMMAND, "FAIRLEAD_PROFILE_TYPE_SSH_COMMAND", "SSH Command" },
    { FAIRLEAD_PROFILE_TYPE_DOCKER_SSH, "FAIRLEAD_PROFILE_TYPE_DOCKER_SSH", "Docker over SSH" },
    { FAIRLEAD_PROFILE_TYPE_DOCKER_SSH_COMMAND, "FAIRLEAD_PROFILE_TYPE_DOCKER_SSH_COMMAND",
      "Docker over SSH Command" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("FairleadProfileType", values));
  return type;
}

static void
fairlead_profile_init (FairleadProfile *self)
{
}

static void
fairlead_profile_constructed (GObject *object)
{
  FairleadProfile *self = FAIRLEAD_PROFILE (object);

  G_OBJECT_CLASS (fairlead_profile_parent_class)->constructed (object);
  if (self->texts[PROP_ID] == NULL || *self->texts[PROP_ID] == '\0')
    {
      g_free (self->texts[PROP_ID]);
      self->texts[PROP_ID] = g_uuid_string_random ();
    }
}

static void
fairlead_profile_finalize (GObject *object)
{
  FairleadProfile *self = FAIRLEAD_PROFILE (object);

  for (guint i = 0; i < N_PROPS; i++)
    {
      g_clear_pointer (&self->texts[i], g_free);
      g_clear_pointer (&self->lists[i], g_strfreev);
    }
  g_clear_pointer (&self->unknown, json_object_unref);
  G_OBJECT_CLASS (fairlead_profile_parent_class)->finalize (object);
}

static void
fairlead_profile_get_property (GObject    *object,
                               guint       id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  FairleadProfile *self = FAIRLEAD_PROFILE (object);

  if (id == PROP_TYPE)
    g_value_set_enum (value, self->type);
  else if (G_IS_PARAM_SPEC_BOXED (pspec))
    g_value_set_boxed (value, self->lists[id]);
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    g_value_set_boolean (value, self->numbers[id]);
  else if (G_IS_PARAM_SPEC_UINT (pspec))
    g_value_set_uint (value, self->numbers[id]);
  else if (G_IS_PARAM_SPEC_STRING (pspec))
    g_value_set_string (value, self->texts[id]);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
set_number (FairleadProfile *self,
            guint            id,
            guint            number)
{
  if (self->numbers[id] == number)
    return;
  self->numbers[id] = number;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static gboolean
is_none (const char *text)
{
  return text == NULL || *text == '\0';
}

static void
set_text (FairleadProfile *self,
          guint            id,
          const char      *text)
{
  if (id != PROP_ID && text == NULL)
    text = "";
  if (g_strcmp0 (self->texts[id], text) == 0)
    return;
  g_free (self->texts[id]);
  self->texts[id] = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
  /* What the person writes is the person's own; the variables are not by that. */
  if (id == PROP_LAUNCH_COMMAND && (self->lists[PROP_ENVIRONMENT] == NULL || *self->lists[PROP_ENVIRONMENT] == NULL))
    set_number (self, PROP_IMPORTED, FALSE);
}

static void
set_list (FairleadProfile    *self,
          guint               id,
          const char * const *list)
{
  static const char * const none[] = { NULL };

  if (list == NULL)
    list = none;
  if (self->lists[id] != NULL && g_strv_equal ((const char * const *) self->lists[id], list))
    return;
  g_strfreev (self->lists[id]);
  self->lists[id] = g_strdupv ((char **) list);
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
  /* A variable that is added makes those that came by import no better. */
  if (id == PROP_ENVIRONMENT && *list == NULL && is_none (self->texts[PROP_LAUNCH_COMMAND]))
    set_number (self, PROP_IMPORTED, FALSE);
}

static void
fairlead_profile_set_property (GObject      *object,
                               guint         id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  FairleadProfile *self = FAIRLEAD_PROFILE (object);

  if (id == PROP_TYPE)
    {
      if (self->type == (FairleadProfileType) g_value_get_enum (value))
        return;
      self->type = g_value_get_enum (value);
      g_object_notify_by_pspec (object, pspec);
    }
  else if (G_IS_PARAM_SPEC_BOXED (pspec))
    set_list (self, id, g_value_get_boxed (value));
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    set_number (self, id, g_value_get_boolean (value));
  else if (G_IS_PARAM_SPEC_UINT (pspec))
    set_number (self, id, g_value_get_uint (value));
  else if (G_IS_PARAM_SPEC_STRING (pspec))
    set_text (self, id, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static GParamSpec *
text_property (const char *name)
{
  return g_param_spec_string (name, NULL, NULL, "",
                              G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY |
                              G_PARAM_STATIC_STRINGS);
}

static GParamSpec *
list_property (const char *name)
{
  return g_param_spec_boxed (name, NULL, NULL, G_TYPE_STRV,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY |
                             G_PARAM_STATIC_STRINGS);
}

/* Any number: what is out of range is said by fairlead_profile_check_field(). */
static GParamSpec *
port_property (const char *name,
               guint       fallback)
{
  return g_param_spec_uint (name, NULL, NULL, 0, G_MAXUINT, fallback,
                            G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY |
                            G_PARAM_STATIC_STRINGS);
}

static void
fairlead_profile_class_init (FairleadProfileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = fairlead_profile_constructed;
  object_class->finalize = fairlead_profile_finalize;
  object_class->get_property = fairlead_profile_get_property;
  object_class->set_property = fairlead_profile_set_property;

  properties[PROP_ID] =
    g_param_spec_string ("id", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_EXPLICIT_NOTIFY |
                         G_PARAM_STATIC_STRINGS);
  properties[PROP_TYPE] =
    g_param_spec_enum ("type", NULL, NULL, FAIRLEAD_TYPE_PROFILE_TYPE, FAIRLEAD_PROFILE_TYPE_SSH,
                       G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);
  properties[PROP_FORWARDS] = list_property ("forwards");
  properties[PROP_ENVIRONMENT] = list_property ("environment");
  properties[PROP_IMPORTED] =
    g_param_spec_boolean ("imported", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS);
  properties[PROP_SLURM_DIRECT] =
    g_param_spec_boolean ("slurm-direct", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS);
  properties[PROP_NAME] = text_property ("name");
  properties[PROP_HOST] = text_property ("host");
  properties[PROP_PORT] = port_property ("port", 0);
  properties[PROP_USER] = text_property ("user");
  properties[PROP_KEY_PATH] = text_property ("key-path");
  properties[PROP_JUMP_HOST] = text_property ("jump-host");
  properties[PROP_COMMAND] = text_property ("command");
  properties[PROP_REMOTE_PATH] = text_property ("remote-path");
  properties[PROP_SERVER_PORT] =
    port_property ("server-port", FAIRLEAD_PROFILE_DEFAULT_SERVER_PORT);
  properties[PROP_LOCAL_PORT] = port_property ("local-port", 0);
  properties[PROP_PROJECT_NAME] = text_property ("project-name");
  properties[PROP_CONTAINER] = text_property ("container");
  properties[PROP_CONTAINER_PATH] = text_property ("container-path");
  properties[PROP_PYTHON] = text_property ("python");
  properties[PROP_LAUNCH_COMMAND] = text_property ("launch-command");
  properties[PROP_LAUNCHER] = text_property ("launcher");
  properties[PROP_SLURM_OPTIONS] = text_property ("slurm-options");
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

/**
 * fairlead_profile_new:
 *
 * Returns: (transfer full): an empty profile with an id of its own
 */
FairleadProfile *
fairlead_profile_new (void)
{
  return g_object_new (FAIRLEAD_TYPE_PROFILE, NULL);
}

static void
copy_member (JsonObject *object,
             const char *name,
             JsonNode   *node,
             gpointer    user_data)
{
  json_object_set_member (user_data, name, json_node_copy (node));
}

static FairleadProfile *
copy_with_id (FairleadProfile *self,
              const char      *copy_id)
{
  FairleadProfile *copy = g_object_new (FAIRLEAD_TYPE_PROFILE, "id", copy_id, NULL);

  for (guint id = PROP_0 + 1; id < N_PROPS; id++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      if (id == PROP_ID)
        continue;
      g_object_get_property (G_OBJECT (self), properties[id]->name, &value);
      g_object_set_property (G_OBJECT (copy), properties[id]->name, &value);
    }
  if (self->unknown != NULL)
    {
      copy->unknown = json_object_new ();
      json_object_foreach_member (self->unknown, copy_member, copy->unknown);
    }
  return copy;
}

/**
 * fairlead_profile_duplicate:
 * @self: a profile
 *
 * Makes a copy with the same id, for a worker to read while @self stays with the main thread.
 *
 * Returns: (transfer full): the copy
 */
FairleadProfile *
fairlead_profile_duplicate (FairleadProfile *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), NULL);
  return copy_with_id (self, self->texts[PROP_ID]);
}

/**
 * fairlead_profile_duplicate_as_new:
 * @self: a profile
 *
 * Returns: (transfer full): a copy with an id of its own
 */
FairleadProfile *
fairlead_profile_duplicate_as_new (FairleadProfile *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), NULL);
  return copy_with_id (self, NULL);
}

#define DEFINE_TEXT_GETTER(field, PROP)                           \
  const char *                                                    \
  fairlead_profile_get_##field (FairleadProfile *self)            \
  {                                                               \
    g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), NULL);      \
    return self->texts[PROP];                                     \
  }

#define DEFINE_NUMBER_GETTER(field, PROP)                         \
  guint                                                           \
  fairlead_profile_get_##field (FairleadProfile *self)            \
  {                                                               \
    g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), 0);         \
    return self->numbers[PROP];                                   \
  }

/* Texts are never %NULL; an empty one means "from the configuration" or "none". */
DEFINE_TEXT_GETTER (id, PROP_ID)
DEFINE_TEXT_GETTER (name, PROP_NAME)
DEFINE_TEXT_GETTER (host, PROP_HOST)
DEFINE_TEXT_GETTER (user, PROP_USER)
DEFINE_TEXT_GETTER (key_path, PROP_KEY_PATH)
DEFINE_TEXT_GETTER (jump_host, PROP_JUMP_HOST)
DEFINE_TEXT_GETTER (command, PROP_COMMAND)
DEFINE_TEXT_GETTER (remote_path, PROP_REMOTE_PATH)
DEFINE_TEXT_GETTER (project_name, PROP_PROJECT_NAME)
DEFINE_TEXT_GETTER (container, PROP_CONTAINER)
DEFINE_TEXT_GETTER (container_path, PROP_CONTAINER_PATH)
DEFINE_TEXT_GETTER (python, PROP_PYTHON)
DEFINE_TEXT_GETTER (launch_command, PROP_LAUNCH_COMMAND)
DEFINE_TEXT_GETTER (slurm_options, PROP_SLURM_OPTIONS)
DEFINE_NUMBER_GETTER (port, PROP_PORT)
DEFINE_NUMBER_GETTER (server_port, PROP_SERVER_PORT)
DEFINE_NUMBER_GETTER (local_port, PROP_LOCAL_PORT)

/**
 * fairlead_profile_get_connection:
 * @self: a profile
 *
 * Returns: its property "type"
 */
FairleadProfileType
fairlead_profile_get_connection (FairleadProfile *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), FAIRLEAD_PROFILE_TYPE_SSH);
  return self->type;
}

/**
 * fairlead_profile_get_imported:
 * @self: a profile
 *
 * Returns: %TRUE when its launch command or its variables came with an import, and the person has not written
 *   others since: they are used only after approval
 */
gboolean
fairlead_profile_get_imported (FairleadProfile *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), FALSE);
  return self->numbers[PROP_IMPORTED];
}

/**
 * fairlead_profile_get_forwards:
 * @self: a profile
 *
 * Returns: (transfer none): never %NULL
 */
const char * const *
fairlead_profile_get_forwards (FairleadProfile *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), NULL);
  return (const char * const *) self->lists[PROP_FORWARDS];
}

/**
 * fairlead_profile_get_environment:
 * @self: a profile
 *
 * Returns: (transfer none): variables of the solver's process, `NAME=VALUE` each; never %NULL
 */
const char * const *
fairlead_profile_get_environment (FairleadProfile *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), NULL);
  return (const char * const *) self->lists[PROP_ENVIRONMENT];
}

/**
 * fairlead_profile_uses_command:
 * @self: a profile
 *
 * Returns: %TRUE when it connects by its command, %FALSE by host, port, user and key
 */
gboolean
fairlead_profile_uses_command (FairleadProfile *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), FALSE);
  return self->type == FAIRLEAD_PROFILE_TYPE_SSH_COMMAND ||
         self->type == FAIRLEAD_PROFILE_TYPE_DOCKER_SSH_COMMAND;
}

/**
 * fairlead_profile_uses_container:
 * @self: a profile
 *
 * Returns: %TRUE when its solver runs in a container
 */
gboolean
fairlead_profile_uses_container (FairleadProfile *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), FALSE);
  return self->type == FAIRLEAD_PROFILE_TYPE_DOCKER_SSH ||
         self->type == FAIRLEAD_PROFILE_TYPE_DOCKER_SSH_COMMAND;
}

/**
 * fairlead_profile_use_container:
 * @self: a profile
 * @container: whether its solver runs in a container; how it connects stays as it is
 *
 * Sets the type.
 */
void
fairlead_profile_use_container (FairleadProfile *self,
                                gboolean         container)
{
  gboolean command;

  g_return_if_fail (FAIRLEAD_IS_PROFILE (self));
  command = fairlead_profile_uses_command (self);
  if (container)
    g_object_set (self, "type", command ? FAIRLEAD_PROFILE_TYPE_DOCKER_SSH_COMMAND
                                        : FAIRLEAD_PROFILE_TYPE_DOCKER_SSH, NULL);
  else
    g_object_set (self, "type", command ? FAIRLEAD_PROFILE_TYPE_SSH_COMMAND : FAIRLEAD_PROFILE_TYPE_SSH, NULL);
}

/**
 * fairlead_profile_get_solver_path:
 * @self: a profile
 *
 * Returns: the solver's folder where it runs: the container path, or else the remote path
 */
const char *
fairlead_profile_get_solver_path (FairleadProfile *self)
{
  return fairlead_profile_uses_container (self) ? fairlead_profile_get_container_path (self)
                                                : fairlead_profile_get_remote_path (self);
}

/**
 * fairlead_profile_uses_slurm:
 * @self: a profile
 *
 * Returns: %TRUE when its solver runs as a job of Slurm (its property "launcher" is "slurm"), and not in a
 *   container
 */
gboolean
fairlead_profile_uses_slurm (FairleadProfile *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), FALSE);
  return g_str_equal (self->texts[PROP_LAUNCHER], FAIRLEAD_PROFILE_LAUNCHER_SLURM)
         && !fairlead_profile_uses_container (self);
}

/**
 * fairlead_profile_get_slurm_direct:
 * @self: a profile
 *
 * Returns: %TRUE when the solver of a job listens on its node's address, and is reached there from the login node,
 *   instead of on its loopback by ssh to the node: anybody on that network can use it
 */
gboolean
fairlead_profile_get_slurm_direct (FairleadProfile *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), FALSE);
  return self->numbers[PROP_SLURM_DIRECT];
}

static void
read_member (JsonObject *object,
             const char *name,
             JsonNode   *node,
             gpointer    user_data)
{
  FairleadProfile *self = user_data;
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (self), name);

  if (pspec == NULL)
    {
      if (self->unknown == NULL)
        self->unknown = json_object_new ();
      json_object_set_member (self->unknown, name, json_node_copy (node));
    }
  else if (pspec == properties[PROP_TYPE])
    {
      g_autoptr (GEnumClass) nicks = g_type_class_ref (FAIRLEAD_TYPE_PROFILE_TYPE);
      const char *nick = fairlead_json_get_string (object, name, "");
      GEnumValue *value = g_enum_get_value_by_nick (nicks, nick);

      if (value != NULL)
        self->type = value->value;
    }
  else if (G_IS_PARAM_SPEC_BOXED (pspec))
    {
      g_strfreev (self->lists[pspec->param_id]);
      self->lists[pspec->param_id] = fairlead_json_dup_strv (object, name);
    }
  else if (pspec == properties[PROP_IMPORTED])
    self->numbers[PROP_IMPORTED] = fairlead_json_get_boolean (object, name, TRUE);
  else if (pspec == properties[PROP_SLURM_DIRECT])
    self->numbers[PROP_SLURM_DIRECT] = fairlead_json_get_boolean (object, name, FALSE);
  else if (G_IS_PARAM_SPEC_UINT (pspec))
    {
      gint64 number = fairlead_json_get_int (object, name, -1);

      if (number >= 0 && number <= 65535)
        self->numbers[pspec->param_id] = (guint) number;
    }
  else if (pspec != properties[PROP_ID])
    {
      g_free (self->texts[pspec->param_id]);
      self->texts[pspec->param_id] = g_strdup (fairlead_json_get_string (object, name, ""));
    }
}

/**
 * fairlead_profile_new_from_json:
 * @object: a profile as it was saved
 *
 * Members of a surprising type count as absent; members that we do not know are kept and written
 * again by fairlead_profile_to_json().
 *
 * Returns: (transfer full): the profile
 */
FairleadProfile *
fairlead_profile_new_from_json (JsonObject *object)
{
  FairleadProfile *self = g_object_new (FAIRLEAD_TYPE_PROFILE,
                                        "id", fairlead_json_get_string (object, "id", NULL), NULL);

  json_object_foreach_member (object, read_member, self);
  return self;
}

static JsonNode *
write_property (FairleadProfile *self,
                GParamSpec      *pspec)
{
  if (pspec == properties[PROP_TYPE])
    {
      g_autoptr (GEnumClass) nicks = g_type_class_ref (FAIRLEAD_TYPE_PROFILE_TYPE);

      return json_node_init_string (json_node_alloc (),
                                    g_enum_get_value (nicks, self->type)->value_nick);
    }
  if (G_IS_PARAM_SPEC_BOXED (pspec))
    {
      g_autoptr (JsonArray) array = json_array_new ();

      for (char **entry = self->lists[pspec->param_id]; *entry != NULL; entry++)
        json_array_add_string_element (array, *entry);
      return json_node_init_array (json_node_alloc (), array);
    }
  if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    return json_node_init_boolean (json_node_alloc (), self->numbers[pspec->param_id]);
  if (G_IS_PARAM_SPEC_UINT (pspec))
    return json_node_init_int (json_node_alloc (), self->numbers[pspec->param_id]);
  return json_node_init_string (json_node_alloc (), self->texts[pspec->param_id]);
}

/**
 * fairlead_profile_to_json:
 * @self: a profile
 *
 * Returns: (transfer full): what is saved of it: every property by its name
 */
JsonObject *
fairlead_profile_to_json (FairleadProfile *self)
{
  JsonObject *object = json_object_new ();

  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (self), object);
  for (guint id = PROP_0 + 1; id < N_PROPS; id++)
    json_object_set_member (object, properties[id]->name, write_property (self, properties[id]));
  if (self->unknown != NULL)
    json_object_foreach_member (self->unknown, copy_member, object);
  return object;
}
