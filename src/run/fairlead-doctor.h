/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-checkup.h"
#include "fairlead-remote.h"

G_BEGIN_DECLS

void             fairlead_doctor_async  (FairleadRemote       *remote,
                                         FairleadProfile      *profile,
                                         const char           *host,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
FairleadCheckup *fairlead_doctor_finish (FairleadRemote       *remote,
                                         GAsyncResult         *result,
                                         GError              **error);

G_END_DECLS
