/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-finding.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_FINDING_ROW (fairlead_finding_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadFindingRow, fairlead_finding_row, FAIRLEAD, FINDING_ROW, GtkListBoxRow)

GtkWidget *fairlead_finding_row_new (FairleadFinding *finding);

G_END_DECLS
