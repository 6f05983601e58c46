/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-key-list.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_KEY_ROW (fairlead_key_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadKeyRow, fairlead_key_row, FAIRLEAD, KEY_ROW, AdwExpanderRow)

GtkWidget  *fairlead_key_row_new      (const FairleadKeyEntry *entry);
const char *fairlead_key_row_get_path (FairleadKeyRow         *self);

G_END_DECLS
