/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-log-model.h"

G_BEGIN_DECLS

/* More matches than that are not looked for. */
#define FAIRLEAD_LOG_SEARCH_MOST 1000000

#define FAIRLEAD_TYPE_LOG_SEARCH (fairlead_log_search_get_type ())
G_DECLARE_FINAL_TYPE (FairleadLogSearch, fairlead_log_search, FAIRLEAD, LOG_SEARCH, GObject)

FairleadLogSearch *fairlead_log_search_new           (FairleadLogModel  *model,
                                                      FairleadLogLevel   least,
                                                      const char        *text);
guint              fairlead_log_search_get_n_matches (FairleadLogSearch *self);
gboolean           fairlead_log_search_is_done       (FairleadLogSearch *self);
const GError      *fairlead_log_search_get_error     (FairleadLogSearch *self);
guint64            fairlead_log_search_get_match     (FairleadLogSearch *self,
                                                      guint              index);
guint              fairlead_log_search_find          (FairleadLogSearch *self,
                                                      guint64            line);
void               fairlead_log_search_stop          (FairleadLogSearch *self);

G_END_DECLS
