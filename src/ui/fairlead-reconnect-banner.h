/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_RECONNECT_BANNER (fairlead_reconnect_banner_get_type ())
G_DECLARE_FINAL_TYPE (FairleadReconnectBanner, fairlead_reconnect_banner, FAIRLEAD, RECONNECT_BANNER, AdwBin)

void fairlead_reconnect_banner_set_run (FairleadReconnectBanner *self,
                                        FairleadRun             *run);

G_END_DECLS
