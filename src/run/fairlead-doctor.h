/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-checkup.h"
#include "fairlead-visit.h"

G_BEGIN_DECLS

void             fairlead_doctor_async  (FairleadVisit        *visit,
                                          GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
FairleadCheckup *fairlead_doctor_finish (FairleadVisit        *visit,
                                         GAsyncResult         *result,
                                         GError              **error);

G_END_DECLS
