/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_CONNECTION_ROW (fairlead_connection_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadConnectionRow, fairlead_connection_row, FAIRLEAD, CONNECTION_ROW,
                      GtkListBoxRow)

GtkWidget       *fairlead_connection_row_new         (FairleadRun           *run);
FairleadRun     *fairlead_connection_row_get_run     (FairleadConnectionRow *self);
FairleadProfile *fairlead_connection_row_get_profile (FairleadConnectionRow *self);

G_END_DECLS
