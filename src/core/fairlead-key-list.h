/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-key-file.h"

G_BEGIN_DECLS

/**
 * FairleadKeyEntry:
 * @path: a file that says of itself that it is a private key
 * @info: (nullable): what it is
 * @problem: (nullable): or why that cannot be told
 */
typedef struct {
  char            *path;
  FairleadKeyInfo *info;
  char            *problem;
} FairleadKeyEntry;

void       fairlead_key_entry_free  (FairleadKeyEntry    *self);
GPtrArray *fairlead_key_list        (const char          *folder,
                                     GError             **error);
void       fairlead_key_list_async  (const char          *folder,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);
GPtrArray *fairlead_key_list_finish (GAsyncResult        *result,
                                     GError             **error);

G_END_DECLS
