/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-key.h"

#include <glib/gi18n-lib.h>

#include "fairlead-async.h"
#include "fairlead-cli-profile.h"
#include "fairlead-error.h"
#include "fairlead-ssh-session.h"
#include "fairlead-tty-interaction.h"

/* What was typed after "install". */
typedef struct {
  char *key;
  char *identity;
  char *host_key;
  char *known_hosts;
  char *config_file;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->key);
  g_free (options->identity);
  g_free (options->host_key);
  g_free (options->known_hosts);
  g_free (options->config_file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static char *
absolute (const char *path)
{
  return path != NULL ? g_canonicalize_filename (path, NULL) : NULL;
}

static FairleadTarget *
resolve (const char           *text,
         const Options        *options,
         FairleadInteraction  *interaction,
         GError              **error)
{
  g_autofree char *config_file = absolute (options->config_file);
  g_autofree char *known_hosts = absolute (options->known_hosts);
  g_autofree char *identity = absolute (options->identity);
  const char *identities[] = { identity, NULL };
  const FairleadTargetOptions target = {
    .config_file = config_file,
    .known_hosts_file = known_hosts,
    .identity_files = identities,
    .interaction = interaction,
  };
  g_autoptr (FairleadProfile) profile = fairlead_cli_profile_for_target (text, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (profile == NULL)
    return NULL;
  fairlead_target_resolve_async (profile, &target, NULL, done_cb, &result);
  wait_for (&result);
  return fairlead_target_resolve_finish (result, error);
}

/* Also where it never came up: its thread is joined before the program ends. */
static void
close_remote (FairleadRemote *remote)
{
  g_autoptr (GAsyncResult) closed = NULL;

  fairlead_remote_close_async (remote, NULL, done_cb, &closed);
  wait_for (&closed);
  fairlead_remote_close_finish (remote, closed, NULL);
}

static FairleadInstalledKey *
install_over (FairleadRemote  *remote,
              const char      *line,
              GError         **error)
{
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GAsyncResult) installed = NULL;
  FairleadInstalledKey *answer = NULL;

  fairlead_remote_connect_async (remote, NULL, done_cb, &connected);
  wait_for (&connected);
  if (fairlead_remote_connect_finish (remote, connected, error))
    {
      fairlead_install_key_async (remote, line, NULL, done_cb, &installed);
      wait_for (&installed);
      answer = fairlead_install_key_finish (remote, installed, error);
    }
  close_remote (remote);
  return answer;
}

/* The line of the key that was named; without one, of the first of ssh's own names that is there. */
static char *
find_line (const char  *named,
           GError     **error)
{
  static const FairleadKeyKind order[] = {
    FAIRLEAD_KEY_KIND_ED25519, FAIRLEAD_KEY_KIND_ECDSA, FAIRLEAD_KEY_KIND_RSA,
  };
  g_autoptr (FairleadKeyInfo) info = NULL;

  if (named != NULL)
    info = fairlead_key_describe (named, error);
  for (guint i = 0; named == NULL && info == NULL && i < G_N_ELEMENTS (order); i++)
    {
      g_autofree char *path = fairlead_key_usual_path (order[i]);

      info = fairlead_key_describe (path, NULL);
    }
  if (info != NULL && info->line != NULL)
    return g_strdup (info->line);
  if (error != NULL && *error == NULL)
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                        _("Say which key, by --key: its file, or that of its public half."));
  return NULL;
}

static gboolean
install (const char     *text,
         const Options  *options,
         gboolean        json,
         GError        **error)
{
  g_autoptr (FairleadInteraction) interaction = fairlead_tty_interaction_new (options->host_key);
  g_autofree char *line = find_line (options->key, error);
  g_autoptr (FairleadTarget) target = NULL;
  g_autoptr (FairleadRemote) remote = NULL;
  g_autoptr (FairleadInstalledKey) installed = NULL;

  if (line == NULL)
    return FALSE;
  target = resolve (text, options, interaction, error);
  if (target == NULL)
    return FALSE;
  remote = fairlead_ssh_session_new (target, interaction);
  installed = install_over (remote, line, error);
  if (installed != NULL)
    fairlead_cli_key_report_install (installed, text, json);
  return installed != NULL;
}

int
fairlead_cli_key_install (int    argc,
                          char **argv)
{
  g_auto (Options) options = { NULL };
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "key", 'k', 0, G_OPTION_ARG_FILENAME, &options.key,
      N_("The key to add: its file, or that of its public half"), N_("FILE") },
    { "identity", 'i', 0, G_OPTION_ARG_FILENAME, &options.identity,
      N_("Private key file to sign in with"), N_("FILE") },
    { "host-key", 0, 0, G_OPTION_ARG_STRING, &options.host_key,
      N_("Accept this key of an unknown host, for this run alone"), "SHA256:…" },
    { "known-hosts", 0, 0, G_OPTION_ARG_FILENAME, &options.known_hosts,
      N_("Use this instead of the known_hosts files"), N_("FILE") },
    { "config", 'F', 0, G_OPTION_ARG_FILENAME, &options.config_file,
      N_("Use this instead of the ssh_config files"), N_("FILE") },
    { NULL },
  };
  const FairleadCliLine line = {
    "key install", entries, _("TARGET"),
    N_("Adds the public half of a key to authorized_keys of a host that lets you in already, by "
       "another key or the agent."), 1, 1,
  };
  g_autoptr (GError) error = NULL;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &json, &error))
    install (argv[1], &options, json, &error);
  return fairlead_cli_end (json, error);
}
