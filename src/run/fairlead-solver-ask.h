/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void    fairlead_solver_ask_async  (GIOStream            *stream,
                                    GBytes               *request,
                                    gboolean              half_close,
                                    guint                 silence_ms,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
GBytes *fairlead_solver_ask_finish (GIOStream            *stream,
                                    GAsyncResult         *result,
                                    GError              **error);

G_END_DECLS
