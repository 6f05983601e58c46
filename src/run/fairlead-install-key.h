/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-remote.h"

G_BEGIN_DECLS

/**
 * FairleadInstallKeyResult:
 * @FAIRLEAD_INSTALL_KEY_ADDED: the key was added
 * @FAIRLEAD_INSTALL_KEY_PRESENT: it was there already; nothing was added
 * @FAIRLEAD_INSTALL_KEY_LIMITED: it was there already behind options, which may limit what it can do;
 *   nothing was added
 */
typedef enum {
  FAIRLEAD_INSTALL_KEY_ADDED,
  FAIRLEAD_INSTALL_KEY_PRESENT,
  FAIRLEAD_INSTALL_KEY_LIMITED,
} FairleadInstallKeyResult;

/**
 * FairleadInstalledKey:
 * @result: what was done
 * @file: the file on the remote, inert
 * @home_is_writable: others can write the home there; with its default StrictModes sshd will not take
 *   any key then
 *
 * What became of a key that was to be installed.
 */
typedef struct {
  FairleadInstallKeyResult result;
  char *file;
  gboolean home_is_writable;
} FairleadInstalledKey;

void                  fairlead_install_key_async  (FairleadRemote        *remote,
                                                   const char            *line,
                                                   GCancellable          *cancellable,
                                                   GAsyncReadyCallback    callback,
                                                   gpointer               user_data);
FairleadInstalledKey *fairlead_install_key_finish (FairleadRemote        *remote,
                                                   GAsyncResult          *result,
                                                   GError               **error);
void                  fairlead_installed_key_free (FairleadInstalledKey  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadInstalledKey, fairlead_installed_key_free)

G_END_DECLS
