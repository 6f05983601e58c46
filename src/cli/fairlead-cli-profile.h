/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-profile.h"

G_BEGIN_DECLS

FairleadProfile *fairlead_cli_profile_for_target (const char  *target,
                                                  GError     **error);

G_END_DECLS
