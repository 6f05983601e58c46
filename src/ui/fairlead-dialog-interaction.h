/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fairlead-interaction.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_DIALOG_INTERACTION (fairlead_dialog_interaction_get_type ())
G_DECLARE_FINAL_TYPE (FairleadDialogInteraction, fairlead_dialog_interaction,
                      FAIRLEAD, DIALOG_INTERACTION, FairleadInteraction)

FairleadDialogInteraction *fairlead_dialog_interaction_new        (void);
void                       fairlead_dialog_interaction_set_parent (FairleadDialogInteraction *self,
                                                                   GtkWindow                 *parent);

G_END_DECLS
