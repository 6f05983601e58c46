/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-target.h"

G_BEGIN_DECLS

gboolean fairlead_target_take_config (FairleadTarget               *self,
                                      const FairleadTargetOptions  *options,
                                      GError                      **error);

G_END_DECLS
