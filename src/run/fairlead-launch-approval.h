/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-interaction.h"
#include "fairlead-profile.h"

G_BEGIN_DECLS

gboolean fairlead_launch_needs_approval  (FairleadProfile      *profile);
void     fairlead_launch_approval_async  (FairleadProfile      *profile,
                                          FairleadInteraction  *interaction,
                                          GCancellable         *cancellable,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
gboolean fairlead_launch_approval_finish (GAsyncResult         *result,
                                          GError              **error);

G_END_DECLS
