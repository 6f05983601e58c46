/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FAIRLEAD_RESOURCES "/io/github/fairlead/Fairlead/"

void fairlead_ui_init (void);

G_END_DECLS
