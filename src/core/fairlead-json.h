/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Deeper than anything we read, far from what overflows json-glib's recursive parser. */
#define FAIRLEAD_JSON_MAX_DEPTH 64

JsonNode   *fairlead_json_parse       (const char  *text,
                                       gssize       length,
                                       gsize        max_size,
                                       GError     **error);
const char *fairlead_json_get_string  (JsonObject  *object,
                                       const char  *name,
                                       const char  *fallback);
gint64      fairlead_json_get_int     (JsonObject  *object,
                                       const char  *name,
                                       gint64       fallback);
double      fairlead_json_get_double  (JsonObject  *object,
                                       const char  *name,
                                       double       fallback);
gboolean    fairlead_json_get_boolean (JsonObject  *object,
                                       const char  *name,
                                       gboolean     fallback);
JsonObject *fairlead_json_get_object  (JsonObject  *object,
                                       const char  *name);
JsonArray  *fairlead_json_get_array   (JsonObject  *object,
                                       const char  *name);
char      **fairlead_json_dup_strv    (JsonObject  *object,
                                       const char  *name);

G_END_DECLS
