/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-server-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-log-model.h"
#include "fairlead-words.h"

/* Check path: what there is to start, and what is in the way of it. */

#define PATH_HINT \
  N_("{1} is not there. Remote Path is the folder of the solver on the remote. The connection stays open.")
#define ACCESS_HINT \
  N_("The line below shows whose it is, and who may use it. “{user}” is the account that you are signed in with.")
#define VENV_HINT \
  N_("Make it anew on {host} (`python3 -m venv --clear {1}`, then install what the solver needs), take it away to " \
     "use another Python, or name an interpreter in the connection's settings.")
#define DISK_HINT \
  N_("The solver could not write its files. Make room on {host}, then start it again.")

/* What check.sh found in the way. {1} is what it is about, {path} the remote path as it was typed. */
static const struct {
  const char *word;
  const char *message;
  const char *hint;
} troubles[] = {
  { "path-missing", N_("Remote path not found ({path}/server.py)."), PATH_HINT },
  { "path-not-folder", N_("Remote path not found ({path}/server.py)."),
    N_("{1} is a file. Remote Path is the folder of the solver on the remote. The connection stays open.") },
  { "path-denied", N_("The remote path {path} cannot be entered: access to {1} is not allowed."), ACCESS_HINT },
  { "no-server", N_("Remote path not found ({path}/server.py)."),
    N_("The folder {1} is there, but neither server.py nor target/release/ppf-cts-server in it. The connection "
       "stays open.") },
  { "server-denied", N_("{1} cannot be read: access to it is not allowed."), ACCESS_HINT },
  { "server-not-file", N_("{1} is not a file that could be started."),
    N_("The line below shows what it is: a link may lead nowhere.") },
  { "binary-denied", N_("{1} may not be run."), N_("It needs to be executable: `chmod +x` on {host}.") },
  { "binary-noexec", N_("{1} may not be run where it is."),
    N_("It is executable, but its file system is mounted with noexec: move the solver to another one of {host}.") },
  { "no-python", N_("No Python was found on {host} to start the solver with."),
    N_("Name the interpreter to use in the connection's settings.") },
  { "python-not-there", N_("The Python of the connection's settings was not found on {host}: {1}"),
    N_("Name another one there, or none to have it found.") },
  { "python-broken", N_("The Python of {host} does not run: {1}"),
    N_("The lines below are its answer. Mend it there, or name another interpreter in the connection's settings.") },
  { "python-old", N_("{1} on {host} is Python {2}: the solver needs Python 3."),
    N_("Name another interpreter in the connection's settings.") },
  { "venv-broken", N_("The Python environment {1} of {host} is broken: its interpreter does not run."), VENV_HINT },
  { "venv-empty", N_("The Python environment {1} of {host} is broken: it has no interpreter."), VENV_HINT },
  { "disk-full", N_("The disk of {host} that holds {1} is full."), DISK_HINT },
  { "read-only", N_("Nothing can be written to {1}: its file system is read-only."),
    N_("The solver has to write there. A disk with errors is made read-only by its host.") },
  { "not-writable", N_("Nothing can be written to {1}: access is not allowed, or its file system is read-only."),
    ACCESS_HINT },
  { "log-denied", N_("{1} cannot be written: access to it is not allowed."), ACCESS_HINT },
};

/**
 * fairlead_server_dup_typed_path:
 *
 * Returns: (transfer full): the remote path as the person wrote it, without slashes at its end
 */
char *
fairlead_server_dup_typed_path (FairleadServer *self)
{
  g_autofree char *path = fairlead_make_inert (fairlead_profile_get_solver_path (self->profile), -1);
  gsize length = strlen (path);

  while (length > 1 && path[length - 1] == '/')
    path[--length] = '\0';
  return g_steal_pointer (&path);
}

static GError *
trouble_error (FairleadServer      *self,
               FairleadRemoteReply *reply,
               gsize                i)
{
  g_autofree char *path = fairlead_server_dup_typed_path (self);
  const char *said = fairlead_remote_reply_get (reply, "said");
  const FairleadWord words[] = {
    { "1", fairlead_remote_reply_get (reply, "subject") },
    { "2", said },
    { "host", self->host },
    { "path", path },
    { "user", fairlead_remote_reply_get (reply, "user") },
  };
  g_autofree char *message = fairlead_words_expand (_(troubles[i].message), words, G_N_ELEMENTS (words));
  g_autofree char *hint = fairlead_words_expand (_(troubles[i].hint), words, G_N_ELEMENTS (words));
  g_autofree char *details = fairlead_make_inert_lines (said, strlen (said));
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "%s", message);

  fairlead_error_set_hint (error, hint);
  if (*details != '\0')
    fairlead_error_set_details (error, details);
  return error;
}

/* Why nothing can be started: NULL when it can. */
static GError *
check_error (FairleadServer      *self,
             FairleadRemoteReply *reply)
{
  const char *word = fairlead_remote_reply_get (reply, "trouble");
  GError *error;

  if (*fairlead_remote_reply_get (reply, "proc") == '\0')
    {
      error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("%s has no /proc file system."), self->host);
      fairlead_error_set_hint (error, _("The solver can be started on Linux only."));
      return error;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (troubles); i++)
    if (g_str_equal (word, troubles[i].word))
      return trouble_error (self, reply, i);
  if (*fairlead_remote_reply_get (reply, "runs") != '\0'
      || (*self->path != '\0' && !g_str_equal (self->kind, "none")))
    return NULL;
  return fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("The remote path cannot be used on %s."), self->host);
}

static void
checked_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadServer *self = g_task_get_source_object (task);
  g_autoptr (FairleadRemoteReply) reply = NULL;
  GError *error = NULL;

  reply = fairlead_server_run_finish (FAIRLEAD_SERVER (source), result, &error);
  if (reply != NULL && self->remote == NULL)
    error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection was lost."));
  else if (reply != NULL)
    {
      fairlead_server_take_facts (self, reply);
      error = check_error (self, reply);
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * fairlead_server_check_async:
 * @anew: also where one of ours runs there already, since it will be ended; else that one is as good
 *
 * Looks whether there is something to start in the remote path, with what, and what is in the way of it.
 */
void
fairlead_server_check_async (FairleadServer      *self,
                             gboolean             anew,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (FairleadRemoteScript) script = fairlead_remote_script_new ("check");

  g_return_if_fail (FAIRLEAD_IS_SERVER (self) && self->remote != NULL);

  g_task_set_source_tag (task, fairlead_server_check_async);
  g_clear_object (&self->profile);
  self->profile = fairlead_profile_duplicate (self->source);
  fairlead_server_apply_port (self);
  fairlead_remote_script_set (script, "FL_PATH", fairlead_profile_get_solver_path (self->profile));
  fairlead_remote_script_set (script, "FL_COMMAND", fairlead_profile_get_launch_command (self->profile));
  fairlead_remote_script_set (script, "FL_PYTHON", fairlead_profile_get_python (self->profile));
  fairlead_remote_script_set_int (script, "FL_PORT", fairlead_profile_get_server_port (self->profile));
  fairlead_remote_script_set (script, "FL_ANEW", anew ? "yes" : "");
  fairlead_server_run_async (self, script, FAIRLEAD_SERVER_LOOK_TIMEOUT, cancellable, checked_cb,
                             g_steal_pointer (&task));
}

/**
 * fairlead_server_check_finish:
 *
 * Returns: %FALSE with %FAIRLEAD_ERROR_REMOTE when there is nothing to start, or something in the way
 */
gboolean
fairlead_server_check_finish (FairleadServer  *self,
                              GAsyncResult    *result,
                              GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
