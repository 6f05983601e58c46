/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The forwards of the configuration (LocalForward): opened right after sign-in, so that they serve whatever
 * becomes of the solver, and closed with the link. */

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-forward-spec.h"
#include "fairlead-run-private.h"
#include "fairlead-ssh-config.h"
#include "fairlead-step-private.h"

static gboolean
is_yes (FairleadRun    *self,
        const char     *keyword,
        FairleadSource *source)
{
  return g_strcmp0 (fairlead_ssh_config_lookup (self->target->config, keyword, source), "yes") == 0;
}

static const char *
every_address (FairleadRun *self)
{
  switch (self->target->address_family)
    {
    case FAIRLEAD_ADDRESS_FAMILY_INET:
      return "0.0.0.0";
    case FAIRLEAD_ADDRESS_FAMILY_INET6:
      return "::";
    case FAIRLEAD_ADDRESS_FAMILY_ANY:
    default:
      return "*";
    }
}

/* As ssh(1), -L: an address that was given, else GatewayPorts; NULL is the loopback. */
static const char *
wanted_address (FairleadRun               *self,
                const FairleadForwardSpec *forward)
{
  const char *host = forward->listen.host;

  if (host == NULL)
    return is_yes (self, "gatewayports", NULL) ? every_address (self) : NULL;
  if (g_str_equal (host, "*"))
    return every_address (self);
  return g_str_equal (host, "localhost") ? NULL : host;
}

static gboolean
is_loopback (const char *address)
{
  return address == NULL || g_str_has_prefix (address, "127.");
}

/* What came by paste or import does not open this computer to the network. */
static gboolean
may_open_to_network (FairleadRun               *self,
                     const FairleadForwardSpec *forward,
                     guint                      i)
{
  FairleadSource source = fairlead_ssh_config_get_source (self->target->config, "localforward", i);
  FairleadSource gateway;

  if (fairlead_target_needs_approval (self->target, &source))
    return FALSE;
  is_yes (self, "gatewayports", &gateway);
  return forward->listen.host != NULL || !fairlead_target_needs_approval (self->target, &gateway);
}

static const char *
choose_address (FairleadRun               *self,
                const FairleadForwardSpec *forward,
                guint                      i)
{
  const char *address = wanted_address (self, forward);
  g_autofree char *local = NULL;
  g_autofree char *text = NULL;

  if (is_loopback (address) || may_open_to_network (self, forward, i))
    return address;
  local = fairlead_forward_format_address (NULL, forward->listen.port);
  /* Translators: 127.0.0.1 and a port. */
  text = g_strdup_printf (_("The forward listens on %s only: that it be open to the network does not "
                            "stand in your own configuration."), local);
  fairlead_run_say (self, FAIRLEAD_LOG_WARNING, text);
  return NULL;
}

static void
open_cb (FairleadForward *forward,
         GParamSpec      *pspec,
         FairleadRun     *self)
{
  guint position;

  if (!fairlead_forward_is_open (forward)
      && g_list_store_find (self->forwards, forward, &position))
    g_list_store_remove (self->forwards, position);
}

static void
add_forward (FairleadRun     *self,
             FairleadForward *forward)
{
  g_autofree char *local = fairlead_forward_dup_local_address (forward);
  g_autofree char *remote = fairlead_forward_dup_remote_address (forward);
  g_autofree char *inert = fairlead_make_inert (remote, -1);
  /* Translators: an address of this computer, and where the remote leads it. */
  g_autofree char *text = g_strdup_printf (_("Forwarding %s to %s."), local, inert);

  g_signal_connect_object (forward, "notify::open", G_CALLBACK (open_cb), self, 0);
  g_list_store_append (self->forwards, forward);
  fairlead_run_say (self, FAIRLEAD_LOG_NOTICE, text);
}

/* Whether @error ends the connection (ExitOnForwardFailure); if not, it is said and cleared. Its step is
 * the one that opens tunnels: sign-in is done. */
static gboolean
is_fatal (FairleadRun  *self,
          guint         i,
          GError      **error)
{
  FairleadSource source = fairlead_ssh_config_get_source (self->target->config, "localforward", i);
  g_autofree char *where = fairlead_source_format (&source);

  g_prefix_error (error, "LocalForward (%s): ", where);
  if (!is_yes (self, "exitonforwardfailure", NULL))
    {
      fairlead_run_say (self, FAIRLEAD_LOG_WARNING, (*error)->message);
      g_clear_error (error);
      return FALSE;
    }
  fairlead_error_set_hint (*error, _("ExitOnForwardFailure is set: all forwards of the configuration have "
                                     "to be opened. Free the port, change the forward, or take the "
                                     "setting away."));
  fairlead_step_set (fairlead_run_get_step (self, FAIRLEAD_STEP_OPEN_TUNNEL), FAIRLEAD_STEP_RUNNING, NULL);
  return TRUE;
}

static void open_next (FairleadRun *self,
                       GTask       *task);

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  guint i = GPOINTER_TO_UINT (g_task_get_task_data (task));
  g_autoptr (FairleadForward) forward = NULL;
  GError *error = NULL;

  forward = fairlead_remote_forward_finish (FAIRLEAD_REMOTE (source), result, &error);
  if (g_task_get_cancellable (task) != self->job)
    {
      if (forward != NULL)
        fairlead_forward_close (forward);
      g_clear_error (&error);
      g_task_return_int (task, FAIRLEAD_STEP_NEXT);
      return;
    }
  if (forward != NULL)
    add_forward (self, forward);
  else if (fairlead_error_is_cancel (error) || is_fatal (self, i, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, GUINT_TO_POINTER (i + 1), NULL);
  open_next (self, g_steal_pointer (&task));
}

static void
open_one (FairleadRun         *self,
          FairleadForwardSpec *forward,
          guint                i,
          GTask               *task)
{
  g_autofree char *address = g_strdup (choose_address (self, forward, i));

  forward->allow_other_users = !is_loopback (address);
  g_free (forward->listen.host);
  forward->listen.host = g_steal_pointer (&address);
  fairlead_remote_forward_async (fairlead_link_get_remote (self->link), forward,
                                 g_task_get_cancellable (task), opened_cb, task);
}

/* The task's data is the index of the next one. UNIX sockets have their note. */
static void
open_next (FairleadRun *self,
           GTask       *task)
{
  const char * const *values =
    fairlead_ssh_config_lookup_list (self->target->config, "localforward", NULL);
  guint i = GPOINTER_TO_UINT (g_task_get_task_data (task));

  for (; values != NULL && values[i] != NULL; i++)
    {
      g_autoptr (FairleadForwardSpec) forward = NULL;

      forward = fairlead_forward_spec_parse (FAIRLEAD_FORWARD_LOCAL, values[i]);
      if (forward == NULL || forward->listen.path != NULL || forward->to.path != NULL)
        continue;
      g_task_set_task_data (task, GUINT_TO_POINTER (i), NULL);
      open_one (self, forward, i, task);
      return;
    }
  g_task_return_int (task, FAIRLEAD_STEP_NEXT);
  g_object_unref (task);
}

/* Takes the task of the step that made the link. */
void
fairlead_run_open_forwards (FairleadRun *self,
                            GTask       *task)
{
  /* Of a job that was cancelled meanwhile. */
  if (g_task_get_cancellable (task) != self->job)
    {
      g_task_return_int (task, FAIRLEAD_STEP_NEXT);
      g_object_unref (task);
      return;
    }
  g_task_set_task_data (task, GUINT_TO_POINTER (0), NULL);
  open_next (self, task);
}

void
fairlead_run_close_forwards (FairleadRun *self)
{
  GListModel *forwards = G_LIST_MODEL (self->forwards);

  for (guint i = 0; i < g_list_model_get_n_items (forwards); i++)
    {
      g_autoptr (FairleadForward) forward = g_list_model_get_item (forwards, i);

      g_signal_handlers_disconnect_by_data (forward, self);
      fairlead_forward_close (forward);
    }
  g_list_store_remove_all (self->forwards);
}
