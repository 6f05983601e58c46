/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean fairlead_names_check_host (const char  *host,
                                    GError     **error);
gboolean fairlead_names_check_user (const char  *user,
                                    GError     **error);
gboolean fairlead_names_parse_port (const char  *text,
                                    guint       *port);

G_END_DECLS
