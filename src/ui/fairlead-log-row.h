/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fairlead-log-line.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_LOG_ROW (fairlead_log_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadLogRow, fairlead_log_row, FAIRLEAD, LOG_ROW, GtkWidget)

/**
 * FairleadLogLooks:
 * @wrap: long lines take several rows of text
 * @numbers: each line has its number before it
 * @needle: (nullable): what to mark in the text
 *
 * How the rows of one log are shown.
 */
typedef struct {
  gboolean wrap;
  gboolean numbers;
  char *needle;
} FairleadLogLooks;

GtkWidget *fairlead_log_row_new      (void);
void       fairlead_log_row_set_line (FairleadLogRow         *self,
                                      FairleadLogLine        *line);
FairleadLogLine *fairlead_log_row_get_line (FairleadLogRow *self);
void       fairlead_log_row_set_looks (FairleadLogRow         *self,
                                       const FairleadLogLooks *looks);

G_END_DECLS
