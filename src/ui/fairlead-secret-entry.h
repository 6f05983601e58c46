/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-secret.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_SECRET_ENTRY (fairlead_secret_entry_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSecretEntry, fairlead_secret_entry, FAIRLEAD, SECRET_ENTRY, AdwBin)

GtkWidget      *fairlead_secret_entry_new         (const char          *label,
                                                   gboolean             echo);
GtkEntry       *fairlead_secret_entry_get_entry   (FairleadSecretEntry *self);
const char     *fairlead_secret_entry_get_text    (FairleadSecretEntry *self);
FairleadSecret *fairlead_secret_entry_take_secret (FairleadSecretEntry *self);

G_END_DECLS
