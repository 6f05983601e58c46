/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_WINDOW (fairlead_window_get_type ())
G_DECLARE_FINAL_TYPE (FairleadWindow, fairlead_window, FAIRLEAD, WINDOW, AdwApplicationWindow)

FairleadWindow *fairlead_window_new (GtkApplication *application);

G_END_DECLS
