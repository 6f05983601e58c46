/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-profile.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_FORWARDS_GROUP (fairlead_forwards_group_get_type ())
G_DECLARE_FINAL_TYPE (FairleadForwardsGroup, fairlead_forwards_group, FAIRLEAD, FORWARDS_GROUP, AdwPreferencesGroup)

void fairlead_forwards_group_set_profile (FairleadForwardsGroup *self,
                                          FairleadProfile       *profile);

G_END_DECLS
