/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-config-note.h"
#include "fairlead-profile-store.h"
#include "fairlead-profile.h"
#include "fairlead-ssh-config.h"

G_BEGIN_DECLS

/* The format of our own export, in its member "fairlead-connections". */
#define FAIRLEAD_EXPORT_VERSION 1

/**
 * FairleadImportCandidate:
 * @original: its name in the file
 * @name: the name that it gets: the same, or one that is free
 * @profile: (nullable): the connection; %NULL when it cannot be imported
 * @reason: (nullable): why it cannot be imported; or, with @profile, why it is not chosen: it is there
 *   already
 * @notes: (element-type FairleadConfigNote): what of it is not used, and why; what came out otherwise
 * @chosen: whether fairlead_import_apply() adds it; for the person to change
 *
 * One connection that could be imported.
 */
typedef struct {
  char            *original;
  char            *name;
  FairleadProfile *profile;
  char            *reason;
  GPtrArray       *notes;
  gboolean         chosen;
} FairleadImportCandidate;

/**
 * FairleadImport:
 * @source: the file it comes from, for people
 * @candidates: (element-type FairleadImportCandidate): what is in it, in its order
 *
 * What a file has to offer: first a plan, which a person looks at, then done by
 * fairlead_import_apply(). Nothing of it is used before that.
 */
typedef struct {
  char      *source;
  GPtrArray *candidates;
} FairleadImport;

FairleadImport *fairlead_import_parse           (const char                      *data,
                                                 gsize                            length,
                                                 const char                      *source,
                                                 GError                         **error);
FairleadImport *fairlead_import_read            (const char                      *path,
                                                 GError                         **error);
FairleadImport *fairlead_import_list_aliases    (const FairleadSshConfigOptions  *options,
                                                 GError                         **error);
void            fairlead_import_free            (FairleadImport                  *self);
void            fairlead_import_plan            (FairleadImport                  *self,
                                                 FairleadProfileStore            *store);
guint           fairlead_import_apply           (FairleadImport                  *self,
                                                 FairleadProfileStore            *store);

/* On a thread of the pool; for the main thread. */
void            fairlead_import_read_async      (const char                      *path,
                                                 GCancellable                    *cancellable,
                                                 GAsyncReadyCallback              callback,
                                                 gpointer                         user_data);
void            fairlead_import_aliases_async   (GCancellable                    *cancellable,
                                                 GAsyncReadyCallback              callback,
                                                 gpointer                         user_data);
FairleadImport *fairlead_import_finish          (GAsyncResult                    *result,
                                                 GError                         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadImport, fairlead_import_free)

G_END_DECLS
