/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *fairlead_config_normalize_forward (const char *spec,
                                         gboolean    proxy,
                                         gboolean    remote);

G_END_DECLS
