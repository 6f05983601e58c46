/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

gboolean fairlead_read_fd   (int          fd,
                             gsize        limit,
                             char       **contents,
                             gsize       *length,
                             GError     **error);
gboolean fairlead_read_file (const char  *path,
                             gsize        limit,
                             char       **contents,
                             gsize       *length,
                             struct stat *info,
                             GError     **error);

G_END_DECLS
