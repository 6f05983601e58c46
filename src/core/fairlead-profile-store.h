/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-types.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_PROFILE_STORE (fairlead_profile_store_get_type ())
G_DECLARE_FINAL_TYPE (FairleadProfileStore, fairlead_profile_store, FAIRLEAD, PROFILE_STORE, GObject)

FairleadProfileStore *fairlead_profile_store_new          (const char            *path);
const char           *fairlead_profile_store_get_path     (FairleadProfileStore  *self);
const char           *fairlead_profile_store_get_notice   (FairleadProfileStore  *self);
void                  fairlead_profile_store_load         (FairleadProfileStore  *self);
void                  fairlead_profile_store_load_async   (FairleadProfileStore  *self,
                                                           GCancellable          *cancellable,
                                                           GAsyncReadyCallback    callback,
                                                           gpointer               user_data);
gboolean              fairlead_profile_store_load_finish  (FairleadProfileStore  *self,
                                                           GAsyncResult          *result,
                                                           GError               **error);
void                  fairlead_profile_store_add          (FairleadProfileStore  *self,
                                                           FairleadProfile       *profile);
void                  fairlead_profile_store_remove       (FairleadProfileStore  *self,
                                                           FairleadProfile       *profile);
FairleadProfile      *fairlead_profile_store_find_id      (FairleadProfileStore  *self,
                                                           const char            *id);
FairleadProfile      *fairlead_profile_store_find_name    (FairleadProfileStore  *self,
                                                           const char            *name);
void                  fairlead_profile_store_flush_async  (FairleadProfileStore  *self,
                                                           GCancellable          *cancellable,
                                                           GAsyncReadyCallback    callback,
                                                           gpointer               user_data);
gboolean              fairlead_profile_store_flush_finish (FairleadProfileStore  *self,
                                                           GAsyncResult          *result,
                                                           GError               **error);
gboolean              fairlead_profile_store_flush        (FairleadProfileStore  *self,
                                                           GError               **error);

G_END_DECLS
