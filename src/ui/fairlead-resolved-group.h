/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-command-line.h"
#include "fairlead-target.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_RESOLVED_GROUP (fairlead_resolved_group_get_type ())
G_DECLARE_FINAL_TYPE (FairleadResolvedGroup, fairlead_resolved_group, FAIRLEAD, RESOLVED_GROUP,
                      AdwPreferencesGroup)

void fairlead_resolved_group_show_target  (FairleadResolvedGroup *self,
                                           FairleadTarget        *target,
                                           FairleadCommandLine   *line);
void fairlead_resolved_group_show_refusal (FairleadResolvedGroup *self,
                                           const GError          *error);
void fairlead_resolved_group_show_nothing (FairleadResolvedGroup *self);

G_END_DECLS
