/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-json.h"
#include "fuzz.h"

/* Foreign JSON: what the pre-scan lets through must not upset json-glib. */

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = fuzz_text (data, size);
  g_autoptr (JsonNode) node = NULL;

  text = g_realloc (text, size + 1);
  if (size > 0)
    memcpy (text, data, size);
  text[size] = '\0';
  node = fairlead_json_parse (text, size, 1 << 20, NULL);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      g_auto (GStrv) strings = fairlead_json_dup_strv (object, "a");

      fairlead_json_get_string (object, "a", NULL);
      fairlead_json_get_int (object, "a", 0);
      fairlead_json_get_double (object, "a", 0);
      fairlead_json_get_boolean (object, "a", FALSE);
      fairlead_json_get_object (object, "a");
      fairlead_json_get_array (object, "a");
    }
  return 0;
}
