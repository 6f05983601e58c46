/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-errand.h"

#include <glib/gi18n-lib.h>

#include "fairlead-cli-profile.h"
#include "fairlead-error.h"
#include "fairlead-ssh-session.h"
#include "fairlead-tty-interaction.h"

static gboolean
override_profile (FairleadProfile          *profile,
                  const FairleadCliErrand  *self,
                  GError                  **error)
{
  const struct { const char *option, *property, *text; } texts[] = {
    { "--remote-path", "remote-path", self->remote_path },
    { "--project", "project-name", self->project },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *message = NULL;

      if (texts[i].text == NULL)
        continue;
      g_object_set (profile, texts[i].property, texts[i].text, NULL);
      message = fairlead_profile_check_field (profile, texts[i].property);
      if (message == NULL)
        continue;
      fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, "%s: %s", texts[i].option, message);
      return FALSE;
    }
  if (self->server_port < 0 || self->server_port > G_MAXUINT16)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("%s takes a port, 1 to 65535, not %d."), "--server-port",
                          self->server_port);
      return FALSE;
    }
  if (self->server_port > 0)
    g_object_set (profile, "server-port", (guint) self->server_port, NULL);
  return TRUE;
}

static FairleadRemote *
new_session (FairleadTarget      *target,
             FairleadInteraction *interaction,
             gpointer             user_data)
{
  return fairlead_ssh_session_new (target, interaction);
}

static GError *
why_not (FairleadRun *run)
{
  const GError *error = fairlead_run_get_error (run);
  GError *none;

  if (error != NULL)
    return g_error_copy (error);
  none = fairlead_error_new (FAIRLEAD_ERROR_USAGE,
                             _("The connection does not say in which directory of the remote the solver is."));
  fairlead_error_set_hint (none, _("Say it by --remote-path."));
  return none;
}

/**
 * fairlead_cli_errand_open:
 * @target: a connection's name, or what ssh would take
 * @error: return location
 *
 * Signs in and finds the solver that runs there; starts none, and opens no tunnel. Questions go to the
 * terminal.
 *
 * Returns: (transfer full): a run whose solver has answered, to be ended by fairlead_cli_errand_close()
 */
FairleadRun *
fairlead_cli_errand_open (const FairleadCliErrand  *self,
                          const char               *target,
                          GError                  **error)
{
  g_autoptr (FairleadProfile) profile = fairlead_cli_profile_for_target (target, error);
  g_autoptr (FairleadInteraction) interaction = NULL;
  g_autoptr (FairleadRun) run = NULL;

  if (profile == NULL || !override_profile (profile, self, error))
    return NULL;
  interaction = fairlead_tty_interaction_new (self->visit.host_key);
  run = fairlead_run_new (profile, interaction, new_session, NULL);
  fairlead_cli_visit_apply (&self->visit, run);
  fairlead_run_set_errand (run, TRUE);
  fairlead_run_set_reconnect (run, FALSE);
  fairlead_run_connect (run);
  while (fairlead_run_is_busy (run))
    g_main_context_iteration (NULL, TRUE);
  if (fairlead_run_get_solver (run) != NULL)
    return g_steal_pointer (&run);
  g_propagate_error (error, why_not (run));
  fairlead_cli_errand_close (g_steal_pointer (&run));
  return NULL;
}

/**
 * fairlead_cli_errand_close:
 * @run: (transfer full): a run; the solver runs on
 */
void
fairlead_cli_errand_close (FairleadRun *run)
{
  g_autoptr (FairleadRun) owned = run;
  g_autoptr (GAsyncResult) closed = NULL;

  fairlead_run_disconnect_async (run, NULL, fairlead_cli_wait_cb, &closed);
  fairlead_cli_wait_for (&closed);
  fairlead_run_disconnect_finish (run, closed, NULL);
}

void
fairlead_cli_errand_clear (FairleadCliErrand *self)
{
  fairlead_cli_visit_clear (&self->visit);
  g_free (self->remote_path);
  g_free (self->project);
}
