/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-profiles.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <stdio.h>

#include "fairlead-cli-events.h"
#include "fairlead-cli-private.h"
#include "fairlead-error.h"
#include "fairlead-log-model.h"

/* What import, export and list share. */

/**
 * fairlead_cli_profiles_parse:
 * @line: what the command takes
 * @argc: (inout): number of @argv
 * @argv: (inout): the command and what follows it; the options are taken out
 * @json: (out): --json was given
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Returns: %FALSE if the line cannot be understood
 */
gboolean
fairlead_cli_profiles_parse (const FairleadCliLine   *line,
                             int                     *argc,
                             char                  ***argv,
                             gboolean                *json,
                             GError                 **error)
{
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, json, N_("Write one JSON object per line"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (line->parameters);
  g_autofree char *name = g_strconcat ("fairlead-cli ", line->name, NULL);
  g_autoptr (GError) local = NULL;

  g_set_prgname (name);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _(line->summary));
  if (line->entries != NULL)
    g_option_context_add_main_entries (context, line->entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &local))
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, "%s", local->message);
  else if (*argc - 1 < line->min_arguments || *argc - 1 > line->max_arguments)
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("Usage: %s [OPTION…] %s"), name,
                        line->parameters);
  else
    return TRUE;
  return FALSE;
}

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

static void
set_text (JsonObject *event,
          const char *field,
          const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  json_object_set_string_member (event, field, valid);
}

static JsonObject *
event_new (const char *name)
{
  JsonObject *event = json_object_new ();

  json_object_set_int_member (event, "v", 1);
  set_text (event, "event", name);
  return event;
}

/* Takes @event. */
static void
write_event (JsonObject *event)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), event);
  g_autofree char *line = json_to_string (node, FALSE);

  json_object_unref (event);
  puts (line);
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
      event = event_new ("connection");
      set_text (event, "name", name);
      set_text (event, "address", shown);
      set_text (event, "type", profile != NULL ? get_type (profile) : NULL);
      set_text (event, "state", state);
      set_text (event, "reason", reason);
      write_event (event);
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
      event = event_new ("note");
      set_text (event, "name", name);
      set_text (event, "part", note->keyword);
      set_text (event, "reason", note->reason);
      write_event (event);
    }
  else
    g_printerr ("%s: %s: %s\n", name, note->keyword, note->reason);
}

/**
 * fairlead_cli_profiles_end:
 * @json: write events
 * @error: (nullable): what ends the command
 *
 * Returns: the exit code
 */
int
fairlead_cli_profiles_end (gboolean      json,
                           const GError *error)
{
  int code = error != NULL ? (int) fairlead_cli_exit_for_error (error) : FAIRLEAD_CLI_EXIT_OK;

  if (error != NULL && json)
    fairlead_cli_event_error (error);
  else if (error != NULL)
    fairlead_cli_print_error (error);
  if (json)
    fairlead_cli_event_exit (code, FAIRLEAD_CLI_SOLVER_NONE);
  return code;
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

  if (!fairlead_cli_profiles_parse (&line, &argc, &argv, &json, &error))
    return fairlead_cli_profiles_end (json, error);
  store = fairlead_cli_profiles_load ();
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (FairleadProfile) profile = g_list_model_get_item (G_LIST_MODEL (store), i);

      fairlead_cli_profiles_show (profile, fairlead_profile_get_name (profile), "saved", NULL, json);
    }
  return fairlead_cli_profiles_end (json, NULL);
}
