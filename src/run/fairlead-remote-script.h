/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-place.h"
#include "fairlead-remote.h"
#include "fairlead-remote-reply.h"

G_BEGIN_DECLS

/* The exec string of every script: nothing of anybody's is in it. */
#define FAIRLEAD_REMOTE_SHELL "exec sh -s"

typedef struct _FairleadRemoteScript FairleadRemoteScript;

char                 *fairlead_shell_quote              (const char            *value);
char                 *fairlead_make_inert_lines         (const char            *text,
                                                         gsize                  length);

FairleadRemoteScript *fairlead_remote_script_new        (const char            *name);
void                  fairlead_remote_script_free       (FairleadRemoteScript  *self);
void                  fairlead_remote_script_use        (FairleadRemoteScript  *self,
                                                         const char            *library);
void                  fairlead_remote_script_set        (FairleadRemoteScript  *self,
                                                         const char            *variable,
                                                         const char            *value);
void                  fairlead_remote_script_set_lines  (FairleadRemoteScript  *self,
                                                         const char            *variable,
                                                         const char * const    *lines);
void                  fairlead_remote_script_set_int    (FairleadRemoteScript  *self,
                                                         const char            *variable,
                                                         gint64                 value);
void                  fairlead_remote_script_set_script (FairleadRemoteScript  *self,
                                                         const char            *variable,
                                                         const char            *name);
void                  fairlead_remote_script_set_batch  (FairleadRemoteScript  *self,
                                                         const char            *variable,
                                                         FairleadRemoteScript  *batch,
                                                         const char            *base);
void                  fairlead_remote_script_set_place  (FairleadRemoteScript  *self,
                                                         FairleadPlace         *place,
                                                         gboolean               lasting);
const char           *fairlead_remote_script_get_marker (FairleadRemoteScript  *self);
GBytes               *fairlead_remote_script_to_bytes   (FairleadRemoteScript  *self);
void                  fairlead_remote_script_run_async  (FairleadRemoteScript  *self,
                                                         FairleadRemote        *remote,
                                                         guint                  timeout,
                                                         GCancellable          *cancellable,
                                                         GAsyncReadyCallback    callback,
                                                         gpointer               user_data);
FairleadRemoteReply  *fairlead_remote_script_run_finish (FairleadRemote        *remote,
                                                         GAsyncResult          *result,
                                                         GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadRemoteScript, fairlead_remote_script_free)

G_END_DECLS
