/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* More than a list of connections, less than what takes a while. */
#define FAIRLEAD_TOML_MAX_SIZE (1024 * 1024)

#define FAIRLEAD_TOML_MAX_DEPTH 64

JsonObject *fairlead_toml_parse (const char  *data,
                                 gsize        length,
                                 GError     **error);

G_END_DECLS
