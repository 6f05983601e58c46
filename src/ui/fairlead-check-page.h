/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-doctor.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_CHECK_PAGE (fairlead_check_page_get_type ())
G_DECLARE_FINAL_TYPE (FairleadCheckPage, fairlead_check_page, FAIRLEAD, CHECK_PAGE, AdwBin)

void fairlead_check_page_set_visit  (FairleadCheckPage *self,
                                     FairleadVisit     *visit);
void fairlead_check_page_run        (FairleadCheckPage *self);
void fairlead_check_page_show       (FairleadCheckPage *self,
                                     FairleadCheckup   *checkup);
void fairlead_check_page_show_error (FairleadCheckPage *self,
                                     const GError      *error);
void fairlead_check_page_leave      (FairleadCheckPage *self);

G_END_DECLS
