/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-install-key.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-key-file.h"
#include "fairlead-log-model.h"
#include "fairlead-public-key.h"
#include "fairlead-remote-script.h"

/* Seconds; a home may be on a network. */
#define TIMEOUT 30

static const struct {
  const char *word;
  FairleadInstallKeyResult result;
} results[] = {
  { "added", FAIRLEAD_INSTALL_KEY_ADDED },
  { "present", FAIRLEAD_INSTALL_KEY_PRESENT },
  { "limited", FAIRLEAD_INSTALL_KEY_LIMITED },
};

/**
 * fairlead_installed_key_free:
 * @self: (transfer full): what became of a key
 */
void
fairlead_installed_key_free (FairleadInstalledKey *self)
{
  g_free (self->file);
  g_free (self);
}

static GError *
failed (FairleadRemoteReply *reply)
{
  g_autofree char *file = fairlead_remote_reply_dup_text (reply, "file");
  g_autofree char *why = fairlead_remote_reply_dup_text (reply, "why");
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                      _("The key could not be added to %s on the remote."), file);

  fairlead_error_set_hint (error, _("The disk there may be full or the home read-only, or the "
                                    "administrator keeps the keys elsewhere."));
  fairlead_error_set_details (error, why);
  return error;
}

static void
ran_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (FairleadRemoteReply) reply = NULL;
  FairleadInstalledKey *installed;
  GError *error = NULL;
  const char *word;
  guint row = 0;

  reply = fairlead_remote_script_run_finish (FAIRLEAD_REMOTE (source), result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  word = fairlead_remote_reply_get (reply, "result");
  while (row < G_N_ELEMENTS (results) && !g_str_equal (results[row].word, word))
    row++;
  if (row == G_N_ELEMENTS (results))
    {
      g_task_return_error (task, failed (reply));
      return;
    }
  installed = g_new0 (FairleadInstalledKey, 1);
  installed->result = results[row].result;
  installed->file = fairlead_remote_reply_dup_text (reply, "file");
  installed->home_is_writable = g_str_equal (fairlead_remote_reply_get (reply, "home"), "writable");
  g_task_return_pointer (task, installed, (GDestroyNotify) fairlead_installed_key_free);
}

/* The line as we write it: the key's own bytes once more, and a comment without control characters. */
static FairleadRemoteScript *
make_script (const char *line)
{
  g_autofree char *comment = NULL;
  g_autoptr (GBytes) key = fairlead_public_key_parse_line (line, &comment);
  g_autofree char *inert = key != NULL ? fairlead_make_inert (comment, -1) : NULL;
  g_autofree char *type = key != NULL ? fairlead_public_key_get_type (key) : NULL;
  g_autofree char *base64 = key != NULL ? fairlead_public_key_to_base64 (key) : NULL;
  g_autofree char *whole = key != NULL ? fairlead_key_to_line (key, inert) : NULL;
  FairleadRemoteScript *script;

  if (key == NULL)
    return NULL;
  script = fairlead_remote_script_new ("install-key");
  fairlead_remote_script_set (script, "FL_TYPE", type);
  fairlead_remote_script_set (script, "FL_BLOB", base64);
  fairlead_remote_script_set (script, "FL_LINE", whole);
  return script;
}

/**
 * fairlead_install_key_async:
 * @remote: a remote in the state OPEN: it lets us in already
 * @line: a public key as a .pub file has it: FairleadKeyInfo.line
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 *
 * Adds the key to ~/.ssh/authorized_keys of the account there, as ssh-copy-id(1) does: made if missing,
 * with modes that sshd takes; no other line is touched, none is written twice.
 */
void
fairlead_install_key_async (FairleadRemote      *remote,
                            const char          *line,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (remote, cancellable, callback, user_data);
  g_autoptr (FairleadRemoteScript) script = make_script (line);

  g_task_set_source_tag (task, fairlead_install_key_async);
  if (script == NULL)
    {
      g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_CONFIG,
                                                     _("This is not a public key.")));
      return;
    }
  fairlead_remote_script_run_async (script, remote, TIMEOUT, cancellable, ran_cb,
                                    g_object_ref (task));
}

/**
 * fairlead_install_key_finish:
 *
 * Returns: (transfer full): what was done; the error is %FAIRLEAD_ERROR_REMOTE when the key is not there
 *   now
 */
FairleadInstalledKey *
fairlead_install_key_finish (FairleadRemote  *remote,
                             GAsyncResult    *result,
                             GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, remote), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
