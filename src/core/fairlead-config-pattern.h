/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean fairlead_config_match            (const char *text,
                                           const char *pattern);
gboolean fairlead_config_match_list       (const char *text,
                                           const char *patterns);
gboolean fairlead_config_match_list_exact (const char *text,
                                           const char *patterns);

G_END_DECLS
