/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_FILE_ROW (fairlead_file_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadFileRow, fairlead_file_row, FAIRLEAD, FILE_ROW, AdwActionRow)

GFile   *fairlead_file_row_get_file      (FairleadFileRow *self);
void     fairlead_file_row_set_file      (FairleadFileRow *self,
                                          GFile           *file);
gboolean fairlead_file_row_was_chosen    (FairleadFileRow *self);

G_END_DECLS
