/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void fairlead_frame_gaps_watch (GtkWidget *window);
void fairlead_frame_gaps_write (void);

G_END_DECLS
