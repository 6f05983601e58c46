/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-forward.h"

#include <string.h>

/**
 * FairleadForward:
 *
 * A listener whose connections go through a remote: what a person sees of it. Its counters are
 * refreshed at most ten times a second, and then "counters" is notified. An implementation of
 * #FairleadRemote derives from it and gives `close`.
 */
typedef struct {
  FairleadForwardSpec *spec;
  gboolean open;
  FairleadForwardCounters counters;
  GError *last_failure;
} FairleadForwardPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FairleadForward, fairlead_forward, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_SPEC,
  PROP_OPEN,
  PROP_COUNTERS,
  PROP_LAST_FAILURE,
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
    case PROP_SPEC:
      g_value_set_boxed (value, priv->spec);
      break;
    case PROP_OPEN:
      g_value_set_boolean (value, priv->open);
      break;
    case PROP_COUNTERS:
      g_value_set_pointer (value, &priv->counters);
      break;
    case PROP_LAST_FAILURE:
      g_value_set_boxed (value, priv->last_failure);
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
    case PROP_SPEC:
      priv->spec = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_forward_finalize (GObject *object)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (FAIRLEAD_FORWARD (object));

  g_clear_pointer (&priv->spec, fairlead_forward_spec_free);
  g_clear_error (&priv->last_failure);

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

  /* As it came to be: with the port that was taken. */
  properties[PROP_SPEC] =
    g_param_spec_boxed ("spec", NULL, NULL, FAIRLEAD_TYPE_FORWARD_SPEC, once);
  properties[PROP_OPEN] = g_param_spec_boolean ("open", NULL, NULL, TRUE, notified);
  properties[PROP_COUNTERS] = g_param_spec_pointer ("counters", NULL, NULL, notified);
  /* Why the connection that failed last could not be taken to its destination; NULL for none. */
  properties[PROP_LAST_FAILURE] =
    g_param_spec_boxed ("last-failure", NULL, NULL, G_TYPE_ERROR, notified);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_forward_init (FairleadForward *self)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  priv->open = TRUE;
}

/**
 * fairlead_forward_get_spec:
 *
 * Returns: (transfer none): what it is, with the port that was taken
 */
const FairleadForwardSpec *
fairlead_forward_get_spec (FairleadForward *self)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  return priv->spec;
}

/**
 * fairlead_forward_get_local_port:
 *
 * Returns: the port it listens on; 0 for a UNIX socket
 */
guint
fairlead_forward_get_local_port (FairleadForward *self)
{
  return fairlead_forward_get_spec (self)->listen.port;
}

/**
 * fairlead_forward_dup_local_address:
 *
 * Returns: (transfer full): what it listens on: "127.0.0.1:PORT", "*:PORT" for every address, a path
 */
char *
fairlead_forward_dup_local_address (FairleadForward *self)
{
  return fairlead_forward_spec_dup_listen (fairlead_forward_get_spec (self));
}

/**
 * fairlead_forward_dup_remote_address:
 *
 * Returns: (transfer full) (nullable): where it leads: "HOST:PORT", a path; %NULL for SOCKS
 */
char *
fairlead_forward_dup_remote_address (FairleadForward *self)
{
  return fairlead_forward_spec_dup_destination (fairlead_forward_get_spec (self));
}

/**
 * fairlead_forward_get_lease:
 *
 * To be referenced at the latest when "open" is notified: after that the forward has let go of it.
 *
 * Returns: (transfer none) (nullable): what keeps its listener over the end of the session; %NULL where
 *   it does not listen here
 */
FairleadPortLease *
fairlead_forward_get_lease (FairleadForward *self)
{
  FairleadForwardClass *klass = FAIRLEAD_FORWARD_GET_CLASS (self);

  return klass->get_lease != NULL ? klass->get_lease (self) : NULL;
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
 * fairlead_forward_redirect:
 * @to: where new connections lead from now on; those that are open stay
 *
 * Returns: %FALSE, and nothing has changed, where the forward cannot: another one has to be opened
 */
gboolean
fairlead_forward_redirect (FairleadForward          *self,
                           const FairleadForwardEnd *to)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);
  FairleadForwardClass *klass = FAIRLEAD_FORWARD_GET_CLASS (self);
  gboolean socks = to->host == NULL && to->path == NULL;

  if (klass->redirect == NULL || !priv->open || socks || fairlead_forward_spec_is_socks (priv->spec))
    return FALSE;
  fairlead_forward_spec_lead_to (priv->spec, to);
  klass->redirect (self, to);
  return TRUE;
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
 * fairlead_forward_get_last_failure:
 *
 * Returns: (transfer none) (nullable): why the connection that failed last could not be taken to its
 *   destination
 */
const GError *
fairlead_forward_get_last_failure (FairleadForward *self)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  return priv->last_failure;
}

/**
 * fairlead_forward_take_failure:
 * @failure: (transfer full): of a connection; its counters follow
 */
void
fairlead_forward_take_failure (FairleadForward *self,
                               GError          *failure)
{
  FairleadForwardPrivate *priv = fairlead_forward_get_instance_private (self);

  g_clear_error (&priv->last_failure);
  priv->last_failure = failure;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_FAILURE]);
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
