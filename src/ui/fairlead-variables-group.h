/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-profile.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_VARIABLES_GROUP (fairlead_variables_group_get_type ())
G_DECLARE_FINAL_TYPE (FairleadVariablesGroup, fairlead_variables_group, FAIRLEAD, VARIABLES_GROUP,
                      AdwPreferencesGroup)

void     fairlead_variables_group_set_profile (FairleadVariablesGroup *self,
                                               FairleadProfile        *profile);
gboolean fairlead_variables_group_focus_error (FairleadVariablesGroup *self);

G_END_DECLS
