/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-command-line.h"
#include "fairlead-target.h"
#include "fuzz.h"

/* A pasted command line, address or log line. */

static void
describe (FairleadCommandLine *line)
{
  g_autoptr (FairleadCommandLine) owned = line;
  g_autoptr (GPtrArray) described = NULL;
  g_autofree char *port = NULL;

  if (line == NULL)
    return;
  described = fairlead_command_line_describe (line);
  port = fairlead_command_line_get_value (line, "port");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = fuzz_text (data, size);
  FairleadTargetOptions options = { .home = fuzz_home (), .config_file = "/dev/null" };
  g_autoptr (FairleadTarget) target = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    return 0;
  describe (fairlead_command_line_parse (text, NULL));
  describe (fairlead_command_line_parse_command (text, NULL));
  describe (fairlead_command_line_parse_destination (text, NULL));
  target = fairlead_target_new_for_text (text, &options, NULL);
  return 0;
}
