/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fairlead-cli-profiles.h"
#include "fairlead-error.h"

#define APPLICATION_ID "io.github.fairlead.Fairlead"

/* What was typed after "import". */
typedef struct {
  gboolean  list;
  gboolean  aliases;
  gboolean  json;
  char    **names;
} Options;

static gboolean
has_bus (void)
{
  g_autofree char *path = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);

  return g_getenv ("DBUS_SESSION_BUS_ADDRESS") != NULL || g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The window keeps the connections in memory, and would write over what is saved behind its back. */
static gboolean
check_window (GError **error)
{
  g_autoptr (GDBusConnection) bus = has_bus () ? g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL) : NULL;
  g_autoptr (GVariant) reply = NULL;
  gboolean owned = FALSE;

  if (bus != NULL)
    reply = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                         "org.freedesktop.DBus", "NameHasOwner",
                                         g_variant_new ("(s)", APPLICATION_ID), G_VARIANT_TYPE ("(b)"),
                                         G_DBUS_CALL_FLAGS_NO_AUTO_START, 5000, NULL, NULL);
  if (reply != NULL)
    g_variant_get (reply, "(b)", &owned);
  if (!owned)
    return TRUE;
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                      _("Fairlead’s window is open, and would write over what is imported here."));
  if (error != NULL)
    fairlead_error_set_hint (*error, _("Import in the window, or close it first."));
  return FALSE;
}

/* With --name only those, whether they are there already or not. */
static gboolean
choose (FairleadImport  *import,
        char           **names,
        GError         **error)
{
  for (guint i = 0; names != NULL && i < import->candidates->len; i++)
    ((FairleadImportCandidate *) g_ptr_array_index (import->candidates, i))->chosen = FALSE;
  for (char **name = names; name != NULL && *name != NULL; name++)
    {
      FairleadImportCandidate *found = NULL;

      for (guint i = 0; found == NULL && i < import->candidates->len; i++)
        {
          FairleadImportCandidate *candidate = g_ptr_array_index (import->candidates, i);

          if (g_str_equal (candidate->original, *name))
            found = candidate;
        }
      if (found == NULL || found->profile == NULL)
        {
          fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, found == NULL
                              ? _("“%s” is not in %s.") : _("“%s” of %s cannot be imported."), *name,
                              import->source);
          return FALSE;
        }
      found->chosen = TRUE;
    }
  return TRUE;
}

static void
show (FairleadImport *import,
      Options        *options)
{
  for (guint i = 0; i < import->candidates->len; i++)
    {
      FairleadImportCandidate *candidate = g_ptr_array_index (import->candidates, i);
      const char *state = candidate->profile == NULL ? "refused"
                          : options->list ? (candidate->reason != NULL ? "present" : "available")
                          : candidate->chosen ? "imported" : "present";

      /* Others than those that were asked for are nobody's business. */
      if (options->names != NULL && !candidate->chosen)
        continue;
      fairlead_cli_profiles_show (candidate->profile, candidate->name, state,
                                  candidate->chosen ? NULL : candidate->reason, options->json);
      for (guint n = 0; n < candidate->notes->len; n++)
        fairlead_cli_profiles_note (candidate->name, g_ptr_array_index (candidate->notes, n),
                                    options->json);
    }
}

static gboolean
import (const char  *file,
        Options     *options,
        GError     **error)
{
  g_autoptr (FairleadProfileStore) store = NULL;
  g_autoptr (FairleadImport) plan = options->aliases ? fairlead_import_list_aliases (NULL, error)
                                    : fairlead_import_read (file, error);

  if (plan == NULL || (!options->list && !check_window (error)))
    return FALSE;
  store = fairlead_cli_profiles_load ();
  fairlead_import_plan (plan, store);
  if (!choose (plan, options->names, error))
    return FALSE;
  if (!options->list && fairlead_import_apply (plan, store) > 0 &&
      !fairlead_profile_store_flush (store, error))
    return FALSE;
  show (plan, options);
  return TRUE;
}

static gboolean
check_options (Options  *options,
               int       argc,
               GError  **error)
{
  if (options->aliases != (argc == 1))
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("Name one file, or use --aliases."));
  else if (options->aliases && options->names == NULL && !options->list)
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                        _("Say with --name which aliases; --list shows them."));
  else
    return TRUE;
  return FALSE;
}

/**
 * fairlead_cli_import:
 * @argc: number of @argv
 * @argv: `import` and what follows it
 *
 * `fairlead-cli import [--list] [--name NAME]… FILE` or `--aliases`: saves the connections of an export
 * or of the add-on's connections.toml, or aliases of ssh_config(5).
 *
 * Returns: the exit code
 */
int
fairlead_cli_import (int    argc,
                     char **argv)
{
  Options options = { FALSE };
  const GOptionEntry entries[] = {
    { "list", 'l', 0, G_OPTION_ARG_NONE, &options.list, N_("Show what could be imported, and why what not"),
      NULL },
    { "name", 'n', 0, G_OPTION_ARG_STRING_ARRAY, &options.names, N_("Import this one; may be given again"),
      N_("NAME") },
    { "aliases", 0, 0, G_OPTION_ARG_NONE, &options.aliases, N_("Import aliases of your ssh configuration"),
      NULL },
    { NULL },
  };
  const FairleadCliLine line = {
    "import", entries, _("[FILE]"),
    N_("Saves the connections of a file: one exported by Fairlead, or the Blender add-on’s connections.toml."),
    0, 1,
  };
  g_autoptr (GError) error = NULL;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &options.json, &error) &&
      check_options (&options, argc, &error))
    import (argv[1], &options, &error);
  g_strfreev (options.names);
  return fairlead_cli_end (options.json, error);
}
