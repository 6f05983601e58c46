/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-match-exec.h"

#include <glib/gi18n-lib.h>
#include <signal.h>
#include <unistd.h>

#include "fairlead-approvals.h"
#include "fairlead-error.h"

/* A process group of its own, so that all of it can be ended. */
static void
lead_group (gpointer data)
{
  setpgid (0, 0);
}

static GSubprocess *
start (const char  *command,
       GError     **error)
{
  const char *shell = g_getenv ("SHELL");
  g_autoptr (GSubprocessLauncher) launcher = NULL;

  /* ssh: execute_in_shell(); the standard input of a subprocess is empty. */
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_subprocess_launcher_set_child_setup (launcher, lead_group, NULL, NULL);
  return g_subprocess_launcher_spawn (launcher, error, shell != NULL ? shell : "/bin/sh", "-c",
                                      command, NULL);
}

/* Not to be asked for once it has ended: its number may be another's then. */
static void
end_group (GSubprocess *process)
{
  const char *pid = g_subprocess_get_identifier (process);

  if (pid != NULL)
    kill (-(pid_t) g_ascii_strtoll (pid, NULL, 10), SIGKILL);
  g_subprocess_wait (process, NULL, NULL);
}

static gboolean
run (const char    *command,
     GCancellable  *cancellable,
     gboolean      *holds,
     GError       **error)
{
  g_autoptr (GSubprocess) process = start (command, error);

  if (process == NULL)
    return FALSE;
  if (!g_subprocess_wait (process, cancellable, error))
    {
      end_group (process);
      return FALSE;
    }
  if (!g_subprocess_get_if_exited (process))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("It was ended by a signal."));
      return FALSE;
    }
  *holds = g_subprocess_get_exit_status (process) == 0;
  return TRUE;
}

/**
 * fairlead_match_exec_decide:
 * @command: the command, its tokens expanded
 * @source: where it stands
 * @holds: (out): whether it ended with 0
 * @match_exec: (type FairleadMatchExec): who is asked
 * @error: return location: %FAIRLEAD_ERROR_CONFIG when it is not allowed or cannot be run,
 *   %FAIRLEAD_ERROR_NEEDS_PERSON, %G_IO_ERROR_CANCELLED
 *
 * Has the person allow the command of a `Match exec`, once for its exact text, and runs it in the
 * shell as ssh does. A worker: it may take as long as person and command do.
 *
 * Returns: %FALSE when nothing can be resolved
 */
gboolean
fairlead_match_exec_decide (const char            *command,
                            const FairleadSource  *source,
                            gboolean              *holds,
                            gpointer               match_exec,
                            GError               **error)
{
  FairleadMatchExec *self = match_exec;
  g_autofree char *where = fairlead_source_format (source);
  g_autoptr (GError) local = NULL;

  if (!fairlead_approvals_require (self->interaction, self->connection, self->destination,
                                   FAIRLEAD_COMMAND_MATCH_EXEC, command, where, self->cancellable,
                                   error))
    return FALSE;
  if (run (command, self->cancellable, holds, &local))
    return TRUE;
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  /* Translators: file and line, the command, what went wrong. */
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("%s: the command “%s” failed: %s"), where,
                      command, local->message);
  return FALSE;
}
