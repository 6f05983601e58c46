/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_FIELD_ROW (fairlead_field_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadFieldRow, fairlead_field_row, FAIRLEAD, FIELD_ROW, AdwPreferencesRow)

const char *fairlead_field_row_get_text        (FairleadFieldRow *self);
void        fairlead_field_row_set_text        (FairleadFieldRow *self,
                                                const char       *text);
void        fairlead_field_row_set_placeholder (FairleadFieldRow *self,
                                                const char       *placeholder);
void        fairlead_field_row_set_note        (FairleadFieldRow *self,
                                                const char       *note);
void        fairlead_field_row_set_error       (FairleadFieldRow *self,
                                                const char       *error);
void        fairlead_field_row_add_suffix      (FairleadFieldRow *self,
                                                GtkWidget        *suffix);
const char *fairlead_field_row_get_error       (FairleadFieldRow *self);

G_END_DECLS
