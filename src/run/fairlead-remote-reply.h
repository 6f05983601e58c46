/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FairleadRemoteReply FairleadRemoteReply;

FairleadRemoteReply *fairlead_remote_reply_parse    (const char           *output,
                                                     gsize                 length,
                                                     const char           *marker,
                                                     char                **chatter);
void                 fairlead_remote_reply_free     (FairleadRemoteReply  *self);
const char          *fairlead_remote_reply_get      (FairleadRemoteReply  *self,
                                                     const char           *key);
gint64               fairlead_remote_reply_get_int  (FairleadRemoteReply  *self,
                                                     const char           *key,
                                                     gint64                fallback);
const char          *fairlead_remote_reply_get_chatter (FairleadRemoteReply *self);
char                *fairlead_remote_reply_dup_text (FairleadRemoteReply  *self,
                                                     const char           *key);
char                *fairlead_remote_reply_dup_home_path (FairleadRemoteReply *self,
                                                          const char          *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadRemoteReply, fairlead_remote_reply_free)

G_END_DECLS
