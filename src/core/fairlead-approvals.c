/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-approvals.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"

/* The groups of the file, by what a command is for. */
static const char * const groups[] = {
  [FAIRLEAD_COMMAND_PROXY] = "ProxyCommand",
  [FAIRLEAD_COMMAND_MATCH_EXEC] = "Match exec",
  [FAIRLEAD_COMMAND_KNOWN_HOSTS] = "KnownHostsCommand",
  [FAIRLEAD_COMMAND_LAUNCH] = "Launch",
};

/* One process adds one at a time; another Fairlead of the same person may add too, so that the file is
 * read anew each time. It is small. */
static GMutex lock;

static char *
dup_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "fairlead", "approvals", NULL);
}

/* The text itself stays out of the file: a command line may hold what is nobody's business. */
static char *
dup_key (const char *command)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, command, -1);
}

static GKeyFile *
load (void)
{
  g_autofree char *path = dup_path ();
  GKeyFile *file = g_key_file_new ();

  /* What cannot be read has allowed nothing. */
  g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, NULL);
  return file;
}

/**
 * fairlead_approvals_contain:
 * @kind: what the command is for
 * @command: the command, to the byte as it would be run
 *
 * Any thread but the main one: reads a file.
 *
 * Returns: %TRUE when the person has allowed just this
 */
gboolean
fairlead_approvals_contain (FairleadCommandKind  kind,
                            const char          *command)
{
  g_autofree char *key = dup_key (command);
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  g_autoptr (GKeyFile) file = load ();

  return g_key_file_get_boolean (file, groups[kind], key, NULL);
}

/**
 * fairlead_approvals_add:
 * @kind: what the command is for
 * @command: the command, to the byte as it would be run
 * @error: return location: a #GFileError
 *
 * Remembers that the person allowed @command, in the file `approvals` of the user's configuration,
 * mode 0600. Any thread but the main one.
 *
 * Returns: %FALSE when it could not be written
 */
gboolean
fairlead_approvals_add (FairleadCommandKind   kind,
                        const char           *command,
                        GError              **error)
{
  g_autofree char *path = dup_path ();
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *key = dup_key (command);
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  g_autoptr (GKeyFile) file = load ();
  g_autofree char *text = NULL;
  gsize length;

  g_key_file_set_boolean (file, groups[kind], key, TRUE);
  text = g_key_file_to_data (file, &length, NULL);
  g_mkdir_with_parents (directory, 0700);
  return g_file_set_contents_full (path, text, length,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

/**
 * fairlead_approvals_require:
 * @interaction: (nullable): who can be asked
 * @connection: what the person calls the connection
 * @destination: (nullable): for a jump host: the connection it is on the way to
 * @kind: what the command is for
 * @command: the command, to the byte as it would be run
 * @origin: (nullable): file and line that it stands in
 * @cancellable: (nullable): takes the question back
 * @error: return location: %FAIRLEAD_ERROR_CONFIG when the person does not allow it,
 *   %FAIRLEAD_ERROR_NEEDS_PERSON when nobody can be asked, %G_IO_ERROR_CANCELLED
 *
 * Makes sure that the person has allowed @command, asking once for each text. A worker.
 *
 * Returns: %TRUE when it may be run
 */
gboolean
fairlead_approvals_require (FairleadInteraction  *interaction,
                            const char           *connection,
                            const char           *destination,
                            FairleadCommandKind   kind,
                            const char           *command,
                            const char           *origin,
                            GCancellable         *cancellable,
                            GError              **error)
{
  g_autoptr (FairleadApprovalQuestion) question = NULL;

  if (fairlead_approvals_contain (kind, command))
    return TRUE;
  if (interaction == NULL)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_NEEDS_PERSON,
                          _("“%s” runs a command that you have not allowed yet: %s"),
                          connection, command);
      return FALSE;
    }
  question = fairlead_approval_question_new (connection, kind, command);
  question->origin = g_strdup (origin);
  fairlead_question_set_destination (FAIRLEAD_QUESTION (question), destination);
  if (!fairlead_interaction_ask (interaction, FAIRLEAD_QUESTION (question), cancellable, error))
    return FALSE;
  if (question->approved)
    return fairlead_approvals_add (kind, command, error);
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                      kind == FAIRLEAD_COMMAND_LAUNCH
                      ? _("The command of “%s” was not allowed, so the solver was not started: %s")
                      : _("The command of “%s” was not allowed, so the connection was not made: %s"),
                      connection, command);
  return FALSE;
}
