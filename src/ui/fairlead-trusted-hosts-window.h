/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_TRUSTED_HOSTS_WINDOW (fairlead_trusted_hosts_window_get_type ())
G_DECLARE_FINAL_TYPE (FairleadTrustedHostsWindow, fairlead_trusted_hosts_window, FAIRLEAD,
                      TRUSTED_HOSTS_WINDOW, AdwWindow)

GtkWindow *fairlead_trusted_hosts_window_new (GtkWindow *parent);

G_END_DECLS
