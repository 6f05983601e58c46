/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-host-entry.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_HOST_ROW (fairlead_host_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadHostRow, fairlead_host_row, FAIRLEAD, HOST_ROW, AdwActionRow)

GtkWidget         *fairlead_host_row_new       (FairleadHostEntry *entry);
FairleadHostEntry *fairlead_host_row_get_entry (FairleadHostRow   *self);

G_END_DECLS
