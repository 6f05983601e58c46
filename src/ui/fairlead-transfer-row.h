/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_TRANSFER_ROW (fairlead_transfer_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadTransferRow, fairlead_transfer_row, FAIRLEAD, TRANSFER_ROW, GtkListBoxRow)

GtkWidget *fairlead_transfer_row_new (FairleadRun      *run,
                                      FairleadTransfer *transfer);

G_END_DECLS
