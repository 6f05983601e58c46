/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run-types.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_STEP_ROW (fairlead_step_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadStepRow, fairlead_step_row, FAIRLEAD, STEP_ROW, GtkListBoxRow)

GtkWidget *fairlead_step_row_new      (void);
void       fairlead_step_row_set_step (FairleadStepRow *self,
                                       FairleadStep    *step);
void       fairlead_step_row_tick     (FairleadStepRow *self);

G_END_DECLS
