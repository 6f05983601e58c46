/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_UPLOAD_DIALOG (fairlead_upload_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FairleadUploadDialog, fairlead_upload_dialog, FAIRLEAD, UPLOAD_DIALOG, AdwWindow)

GtkWindow *fairlead_upload_dialog_new (GtkWindow   *parent,
                                     FairleadRun *run);

G_END_DECLS
