/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_KEYS_WINDOW (fairlead_keys_window_get_type ())
G_DECLARE_FINAL_TYPE (FairleadKeysWindow, fairlead_keys_window, FAIRLEAD, KEYS_WINDOW, AdwWindow)

GtkWindow *fairlead_keys_window_new (GtkWindow *parent);

G_END_DECLS
