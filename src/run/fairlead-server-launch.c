/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-server-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-fix.h"
#include "fairlead-launch-approval.h"
#include "fairlead-log-model.h"
#include "fairlead-random.h"

/* Start server: adopt, or launch. */

static GError *
hinted (GError     *error,
        const char *hint)
{
  fairlead_error_set_hint (error, hint);
  return error;
}

static void
offer_port (GError              *error,
            FairleadRemoteReply *reply)
{
  gint64 port = fairlead_remote_reply_get_int (reply, "free", 0);
  g_autofree char *hint = NULL;

  if (port <= 0)
    return;
  hint = g_strdup_printf (_("Port %d is free: the solver can use it instead."), (int) port);
  fairlead_error_set_hint (error, hint);
  fairlead_fix_attach (error, FAIRLEAD_REMEDY_USE_PORT, (guint) port, NULL);
}

static GError *
port_ours_error (FairleadServer      *self,
                 FairleadRemoteReply *reply,
                 guint                port)
{
  g_autofree char *path = fairlead_remote_reply_dup_text (reply, "user-path");
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                      _("Port %u of %s is in use by your solver in %s."),
                                      port, self->host, path);

  offer_port (error, reply);
  return error;
}

static GError *
port_account_error (FairleadServer      *self,
                    FairleadRemoteReply *reply,
                    guint                port)
{
  g_autofree char *command = fairlead_remote_reply_dup_text (reply, "command");
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                      _("Port %u of %s is taken by another process of your account: "
                                        "%s (process %s)."),
                                      port, self->host, g_strstrip (command),
                                      fairlead_remote_reply_get (reply, "pid"));

  offer_port (error, reply);
  return error;
}

static GError *
port_foreign_error (FairleadServer      *self,
                    FairleadRemoteReply *reply,
                    guint                port)
{
  g_autofree char *user = fairlead_remote_reply_dup_text (reply, "user");
  GError *error;

  if (*user != '\0')
    error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("Port %u of %s is taken by a process of “%s”."),
                                port, self->host, user);
  else
    error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                _("Port %u of %s is taken by a process of another account "
                                  "(user number %s)."),
                                port, self->host, fairlead_remote_reply_get (reply, "uid"));
  offer_port (error, reply);
  return error;
}

static GError *
path_busy_error (FairleadServer      *self,
                 FairleadRemoteReply *reply,
                 guint                port)
{
  g_autofree char *path = fairlead_server_dup_typed_path (self);
  g_autofree char *command = fairlead_remote_reply_dup_text (reply, "command");
  g_autofree char *profile = fairlead_remote_reply_dup_text (reply, "profile");
  g_autofree char *desktop = fairlead_remote_reply_dup_text (reply, "desktop");
  gint64 other = fairlead_remote_reply_get_int (reply, "port", 0);
  GError *error;

  if (other > 0 && other <= G_MAXUINT16)
    {
      error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                  _("%s is in use by your solver on port %d, started for “%s” from %s."),
                                  path, (int) other, profile, desktop);
      fairlead_fix_attach (error, FAIRLEAD_REMEDY_USE_PORT, (guint) other, NULL);
      return hinted (error, _("It can be used as it is, on that server port."));
    }
  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                              _("%s is in use by a solver that Fairlead did not start: %s (process %s)."),
                              path, g_strstrip (command), fairlead_remote_reply_get (reply, "pid"));
  return hinted (error, _("Stop it first: two solvers in one folder overwrite each other's files."));
}

static GError *
simple_error (const char *result)
{
  static const struct {
    const char *result;
    const char *message;
    const char *hint;
  } errors[] = {
    { "no-state", N_("The record of the solver cannot be written on the remote."),
      N_("The home directory there may be full or read-only.") },
    { "locked", N_("Another start or stop of a solver is under way on the remote."),
      N_("Try again in a moment.") },
    { "not-writable", N_("server.log cannot be written in the remote path."),
      N_("The folder must be writable for your account there.") },
    { "no-record", N_("The solver could not be started on the remote."),
      N_("The log may say why.") },
    { "not-running", N_("No solver that Fairlead started runs there, in that folder and on that port."),
      N_("Start it first, as by “fairlead-cli connect --detach”.") },
    { "no-path", N_("The remote path is not there any more."), NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    if (g_str_equal (result, errors[i].result))
      return hinted (fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "%s", _(errors[i].message)),
                     errors[i].hint ? _(errors[i].hint) : NULL);
  return fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                             _("The solver could not be started on the remote."));
}

static GError *
refusal (FairleadServer      *self,
         FairleadRemoteReply *reply)
{
  static const struct {
    const char *result;
    GError *(*make) (FairleadServer *, FairleadRemoteReply *, guint);
  } refusals[] = {
    { "port-ours", port_ours_error },
    { "port-account", port_account_error },
    { "port-foreign", port_foreign_error },
    { "path-busy", path_busy_error },
  };
  const char *result = fairlead_remote_reply_get (reply, "result");
  guint port = fairlead_profile_get_server_port (self->profile);
  GError *error = NULL;

  if (g_str_equal (result, "exposed"))
    error = fairlead_place_explain_exposure (self->place, FAIRLEAD_EXPOSURE_EXPOSED, NULL, port);
  if (error != NULL)
    return error;
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (g_str_equal (result, refusals[i].result))
      return refusals[i].make (self, reply, port);
  return simple_error (result);
}

/* Where the server is, and that it is followed from now on: also for a rejoin. */
void
fairlead_server_take_launch (FairleadServer      *self,
                             FairleadRemoteReply *reply,
                             gboolean             adopted,
                             gboolean             launched)
{
  fairlead_server_forget (self);
  g_free (self->path);
  self->path = g_strdup (fairlead_remote_reply_get (reply, "path"));
  self->record = g_strdup (fairlead_remote_reply_get (reply, "dir"));
  self->token = g_strdup (fairlead_remote_reply_get (reply, "token"));
  self->pid = fairlead_remote_reply_get_int (reply, "pid", 0);
  self->log_offset = fairlead_remote_reply_get_int (reply, "log-size", self->log_offset);
  if (*fairlead_remote_reply_get (reply, "log-inode") != '\0')
    {
      g_free (self->log_inode);
      self->log_inode = g_strdup (fairlead_remote_reply_get (reply, "log-inode"));
    }
  self->said_ready = *fairlead_remote_reply_get (reply, "ready") != '\0';
  self->wrote_progress = *fairlead_remote_reply_get (reply, "progress") != '\0';
  self->exit_code = -1;
  g_clear_error (&self->end_error);
  g_clear_pointer (&self->warning, g_free);
  if (*fairlead_remote_reply_get (reply, "warning") != '\0')
    self->warning = g_strdup_printf (_("%s ends all your processes when you sign out: the solver may not "
                                       "outlive this connection. Lingering would allow it "
                                       "(loginctl enable-linger)."), self->host);
  fairlead_server_set_adopted (self, adopted);
  fairlead_server_set_state (self, FAIRLEAD_SERVER_WAITING);
  fairlead_server_start_follow (self, launched);
}

static void
launched_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadServer *self = g_task_get_source_object (task);
  g_autoptr (FairleadRemoteReply) reply = NULL;
  GError *error = NULL;
  const char *said;

  reply = fairlead_server_run_finish (FAIRLEAD_SERVER (source), result, &error);
  if (self->state != FAIRLEAD_SERVER_LAUNCHING
      || g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      if (error == NULL)
        error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection was lost."));
      g_task_return_error (task, error);
      return;
    }
  said = reply ? fairlead_remote_reply_get (reply, "result") : "";
  if (g_str_equal (said, "launched") || g_str_equal (said, "adopted"))
    {
      gboolean adopted = g_str_equal (said, "adopted")
                         && !fairlead_place_has_started (self->place, fairlead_remote_reply_get (reply, "token"));

      fairlead_server_take_launch (self, reply, adopted, !adopted);
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (reply != NULL)
    {
      g_clear_pointer (&self->launching, g_free);
      error = refusal (self, reply);
      fairlead_server_set_state (self, FAIRLEAD_SERVER_STOPPED);
    }
  else
    {
      fairlead_server_set_state (self, FAIRLEAD_SERVER_UNKNOWN);
    }
  g_task_return_error (task, error);
}

static const char *
may_launch (FairleadServer *self)
{
  if (self->adopt_only)
    return "no";
  return fairlead_place_may_launch (self->place) ? "yes" : "";
}

static void
launch (FairleadServer *self,
        GTask          *task /* taken */)
{
  g_autoptr (FairleadRemoteScript) script = fairlead_remote_script_new ("launch");
  g_autofree char *token = fairlead_random_hex (16);

  fairlead_server_apply_port (self);
  fairlead_follow_stop (self->follow);
  fairlead_server_set_state (self, FAIRLEAD_SERVER_LAUNCHING);
  g_free (self->launching);
  self->launching = g_strdup (token);
  self->log_offset = 0;
  g_clear_pointer (&self->log_inode, g_free);
  fairlead_remote_script_set (script, "FL_PATH", self->path);
  fairlead_remote_script_set (script, "FL_KIND", self->kind);
  fairlead_remote_script_set (script, "FL_COMMAND", fairlead_profile_get_launch_command (self->profile));
  fairlead_remote_script_set_lines (script, "FL_ENVIRONMENT", fairlead_profile_get_environment (self->profile));
  fairlead_remote_script_set (script, "FL_PYTHON", self->python);
  fairlead_remote_script_set (script, "FL_VENV", self->venv);
  fairlead_remote_script_set_int (script, "FL_PORT", fairlead_profile_get_server_port (self->profile));
  fairlead_place_use_port (self->place, fairlead_profile_get_server_port (self->profile));
  fairlead_remote_script_set (script, "FL_PORTS", fairlead_place_get_ports (self->place));
  fairlead_remote_script_set (script, "FL_BIND", fairlead_place_get_bind_address (self->place));
  fairlead_remote_script_set (script, "FL_MAY_LAUNCH", may_launch (self));
  fairlead_remote_script_set (script, "FL_TOKEN", token);
  fairlead_remote_script_set (script, "FL_PROFILE", fairlead_profile_get_name (self->profile));
  fairlead_remote_script_set (script, "FL_DESKTOP", g_get_host_name ());
  fairlead_remote_script_set_script (script, "FL_SUPERVISE", "supervise");
  fairlead_server_run_async (self, script, FAIRLEAD_SERVER_ACT_TIMEOUT,
                             g_task_get_cancellable (task), launched_cb, task);
}

static void
approved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadServer *self = g_task_get_source_object (task);
  GError *error = NULL;

  fairlead_launch_approval_finish (result, &error);
  if (error == NULL && self->remote == NULL)
    error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection was lost."));
  if (error != NULL)
    g_task_return_error (task, error);
  else
    launch (self, g_steal_pointer (&task));
}

/**
 * fairlead_server_launch_async:
 * @interaction: (nullable): who allows a launch command or variables that came by import
 *
 * Adopts the server of ours that runs in this path on this port, or launches one; after a good
 * fairlead_server_check_async(). Then it is followed. What came by import runs only after the person
 * allowed that very text.
 */
void
fairlead_server_launch_async (FairleadServer      *self,
                              FairleadInteraction *interaction,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *wrong = NULL;

  g_return_if_fail (FAIRLEAD_IS_SERVER (self) && self->remote != NULL && self->path != NULL);

  g_task_set_source_tag (task, fairlead_server_launch_async);
  wrong = fairlead_profile_check_field (self->profile, "environment");
  if (wrong != NULL)
    {
      g_task_return_error (task, hinted (fairlead_error_new (FAIRLEAD_ERROR_CONFIG, "%s", wrong),
                                         _("Set it right under Environment Variables of the connection.")));
      return;
    }
  if (fairlead_launch_needs_approval (self->profile) && !self->adopt_only)
    fairlead_launch_approval_async (self->profile, interaction, cancellable, approved_cb,
                                    g_steal_pointer (&task));
  else
    launch (self, g_steal_pointer (&task));
}

/**
 * fairlead_server_launch_finish:
 *
 * Returns: %FALSE with %FAIRLEAD_ERROR_REMOTE when the port or the path is in use, and by whom; with
 *   %FAIRLEAD_ERROR_CONFIG when the person does not allow the command
 */
gboolean
fairlead_server_launch_finish (FairleadServer  *self,
                               GAsyncResult    *result,
                               GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
