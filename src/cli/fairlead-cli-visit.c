/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-visit.h"

#include "fairlead-async.h"
#include "fairlead-ssh-session.h"
#include "fairlead-target.h"
#include "fairlead-tty-interaction.h"

/**
 * fairlead_cli_wait_cb:
 * @user_data: where the #GAsyncResult goes: as the callback of an operation, fairlead_cli_wait_for() it then
 */
void
fairlead_cli_wait_cb (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/**
 * fairlead_cli_wait_for:
 * @result: as given to fairlead_cli_wait_cb(); %NULL until it is there
 *
 * Runs the main loop until the operation has ended.
 */
void
fairlead_cli_wait_for (GAsyncResult **result)
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
resolve (const FairleadCliVisit  *self,
         FairleadProfile         *profile,
         FairleadInteraction     *interaction,
         GError                 **error)
{
  g_autofree char *config_file = absolute (self->config_file);
  g_autofree char *known_hosts = absolute (self->known_hosts);
  g_autofree char *identity = absolute (self->identity);
  const char *identities[] = { identity, NULL };
  const FairleadTargetOptions target = {
    .config_file = config_file,
    .known_hosts_file = known_hosts,
    .identity_files = identities,
    .interaction = interaction,
  };
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_target_resolve_async (profile, &target, NULL, fairlead_cli_wait_cb, &result);
  fairlead_cli_wait_for (&result);
  return fairlead_target_resolve_finish (result, error);
}

/**
 * fairlead_cli_visit_open:
 * @profile: where to
 * @host: (out) (optional) (transfer full): what the person calls the host
 * @error: return location
 *
 * Signs in; questions go to the terminal.
 *
 * Returns: (transfer full): a remote in the state OPEN, to be ended by fairlead_cli_visit_close()
 */
FairleadRemote *
fairlead_cli_visit_open (const FairleadCliVisit  *self,
                         FairleadProfile         *profile,
                         char                   **host,
                         GError                 **error)
{
  g_autoptr (FairleadInteraction) interaction = fairlead_tty_interaction_new (self->host_key);
  g_autoptr (FairleadTarget) target = resolve (self, profile, interaction, error);
  g_autoptr (FairleadRemote) remote = NULL;
  g_autoptr (GAsyncResult) connected = NULL;

  if (target == NULL)
    return NULL;
  remote = fairlead_ssh_session_new (target, interaction);
  fairlead_remote_connect_async (remote, NULL, fairlead_cli_wait_cb, &connected);
  fairlead_cli_wait_for (&connected);
  if (!fairlead_remote_connect_finish (remote, connected, error))
    {
      fairlead_cli_visit_close (g_steal_pointer (&remote));
      return NULL;
    }
  if (host != NULL)
    *host = g_strdup (target->name);
  return g_steal_pointer (&remote);
}

/**
 * fairlead_cli_visit_apply:
 * @run: a run that is not connected
 *
 * Makes a run sign in as these options say.
 */
void
fairlead_cli_visit_apply (const FairleadCliVisit *self,
                          FairleadRun            *run)
{
  g_autofree char *config_file = absolute (self->config_file);
  g_autofree char *known_hosts = absolute (self->known_hosts);
  g_autofree char *identity = absolute (self->identity);
  const char *identities[] = { identity, NULL };
  const FairleadTargetOptions target = {
    .config_file = config_file,
    .known_hosts_file = known_hosts,
    .identity_files = identities,
  };

  fairlead_run_set_target_options (run, &target);
}

/**
 * fairlead_cli_visit_close:
 * @remote: (transfer full): a remote, also one that never came up: its thread is joined before the program ends
 */
void
fairlead_cli_visit_close (FairleadRemote *remote)
{
  g_autoptr (FairleadRemote) owned = remote;
  g_autoptr (GAsyncResult) closed = NULL;

  fairlead_remote_close_async (remote, NULL, fairlead_cli_wait_cb, &closed);
  fairlead_cli_wait_for (&closed);
  fairlead_remote_close_finish (remote, closed, NULL);
}

void
fairlead_cli_visit_clear (FairleadCliVisit *self)
{
  g_free (self->identity);
  g_free (self->host_key);
  g_free (self->known_hosts);
  g_free (self->config_file);
}
