/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_LINK (fairlead_link_get_type ())
G_DECLARE_FINAL_TYPE (FairleadLink, fairlead_link, FAIRLEAD, LINK, GObject)

/* Properties, readable and notified:
 *
 *   state          FairleadLinkState
 *   session-state  FairleadSessionState
 *   reconnecting   boolean   it was ONLINE, was lost and is made again; still TRUE while "state" tells ONLINE
 *   attempt        uint      which attempt at that comes next or is under way, from 1; else 0
 *   retry-at       int64     when it comes, monotonic microseconds; 0 while none is planned
 */

FairleadLink         *fairlead_link_new               (FairleadInteraction    *person,
                                                       FairleadRemoteNewFunc   new_remote,
                                                       gpointer                user_data);
FairleadLinkState     fairlead_link_get_state         (FairleadLink           *self);
FairleadSessionState  fairlead_link_get_session_state (FairleadLink           *self);
FairleadRemote       *fairlead_link_get_remote        (FairleadLink           *self);
FairleadInteraction  *fairlead_link_get_interaction   (FairleadLink           *self);
const GError         *fairlead_link_get_error         (FairleadLink           *self);
void                  fairlead_link_begin             (FairleadLink           *self);
void                  fairlead_link_connect_async     (FairleadLink           *self,
                                                       FairleadTarget         *target,
                                                       GCancellable           *cancellable,
                                                       GAsyncReadyCallback     callback,
                                                       gpointer                user_data);
gboolean              fairlead_link_connect_finish    (FairleadLink           *self,
                                                       GAsyncResult           *result,
                                                       GError                **error);
void                  fairlead_link_set_reconnect     (FairleadLink           *self,
                                                       gboolean                reconnect);
gboolean              fairlead_link_is_reconnecting   (FairleadLink           *self);
guint                 fairlead_link_get_attempt       (FairleadLink           *self);
gint64                fairlead_link_get_retry_at      (FairleadLink           *self);
void                  fairlead_link_retry_now         (FairleadLink           *self);
void                  fairlead_link_stop_reconnecting (FairleadLink           *self);
void                  fairlead_link_fail              (FairleadLink           *self,
                                                       const GError           *error);
void                  fairlead_link_close_async       (FairleadLink           *self,
                                                       GCancellable           *cancellable,
                                                       GAsyncReadyCallback     callback,
                                                       gpointer                user_data);
gboolean              fairlead_link_close_finish      (FairleadLink           *self,
                                                       GAsyncResult           *result,
                                                       GError                **error);

G_END_DECLS
