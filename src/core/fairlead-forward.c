/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-forward.h"

#include <string.h>

/**
 * FairleadForward:
 *
 * A local listener whose connections go through a remote: what a person sees of it. Its counters are
 * refreshed at most ten times a second, and then "counters" is notified. An implementation of
 * #FairleadRemote derives from it and gives `close`.
 */
typedef struct {
  char *local_host;
  guint local_port;
  char *remote_host;
  guint remote_port;
  gboolean open;
  FairleadForwardCounters counters;
} FairleadForwardPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FairleadForward, fairlead_forward, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_LOCAL_HOST,
  PROP_LOCAL_PORT,
  PROP_REMOTE_HOST,
  PROP_REMOTE_PORT,
  PROP_OPEN,
  PROP_COUNTERS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
fairlead_forward_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (FAIRLEAD_FORWARD (object));

  switch (prop_id)
    {
    case PROP_LOCAL_HOST:
      g_value_set_string (value, priv->local_host);
      break;
    case PROP_LOCAL_PORT:
      g_value_set_uint (value, priv->local_port);
      break;
    case PROP_REMOTE_HOST:
      g_value_set_string (value, priv->remote_host);
      break;
    case PROP_REMOTE_PORT:
      g_value_set_uint (value, priv->remote_port);
      break;
    case PROP_OPEN:
      g_value_set_boolean (value, priv->open);
      break;
    case PROP_COUNTERS:
      g_value_set_pointer (value, &priv->counters);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_forward_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (FAIRLEAD_FORWARD (object));

  switch (prop_id)
    {
    case PROP_LOCAL_HOST:
      priv->local_host = g_value_dup_string (value);
      break;
    case PROP_LOCAL_PORT:
      priv->local_port = g_value_get_uint (value);
      break;
    case PROP_REMOTE_HOST:
      priv->remote_host = g_value_dup_string (value);
      break;
    case PROP_REMOTE_PORT:
      priv->remote_port = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_forward_finalize (GObject *object)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (FAIRLEAD_FORWARD (object));

  g_clear_pointer (&priv->local_host, g_free);
  g_clear_pointer (&priv->remote_host, g_free);

  G_OBJECT_CLASS (fairlead_forward_parent_class)->finalize (object);
}

static void
fairlead_forward_class_init (FairleadForwardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GParamFlags notified = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fairlead_forward_get_property;
  object_class->set_property = fairlead_forward_set_property;
  object_class->finalize = fairlead_forward_finalize;

  /* NULL for 127.0.0.1, "*" for every address. */
  properties[PROP_LOCAL_HOST] = g_param_spec_string ("local-host", NULL, NULL, NULL, once);
  properties[PROP_LOCAL_PORT] =
    g_param_spec_uint ("local-port", NULL, NULL, 0, G_MAXUINT16, 0, once);
  properties[PROP_REMOTE_HOST] = g_param_spec_string ("remote-host", NULL, NULL, NULL, once);
  properties[PROP_REMOTE_PORT] =
    g_param_spec_uint ("remote-port", NULL, NULL, 0, G_MAXUINT16, 0, once);
  properties[PROP_OPEN] = g_param_spec_boolean ("open", NULL, NULL, TRUE, notified);
  properties[PROP_COUNTERS] = g_param_spec_pointer ("counters", NULL, NULL, notified);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_forward_init (FairleadForward *self)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  priv->open = TRUE;
}

/**
 * fairlead_forward_get_local_port:
 *
 * Returns: the port it listens on
 */
guint
fairlead_forward_get_local_port (FairleadForward *self)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  return priv->local_port;
}

const char *
fairlead_forward_get_remote_host (FairleadForward *self)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  return priv->remote_host;
}

guint
fairlead_forward_get_remote_port (FairleadForward *self)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  return priv->remote_port;
}

/**
 * fairlead_forward_format_address:
 * @host: (nullable): a name or an address; %NULL for 127.0.0.1
 *
 * Returns: (transfer full): "127.0.0.1:PORT", "[::1]:PORT", "name:PORT", "*:PORT"
 */
char *
fairlead_forward_format_address (const char *host,
                                 guint       port)
{
  if (host == NULL)
    host = "127.0.0.1";
  return strchr (host, ':') != NULL ? g_strdup_printf ("[%s]:%u", host, port)
         : g_strdup_printf ("%s:%u", host, port);
}

/**
 * fairlead_forward_dup_local_address:
 *
 * Returns: (transfer full): what it listens on: "127.0.0.1:PORT", "*:PORT" for every address
 */
char *
fairlead_forward_dup_local_address (FairleadForward *self)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  return fairlead_forward_format_address (priv->local_host, priv->local_port);
}

/**
 * fairlead_forward_dup_remote_address:
 *
 * Returns: (transfer full): where it leads, as the remote sees it: "HOST:PORT"
 */
char *
fairlead_forward_dup_remote_address (FairleadForward *self)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  return fairlead_forward_format_address (priv->remote_host, priv->remote_port);
}

gboolean
fairlead_forward_is_open (FairleadForward *self)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  return priv->open;
}

void
fairlead_forward_get_counters (FairleadForward         *self,
                               FairleadForwardCounters *counters)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  *counters = priv->counters;
}

/**
 * fairlead_forward_close:
 *
 * Closes the listener and every connection through it. "open" is notified when that is done.
 */
void
fairlead_forward_close (FairleadForward *self)
{
  g_return_if_fail (FAIRLEAD_IS_FORWARD (self));

  if (fairlead_forward_is_open (self))
    FAIRLEAD_FORWARD_GET_CLASS (self)->close (self);
}

/**
 * fairlead_forward_take_counters:
 * @counters: the state of now; copied
 */
void
fairlead_forward_take_counters (FairleadForward               *self,
                                const FairleadForwardCounters *counters)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  priv->counters = *counters;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNTERS]);
}

/**
 * fairlead_forward_closed:
 *
 * The listener and its connections are gone.
 */
void
fairlead_forward_closed (FairleadForward *self)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  if (!priv->open)
    return;
  priv->open = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPEN]);
}
