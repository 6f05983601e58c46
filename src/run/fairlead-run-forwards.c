/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The forwards of the configuration: opened right after sign-in, so that they serve whatever becomes of the
 * solver, open again on the same ports after a connection that was lost, and closed with the link. */

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-forward-spec.h"
#include "fairlead-run-private.h"
#include "fairlead-ssh-config.h"
#include "fairlead-step-private.h"
#include "fairlead-tunnel-probe.h"

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
  return address == NULL || g_str_has_prefix (address, "127.") || g_str_equal (address, "::1")
         || g_str_equal (address, "localhost");
}

/* Whether only this computer reaches what it listens on here. */
gboolean
fairlead_run_is_loopback (const FairleadForwardSpec *spec)
{
  return spec->kind == FAIRLEAD_FORWARD_REMOTE || spec->listen.path != NULL
         || is_loopback (spec->listen.host);
}

/* What came by paste or import does not open this computer to the network. */
static gboolean
may_open_to_network (FairleadRun               *self,
                     const FairleadForwardSpec *forward,
                     const FairleadSource      *source)
{
  FairleadSource gateway;

  if (fairlead_target_needs_approval (self->target, source))
    return FALSE;
  is_yes (self, "gatewayports", &gateway);
  return forward->listen.host != NULL || !fairlead_target_needs_approval (self->target, &gateway);
}

static const char *
choose_address (FairleadRun               *self,
                const FairleadForwardSpec *forward,
                const FairleadSource      *source)
{
  const char *address = wanted_address (self, forward);
  g_autofree char *local = NULL;
  g_autofree char *text = NULL;

  if (is_loopback (address) || may_open_to_network (self, forward, source))
    return address;
  local = fairlead_forward_format_address (NULL, forward->listen.port);
  /* Translators: 127.0.0.1 and a port. */
  text = g_strdup_printf (_("The forward listens on %s only: that it be open to the network does not "
                            "stand in your own configuration."), local);
  fairlead_run_say (self, FAIRLEAD_LOG_WARNING, text);
  return NULL;
}

/* What was opened, in words. */
static char *
describe (FairleadTunnel *tunnel)
{
  g_autofree char *local = fairlead_tunnel_dup_local (tunnel);
  g_autofree char *destination = fairlead_tunnel_dup_destination (tunnel);
  g_autofree char *to = destination != NULL ? fairlead_make_inert (destination, -1) : NULL;

  if (fairlead_tunnel_get_spec (tunnel)->kind != FAIRLEAD_FORWARD_REMOTE)
    /* Translators: an address of this computer, and where the remote leads it. */
    return to != NULL ? g_strdup_printf (_("Forwarding %s to %s."), local, to)
           /* Translators: an address of this computer. */
           : g_strdup_printf (_("A SOCKS proxy listens on %s."), local);
  /* Translators: an address of the host, and where this computer leads it. */
  return to != NULL ? g_strdup_printf (_("Forwarding %s of the host to %s."), local, to)
         /* Translators: an address of the host. */
         : g_strdup_printf (_("A SOCKS proxy for the host listens on its %s."), local);
}

void
fairlead_run_say_tunnel (FairleadRun    *self,
                         FairleadTunnel *tunnel)
{
  g_autofree char *text = describe (tunnel);

  fairlead_run_say (self, FAIRLEAD_LOG_NOTICE, text);
}

/* The forwards of the configuration become tunnels, closed ones as yet. Source and text of each stand at
 * the same place of their lists. */
static void
make_wishes (FairleadRun *self)
{
  const char * const *values =
    fairlead_ssh_config_lookup_list (self->target->config, "localforward", NULL);

  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    {
      FairleadSource source = fairlead_ssh_config_get_source (self->target->config, "localforward", i);
      g_autofree char *where = fairlead_source_format (&source);
      g_autoptr (FairleadForwardSpec) spec = NULL;
      g_autoptr (FairleadTunnel) tunnel = NULL;
      g_autofree char *address = NULL;

      spec = fairlead_forward_spec_parse (FAIRLEAD_FORWARD_LOCAL, values[i]);
      if (spec == NULL || spec->listen.path != NULL || spec->to.path != NULL)
        continue;
      address = g_strdup (choose_address (self, spec, &source));
      spec->allow_other_users = !is_loopback (address);
      g_free (spec->listen.host);
      spec->listen.host = g_steal_pointer (&address);
      tunnel = fairlead_tunnel_new (FAIRLEAD_TUNNEL_ORIGIN_CONFIG, spec, NULL, where);
      fairlead_tunnel_list_add (self->tunnels, tunnel);
    }
  self->has_wishes = TRUE;
}

/* The tunnels of one link, while they are opened, all at once. */
typedef struct {
  guint waiting;
  gboolean first;              /* of this link's time: ExitOnForwardFailure counts */
  GError *fatal;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_clear_error (&opening->fatal);
  g_free (opening);
}

static void
opening_done (GTask *task)
{
  FairleadRun *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);

  if (opening->fatal == NULL)
    {
      g_task_return_int (task, FAIRLEAD_STEP_NEXT);
      return;
    }
  /* Sign-in is done: the step that fails is the one that opens tunnels. */
  fairlead_step_set (fairlead_run_get_step (self, FAIRLEAD_STEP_OPEN_TUNNEL), FAIRLEAD_STEP_RUNNING, NULL);
  g_task_return_error (task, g_steal_pointer (&opening->fatal));
}

/* A forward that is not open is said; with ExitOnForwardFailure it ends the connection. */
static void
open_failed (FairleadRun    *self,
             FairleadTunnel *tunnel,
             Opening        *opening,
             GError         *error)
{
  if (fairlead_tunnel_get_source (tunnel) != NULL)
    g_prefix_error (&error, "LocalForward (%s): ", fairlead_tunnel_get_source (tunnel));
  if (!opening->first || opening->fatal != NULL || !is_yes (self, "exitonforwardfailure", NULL))
    {
      fairlead_run_say (self, FAIRLEAD_LOG_WARNING, error->message);
      g_error_free (error);
      return;
    }
  fairlead_error_set_hint (error, _("ExitOnForwardFailure is set: all forwards of the configuration have "
                                    "to be opened. Free the port, change the forward, or take the "
                                    "setting away."));
  opening->fatal = error;
}

static void
is_open (FairleadRun    *self,
         FairleadTunnel *tunnel)
{
  fairlead_run_say_tunnel (self, tunnel);
  if (fairlead_tunnel_is_ssh (tunnel))
    fairlead_tunnel_probe_async (tunnel, fairlead_link_get_remote (self->link), NULL, NULL, NULL);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  FairleadTunnel *tunnel = FAIRLEAD_TUNNEL (source);
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;

  if (fairlead_tunnel_open_finish (tunnel, result, &error))
    is_open (self, tunnel);
  else if (fairlead_error_is_cancel (error))
    g_error_free (error);
  else
    open_failed (self, tunnel, opening, error);
  if (--opening->waiting == 0)
    opening_done (task);
}

static gboolean
is_to_be_opened (FairleadRun    *self,
                 FairleadTunnel *tunnel)
{
  FairleadTunnelState state = fairlead_tunnel_get_state (tunnel);

  return tunnel != self->solver_tunnel && state != FAIRLEAD_TUNNEL_STATE_OPEN
         && state != FAIRLEAD_TUNNEL_STATE_OPENING;
}

/* Takes the task of the step that made the link. */
void
fairlead_run_forwards_link_up (FairleadRun *self,
                               GTask       *task)
{
  g_autoptr (GTask) owned = task;
  GListModel *tunnels = fairlead_run_get_tunnels (self);
  Opening *opening = g_new0 (Opening, 1);

  g_task_set_task_data (task, opening, opening_free);
  opening->first = !self->has_wishes;
  opening->waiting = 1;
  /* Of a job that was cancelled meanwhile there is nothing to open. */
  if (!g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      if (!self->has_wishes)
        make_wishes (self);
      for (guint i = 0; i < g_list_model_get_n_items (tunnels); i++)
        {
          g_autoptr (FairleadTunnel) tunnel = g_list_model_get_item (tunnels, i);

          if (!is_to_be_opened (self, tunnel))
            continue;
          opening->waiting++;
          /* Not with the task's cancellable: they are wished for even if the job is given up. */
          fairlead_tunnel_open_async (tunnel, fairlead_link_get_remote (self->link), NULL, opened_cb,
                                      g_object_ref (task));
        }
    }
  if (--opening->waiting == 0)
    opening_done (task);
}

/* The connection was lost, and is made again: listeners stay, their clients wait or are turned away. */
void
fairlead_run_forwards_link_lost (FairleadRun *self)
{
  GListModel *tunnels = fairlead_run_get_tunnels (self);

  for (guint i = 0; i < g_list_model_get_n_items (tunnels); i++)
    {
      g_autoptr (FairleadTunnel) tunnel = g_list_model_get_item (tunnels, i);

      fairlead_tunnel_lose (tunnel, self->refuse_waiting);
    }
}

/* The connection has ended, for good: all tunnels, the solver's too, and their wishes. */
void
fairlead_run_forwards_close (FairleadRun *self)
{
  fairlead_run_set_solver_tunnel (self, NULL);
  fairlead_tunnel_list_clear (self->tunnels);
  self->has_wishes = FALSE;
}
