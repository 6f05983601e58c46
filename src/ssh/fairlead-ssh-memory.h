/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "fairlead-passphrase-store.h"

G_BEGIN_DECLS

/**
 * FairleadSshMemory:
 *
 * What this process has been told until it quits: host keys that were trusted for now ("Connect
 * Once") and passphrases that may be kept. Never on disk. It also knows the store of those that may be
 * remembered for longer, where there is one. Any thread.
 */
typedef struct _FairleadSshMemory FairleadSshMemory;

FairleadSshMemory *fairlead_ssh_memory_get_default  (void);
FairleadSshMemory *fairlead_ssh_memory_new          (void);
FairleadSshMemory *fairlead_ssh_memory_ref          (FairleadSshMemory *self);
void               fairlead_ssh_memory_unref        (FairleadSshMemory *self);
void               fairlead_ssh_memory_trust        (FairleadSshMemory *self,
                                                     const char        *connection,
                                                     const char        *host,
                                                     guint              port,
                                                     GBytes            *key);
gboolean           fairlead_ssh_memory_is_trusted   (FairleadSshMemory *self,
                                                     const char        *connection,
                                                     const char        *host,
                                                     guint              port,
                                                     GBytes            *key);
void               fairlead_ssh_memory_keep         (FairleadSshMemory *self,
                                                     const char        *path,
                                                     FairleadSecret    *passphrase);
FairleadSecret    *fairlead_ssh_memory_get          (FairleadSshMemory *self,
                                                     const char        *path);
void               fairlead_ssh_memory_forget       (FairleadSshMemory *self,
                                                     const char        *path);

void                     fairlead_ssh_memory_set_store (FairleadSshMemory       *self,
                                                        FairleadPassphraseStore *store);
FairleadPassphraseStore *fairlead_ssh_memory_get_store (FairleadSshMemory       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadSshMemory, fairlead_ssh_memory_unref)

G_END_DECLS
