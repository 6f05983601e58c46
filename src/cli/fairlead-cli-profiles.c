/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-profiles.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "fairlead-cli-events.h"
#include "fairlead-cli-json.h"
#include "fairlead-cli-private.h"
#include "fairlead-error.h"
#include "fairlead-log-model.h"

/* What import, export and list share. */

/**
 * fairlead_cli_profiles_load:
 *
 * Returns: (transfer full): the person's saved connections
 */
FairleadProfileStore *
fairlead_cli_profiles_load (void)
{
  FairleadProfileStore *store = fairlead_profile_store_new (NULL);

  fairlead_profile_store_load (store);
  if (fairlead_profile_store_get_notice (store) != NULL)
    g_printerr ("%s\n", fairlead_profile_store_get_notice (store));
  return store;
}

static const char *
get_type (FairleadProfile *profile)
{
  g_autoptr (GEnumClass) nicks = g_type_class_ref (FAIRLEAD_TYPE_PROFILE_TYPE);

  return g_enum_get_value (nicks, fairlead_profile_get_connection (profile))->value_nick;
}

/**
 * fairlead_cli_profiles_show:
 * @profile: (nullable): a connection; %NULL for one that cannot be imported
 * @name: its name
 * @state: a word of EVENTS.md
 * @reason: (nullable): why it is not imported
 * @json: write an event
 *
 * Writes about one connection: name and address on standard output, what is not done on standard error.
 */
void
fairlead_cli_profiles_show (FairleadProfile *profile,
                            const char      *name,
                            const char      *state,
                            const char      *reason,
                            gboolean         json)
{
  g_autofree char *address = profile != NULL ? fairlead_profile_dup_address (profile) : NULL;
  g_autofree char *shown = address != NULL ? fairlead_make_inert (address, -1) : NULL;
  JsonObject *event;

  if (json)
    {
      event = fairlead_cli_json_new ("connection");
      fairlead_cli_json_set_text (event, "name", name);
      fairlead_cli_json_set_text (event, "address", shown);
      fairlead_cli_json_set_text (event, "type", profile != NULL ? get_type (profile) : NULL);
      fairlead_cli_json_set_text (event, "state", state);
      fairlead_cli_json_set_text (event, "reason", reason);
      fairlead_cli_json_write (event);
    }
  else if (reason == NULL)
    g_print ("%s\t%s\n", name, shown);
  else
    /* Translators: the name of a connection, then a sentence that says why */
    g_printerr (_("“%s” is not imported. %s\n"), name, reason);
}

/**
 * fairlead_cli_profiles_note:
 * @name: the name of a connection
 * @note: what of it is not used
 * @json: write an event
 */
void
fairlead_cli_profiles_note (const char               *name,
                            const FairleadConfigNote *note,
                            gboolean                  json)
{
  JsonObject *event;

  if (json)
    {
      event = fairlead_cli_json_new ("note");
      fairlead_cli_json_set_text (event, "name", name);
      fairlead_cli_json_set_text (event, "part", note->keyword);
      fairlead_cli_json_set_text (event, "reason", note->reason);
      fairlead_cli_json_write (event);
    }
  else
    g_printerr ("%s: %s: %s\n", name, note->keyword, note->reason);
}

/**
 * fairlead_cli_list:
 * @argc: number of @argv
 * @argv: `list` and what follows it
 *
 * `fairlead-cli list [--json]`: the saved connections, by the names that other commands take.
 *
 * Returns: the exit code
 */
int
fairlead_cli_list (int    argc,
                   char **argv)
{
  static const FairleadCliLine line = {
    "list", NULL, "", N_("Lists the saved connections."), 0, 0,
  };
  g_autoptr (FairleadProfileStore) store = NULL;
  g_autoptr (GError) error = NULL;
  gboolean json = FALSE;

  if (!fairlead_cli_line_parse (&line, &argc, &argv, &json, &error))
    return fairlead_cli_end (json, error);
  store = fairlead_cli_profiles_load ();
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (FairleadProfile) profile = g_list_model_get_item (G_LIST_MODEL (store), i);

      fairlead_cli_profiles_show (profile, fairlead_profile_get_name (profile), "saved", NULL, json);
    }
  return fairlead_cli_end (json, NULL);
}
