/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-resolve.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "fairlead-cli-events.h"
#include "fairlead-cli-json.h"
#include "fairlead-cli-line.h"
#include "fairlead-cli-private.h"
#include "fairlead-cli-profile.h"
#include "fairlead-error.h"
#include "fairlead-ssh-config.h"
#include "fairlead-target.h"

/* The words of EVENTS.md. */
static const char * const source_words[] = {
  [FAIRLEAD_SOURCE_DEFAULT] = "default",
  [FAIRLEAD_SOURCE_GIVEN] = "given",
  [FAIRLEAD_SOURCE_FILE] = "file",
};

static void
set_source (JsonObject           *event,
            const FairleadSource *source)
{
  fairlead_cli_json_set_text (event, "source", source_words[source->kind]);
  fairlead_cli_json_set_text (event, "file", source->file);
  if (source->kind == FAIRLEAD_SOURCE_FILE)
    json_object_set_int_member (event, "line", source->line);
  else
    json_object_set_null_member (event, "line");
}

static void
write_event (const char           *name,
             const char           *keyword,
             const char           *field,
             const char           *text,
             const FairleadSource *source)
{
  JsonObject *event = fairlead_cli_json_new (name);

  fairlead_cli_json_set_text (event, "keyword", keyword);
  fairlead_cli_json_set_text (event, field, text);
  set_source (event, source);
  fairlead_cli_json_write (event);
}

/* The hosts on the way, the first to connect to first. */
static void
write_hops (FairleadTarget *hop,
            FairleadTarget *next)
{
  JsonObject *event;
  FairleadSource source = { FAIRLEAD_SOURCE_GIVEN, NULL, 0 };

  if (hop->via != NULL)
    write_hops (hop->via, hop);
  if (next != NULL)
    fairlead_ssh_config_lookup (next->config, "proxyjump", &source);
  event = fairlead_cli_json_new ("hop");
  fairlead_cli_json_set_text (event, "name", hop->name);
  fairlead_cli_json_set_text (event, "host", hop->host_name);
  json_object_set_int_member (event, "port", hop->port);
  fairlead_cli_json_set_text (event, "user", hop->user);
  fairlead_cli_json_set_text (event, "proxy_command", hop->proxy_command);
  json_object_set_boolean_member (event, "target", next == NULL);
  set_source (event, &source);
  fairlead_cli_json_write (event);
}

static void
write_events (FairleadTarget *target)
{
  g_autofree const char **keywords = fairlead_ssh_config_list_keywords ();

  write_hops (target, NULL);
  for (guint i = 0; keywords[i] != NULL; i++)
    {
      const char * const *values = fairlead_ssh_config_lookup_list (target->config, keywords[i],
                                                                    NULL);

      for (guint n = 0; values != NULL && values[n] != NULL; n++)
        {
          FairleadSource source = fairlead_ssh_config_get_source (target->config, keywords[i], n);

          write_event ("value", keywords[i], "value", values[n], &source);
        }
    }
  for (guint i = 0; i < target->notes->len; i++)
    {
      FairleadConfigNote *note = g_ptr_array_index (target->notes, i);

      write_event ("unused", note->keyword, "reason", note->reason, &note->source);
    }
}

/* The result on standard output, as ssh -G; what is not used, to the person. */
static void
print_text (FairleadTarget *target)
{
  g_autofree char *text = fairlead_ssh_config_print (target->config);

  fputs (text, stdout);
  for (guint i = 0; i < target->notes->len; i++)
    {
      FairleadConfigNote *note = g_ptr_array_index (target->notes, i);
      g_autofree char *where = fairlead_source_format (&note->source);

      /* Translators: file and line, a keyword, a sentence that says why it is not used */
      g_printerr (_("%s: %s is not used. %s\n"), where, note->keyword, note->reason);
    }
}

static FairleadTarget *
resolve (const char  *text,
         const char  *file,
         GError     **error)
{
  const FairleadTargetOptions options = { .config_file = file };
  g_autoptr (FairleadProfile) profile = fairlead_cli_profile_for_target (text, error);

  return profile != NULL ? fairlead_target_new_for_profile (profile, &options, error) : NULL;
}

/**
 * fairlead_cli_resolve:
 * @argc: number of @argv
 * @argv: `resolve` and what follows it
 *
 * `fairlead-cli resolve [-F FILE] [--json] TARGET`: what a target resolves to, in the form of
 * `ssh -G`.
 *
 * Returns: the exit code
 */
int
fairlead_cli_resolve (int    argc,
                      char **argv)
{
  g_autofree char *file = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "config", 'F', 0, G_OPTION_ARG_FILENAME, &file,
      N_("Read this file instead of your ssh configuration and the system’s"), N_("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Write one JSON object per line"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_("TARGET"));
  g_autoptr (FairleadTarget) target = NULL;
  g_autoptr (GError) error = NULL;

  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _("Shows what a target resolves to, as “ssh -G” does."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2)
    {
      if (error == NULL)
        fairlead_set_error (&error, FAIRLEAD_ERROR_USAGE, _("Name one target."));
      fairlead_cli_end (json, error);
      return FAIRLEAD_CLI_EXIT_USAGE;
    }
  target = resolve (argv[1], file, &error);
  if (target == NULL)
    return fairlead_cli_end (json, error);
  if (!json)
    {
      print_text (target);
      return FAIRLEAD_CLI_EXIT_OK;
    }
  write_events (target);
  fairlead_cli_event_exit (FAIRLEAD_CLI_EXIT_OK, FAIRLEAD_CLI_SOLVER_NONE);
  return FAIRLEAD_CLI_EXIT_OK;
}
