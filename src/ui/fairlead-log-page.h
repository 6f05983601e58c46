/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-log-model.h"

G_BEGIN_DECLS

/**
 * FairleadLogSource:
 *
 * Which log a #FairleadLogPage shows.
 */
typedef enum {
  FAIRLEAD_LOG_SOURCE_SERVER,
  FAIRLEAD_LOG_SOURCE_PROGRESS,
  FAIRLEAD_LOG_SOURCE_MESSAGES,
  FAIRLEAD_N_LOG_SOURCES,
} FairleadLogSource;

#define FAIRLEAD_TYPE_LOG_PAGE (fairlead_log_page_get_type ())
G_DECLARE_FINAL_TYPE (FairleadLogPage, fairlead_log_page, FAIRLEAD, LOG_PAGE, AdwBin)

void fairlead_log_page_set_models (FairleadLogPage          *self,
                                   FairleadLogModel * const *models,
                                   const char               *name);
void fairlead_log_page_find       (FairleadLogPage          *self);

G_END_DECLS
