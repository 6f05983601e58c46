/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean fairlead_config_algorithms_check    (const char  *keyword,
                                              const char  *text,
                                              char       **unknown);
char    *fairlead_config_algorithms_assemble (const char  *keyword,
                                              const char  *text);

G_END_DECLS
