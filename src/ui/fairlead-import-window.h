/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-import.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_IMPORT_WINDOW (fairlead_import_window_get_type ())
G_DECLARE_FINAL_TYPE (FairleadImportWindow, fairlead_import_window, FAIRLEAD, IMPORT_WINDOW, AdwWindow)

GtkWindow *fairlead_import_window_new (GtkWindow            *parent,
                                       FairleadProfileStore *store,
                                       FairleadImport       *plan);

G_END_DECLS
