/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-resolved.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_SETTING_ROW (fairlead_setting_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSettingRow, fairlead_setting_row, FAIRLEAD, SETTING_ROW,
                      AdwPreferencesRow)

GtkWidget *fairlead_setting_row_new (const FairleadSetting *setting);

G_END_DECLS
