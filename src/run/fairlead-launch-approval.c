/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-launch-approval.h"

#include "fairlead-approvals.h"
#include "fairlead-async.h"

/* A question for a thread that may wait. */
typedef struct {
  FairleadInteraction *interaction;
  char *connection;
  char *command;
} Approval;

static void
approval_free (gpointer data)
{
  Approval *approval = data;

  g_clear_object (&approval->interaction);
  g_free (approval->connection);
  g_free (approval->command);
  g_free (approval);
}

static gpointer
approve_in_thread (gpointer       data,
                   GCancellable  *cancellable,
                   GError       **error)
{
  Approval *approval = data;

  return GINT_TO_POINTER (fairlead_approvals_require (approval->interaction, approval->connection, NULL,
                                                      FAIRLEAD_COMMAND_LAUNCH, approval->command, NULL,
                                                      cancellable, error));
}

/**
 * fairlead_launch_needs_approval:
 *
 * Returns: whether @profile has a launch command or variables that came by import: they are used only after the
 *   person allowed that very text
 */
gboolean
fairlead_launch_needs_approval (FairleadProfile *profile)
{
  return fairlead_profile_get_imported (profile)
         && (*fairlead_profile_get_launch_command (profile) != '\0'
             || *fairlead_profile_get_environment (profile) != NULL);
}

/**
 * fairlead_launch_approval_async:
 * @profile: one for which fairlead_launch_needs_approval() holds
 * @interaction: (nullable): who allows it
 *
 * Asks, unless it was allowed before.
 */
void
fairlead_launch_approval_async (FairleadProfile     *profile,
                                FairleadInteraction *interaction,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  Approval *approval = g_new0 (Approval, 1);

  g_set_object (&approval->interaction, interaction);
  approval->connection = g_strdup (fairlead_profile_get_name (profile));
  approval->command = fairlead_profile_dup_launch_text (profile);
  fairlead_async_run (approve_in_thread, approval, approval_free, NULL, cancellable, callback, user_data);
}

/**
 * fairlead_launch_approval_finish:
 *
 * Returns: %FALSE with %FAIRLEAD_ERROR_CONFIG when the person does not allow the command
 */
gboolean
fairlead_launch_approval_finish (GAsyncResult  *result,
                                 GError       **error)
{
  return fairlead_async_finish (result, error) != NULL;
}
