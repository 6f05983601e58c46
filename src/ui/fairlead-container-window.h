/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-remote.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_CONTAINER_WINDOW (fairlead_container_window_get_type ())
G_DECLARE_FINAL_TYPE (FairleadContainerWindow, fairlead_container_window, FAIRLEAD, CONTAINER_WINDOW, AdwWindow)

FairleadContainerWindow *fairlead_container_window_new            (GtkWindow               *parent);
void                     fairlead_container_window_load           (FairleadContainerWindow *self,
                                                                   FairleadRemote          *remote,
                                                                   const char              *host);
void                     fairlead_container_window_show_list      (FairleadContainerWindow *self,
                                                                   GListModel              *containers);
void                     fairlead_container_window_show_error     (FairleadContainerWindow *self,
                                                                   const GError            *error);

G_END_DECLS
