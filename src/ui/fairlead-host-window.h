/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_HOST_WINDOW (fairlead_host_window_get_type ())
G_DECLARE_FINAL_TYPE (FairleadHostWindow, fairlead_host_window, FAIRLEAD, HOST_WINDOW, AdwWindow)

GtkWindow   *fairlead_host_window_new       (GtkWindow          *parent,
                                             FairleadRun        *run);
FairleadRun *fairlead_host_window_get_run   (FairleadHostWindow *self);
void         fairlead_host_window_show_page (FairleadHostWindow *self,
                                             const char         *name);

G_END_DECLS
