/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

GtkWindow *fairlead_tunnel_edit (GtkWindow      *parent,
                                 FairleadRun    *run,
                                 FairleadTunnel *tunnel);

G_END_DECLS
