/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-key.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-cli-private.h"
#include "fairlead-passphrase-strength.h"
#include "fairlead-prompt.h"

/* As ssh has it. */
#define MAX_TRIES 3

static const struct {
  const char *name;
  int (*run) (int argc, char **argv);
  const char *summary;
} commands[] = {
  { "generate", fairlead_cli_key_generate, N_("Make a new key") },
  { "show", fairlead_cli_key_show, N_("Show the public half of a key and its fingerprints") },
  { "convert", fairlead_cli_key_convert, N_("Write a key of PuTTY or PEM in OpenSSH’s form") },
  { "passphrase", fairlead_cli_key_passphrase, N_("Set, change or remove the passphrase") },
  { "install", fairlead_cli_key_install, N_("Add a public key to a host that lets you in") },
  { "add", fairlead_cli_key_add, N_("Add a key to the ssh-agent, for a time") },
  { "fix-permissions", fairlead_cli_key_fix_permissions, N_("Keep others from reading a key") },
};

static void
print_help (void)
{
  g_print ("%s\n\n", _("Usage: fairlead-cli key COMMAND [OPTION…] …"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-16s %s\n", commands[i].name, _(commands[i].summary));
  g_print ("\n%s\n", _("“fairlead-cli key COMMAND --help” lists the options of a command."));
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static FairleadSecret *
ask (const char  *text,
     GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_prompt_async (text, FALSE, NULL, answered_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return fairlead_prompt_finish (result, error);
}

static gboolean
is_same (FairleadSecret *one,
         FairleadSecret *other)
{
  return strcmp (fairlead_secret_get_text (one), fairlead_secret_get_text (other)) == 0;
}

/**
 * fairlead_cli_key_ask_new:
 * @path: the key file that it is for
 * @error: %FAIRLEAD_ERROR_NEEDS_PERSON, %G_IO_ERROR_CANCELLED, or %FAIRLEAD_ERROR_USAGE after three
 *   times
 *
 * Asks for a passphrase that is to be, twice, and says how strong it is.
 *
 * Returns: (transfer full) (nullable): it; "" for none
 */
FairleadSecret *
fairlead_cli_key_ask_new (const char  *path,
                          GError     **error)
{
  g_autofree char *question = g_strdup_printf (_("New passphrase of %s (empty for none): "), path);

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_autoptr (FairleadSecret) first = ask (question, error);
      g_autoptr (FairleadSecret) second = NULL;
      FairleadPassphraseStrength strength;
      const char *advice;

      if (first == NULL)
        return NULL;
      strength = fairlead_passphrase_judge (fairlead_secret_get_text (first), &advice);
      g_printerr ("%s. %s\n", fairlead_passphrase_strength_name (strength), advice);
      if (strength == FAIRLEAD_PASSPHRASE_EMPTY)
        return g_steal_pointer (&first);
      second = ask (_("The same passphrase again: "), error);
      if (second == NULL)
        return NULL;
      if (is_same (first, second))
        return g_steal_pointer (&first);
      g_printerr ("%s\n", _("The two differ."));
    }
  fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                      _("The two passphrases differed %d times; nothing was written."), MAX_TRIES);
  return NULL;
}

/**
 * fairlead_cli_key_unlock:
 * @path: a key file
 * @passphrase: (out) (transfer full) (nullable): what opened it; %NULL where it needs none
 * @error: a %FAIRLEAD_KEY_ERROR, %FAIRLEAD_ERROR_NEEDS_PERSON or %G_IO_ERROR_CANCELLED
 *
 * Reads a private key and asks for its passphrase if it has one.
 *
 * Returns: (transfer full) (nullable): the key
 */
FairleadKey *
fairlead_cli_key_unlock (const char      *path,
                         FairleadSecret **passphrase,
                         GError         **error)
{
  g_autofree char *question = g_strdup_printf (_("Passphrase of %s: "), path);
  gboolean encrypted;

  *passphrase = NULL;
  if (!fairlead_key_is_encrypted (path, &encrypted, error))
    return NULL;
  for (guint i = 0; encrypted && i < MAX_TRIES; i++)
    {
      g_autoptr (GError) local_error = NULL;
      FairleadKey *key;

      *passphrase = ask (question, error);
      if (*passphrase == NULL)
        return NULL;
      key = fairlead_key_load (path, *passphrase, &local_error);
      if (key != NULL)
        return key;
      g_clear_pointer (passphrase, fairlead_secret_unref);
      if (i + 1 == MAX_TRIES
          || !g_error_matches (local_error, FAIRLEAD_KEY_ERROR,
                               FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      g_printerr ("%s\n", local_error->message);
    }
  return fairlead_key_load (path, NULL, error);
}

/**
 * fairlead_cli_key:
 * @argc: number of @argv
 * @argv: "key" and what follows it
 *
 * `fairlead-cli key COMMAND`: key files, without a display.
 *
 * Returns: the exit code
 */
int
fairlead_cli_key (int    argc,
                  char **argv)
{
  const char *name = argc > 1 ? argv[1] : "";

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (name, commands[i].name))
      return commands[i].run (argc - 1, argv + 1);
  if (g_str_equal (name, "--help") || g_str_equal (name, "-h"))
    {
      print_help ();
      return FAIRLEAD_CLI_EXIT_OK;
    }
  if (*name == '\0')
    g_printerr ("%s\n", _("A command is missing."));
  else
    g_printerr (_("“%s” is not a command.\n"), name);
  g_printerr ("%s\n", _("“fairlead-cli key --help” lists the commands."));
  return FAIRLEAD_CLI_EXIT_USAGE;
}
