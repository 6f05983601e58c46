/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-passphrase-store.h"

G_BEGIN_DECLS

/* Milliseconds that the keyring has to answer, and that a person has to unlock it. */
#define FAIRLEAD_KEYRING_TIME_LIMIT (5 * 1000)
#define FAIRLEAD_KEYRING_PERSON_LIMIT (120 * 1000)

#define FAIRLEAD_TYPE_KEYRING (fairlead_keyring_get_type ())
G_DECLARE_FINAL_TYPE (FairleadKeyring, fairlead_keyring, FAIRLEAD, KEYRING, FairleadPassphraseStore)

FairleadPassphraseStore *fairlead_keyring_new (guint time_limit,
                                               guint person_limit);

G_END_DECLS
