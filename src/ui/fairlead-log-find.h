/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-log-list.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_LOG_FIND (fairlead_log_find_get_type ())
G_DECLARE_FINAL_TYPE (FairleadLogFind, fairlead_log_find, FAIRLEAD, LOG_FIND, AdwBin)

void     fairlead_log_find_set_list (FairleadLogFind *self,
                                     FairleadLogList *list);
void     fairlead_log_find_set_open (FairleadLogFind *self,
                                     gboolean         open);
void     fairlead_log_find_restart  (FairleadLogFind *self);
void     fairlead_log_find_move     (FairleadLogFind *self,
                                     gboolean         backward);

G_END_DECLS
