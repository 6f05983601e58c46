/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-question.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_APPROVAL_DIALOG (fairlead_approval_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FairleadApprovalDialog, fairlead_approval_dialog, FAIRLEAD, APPROVAL_DIALOG,
                      AdwMessageDialog)

GtkWindow *fairlead_approval_dialog_new (GtkWindow                *parent,
                                         FairleadApprovalQuestion *question);

G_END_DECLS
