/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_VIOLATIONS (fairlead_violations_get_type ())
G_DECLARE_FINAL_TYPE (FairleadViolations, fairlead_violations, FAIRLEAD, VIOLATIONS, AdwBin)

void fairlead_violations_show (FairleadViolations *self,
                               const char * const *texts);

G_END_DECLS
