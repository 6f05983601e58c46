/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_FETCH_DIALOG (fairlead_fetch_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FairleadFetchDialog, fairlead_fetch_dialog, FAIRLEAD, FETCH_DIALOG, AdwWindow)

GtkWindow *fairlead_fetch_dialog_new (GtkWindow   *parent,
                                    FairleadRun *run);

G_END_DECLS
