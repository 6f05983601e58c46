/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean fairlead_ssh_capture (const char * const  *argv,
                               gint64               silence,
                               gsize                limit,
                               GByteArray          *output,
                               GByteArray          *errors,
                               GCancellable        *cancellable,
                               int                 *status,
                               GError             **error);

G_END_DECLS
