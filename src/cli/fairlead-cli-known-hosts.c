/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-known-hosts.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "fairlead-cli-events.h"
#include "fairlead-cli-json.h"
#include "fairlead-cli-line.h"
#include "fairlead-cli-private.h"
#include "fairlead-home.h"
#include "fairlead-known-hosts-list.h"

typedef struct {
  char *file;
  gboolean remove;
  gboolean hash;
  gboolean json;
} Options;

/* As the files have them, and EVENTS.md. */
static const char * const marker_words[] = {
  [FAIRLEAD_KNOWN_HOSTS_PLAIN] = "key",
  [FAIRLEAD_KNOWN_HOSTS_CERT_AUTHORITY] = "cert-authority",
  [FAIRLEAD_KNOWN_HOSTS_REVOKED] = "revoked",
};

static void
report_json (const FairleadKnownHostsEntry *entry,
             gboolean                       removed)
{
  JsonObject *event = fairlead_cli_json_new ("known-host");
  g_autofree char *file = g_utf8_make_valid (entry->file, -1);

  json_object_set_string_member (event, "file", file);
  json_object_set_int_member (event, "line", entry->line);
  json_object_set_boolean_member (event, "system", entry->system);
  json_object_set_string_member (event, "marker", marker_words[entry->marker]);
  json_object_set_string_member (event, "hosts", entry->hosts);
  json_object_set_string_member (event, "type", entry->key_type);
  json_object_set_string_member (event, "sha256", entry->fingerprint);
  json_object_set_string_member (event, "comment", entry->comment);
  json_object_set_string_member (event, "problem", entry->problem);
  json_object_set_boolean_member (event, "removed", removed);
  fairlead_cli_json_write (event);
}

static void
report (const FairleadKnownHostsEntry *entry,
        const Options                 *options)
{
  const char *hosts = entry->hosts != NULL ? entry->hosts : _("(hashed)");
  const char *marker = entry->marker == FAIRLEAD_KNOWN_HOSTS_PLAIN ? "" : marker_words[entry->marker];

  if (options->json)
    report_json (entry, options->remove);
  else if (entry->problem != NULL)
    g_print ("%s:%u: %s %s\n", entry->file, entry->line, entry->text, entry->problem);
  else
    g_print ("%s:%u: %s%s%s %s %s%s%s\n", entry->file, entry->line, marker, *marker ? " " : "", hosts,
             entry->word, entry->fingerprint, *entry->comment ? " " : "", entry->comment);
}

/* What is removed for a host: its own lines, as ssh-keygen -R has it. A pattern is about others too, and
 * a line with a marker is no key of the host. */
static gboolean
is_own (const FairleadKnownHostsEntry *entry)
{
  return !entry->system && entry->problem == NULL && entry->marker == FAIRLEAD_KNOWN_HOSTS_PLAIN
         && (entry->hosts == NULL || strpbrk (entry->hosts, "*?!") == NULL);
}

static GPtrArray *
choose (GPtrArray     *entries,
        const Options *options,
        const char    *host)
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint i = 0; i < entries->len; i++)
    {
      FairleadKnownHostsEntry *entry = g_ptr_array_index (entries, i);

      if ((host == NULL || fairlead_known_hosts_entry_is_about (entry, host))
          && (!options->remove || is_own (entry)))
        g_ptr_array_add (chosen, entry);
    }
  return chosen;
}

static gboolean
list (const Options      *options,
      const char * const *user_files,
      const char * const *system_files,
      const char         *host,
      GError            **error)
{
  g_autoptr (GPtrArray) entries = fairlead_known_hosts_list (user_files, system_files, error);
  g_autoptr (GPtrArray) chosen = NULL;
  g_autoptr (FairleadKnownHostsRemoval) removal = NULL;

  if (entries == NULL)
    return FALSE;
  chosen = choose (entries, options, host);
  if (options->remove)
    {
      removal = fairlead_known_hosts_remove (chosen, error);
      if (removal == NULL)
        return FALSE;
    }
  for (guint i = 0; i < chosen->len; i++)
    report (g_ptr_array_index (chosen, i), options);
  if (host != NULL && chosen->len == 0)
    g_printerr (_("Nothing is saved for %s.\n"), host);
  return TRUE;
}

static void
report_hashed (const Options *options,
               const char    *file,
               const char    *backup)
{
  if (options->json)
    {
      JsonObject *event = fairlead_cli_json_new ("hashed");

      json_object_set_string_member (event, "file", file);
      json_object_set_string_member (event, "backup", backup);
      fairlead_cli_json_write (event);
    }
  else if (backup != NULL)
    {
      g_print (_("%s: the names are hashed. They stand in %s still: remove it when all is well.\n"), file,
               backup);
    }
  else
    {
      g_print (_("%s: there is no name to hash.\n"), file);
    }
}

static gboolean
hash (const Options      *options,
      const char * const *user_files,
      GError            **error)
{
  for (guint i = 0; user_files[i] != NULL; i++)
    {
      g_autofree char *backup = NULL;

      if (options->file == NULL && !g_file_test (user_files[i], G_FILE_TEST_EXISTS))
        continue;
      if (!fairlead_known_hosts_hash_file (user_files[i], &backup, error))
        return FALSE;
      report_hashed (options, user_files[i], backup);
    }
  return TRUE;
}

static gboolean
run (const Options  *options,
     const char     *host,
     GError        **error)
{
  g_autofree char *first = g_build_filename (fairlead_ssh_home (), ".ssh", "known_hosts", NULL);
  g_autofree char *second = g_build_filename (fairlead_ssh_home (), ".ssh", "known_hosts2", NULL);
  const char *user_files[] = { first, second, NULL };
  const char *given[] = { options->file, NULL };
  static const char * const system_files[] = {
    "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2", NULL,
  };

  if (options->hash)
    return hash (options, options->file != NULL ? given : user_files, error);
  return options->file != NULL ? list (options, given, NULL, host, error)
                               : list (options, user_files, system_files, host, error);
}

static gboolean
parse (Options   *options,
       int       *argc,
       char    ***argv,
       GError   **error)
{
  const GOptionEntry entries[] = {
    { "file", 'f', 0, G_OPTION_ARG_FILENAME, &options->file,
      N_("This file in place of the person’s and the system’s"), N_("FILE") },
    { "remove", 'R', 0, G_OPTION_ARG_NONE, &options->remove,
      N_("Remove the keys that are saved for HOST"), NULL },
    { "hash", 'H', 0, G_OPTION_ARG_NONE, &options->hash,
      N_("Hash the names, leaving a copy of the file"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, N_("Write one JSON object per line"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[HOST]");
  g_autoptr (GError) local_error = NULL;

  g_set_prgname ("fairlead-cli known-hosts");
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _("Lists what known_hosts trusts, or what it says of HOST."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &local_error))
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, "%s", local_error->message);
  else if (*argc > 2 || (options->remove && *argc != 2) || (options->hash && *argc != 1)
           || (options->hash && options->remove))
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                        _("One host at most is taken; --remove needs one, --hash takes none."));
  else
    return TRUE;
  return FALSE;
}

/**
 * fairlead_cli_known_hosts:
 * @argc: number of @argv
 * @argv: "known-hosts" and what follows it
 *
 * `fairlead-cli known-hosts [HOST]`: what is trusted, without a display.
 *
 * Returns: the exit code
 */
int
fairlead_cli_known_hosts (int    argc,
                          char **argv)
{
  Options options = { NULL };
  g_autoptr (GError) error = NULL;
  int code;

  if (parse (&options, &argc, &argv, &error))
    run (&options, argc > 1 ? argv[1] : NULL, &error);
  code = fairlead_cli_end (options.json, error);
  g_free (options.file);
  return code;
}
