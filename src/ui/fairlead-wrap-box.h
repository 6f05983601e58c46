/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_WRAP_BOX (fairlead_wrap_box_get_type ())
G_DECLARE_FINAL_TYPE (FairleadWrapBox, fairlead_wrap_box, FAIRLEAD, WRAP_BOX, GtkWidget)

G_END_DECLS
