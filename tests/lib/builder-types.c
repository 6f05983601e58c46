/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Preloaded into gtk4-builder-tool by tests/check-data: registers the types of libadwaita that
 * FAIRLEAD_BUILDER_TYPES names. Other types GtkBuilder finds by itself, but not a template's parent.
 */
#include <glib-object.h>
#include <gmodule.h>

/* "AdwHeaderBar" → "adw_header_bar_get_type" */
static char *
get_type_symbol (const char *name)
{
  GString *symbol = g_string_new (NULL);

  for (const char *p = name; *p != '\0'; p++)
    {
      if (p > name && g_ascii_isupper (*p))
        g_string_append_c (symbol, '_');
      g_string_append_c (symbol, g_ascii_tolower (*p));
    }
  g_string_append (symbol, "_get_type");
  return g_string_free (symbol, FALSE);
}

static void
register_type (GModule    *module,
               const char *name)
{
  g_autofree char *symbol = get_type_symbol (name);
  GType (*get_type) (void) = NULL;

  if (g_module_symbol (module, symbol, (gpointer *) &get_type))
    g_type_ensure (get_type ());
}

__attribute__ ((constructor)) static void
register_types (void)
{
  g_auto (GStrv) names = g_strsplit (g_getenv ("FAIRLEAD_BUILDER_TYPES") ?: "", " ", -1);
  GModule *module = g_module_open ("libadwaita-1.so.0", 0);

  for (char **name = names; module != NULL && *name != NULL; name++)
    register_type (module, *name);
}
