/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-profile.h"

G_BEGIN_DECLS

/**
 * FairleadExportKind:
 * @FAIRLEAD_EXPORT_WHOLE: everything, for oneself
 * @FAIRLEAD_EXPORT_SHARE: for a colleague: without who one is and where one's keys are
 */
typedef enum {
  FAIRLEAD_EXPORT_WHOLE,
  FAIRLEAD_EXPORT_SHARE,
} FairleadExportKind;

FairleadProfile *fairlead_export_profile     (FairleadProfile      *profile,
                                              FairleadExportKind    kind);
char            *fairlead_export_to_text     (GPtrArray            *profiles,
                                              FairleadExportKind    kind);
gboolean         fairlead_export_save        (const char           *path,
                                              GPtrArray            *profiles,
                                              FairleadExportKind    kind,
                                              GError              **error);

/* On a thread of the pool; for the main thread. */
void             fairlead_export_save_async  (const char           *path,
                                              GPtrArray            *profiles,
                                              FairleadExportKind    kind,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean         fairlead_export_save_finish (GAsyncResult         *result,
                                              GError              **error);

G_END_DECLS
