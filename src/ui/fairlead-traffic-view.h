/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fairlead-traffic.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_TRAFFIC_VIEW (fairlead_traffic_view_get_type ())
G_DECLARE_FINAL_TYPE (FairleadTrafficView, fairlead_traffic_view, FAIRLEAD, TRAFFIC_VIEW, GtkBox)

void fairlead_traffic_view_set_traffic (FairleadTrafficView *self,
                                        FairleadTraffic     *traffic);

G_END_DECLS
