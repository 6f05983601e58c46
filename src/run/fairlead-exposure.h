/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-run-types.h"

G_BEGIN_DECLS

FairleadExposure  fairlead_exposure_judge           (const char  *sockets,
                                                     guint        port,
                                                     char       **bound_to);
GArray           *fairlead_exposure_list_wide_ports (const char  *sockets);

G_END_DECLS
