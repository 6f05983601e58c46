/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-forward.h"

G_BEGIN_DECLS

/* How far the history goes back: one sample a second. */
#define FAIRLEAD_TRAFFIC_SAMPLES 60

#define FAIRLEAD_TYPE_TRAFFIC (fairlead_traffic_get_type ())
G_DECLARE_DERIVABLE_TYPE (FairleadTraffic, fairlead_traffic, FAIRLEAD, TRAFFIC, GObject)

struct _FairleadTrafficClass {
  GObjectClass parent_class;
};

/* Properties, readable and notified on the main thread:
 *
 *   counters       pointer   FairleadForwardCounters, summed over all sessions
 *   received-rate  double    bytes a second from the remote, over the last second
 *   sent-rate      double    bytes a second to the remote
 *
 * Signal "sampled": the rates and the history are those of one second later. Nothing is sampled, and
 * nothing to be drawn anew, once a whole history passed without a byte. */

void         fairlead_traffic_get_counters      (FairleadTraffic         *self,
                                                 FairleadForwardCounters *counters);
double       fairlead_traffic_get_received_rate (FairleadTraffic         *self);
double       fairlead_traffic_get_sent_rate     (FairleadTraffic         *self);
const float *fairlead_traffic_get_history       (FairleadTraffic         *self,
                                                 gboolean                 received,
                                                 guint                   *n_samples);

G_END_DECLS
