/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_REMOTE_PROCESS (fairlead_remote_process_get_type ())
G_DECLARE_FINAL_TYPE (FairleadRemoteProcess, fairlead_remote_process, FAIRLEAD, REMOTE_PROCESS, GObject)

FairleadRemoteProcess *fairlead_remote_process_new                (GOutputStream          *input,
                                                                   GInputStream           *output,
                                                                   GInputStream           *errors);
GOutputStream         *fairlead_remote_process_get_input          (FairleadRemoteProcess  *self);
GInputStream          *fairlead_remote_process_get_output         (FairleadRemoteProcess  *self);
GInputStream          *fairlead_remote_process_get_errors         (FairleadRemoteProcess  *self);
int                    fairlead_remote_process_get_exit_status    (FairleadRemoteProcess  *self);
const char            *fairlead_remote_process_get_exit_signal    (FairleadRemoteProcess  *self);
void                   fairlead_remote_process_close              (FairleadRemoteProcess  *self);
void                   fairlead_remote_process_complete           (FairleadRemoteProcess  *self,
                                                                   int                     exit_status,
                                                                   const char             *exit_signal,
                                                                   const GError           *error);
void                   fairlead_remote_process_wait_async         (FairleadRemoteProcess  *self,
                                                                   GCancellable           *cancellable,
                                                                   GAsyncReadyCallback     callback,
                                                                   gpointer                user_data);
gboolean               fairlead_remote_process_wait_finish        (FairleadRemoteProcess  *self,
                                                                   GAsyncResult           *result,
                                                                   GError                **error);
void                   fairlead_remote_process_communicate_async  (FairleadRemoteProcess  *self,
                                                                   GBytes                 *input,
                                                                   gsize                   max_output,
                                                                   GCancellable           *cancellable,
                                                                   GAsyncReadyCallback     callback,
                                                                   gpointer                user_data);
gboolean               fairlead_remote_process_communicate_finish (FairleadRemoteProcess  *self,
                                                                   GAsyncResult           *result,
                                                                   GBytes                **out,
                                                                   GBytes                **err,
                                                                   GError                **error);

G_END_DECLS
