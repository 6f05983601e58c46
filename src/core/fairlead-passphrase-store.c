/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-passphrase-store.h"

G_DEFINE_ABSTRACT_TYPE (FairleadPassphraseStore, fairlead_passphrase_store, G_TYPE_OBJECT)

static void
fairlead_passphrase_store_class_init (FairleadPassphraseStoreClass *klass)
{
}

static void
fairlead_passphrase_store_init (FairleadPassphraseStore *self)
{
}

/**
 * fairlead_passphrase_store_lookup:
 * @path: the key file
 * @fingerprint: (nullable): "SHA256:…" of its public key; %NULL where the file does not show it
 * @passphrase: (out) (transfer full) (nullable): the passphrase, %NULL where none is remembered
 *
 * Blocks for a limited time; any thread but the main one.
 *
 * Returns: %FALSE when the store cannot be asked, or %G_IO_ERROR_CANCELLED
 */
gboolean
fairlead_passphrase_store_lookup (FairleadPassphraseStore  *self,
                                  const char               *path,
                                  const char               *fingerprint,
                                  FairleadSecret          **passphrase,
                                  GCancellable             *cancellable,
                                  GError                  **error)
{
  g_return_val_if_fail (FAIRLEAD_IS_PASSPHRASE_STORE (self), FALSE);
  g_return_val_if_fail (path != NULL && passphrase != NULL, FALSE);

  *passphrase = NULL;
  return FAIRLEAD_PASSPHRASE_STORE_GET_CLASS (self)->lookup (self, path, fingerprint, passphrase,
                                                             cancellable, error);
}

/**
 * fairlead_passphrase_store_store:
 * @path: the key file
 * @fingerprint: (nullable): as it was looked up with
 * @passphrase: opens it
 *
 * Blocks for a limited time; any thread but the main one.
 *
 * Returns: %FALSE when it was not stored
 */
gboolean
fairlead_passphrase_store_store (FairleadPassphraseStore  *self,
                                 const char               *path,
                                 const char               *fingerprint,
                                 FairleadSecret           *passphrase,
                                 GCancellable             *cancellable,
                                 GError                  **error)
{
  g_return_val_if_fail (FAIRLEAD_IS_PASSPHRASE_STORE (self), FALSE);
  g_return_val_if_fail (path != NULL && passphrase != NULL, FALSE);

  return FAIRLEAD_PASSPHRASE_STORE_GET_CLASS (self)->store (self, path, fingerprint, passphrase,
                                                            cancellable, error);
}

/**
 * fairlead_passphrase_store_forget:
 * @path: the key file
 * @fingerprint: (nullable): as it was looked up with
 *
 * Blocks for a limited time; any thread but the main one.
 *
 * Returns: %FALSE when it may still be remembered
 */
gboolean
fairlead_passphrase_store_forget (FairleadPassphraseStore  *self,
                                  const char               *path,
                                  const char               *fingerprint,
                                  GCancellable             *cancellable,
                                  GError                  **error)
{
  g_return_val_if_fail (FAIRLEAD_IS_PASSPHRASE_STORE (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  return FAIRLEAD_PASSPHRASE_STORE_GET_CLASS (self)->forget (self, path, fingerprint, cancellable,
                                                             error);
}
