/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FairleadFileHashProgress:
 * @length: how many bytes more have been read
 */
typedef void (*FairleadFileHashProgress) (gsize    length,
                                          gpointer user_data);

char *fairlead_file_hash (int                        fd,
                          FairleadFileHashProgress   progress,
                          gpointer                   user_data,
                          GCancellable              *cancellable,
                          GError                   **error);

G_END_DECLS
