/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-question.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_PASSPHRASE_DIALOG (fairlead_passphrase_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FairleadPassphraseDialog, fairlead_passphrase_dialog,
                      FAIRLEAD, PASSPHRASE_DIALOG, AdwMessageDialog)

GtkWindow *fairlead_passphrase_dialog_new (GtkWindow                  *parent,
                                           FairleadPassphraseQuestion *question);

G_END_DECLS
