/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-config-note.h"
#include "fairlead-ssh-config.h"
#include "fuzz.h"

/* The bytes as the person's ssh_config(5). Nothing is run: nobody is there to allow a Match exec. */

/* No Include leads out of the empty home: what stands on this machine is no part of the input. */
static void
keep_inside (char  *text,
             gsize  size)
{
  char *line = text;

  while (line < text + size)
    {
      char *end = memchr (line, '\n', text + size - line);
      gsize length = (end ? end : text + size) - line;
      g_autofree char *lower = g_ascii_strdown (line, length);

      if (strstr (lower, "include") != NULL || strlen (lower) < length)
        for (gsize i = 0; i < length; i++)
          if (line[i] == '/' || line[i] == '~')
            line[i] = '.';
      line += length + 1;
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = fuzz_text (data, size);
  FairleadSshConfigOptions options = { .home = fuzz_home (), .system_config_file = "/dev/null" };
  g_autoptr (FairleadSshConfig) config = NULL;
  g_auto (GStrv) aliases = NULL;

  text = g_realloc (text, size + 1);
  memcpy (text, data, size);
  keep_inside (text, size);
  options.config_file = fuzz_file ((const uint8_t *) text, size);
  config = fairlead_ssh_config_new ("gpu.example.com", &options, NULL);
  if (config != NULL)
    {
      g_autofree char *printed = fairlead_ssh_config_print (config);
      g_autofree const char **keywords = fairlead_ssh_config_list_keywords ();

      for (guint i = 0; keywords[i] != NULL; i++)
        {
          const char *value = fairlead_ssh_config_lookup (config, keywords[i], NULL);
          g_autofree char *expanded = NULL;

          fairlead_ssh_config_lookup_list (config, keywords[i], NULL);
          fairlead_ssh_config_get_source (config, keywords[i], 0);
          if (value != NULL)
            expanded = fairlead_ssh_config_expand (config, value, NULL);
        }
      fairlead_ssh_config_get_notes (config);
    }
  aliases = fairlead_ssh_config_list_aliases (&options);
  return 0;
}
