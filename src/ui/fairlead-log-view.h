/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-log-model.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_LOG_VIEW (fairlead_log_view_get_type ())
G_DECLARE_FINAL_TYPE (FairleadLogView, fairlead_log_view, FAIRLEAD, LOG_VIEW, AdwBin)

void fairlead_log_view_set_model (FairleadLogView  *self,
                                  FairleadLogModel *model);

G_END_DECLS
