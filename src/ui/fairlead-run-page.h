/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_RUN_PAGE (fairlead_run_page_get_type ())
G_DECLARE_FINAL_TYPE (FairleadRunPage, fairlead_run_page, FAIRLEAD, RUN_PAGE, AdwBin)

void     fairlead_run_page_set_run (FairleadRunPage *self,
                                    FairleadRun     *run);
gboolean fairlead_run_page_find    (FairleadRunPage *self);

void fairlead_run_page_show_solve_error (FairleadRunPage *self,
                                         const GError    *error);

G_END_DECLS
