/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-secret.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_PASSPHRASE_STORE (fairlead_passphrase_store_get_type ())
G_DECLARE_DERIVABLE_TYPE (FairleadPassphraseStore, fairlead_passphrase_store,
                          FAIRLEAD, PASSPHRASE_STORE, GObject)

/**
 * FairleadPassphraseStoreClass:
 * @lookup: sets @passphrase, %NULL where none is remembered for the key
 * @store: in place of an earlier one for the key
 * @forget: does nothing where none is remembered
 *
 * Where passphrases of key files are remembered beyond the end of the program, if the person wants
 * that. Called by the thread of a session, which waits: every call must end within a time limit, and
 * soon after its cancellable is cancelled. More than one session may call at a time.
 */
struct _FairleadPassphraseStoreClass {
  GObjectClass parent_class;

  gboolean (*lookup) (FairleadPassphraseStore  *self,
                      const char               *path,
                      const char               *fingerprint,
                      FairleadSecret          **passphrase,
                      GCancellable             *cancellable,
                      GError                  **error);
  gboolean (*store)  (FairleadPassphraseStore  *self,
                      const char               *path,
                      const char               *fingerprint,
                      FairleadSecret           *passphrase,
                      GCancellable             *cancellable,
                      GError                  **error);
  gboolean (*forget) (FairleadPassphraseStore  *self,
                      const char               *path,
                      const char               *fingerprint,
                      GCancellable             *cancellable,
                      GError                  **error);
};

gboolean fairlead_passphrase_store_lookup (FairleadPassphraseStore  *self,
                                           const char               *path,
                                           const char               *fingerprint,
                                           FairleadSecret          **passphrase,
                                           GCancellable             *cancellable,
                                           GError                  **error);
gboolean fairlead_passphrase_store_store  (FairleadPassphraseStore  *self,
                                           const char               *path,
                                           const char               *fingerprint,
                                           FairleadSecret           *passphrase,
                                           GCancellable             *cancellable,
                                           GError                  **error);
gboolean fairlead_passphrase_store_forget (FairleadPassphraseStore  *self,
                                           const char               *path,
                                           const char               *fingerprint,
                                           GCancellable             *cancellable,
                                           GError                  **error);

G_END_DECLS
