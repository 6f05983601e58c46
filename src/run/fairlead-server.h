/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-follow.h"
#include "fairlead-interaction.h"
#include "fairlead-place.h"
#include "fairlead-profile.h"
#include "fairlead-remote.h"
#include "fairlead-run-types.h"

G_BEGIN_DECLS

/* Seconds a server has to get ready, and to end after TERM, unless told otherwise. */
#define FAIRLEAD_SERVER_READY_TIMEOUT 16
#define FAIRLEAD_SERVER_GRACE 10

#define FAIRLEAD_TYPE_SERVER (fairlead_server_get_type ())
G_DECLARE_FINAL_TYPE (FairleadServer, fairlead_server, FAIRLEAD, SERVER, GObject)

/* Properties, readable and notified: state (FairleadServerState), adopted (boolean), exposure
 * (FairleadExposure), bound-to, interpreter (string), shared-host (boolean). */

FairleadServer      *fairlead_server_new                   (FairleadProfile      *profile,
                                                            FairleadFollow       *follow);
void                 fairlead_server_set_remote            (FairleadServer       *self,
                                                            FairleadRemote       *remote,
                                                            const char           *host);
void                 fairlead_server_set_place             (FairleadServer       *self,
                                                            FairleadPlace        *place);
FairleadPlace       *fairlead_server_get_place             (FairleadServer       *self);
void                 fairlead_server_leave_off             (FairleadServer       *self);
gboolean             fairlead_server_has_left_off          (FairleadServer       *self);
void                 fairlead_server_forget_launch         (FairleadServer       *self);
void                 fairlead_server_set_adopt_only        (FairleadServer       *self,
                                                            gboolean              adopt_only);
void                 fairlead_server_set_grace             (FairleadServer       *self,
                                                            guint                 seconds);
void                 fairlead_server_set_port              (FairleadServer       *self,
                                                            guint                 port);
guint                fairlead_server_get_port              (FairleadServer       *self);
FairleadServerState  fairlead_server_get_state             (FairleadServer       *self);
gboolean             fairlead_server_is_adopted            (FairleadServer       *self);
FairleadExposure     fairlead_server_get_exposure          (FairleadServer       *self);
const char          *fairlead_server_get_bound_to          (FairleadServer       *self);
const char          *fairlead_server_get_interpreter       (FairleadServer       *self);
char                *fairlead_server_dup_interpreter_text  (FairleadServer       *self);
gboolean             fairlead_server_is_ready_by_port      (FairleadServer       *self);
gboolean             fairlead_server_is_shared_host        (FairleadServer       *self);
gboolean             fairlead_server_is_ours               (FairleadServer       *self);
const char          *fairlead_server_get_warning           (FairleadServer       *self);
const char          *fairlead_server_get_path              (FairleadServer       *self);
int                  fairlead_server_get_exit_code         (FairleadServer       *self);
const GError        *fairlead_server_get_end_error         (FairleadServer       *self);
void                 fairlead_server_doubt                 (FairleadServer       *self);
void                 fairlead_server_lose_place            (FairleadServer       *self,
                                                            GError               *error);

void                 fairlead_server_check_async           (FairleadServer       *self,
                                                            gboolean              anew,
                                                            GCancellable         *cancellable,
                                                            GAsyncReadyCallback   callback,
                                                            gpointer              user_data);
gboolean             fairlead_server_check_finish          (FairleadServer       *self,
                                                            GAsyncResult         *result,
                                                            GError              **error);
void                 fairlead_server_launch_async          (FairleadServer       *self,
                                                            FairleadInteraction  *interaction,
                                                            GCancellable         *cancellable,
                                                            GAsyncReadyCallback   callback,
                                                            gpointer              user_data);
gboolean             fairlead_server_launch_finish         (FairleadServer       *self,
                                                            GAsyncResult         *result,
                                                            GError              **error);
void                 fairlead_server_rejoin_async          (FairleadServer       *self,
                                                            GCancellable         *cancellable,
                                                            GAsyncReadyCallback   callback,
                                                            gpointer              user_data);
gboolean             fairlead_server_rejoin_finish         (FairleadServer       *self,
                                                            GAsyncResult         *result,
                                                            gboolean             *found,
                                                            GError              **error);
void                 fairlead_server_wait_async            (FairleadServer       *self,
                                                            guint                 timeout,
                                                            GCancellable         *cancellable,
                                                            GAsyncReadyCallback   callback,
                                                            gpointer              user_data);
gboolean             fairlead_server_wait_finish           (FairleadServer       *self,
                                                            GAsyncResult         *result,
                                                            GError              **error);
void                 fairlead_server_check_exposure_async  (FairleadServer       *self,
                                                            GCancellable         *cancellable,
                                                            GAsyncReadyCallback   callback,
                                                            gpointer              user_data);
gboolean             fairlead_server_check_exposure_finish (FairleadServer       *self,
                                                            GAsyncResult         *result,
                                                            GError              **error);
void                 fairlead_server_answered              (FairleadServer       *self,
                                                            gboolean              well);
void                 fairlead_server_fail                  (FairleadServer       *self,
                                                            GTask                *task,
                                                            GError               *error);
void                 fairlead_server_give_up               (FairleadServer       *self);
void                 fairlead_server_stop_async            (FairleadServer       *self,
                                                            GCancellable         *cancellable,
                                                            GAsyncReadyCallback   callback,
                                                            gpointer              user_data);
gboolean             fairlead_server_stop_finish           (FairleadServer       *self,
                                                            GAsyncResult         *result,
                                                            GError              **error);

G_END_DECLS
