/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-log-model.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_LOG_FILTER (fairlead_log_filter_get_type ())
G_DECLARE_FINAL_TYPE (FairleadLogFilter, fairlead_log_filter, FAIRLEAD, LOG_FILTER, GObject)

FairleadLogFilter *fairlead_log_filter_new       (FairleadLogModel  *model,
                                                  FairleadLogLevel   least);
FairleadLogModel  *fairlead_log_filter_get_model (FairleadLogFilter *self);
FairleadLogLevel   fairlead_log_filter_get_least (FairleadLogFilter *self);
guint64            fairlead_log_filter_get_line  (FairleadLogFilter *self,
                                                  guint              position);
guint              fairlead_log_filter_find      (FairleadLogFilter *self,
                                                  guint64            line);

G_END_DECLS
