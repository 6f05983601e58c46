/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-interaction.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_ASKING (fairlead_asking_get_type ())
G_DECLARE_FINAL_TYPE (FairleadAsking, fairlead_asking, FAIRLEAD, ASKING, FairleadInteraction)

FairleadAsking *fairlead_asking_new     (FairleadInteraction *person);
gboolean        fairlead_asking_is_open (FairleadAsking      *self);

G_END_DECLS
