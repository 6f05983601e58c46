/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The form of every event of EVENTS.md. */

JsonObject *fairlead_cli_json_new      (const char *event);
void        fairlead_cli_json_set_text (JsonObject *self,
                                        const char *field,
                                        const char *text);
char       *fairlead_cli_json_to_line  (JsonObject *self);
gboolean    fairlead_cli_json_write    (JsonObject *self);

G_END_DECLS
