/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-key.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <stdio.h>

#include "fairlead-cli-events.h"
#include "fairlead-cli-private.h"
#include "fairlead-fingerprint.h"

/* The words of EVENTS.md. */
static const char * const install_words[] = {
  [FAIRLEAD_INSTALL_KEY_ADDED] = "added",
  [FAIRLEAD_INSTALL_KEY_PRESENT] = "present",
  [FAIRLEAD_INSTALL_KEY_LIMITED] = "limited",
};

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

static void
write_key (const FairleadKeyInfo *info)
{
  JsonObject *event = event_new ("key");
  g_autofree char *mode = g_strdup_printf ("%04o", info->mode);

  set_text (event, "path", info->path);
  set_text (event, "form", info->form);
  json_object_set_boolean_member (event, "encrypted", info->encrypted);
  set_text (event, "mode", mode);
  json_object_set_boolean_member (event, "too_open", info->too_open);
  set_text (event, "type", info->type);
  if (info->type != NULL)
    json_object_set_int_member (event, "bits", info->bits);
  else
    json_object_set_null_member (event, "bits");
  set_text (event, "comment", info->comment);
  set_text (event, "sha256", info->sha256);
  set_text (event, "md5", info->md5);
  set_text (event, "picture", info->picture);
  set_text (event, "public", info->line);
  write_event (event);
}

/* The line for authorized_keys is the result; the rest is for the person. */
static void
print_key (const FairleadKeyInfo *info,
           gboolean               whole)
{
  g_printerr ("%s\n", info->path);
  g_printerr (info->encrypted ? _("  Form: %s, with a passphrase\n") : _("  Form: %s\n"),
              info->form_name);
  if (info->type != NULL)
    {
      g_printerr (_("  Type: %s, %u bits\n"), info->word, info->bits);
      g_printerr ("  %s\n  %s\n", info->sha256, info->md5);
      if (*info->comment != '\0')
        g_printerr (_("  Comment: %s\n"), info->comment);
    }
  if (info->too_open)
    g_printerr (_("  Other accounts can read it (mode %04o): fairlead-cli key fix-permissions\n"),
                info->mode);
  if (whole && info->picture != NULL)
    g_printerr ("%s\n", info->picture);
  fflush (stderr);
  if (info->line != NULL)
    puts (info->line);
}

/**
 * fairlead_cli_key_report:
 * @info: a key file
 * @json: write an event
 * @whole: for a person, the picture as well
 *
 * Says what a key file is.
 */
void
fairlead_cli_key_report (const FairleadKeyInfo *info,
                         gboolean               json,
                         gboolean               whole)
{
  if (json)
    write_key (info);
  else
    print_key (info, whole);
}

static void
print_install (const FairleadInstalledKey *installed,
               const char                 *target)
{
  switch (installed->result)
    {
    case FAIRLEAD_INSTALL_KEY_PRESENT:
      g_printerr (_("The key is in %s of %s already.\n"), installed->file, target);
      break;
    case FAIRLEAD_INSTALL_KEY_LIMITED:
      g_printerr (_("The key is in %s of %s already, with options that may limit what it can do. "
                    "It was left as it is.\n"), installed->file, target);
      break;
    case FAIRLEAD_INSTALL_KEY_ADDED:
    default:
      g_printerr (_("The key was added to %s of %s.\n"), installed->file, target);
      break;
    }
  if (installed->home_is_writable)
    g_printerr (_("Others can write the home folder on %s: sshd takes no key then, as a rule. There, "
                  "run: chmod go-w ~\n"), target);
}

/**
 * fairlead_cli_key_report_install:
 * @installed: what became of a key
 * @target: where, as it was typed
 * @json: write an event
 */
void
fairlead_cli_key_report_install (const FairleadInstalledKey *installed,
                                 const char                 *target,
                                 gboolean                    json)
{
  JsonObject *event;

  if (!json)
    {
      print_install (installed, target);
      return;
    }
  event = event_new ("installed");
  set_text (event, "result", install_words[installed->result]);
  set_text (event, "file", installed->file);
  json_object_set_boolean_member (event, "home_writable", installed->home_is_writable);
  write_event (event);
}

/**
 * fairlead_cli_key_report_add:
 * @path: the key file
 * @key: the key that the agent was given
 * @terms: on which terms
 * @json: write an event
 */
void
fairlead_cli_key_report_add (const char               *path,
                             FairleadKey              *key,
                             const FairleadAgentTerms *terms,
                             gboolean                  json)
{
  g_autofree char *sha256 = fairlead_fingerprint_sha256 (fairlead_key_get_public (key));
  JsonObject *event;

  if (!json)
    {
      if (terms->lifetime > 0)
        g_printerr (_("The ssh-agent has %s (%s) for %u seconds.\n"), path, sha256, terms->lifetime);
      else
        g_printerr (_("The ssh-agent has %s (%s) until it ends.\n"), path, sha256);
      return;
    }
  event = event_new ("agent");
  set_text (event, "path", path);
  set_text (event, "sha256", sha256);
  if (terms->lifetime > 0)
    json_object_set_int_member (event, "lifetime_s", terms->lifetime);
  else
    json_object_set_null_member (event, "lifetime_s");
  json_object_set_boolean_member (event, "confirm", terms->confirm);
  write_event (event);
}

/**
 * fairlead_cli_key_end:
 * @json: write events
 * @error: (nullable): what ended the command
 *
 * Returns: the exit code
 */
int
fairlead_cli_key_end (gboolean      json,
                      const GError *error)
{
  int code = error != NULL ? (int) fairlead_cli_exit_for_error (error) : FAIRLEAD_CLI_EXIT_OK;

  if (error != NULL)
    fairlead_cli_print_error (error);
  if (json)
    {
      if (error != NULL)
        fairlead_cli_event_error (error);
      fairlead_cli_event_exit (code, FAIRLEAD_CLI_SOLVER_NONE);
    }
  return code;
}
