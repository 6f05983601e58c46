/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-host-entry.h"
#include "fairlead-visit.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_HOST (fairlead_host_get_type ())
G_DECLARE_FINAL_TYPE (FairleadHost, fairlead_host, FAIRLEAD, HOST, GObject)

/* Property, readable and notified: free-port (uint). */

FairleadHost *fairlead_host_new            (void);
GListModel   *fairlead_host_get_entries    (FairleadHost          *self,
                                            FairleadHostEntryKind  kind);
guint         fairlead_host_get_free_port  (FairleadHost          *self);
void          fairlead_host_take_reply     (FairleadHost          *self,
                                            FairleadRemoteReply   *reply);
void          fairlead_host_look_async     (FairleadHost          *self,
                                            FairleadVisit         *visit,
                                            GCancellable          *cancellable,
                                            GAsyncReadyCallback    callback,
                                            gpointer               user_data);
gboolean      fairlead_host_look_finish    (FairleadHost          *self,
                                            GAsyncResult          *result,
                                            GError               **error);
void          fairlead_host_end_async      (FairleadHost          *self,
                                            FairleadVisit         *visit,
                                            FairleadHostEntry     *entry,
                                            GCancellable          *cancellable,
                                            GAsyncReadyCallback    callback,
                                            gpointer               user_data);
gboolean      fairlead_host_end_finish     (FairleadHost          *self,
                                            GAsyncResult          *result,
                                            GError               **error);

G_END_DECLS
