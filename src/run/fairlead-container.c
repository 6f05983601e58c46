/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-container.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-forward-spec.h"
#include "fairlead-json.h"
#include "fairlead-log-model.h"

/* More published ports of one container are not looked at. */
#define MAX_PUBLISHES 256

/**
 * FairleadContainer:
 *
 * What docker or podman say of one container (scripts/containers.sh). Every text of it is a foreign one, made inert.
 * Immutable but for fairlead_container_take_network(); any thread.
 */
struct _FairleadContainer {
  GObject parent_instance;

  char *id;
  char *name;
  char *image;
  char *status;
  char *started;
  char *network;
  gboolean publish_all;
  GArray *publishes;
};

G_DEFINE_FINAL_TYPE (FairleadContainer, fairlead_container, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_NAME,
  PROP_IMAGE,
  PROP_STATE,
  PROP_PORTS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
publish_clear (gpointer data)
{
  g_free (((FairleadPublish *) data)->address);
}

static void
fairlead_container_finalize (GObject *object)
{
  FairleadContainer *self = FAIRLEAD_CONTAINER (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->image);
  g_free (self->status);
  g_free (self->started);
  g_free (self->network);
  g_array_unref (self->publishes);

  G_OBJECT_CLASS (fairlead_container_parent_class)->finalize (object);
}

/* The words that both engines have (docker-ps(1), podman-ps(1)). */
static const char *
state_word (FairleadContainer *self)
{
  static const struct {
    const char *status;
    const char *word;
  } words[] = {
    { "running", N_("Running") },
    { "created", N_("Not started yet") },
    { "configured", N_("Not started yet") },
    { "initialized", N_("Not started yet") },
    { "exited", N_("Stopped") },
    { "stopped", N_("Stopped") },
    { "paused", N_("Paused") },
    { "restarting", N_("Restarting") },
    { "dead", N_("Dead") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (self->status, words[i].status))
      return _(words[i].word);
  return self->status;
}

static void
fairlead_container_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  FairleadContainer *self = FAIRLEAD_CONTAINER (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_IMAGE:
      g_value_set_string (value, self->image);
      break;
    case PROP_STATE:
      g_value_set_string (value, state_word (self));
      break;
    case PROP_PORTS:
      g_value_take_string (value, fairlead_container_dup_ports (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_container_class_init (FairleadContainerClass *klass)
{
  static const char * const names[N_PROPS] = { NULL, "name", "image", "state", "ports" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = fairlead_container_finalize;
  object_class->get_property = fairlead_container_get_property;
  for (guint i = PROP_NAME; i < N_PROPS; i++)
    properties[i] = g_param_spec_string (names[i], NULL, NULL, NULL,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_container_init (FairleadContainer *self)
{
  self->publishes = g_array_new (FALSE, TRUE, sizeof (FairleadPublish));
  g_array_set_clear_func (self->publishes, publish_clear);
}

/* An empty address is all of them, as podman says it. */
static void
add_publish (FairleadContainer *self,
             guint              port,
             JsonNode          *node)
{
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *address = fairlead_json_get_string (object, "HostIp", "");
  const char *host_port = fairlead_json_get_string (object, "HostPort", "");
  FairleadPublish publish = { .port = port };
  guint64 number = 0;

  if (object == NULL || self->publishes->len == MAX_PUBLISHES)
    return;
  if (*host_port != '\0' && !g_ascii_string_to_unsigned (host_port, 10, 0, G_MAXUINT16, &number, NULL))
    return;
  publish.host_port = (guint) number;
  publish.address = *address == '\0' ? g_strdup ("0.0.0.0") : fairlead_make_inert (address, -1);
  g_array_append_val (self->publishes, publish);
}

/* {"9090/tcp": [{"HostIp": "127.0.0.1", "HostPort": "9099"}], "8080/tcp": null} */
static void
read_ports (FairleadContainer *self,
            JsonObject        *ports)
{
  g_autoptr (GList) names = ports != NULL ? json_object_get_members (ports) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonArray *array = fairlead_json_get_array (ports, l->data);
      const char *slash = strchr (l->data, '/');
      g_autofree char *digits = slash ? g_strndup (l->data, slash - (char *) l->data) : g_strdup (l->data);
      guint64 port;

      if ((slash != NULL && !g_str_equal (slash, "/tcp")) || array == NULL
          || !g_ascii_string_to_unsigned (digits, 10, 1, G_MAXUINT16, &port, NULL))
        continue;
      for (guint i = 0; i < json_array_get_length (array); i++)
        add_publish (self, (guint) port, json_array_get_element (array, i));
    }
}

static char *
dup_inert (JsonObject *object,
           const char *name)
{
  return fairlead_make_inert (fairlead_json_get_string (object, name, ""), -1);
}

/**
 * fairlead_container_new_from_json:
 * @text: one line that scripts/containers.sh made of `container inspect`
 * @error: return location: %FAIRLEAD_ERROR_REMOTE: it is not one
 *
 * Returns: (transfer full) (nullable): the container
 */
FairleadContainer *
fairlead_container_new_from_json (const char  *text,
                                  GError     **error)
{
  g_autoptr (JsonNode) root = fairlead_json_parse (text, -1, FAIRLEAD_CONTAINER_MAX_JSON, error);
  g_autoptr (FairleadContainer) self = NULL;
  JsonObject *object;
  const char *name;

  if (root == NULL)
    return NULL;
  object = JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  self = g_object_new (FAIRLEAD_TYPE_CONTAINER, NULL);
  self->id = dup_inert (object, "Id");
  self->image = dup_inert (object, "Image");
  self->status = dup_inert (object, "Status");
  self->started = dup_inert (object, "Started");
  self->network = dup_inert (object, "Network");
  self->publish_all = fairlead_json_get_boolean (object, "PublishAll", FALSE);
  /* Docker's names begin with a slash. */
  name = fairlead_json_get_string (object, "Name", "");
  self->name = fairlead_make_inert (*name == '/' ? name + 1 : name, -1);
  read_ports (self, fairlead_json_get_object (object, "Ports"));
  /* One that does not run has no ports with docker, but those it is to get. */
  if (self->publishes->len == 0)
    read_ports (self, fairlead_json_get_object (object, "Bindings"));
  return g_steal_pointer (&self);
}

/**
 * fairlead_container_take_network:
 * @other: the container whose network @self uses (`--network container:…`, a pod): its ports are those of @self
 */
void
fairlead_container_take_network (FairleadContainer *self,
                                 FairleadContainer *other)
{
  g_array_set_size (self->publishes, 0);
  for (guint i = 0; i < other->publishes->len; i++)
    {
      FairleadPublish publish = g_array_index (other->publishes, FairleadPublish, i);

      publish.address = g_strdup (publish.address);
      g_array_append_val (self->publishes, publish);
    }
  self->publish_all = other->publish_all;
  g_free (self->network);
  self->network = g_strdup (other->network);
}

const char *
fairlead_container_get_id (FairleadContainer *self)
{
  return self->id;
}

const char *
fairlead_container_get_name (FairleadContainer *self)
{
  return self->name;
}

const char *
fairlead_container_get_image (FairleadContainer *self)
{
  return self->image;
}

/**
 * fairlead_container_get_status:
 *
 * Returns: the engine's word: "running", "exited", "paused", …
 */
const char *
fairlead_container_get_status (FairleadContainer *self)
{
  return self->status;
}

/**
 * fairlead_container_get_started:
 *
 * Returns: when it was started last, to be compared alone: another text is another start
 */
const char *
fairlead_container_get_started (FairleadContainer *self)
{
  return self->started;
}

gboolean
fairlead_container_is_running (FairleadContainer *self)
{
  return g_str_equal (self->status, "running");
}

/**
 * fairlead_container_uses_host_network:
 *
 * Returns: whether its loopback is the host's (`--network host`): nothing is published then
 */
gboolean
fairlead_container_uses_host_network (FairleadContainer *self)
{
  return g_str_equal (self->network, "host");
}

/**
 * fairlead_container_gets_ports_at_start:
 *
 * Returns: whether its ports are not known before it runs (`--publish-all`)
 */
gboolean
fairlead_container_gets_ports_at_start (FairleadContainer *self)
{
  return self->publish_all;
}

static gboolean
is_loopback (const FairleadPublish *publish)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (publish->address);

  return address != NULL && g_inet_address_get_is_loopback (address);
}

static const FairleadPublish *
find (FairleadContainer *self,
      guint              port,
      gboolean           loopback)
{
  for (guint i = 0; i < self->publishes->len; i++)
    {
      const FairleadPublish *publish = &g_array_index (self->publishes, FairleadPublish, i);

      if (publish->port == port && is_loopback (publish) == loopback)
        return publish;
    }
  return NULL;
}

/**
 * fairlead_container_find:
 * @port: a TCP port in the container
 *
 * Returns: (nullable): where it is published, on a loopback address if on any
 */
const FairleadPublish *
fairlead_container_find (FairleadContainer *self,
                         guint              port)
{
  const FairleadPublish *publish = find (self, port, TRUE);

  return publish != NULL ? publish : find (self, port, FALSE);
}

/**
 * fairlead_container_find_wide:
 * @port: a TCP port in the container
 *
 * Returns: (nullable): where others than the host's own loopback reach it
 */
const FairleadPublish *
fairlead_container_find_wide (FairleadContainer *self,
                              guint              port)
{
  return find (self, port, FALSE);
}

/**
 * fairlead_publish_dup_text:
 *
 * Returns: (transfer full): where it is published: "127.0.0.1:9099"
 */
char *
fairlead_publish_dup_text (const FairleadPublish *self)
{
  return fairlead_forward_format_address (self->address, self->host_port);
}

/**
 * fairlead_container_dup_ports:
 *
 * Returns: (transfer full): what it publishes, for people: "127.0.0.1:9099 → 9090"; empty for nothing
 */
char *
fairlead_container_dup_ports (FairleadContainer *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (fairlead_container_uses_host_network (self))
    return g_strdup (_("the host's network"));
  for (guint i = 0; i < self->publishes->len && i < 8; i++)
    {
      const FairleadPublish *publish = &g_array_index (self->publishes, FairleadPublish, i);
      g_autofree char *where = fairlead_publish_dup_text (publish);

      g_string_append_printf (text, "%s%s → %u", i > 0 ? ", " : "", where, publish->port);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * fairlead_container_dup_safe_ports:
 *
 * Returns: (transfer full): its ports that only the host's loopback reaches, with spaces between
 */
char *
fairlead_container_dup_safe_ports (FairleadContainer *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->publishes->len; i++)
    {
      guint port = g_array_index (self->publishes, FairleadPublish, i).port;

      if (find (self, port, FALSE) == NULL)
        g_string_append_printf (text, "%s%u", text->len > 0 ? " " : "", port);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * fairlead_container_is_name:
 *
 * Returns: whether docker and podman would take @text as a container's name or id
 */
gboolean
fairlead_container_is_name (const char *text)
{
  if (!g_ascii_isalnum (*text))
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && strchr ("_.-", *text) == NULL)
      return FALSE;
  return TRUE;
}
