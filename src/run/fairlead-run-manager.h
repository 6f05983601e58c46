/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_RUN_MANAGER (fairlead_run_manager_get_type ())
G_DECLARE_FINAL_TYPE (FairleadRunManager, fairlead_run_manager, FAIRLEAD, RUN_MANAGER, GObject)

FairleadRunManager *fairlead_run_manager_new              (FairleadInteraction    *interaction,
                                                           FairleadRemoteNewFunc   new_remote,
                                                           gpointer                user_data);
FairleadRun        *fairlead_run_manager_lookup           (FairleadRunManager     *self,
                                                           FairleadProfile        *profile);
FairleadRun        *fairlead_run_manager_ensure           (FairleadRunManager     *self,
                                                           FairleadProfile        *profile);
GPtrArray          *fairlead_run_manager_list_solvers     (FairleadRunManager     *self);
void                fairlead_run_manager_stop_all_async   (FairleadRunManager     *self,
                                                           GCancellable           *cancellable,
                                                           GAsyncReadyCallback     callback,
                                                           gpointer                user_data);
gboolean            fairlead_run_manager_stop_all_finish  (FairleadRunManager     *self,
                                                           GAsyncResult           *result,
                                                           GError                **error);
void                fairlead_run_manager_close_all_async  (FairleadRunManager     *self,
                                                           GCancellable           *cancellable,
                                                           GAsyncReadyCallback     callback,
                                                           gpointer                user_data);
gboolean            fairlead_run_manager_close_all_finish (FairleadRunManager     *self,
                                                           GAsyncResult           *result,
                                                           GError                **error);

G_END_DECLS
