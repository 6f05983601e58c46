/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-question.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_HOST_KEY_DIALOG (fairlead_host_key_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FairleadHostKeyDialog, fairlead_host_key_dialog,
                      FAIRLEAD, HOST_KEY_DIALOG, AdwMessageDialog)

GtkWindow *fairlead_host_key_dialog_new     (GtkWindow               *parent,
                                             FairleadHostKeyQuestion *question);
void       fairlead_host_key_dialog_dismiss (FairleadHostKeyDialog   *self);

G_END_DECLS
