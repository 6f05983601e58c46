/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define FAIRLEAD_RESOURCES "/io/github/fairlead/Fairlead/"

void fairlead_ui_init  (void);
void fairlead_ui_later (GSourceFunc  func,
                        gpointer     object);

G_END_DECLS
