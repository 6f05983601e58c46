/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* A tunnel for the ssh of other tools: from a port of this computer to the sshd of the solver's host, through
 * the chain that we have verified. */

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-remote-script.h"
#include "fairlead-run-private.h"
#include "fairlead-ssh-config.h"
#include "fairlead-tunnel-probe.h"

#define ASK_SECONDS 10
#define SSH_PORT 22

/* Quoted where a shell would take it as something else. */
static void
append_option (GString    *command,
               const char *option,
               const char *value)
{
  gboolean harmless = value[strspn (value, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "./-_@:,+=")] == '\0';
  g_autofree char *quoted = harmless ? g_strdup (value) : fairlead_shell_quote (value);

  g_string_append_printf (command, " %s%s", option, quoted);
}

/* The name that the host's key is known by: other tools come to it by 127.0.0.1, which is anybody's. */
static char *
dup_key_name (FairleadTarget *target)
{
  if (target->host_key_alias != NULL)
    return g_strdup (target->host_key_alias);
  return target->port == SSH_PORT ? g_strdup (target->host_name)
                                  : g_strdup_printf ("[%s]:%u", target->host_name, target->port);
}

/* What follows "ssh -p PORT". */
static char *
format_options (FairleadTarget *target)
{
  g_autoptr (GString) command = g_string_new (NULL);
  g_autofree char *name = dup_key_name (target);
  g_autofree char *account = g_strdup_printf ("%s@127.0.0.1", target->user);
  FairleadSource source;

  append_option (command, "-o HostKeyAlias=", name);
  fairlead_ssh_config_lookup_list (target->config, "userknownhostsfile", &source);
  if (source.kind != FAIRLEAD_SOURCE_DEFAULT && target->user_known_hosts[0] != NULL)
    append_option (command, "-o UserKnownHostsFile=", target->user_known_hosts[0]);
  for (guint i = 0; target->identity_explicit && target->identity_files[i] != NULL; i++)
    append_option (command, "-i ", target->identity_files[i]);
  append_option (command, "", account);
  return g_strdup (command->str);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = FAIRLEAD_RUN (source);
  FairleadTunnel *tunnel;
  GError *error = NULL;

  tunnel = fairlead_run_add_tunnel_finish (self, result, &error);
  if (tunnel == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  fairlead_tunnel_probe_async (tunnel, fairlead_run_get_remote (self), NULL, NULL, NULL);
  g_task_return_pointer (task, tunnel, g_object_unref);
}

static void
open_to (GTask      *task,
         const char *address,
         guint       port)
{
  FairleadRun *self = g_task_get_source_object (task);
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_new_local (0, address, port);
  g_autoptr (FairleadTunnel) tunnel = NULL;
  g_autofree char *options = format_options (self->target);

  tunnel = fairlead_tunnel_new (FAIRLEAD_TUNNEL_ORIGIN_SESSION, spec, _("SSH for other tools"), NULL);
  fairlead_tunnel_set_ssh (tunnel, options);
  fairlead_run_add_made_tunnel (self, tunnel, g_task_get_cancellable (task), opened_cb,
                                g_object_ref (task));
}

/* A host that does not say (a command of its own, no place for one more) has its sshd where it is as a rule. */
static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (FairleadRemoteReply) reply = NULL;
  g_autofree char *address = NULL;
  gint64 port = 0;

  reply = fairlead_remote_script_run_finish (FAIRLEAD_REMOTE (source), result, NULL);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (reply != NULL)
    {
      address = fairlead_remote_reply_dup_text (reply, "address");
      port = fairlead_remote_reply_get_int (reply, "port", 0);
    }
  if (address == NULL || !g_hostname_is_ip_address (address) || port < 1 || port > G_MAXUINT16)
    open_to (task, "127.0.0.1", SSH_PORT);
  else
    open_to (task, address, (guint) port);
}

static FairleadTunnel *
find_open (FairleadRun *self)
{
  GListModel *tunnels = fairlead_run_get_tunnels (self);

  for (guint i = 0; i < g_list_model_get_n_items (tunnels); i++)
    {
      g_autoptr (FairleadTunnel) tunnel = g_list_model_get_item (tunnels, i);

      if (fairlead_tunnel_is_ssh (tunnel))
        return g_steal_pointer (&tunnel);
    }
  return NULL;
}

/**
 * fairlead_run_open_ssh_tunnel_async:
 * @self: a run that is connected
 *
 * Opens a tunnel from a free port of this computer to the sshd of the host, for tools that know only ssh.
 * fairlead_tunnel_dup_command() has the line for them. There is one at most: if it is there, it is given.
 */
void
fairlead_run_open_ssh_tunnel_async (FairleadRun         *self,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (FairleadRemoteScript) script = NULL;
  FairleadTunnel *open;

  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  g_task_set_source_tag (task, fairlead_run_open_ssh_tunnel_async);
  open = find_open (self);
  if (open != NULL)
    {
      g_task_return_pointer (task, open, g_object_unref);
      return;
    }
  if (fairlead_run_get_remote (self) == NULL)
    {
      g_task_return_error (task, fairlead_run_error_offline ());
      return;
    }
  script = fairlead_remote_script_new ("ssh-port");
  fairlead_remote_script_run_async (script, fairlead_run_get_remote (self), ASK_SECONDS, cancellable,
                                    asked_cb, g_object_ref (task));
}

/**
 * fairlead_run_open_ssh_tunnel_finish:
 *
 * Returns: (transfer full): the tunnel, which is among those of fairlead_run_get_tunnels() now
 */
FairleadTunnel *
fairlead_run_open_ssh_tunnel_finish (FairleadRun   *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
