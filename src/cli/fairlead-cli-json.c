/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-json.h"

#include <stdio.h>

/**
 * fairlead_cli_json_new:
 * @event: its name in EVENTS.md
 *
 * Returns: (transfer full): an event without fields of its own yet
 */
JsonObject *
fairlead_cli_json_new (const char *event)
{
  JsonObject *self = json_object_new ();

  json_object_set_int_member (self, "v", 1);
  json_object_set_string_member (self, "event", event);
  return self;
}

/**
 * fairlead_cli_json_set_text:
 * @self: an event
 * @field: the name of a field
 * @text: (nullable): what it holds, made valid UTF-8; %NULL for null
 */
void
fairlead_cli_json_set_text (JsonObject *self,
                            const char *field,
                            const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  json_object_set_string_member (self, field, valid);
}

/**
 * fairlead_cli_json_to_line:
 * @self: (transfer full): an event
 *
 * Returns: (transfer full): its line, without the line end
 */
char *
fairlead_cli_json_to_line (JsonObject *self)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), self);

  json_object_unref (self);
  return json_to_string (node, FALSE);
}

/**
 * fairlead_cli_json_write:
 * @self: (transfer full): an event
 *
 * Writes the line to standard output, at once.
 *
 * Returns: %FALSE when nobody reads standard output any more
 */
gboolean
fairlead_cli_json_write (JsonObject *self)
{
  g_autofree char *line = fairlead_cli_json_to_line (self);

  return puts (line) >= 0 && fflush (stdout) == 0;
}
