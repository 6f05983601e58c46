/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-place.h"
#include "fairlead-profile.h"
#include "fairlead-target.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_SLURM_PLACE (fairlead_slurm_place_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSlurmPlace, fairlead_slurm_place, FAIRLEAD, SLURM_PLACE, FairleadPlace)

FairleadPlace *fairlead_slurm_place_new           (FairleadProfile             *profile,
                                                   FairleadTarget              *login,
                                                   const FairleadTargetOptions *options);

G_END_DECLS
