/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

gboolean fairlead_write_fd      (int                fd,
                                 const void        *data,
                                 gsize              length);
gboolean fairlead_write_new     (const char        *path,
                                 const void        *data,
                                 gsize              length,
                                 const struct stat *like);
gboolean fairlead_write_replace (const char        *path,
                                 const void        *data,
                                 gsize              length,
                                 const struct stat *like,
                                 int                present_fd);
void     fairlead_sync_folder   (const char        *path);
char    *fairlead_follow_links  (const char        *path);

G_END_DECLS
