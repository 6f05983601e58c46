/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-place.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_CONTAINER_PLACE (fairlead_container_place_get_type ())
G_DECLARE_FINAL_TYPE (FairleadContainerPlace, fairlead_container_place, FAIRLEAD, CONTAINER_PLACE, FairleadPlace)

FairleadPlace *fairlead_container_place_new (const char *name);

G_END_DECLS
