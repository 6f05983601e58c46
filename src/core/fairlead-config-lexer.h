/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char     *fairlead_config_split_keyword (const char  *line,
                                         const char **rest);
char     *fairlead_config_take_delimited (const char **text);
char    **fairlead_config_split_words   (const char  *text);
char     *fairlead_config_quote         (const char  *value);
guint     fairlead_config_parse_port    (const char  *text);
gboolean  fairlead_config_parse_time    (const char  *text,
                                         int         *seconds);
gboolean  fairlead_config_parse_int     (const char  *text,
                                         int         *number);

G_END_DECLS
