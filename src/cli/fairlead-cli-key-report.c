/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-key.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "fairlead-cli-events.h"
#include "fairlead-cli-json.h"
#include "fairlead-cli-private.h"
#include "fairlead-fingerprint.h"

/* The words of EVENTS.md. */
static const char * const install_words[] = {
  [FAIRLEAD_INSTALL_KEY_ADDED] = "added",
  [FAIRLEAD_INSTALL_KEY_PRESENT] = "present",
  [FAIRLEAD_INSTALL_KEY_LIMITED] = "limited",
};

static void
write_key (const FairleadKeyInfo *info)
{
  JsonObject *event = fairlead_cli_json_new ("key");
  g_autofree char *mode = g_strdup_printf ("%04o", info->mode);

  fairlead_cli_json_set_text (event, "path", info->path);
  fairlead_cli_json_set_text (event, "form", info->form);
  json_object_set_boolean_member (event, "encrypted", info->encrypted);
  fairlead_cli_json_set_text (event, "mode", mode);
  json_object_set_boolean_member (event, "too_open", info->too_open);
  fairlead_cli_json_set_text (event, "type", info->type);
  if (info->type != NULL)
    json_object_set_int_member (event, "bits", info->bits);
  else
    json_object_set_null_member (event, "bits");
  fairlead_cli_json_set_text (event, "comment", info->comment);
  fairlead_cli_json_set_text (event, "sha256", info->sha256);
  fairlead_cli_json_set_text (event, "md5", info->md5);
  fairlead_cli_json_set_text (event, "picture", info->picture);
  fairlead_cli_json_set_text (event, "public", info->line);
  fairlead_cli_json_write (event);
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
  event = fairlead_cli_json_new ("installed");
  fairlead_cli_json_set_text (event, "result", install_words[installed->result]);
  fairlead_cli_json_set_text (event, "file", installed->file);
  json_object_set_boolean_member (event, "home_writable", installed->home_is_writable);
  fairlead_cli_json_write (event);
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
  event = fairlead_cli_json_new ("agent");
  fairlead_cli_json_set_text (event, "path", path);
  fairlead_cli_json_set_text (event, "sha256", sha256);
  if (terms->lifetime > 0)
    json_object_set_int_member (event, "lifetime_s", terms->lifetime);
  else
    json_object_set_null_member (event, "lifetime_s");
  json_object_set_boolean_member (event, "confirm", terms->confirm);
  fairlead_cli_json_write (event);
}
