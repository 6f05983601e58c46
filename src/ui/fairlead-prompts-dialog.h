/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-question.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_PROMPTS_DIALOG (fairlead_prompts_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FairleadPromptsDialog, fairlead_prompts_dialog, FAIRLEAD, PROMPTS_DIALOG,
                      AdwMessageDialog)

GtkWindow *fairlead_prompts_dialog_new (GtkWindow               *parent,
                                        FairleadPromptsQuestion *question);

G_END_DECLS
