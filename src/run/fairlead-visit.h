/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-remote-script.h"
#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_VISIT (fairlead_visit_get_type ())
G_DECLARE_FINAL_TYPE (FairleadVisit, fairlead_visit, FAIRLEAD, VISIT, GObject)

FairleadVisit       *fairlead_visit_new            (FairleadRun           *run);
FairleadVisit       *fairlead_visit_new_for_remote (FairleadRemote        *remote,
                                                    FairleadProfile       *profile,
                                                    const char            *host);
FairleadRun         *fairlead_visit_get_run        (FairleadVisit         *self);
FairleadProfile     *fairlead_visit_dup_profile    (FairleadVisit         *self);
const char          *fairlead_visit_get_host       (FairleadVisit         *self);
gboolean             fairlead_visit_is_own_solver  (FairleadVisit         *self,
                                                    const char            *token);
void                 fairlead_visit_close          (FairleadVisit         *self);
void                 fairlead_visit_open_async     (FairleadVisit         *self,
                                                    GCancellable          *cancellable,
                                                    GAsyncReadyCallback    callback,
                                                    gpointer               user_data);
FairleadRemote      *fairlead_visit_open_finish    (FairleadVisit         *self,
                                                    GAsyncResult          *result,
                                                    GError               **error);
void                 fairlead_visit_ask_async      (FairleadVisit         *self,
                                                    FairleadRemoteScript  *script,
                                                    guint                  timeout,
                                                    GCancellable          *cancellable,
                                                    GAsyncReadyCallback    callback,
                                                    gpointer               user_data);
FairleadRemoteReply *fairlead_visit_ask_finish     (FairleadVisit         *self,
                                                    GAsyncResult          *result,
                                                    GError               **error);

G_END_DECLS
