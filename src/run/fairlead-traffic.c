/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-traffic-private.h"

#include <string.h>

/**
 * FairleadTraffic:
 *
 * What goes through a tunnel, or through all of a connection: counters, rates, and the last minute of
 * them. Who owns it takes the samples. Main thread.
 */
typedef struct {
  FairleadTraffic *whole;            /* what this is a part of; NULL: none */
  FairleadForwardCounters counters;

  /* The samples, the newest last. */
  float received[FAIRLEAD_TRAFFIC_SAMPLES];
  float sent[FAIRLEAD_TRAFFIC_SAMPLES];
  guint n_quiet;                     /* since the last one that was not 0 */
  guint64 last_received;             /* at the last sample */
  guint64 last_sent;
  gint64 last_time;                  /* monotonic; 0: sampling has just begun */
} FairleadTrafficPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (FairleadTraffic, fairlead_traffic, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_COUNTERS,
  PROP_RECEIVED_RATE,
  PROP_SENT_RATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum {
  SAMPLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

#define PRIV(self) ((FairleadTrafficPrivate *) fairlead_traffic_get_instance_private (self))

static void
fairlead_traffic_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  FairleadTraffic *self = FAIRLEAD_TRAFFIC (object);

  switch (prop_id)
    {
    case PROP_COUNTERS:
      g_value_set_pointer (value, &PRIV (self)->counters);
      break;
    case PROP_RECEIVED_RATE:
      g_value_set_double (value, fairlead_traffic_get_received_rate (self));
      break;
    case PROP_SENT_RATE:
      g_value_set_double (value, fairlead_traffic_get_sent_rate (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_traffic_finalize (GObject *object)
{
  g_clear_object (&PRIV (FAIRLEAD_TRAFFIC (object))->whole);

  G_OBJECT_CLASS (fairlead_traffic_parent_class)->finalize (object);
}

static void
fairlead_traffic_class_init (FairleadTrafficClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = fairlead_traffic_finalize;
  object_class->get_property = fairlead_traffic_get_property;

  properties[PROP_COUNTERS] = g_param_spec_pointer ("counters", NULL, NULL, flags);
  properties[PROP_RECEIVED_RATE] =
    g_param_spec_double ("received-rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_SENT_RATE] =
    g_param_spec_double ("sent-rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SAMPLED] = g_signal_new ("sampled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fairlead_traffic_init (FairleadTraffic *self)
{
  PRIV (self)->n_quiet = FAIRLEAD_TRAFFIC_SAMPLES;
}

FairleadTraffic *
fairlead_traffic_new (void)
{
  return g_object_new (FAIRLEAD_TYPE_TRAFFIC, NULL);
}

/* From here on, what @self counts counts for @whole too. */
void
fairlead_traffic_set_whole (FairleadTraffic *self,
                            FairleadTraffic *whole)
{
  g_set_object (&PRIV (self)->whole, whole);
}

void
fairlead_traffic_get_counters (FairleadTraffic         *self,
                               FairleadForwardCounters *counters)
{
  g_return_if_fail (FAIRLEAD_IS_TRAFFIC (self));

  *counters = PRIV (self)->counters;
}

/**
 * fairlead_traffic_get_received_rate:
 *
 * Returns: bytes a second from the remote, over the last second
 */
double
fairlead_traffic_get_received_rate (FairleadTraffic *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_TRAFFIC (self), 0);

  return PRIV (self)->received[FAIRLEAD_TRAFFIC_SAMPLES - 1];
}

/**
 * fairlead_traffic_get_sent_rate:
 *
 * Returns: bytes a second to the remote, over the last second
 */
double
fairlead_traffic_get_sent_rate (FairleadTraffic *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_TRAFFIC (self), 0);

  return PRIV (self)->sent[FAIRLEAD_TRAFFIC_SAMPLES - 1];
}

/**
 * fairlead_traffic_get_history:
 * @received: what came from the remote, not what went there
 * @n_samples: (out) (optional): how many there are: always %FAIRLEAD_TRAFFIC_SAMPLES
 *
 * Returns: (transfer none) (array length=n_samples): bytes a second, the oldest first; valid until the
 *   next sample
 */
const float *
fairlead_traffic_get_history (FairleadTraffic *self,
                              gboolean         received,
                              guint           *n_samples)
{
  g_return_val_if_fail (FAIRLEAD_IS_TRAFFIC (self), NULL);

  if (n_samples != NULL)
    *n_samples = FAIRLEAD_TRAFFIC_SAMPLES;
  return received ? PRIV (self)->received : PRIV (self)->sent;
}

/* Adds what has changed from @from to @to; a gauge may have gone down. */
static void
add_change (FairleadForwardCounters       *sum,
            const FairleadForwardCounters *from,
            const FairleadForwardCounters *to)
{
  sum->open += to->open - from->open;
  sum->total += to->total - from->total;
  sum->refused += to->refused - from->refused;
  sum->reached += to->reached - from->reached;
  sum->failed += to->failed - from->failed;
  sum->received += to->received - from->received;
  sum->sent += to->sent - from->sent;
}

static gboolean
is_equal (const FairleadForwardCounters *a,
          const FairleadForwardCounters *b)
{
  return a->open == b->open && a->total == b->total && a->refused == b->refused
         && a->reached == b->reached && a->failed == b->failed
         && a->received == b->received && a->sent == b->sent;
}

/* The state of now. */
void
fairlead_traffic_take_counters (FairleadTraffic               *self,
                                const FairleadForwardCounters *counters)
{
  FairleadTrafficPrivate *priv = PRIV (self);
  FairleadForwardCounters before = priv->counters;

  if (is_equal (&before, counters))
    return;
  priv->counters = *counters;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNTERS]);
  if (priv->whole != NULL)
    {
      FairleadForwardCounters sum = PRIV (priv->whole)->counters;

      add_change (&sum, &before, counters);
      fairlead_traffic_take_counters (priv->whole, &sum);
    }
}

static gboolean
has_moved (FairleadTrafficPrivate *priv)
{
  return priv->counters.received != priv->last_received || priv->counters.sent != priv->last_sent;
}

/* Whether the whole history is 0, and a sample would be. */
gboolean
fairlead_traffic_is_quiet (FairleadTraffic *self)
{
  FairleadTrafficPrivate *priv = PRIV (self);

  return priv->n_quiet >= FAIRLEAD_TRAFFIC_SAMPLES && !has_moved (priv);
}

/* Returns whether the newest one is another than the one before. */
static gboolean
push (float  *samples,
      guint64 bytes,
      double  seconds)
{
  float rate = bytes / seconds;
  float before = samples[FAIRLEAD_TRAFFIC_SAMPLES - 1];

  memmove (samples, samples + 1, (FAIRLEAD_TRAFFIC_SAMPLES - 1) * sizeof *samples);
  samples[FAIRLEAD_TRAFFIC_SAMPLES - 1] = rate;
  return rate != before;
}

/**
 * fairlead_traffic_sample:
 * @now: monotonic time, in microseconds
 *
 * A second has passed, or about one: the rates are what moved in it.
 */
void
fairlead_traffic_sample (FairleadTraffic *self,
                         gint64           now)
{
  FairleadTrafficPrivate *priv = PRIV (self);
  gint64 passed = priv->last_time > 0 ? now - priv->last_time : G_USEC_PER_SEC;
  double seconds = MAX (passed, 1000) / (double) G_USEC_PER_SEC;
  gboolean quiet = fairlead_traffic_is_quiet (self);
  gboolean received, sent;

  priv->last_time = now;
  if (quiet)
    return;
  priv->n_quiet = has_moved (priv) ? 0 : priv->n_quiet + 1;
  received = push (priv->received, priv->counters.received - priv->last_received, seconds);
  sent = push (priv->sent, priv->counters.sent - priv->last_sent, seconds);
  priv->last_received = priv->counters.received;
  priv->last_sent = priv->counters.sent;
  if (received)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECEIVED_RATE]);
  if (sent)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SENT_RATE]);
  g_signal_emit (self, signals[SAMPLED], 0);
}

/* Sampling ends; it begins again with what moves next. */
void
fairlead_traffic_pause (FairleadTraffic *self)
{
  PRIV (self)->last_time = 0;
}
