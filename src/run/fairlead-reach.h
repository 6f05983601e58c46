/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-target.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_REACH (fairlead_reach_get_type ())
G_DECLARE_FINAL_TYPE (FairleadReach, fairlead_reach, FAIRLEAD, REACH, GObject)

FairleadReach *fairlead_reach_new          (GNetworkMonitor      *monitor);
FairleadReach *fairlead_reach_get_default  (void);
gboolean       fairlead_reach_has_network  (FairleadReach        *self);
void           fairlead_reach_ask_async    (FairleadReach        *self,
                                            FairleadTarget       *target,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gboolean       fairlead_reach_ask_finish   (FairleadReach        *self,
                                            GAsyncResult         *result,
                                            GError              **error);

G_END_DECLS
