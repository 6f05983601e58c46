/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-traffic.h"

G_BEGIN_DECLS

FairleadTraffic *fairlead_traffic_new           (void);
void             fairlead_traffic_set_whole     (FairleadTraffic               *self,
                                                 FairleadTraffic               *whole);
void             fairlead_traffic_take_counters (FairleadTraffic               *self,
                                                 const FairleadForwardCounters *counters);
void             fairlead_traffic_sample        (FairleadTraffic               *self,
                                                 gint64                         now);
void             fairlead_traffic_pause         (FairleadTraffic               *self);
gboolean         fairlead_traffic_is_quiet      (FairleadTraffic               *self);

G_END_DECLS
