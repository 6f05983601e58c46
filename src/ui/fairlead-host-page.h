/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-host.h"

G_BEGIN_DECLS

/* Seconds between two looks at a host that is shown. */
#define FAIRLEAD_HOST_PAGE_INTERVAL 10

#define FAIRLEAD_TYPE_HOST_PAGE (fairlead_host_page_get_type ())
G_DECLARE_FINAL_TYPE (FairleadHostPage, fairlead_host_page, FAIRLEAD, HOST_PAGE, AdwBin)

void fairlead_host_page_set_visit (FairleadHostPage *self,
                                   FairleadVisit    *visit);
void fairlead_host_page_show      (FairleadHostPage *self,
                                   FairleadHost     *host,
                                   guint             server_port);
void fairlead_host_page_leave     (FairleadHostPage *self);

G_END_DECLS
