/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_NEW_KEY_WINDOW (fairlead_new_key_window_get_type ())
G_DECLARE_FINAL_TYPE (FairleadNewKeyWindow, fairlead_new_key_window, FAIRLEAD, NEW_KEY_WINDOW,
                      AdwWindow)

GtkWindow *fairlead_new_key_window_new (GtkWindow *parent);

G_END_DECLS
