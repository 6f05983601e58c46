/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-import.h"
#include "fairlead-toml.h"
#include "fuzz.h"

/* The bytes as TOML, and as a file of connections that is imported: the add-on's or one of our own. */

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = g_malloc (size + 1);
  g_autoptr (JsonObject) root = NULL;
  g_autoptr (FairleadImport) import = NULL;

  if (size > 0)
    memcpy (text, data, size);
  text[size] = '\0';
  root = fairlead_toml_parse (text, size, NULL);
  import = fairlead_import_parse (text, size, "fuzz", NULL);
  return 0;
}
