/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-log-filter.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_LOG_LIST (fairlead_log_list_get_type ())
G_DECLARE_FINAL_TYPE (FairleadLogList, fairlead_log_list, FAIRLEAD, LOG_LIST, AdwBin)

void               fairlead_log_list_set_filter    (FairleadLogList   *self,
                                                    FairleadLogFilter *filter);
FairleadLogFilter *fairlead_log_list_get_filter    (FairleadLogList   *self);
gboolean           fairlead_log_list_get_following (FairleadLogList   *self);
void               fairlead_log_list_set_following (FairleadLogList   *self,
                                                    gboolean           following);
void               fairlead_log_list_set_wrap      (FairleadLogList   *self,
                                                    gboolean           wrap);
void               fairlead_log_list_set_numbers   (FairleadLogList   *self,
                                                    gboolean           numbers);
void               fairlead_log_list_set_needle    (FairleadLogList   *self,
                                                    const char        *needle);
void               fairlead_log_list_show_line     (FairleadLogList   *self,
                                                    guint64            line);
gboolean           fairlead_log_list_get_shown     (FairleadLogList   *self,
                                                    guint64           *line);
GArray            *fairlead_log_list_dup_selected  (FairleadLogList   *self);

G_END_DECLS
