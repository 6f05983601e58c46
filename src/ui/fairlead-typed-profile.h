/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-profile.h"

G_BEGIN_DECLS

FairleadProfile *fairlead_profile_new_for_typed (const char  *text,
                                                 GError     **error);
FairleadProfile *fairlead_profile_new_for_key   (const char  *path);

G_END_DECLS
