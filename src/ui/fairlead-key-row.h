/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-agent.h"
#include "fairlead-key-list.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_KEY_ROW (fairlead_key_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadKeyRow, fairlead_key_row, FAIRLEAD, KEY_ROW, AdwExpanderRow)

GtkWidget  *fairlead_key_row_new           (const FairleadKeyEntry *entry);
GtkWidget  *fairlead_key_row_new_for_agent (const FairleadAgentKey *held);
const char *fairlead_key_row_get_path      (FairleadKeyRow         *self);
gboolean    fairlead_key_row_is_held       (FairleadKeyRow         *self,
                                            const FairleadAgentKey *held);
void        fairlead_key_row_set_held      (FairleadKeyRow         *self,
                                            gboolean                held);

G_END_DECLS
