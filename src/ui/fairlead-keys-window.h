/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-agent.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_KEYS_WINDOW (fairlead_keys_window_get_type ())
G_DECLARE_FINAL_TYPE (FairleadKeysWindow, fairlead_keys_window, FAIRLEAD, KEYS_WINDOW, AdwWindow)

GtkWindow *fairlead_keys_window_new       (GtkWindow          *parent);
void       fairlead_keys_window_set_agent (FairleadKeysWindow *self,
                                           FairleadAgent      *agent);

G_END_DECLS
