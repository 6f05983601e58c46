/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "fairlead-cli-profiles.h"
#include "fairlead-error.h"
#include "fairlead-export.h"

static GPtrArray *
list_all (FairleadProfileStore *store)
{
  GPtrArray *profiles = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    g_ptr_array_add (profiles, g_list_model_get_item (G_LIST_MODEL (store), i));
  return profiles;
}

static GPtrArray *
select_profiles (FairleadProfileStore  *store,
                 char                 **names,
                 GError               **error)
{
  g_autoptr (GPtrArray) profiles = NULL;

  if (names == NULL)
    profiles = list_all (store);
  else
    profiles = g_ptr_array_new_with_free_func (g_object_unref);
  for (char **name = names; name != NULL && *name != NULL; name++)
    {
      FairleadProfile *profile = fairlead_profile_store_find_name (store, *name);

      if (profile == NULL)
        {
          fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("No connection is named “%s”."), *name);
          return NULL;
        }
      g_ptr_array_add (profiles, g_object_ref (profile));
    }
  if (profiles->len > 0)
    return g_steal_pointer (&profiles);
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("There are no saved connections."));
  return NULL;
}

/* "-" is standard output. */
static gboolean
save (const char          *file,
      GPtrArray           *profiles,
      FairleadExportKind   kind,
      gboolean             force,
      GError             **error)
{
  if (g_str_equal (file, "-"))
    {
      g_autofree char *text = fairlead_export_to_text (profiles, kind);

      if (fputs (text, stdout) >= 0 && fflush (stdout) == 0)
        return TRUE;
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("%s cannot be written: %s."), file,
                          g_strerror (errno));
      return FALSE;
    }
  if (!force && g_file_test (file, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("%s is there already."), file);
      if (error != NULL)
        fairlead_error_set_hint (*error, _("Choose another name, or replace it with --force."));
      return FALSE;
    }
  return fairlead_export_save (file, profiles, kind, error);
}

/* What was typed after "export". */
typedef struct {
  gboolean  share;
  gboolean  force;
  gboolean  json;
  char    **names;
} Options;

static gboolean
export (const char  *file,
        Options     *options,
        GError     **error)
{
  FairleadExportKind kind = options->share ? FAIRLEAD_EXPORT_SHARE : FAIRLEAD_EXPORT_WHOLE;
  g_autoptr (FairleadProfileStore) store = NULL;
  g_autoptr (GPtrArray) profiles = NULL;

  if (options->json && g_str_equal (file, "-"))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("--json needs a file to write to."));
      return FALSE;
    }
  store = fairlead_cli_profiles_load ();
  profiles = select_profiles (store, options->names, error);
  if (profiles == NULL || !save (file, profiles, kind, options->force, error))
    return FALSE;
  for (guint i = 0; i < profiles->len && !g_str_equal (file, "-"); i++)
    {
      g_autoptr (FairleadProfile) exported =
        fairlead_export_profile (g_ptr_array_index (profiles, i), kind);

      fairlead_cli_profiles_show (exported, fairlead_profile_get_name (exported), "exported", NULL,
                                  options->json);
    }
  return TRUE;
}

/**
 * fairlead_cli_export:
 * @argc: number of @argv
 * @argv: `export` and what follows it
 *
 * `fairlead-cli export [--share] [--name NAME]… FILE`: writes saved connections to a file.
 *
 * Returns: the exit code
 */
int
fairlead_cli_export (int    argc,
                     char **argv)
{
  Options options = { FALSE };
  const GOptionEntry entries[] = {
    { "share", 0, 0, G_OPTION_ARG_NONE, &options.share,
      N_("For a colleague: without user names, keys and paths of your own"), NULL },
    { "name", 'n', 0, G_OPTION_ARG_STRING_ARRAY, &options.names, N_("Export this one; may be given again"),
      N_("NAME") },
    { "force", 0, 0, G_OPTION_ARG_NONE, &options.force, N_("Replace a file that is there"), NULL },
    { NULL },
  };
  const FairleadCliLine line = {
    "export", entries, _("FILE"), N_("Writes the saved connections to a file, or to “-”."), 1, 1,
  };
  g_autoptr (GError) error = NULL;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &options.json, &error))
    export (argv[1], &options, &error);
  g_strfreev (options.names);
  return fairlead_cli_end (options.json, error);
}
