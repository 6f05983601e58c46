/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_ROUTE_ROW (fairlead_route_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadRouteRow, fairlead_route_row, FAIRLEAD, ROUTE_ROW, AdwPreferencesRow)

void fairlead_route_row_set_stops (FairleadRouteRow *self,
                                   GPtrArray        *stops);

G_END_DECLS
