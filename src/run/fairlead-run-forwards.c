/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The forwards of the configuration: opened right after sign-in, so that they serve whatever becomes of the
 * solver, open again on the same ports after a connection that was lost, and closed with the link. */

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-forward-option.h"
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
  return g_str_equal (host, "*") ? every_address (self) : host;
}

/* What came by paste or import does not open this computer to the network. */
static gboolean
may_open_to_network (FairleadRun               *self,
                     const FairleadForwardSpec *forward,
                     gboolean                   own)
{
  FairleadSource gateway;

  if (!own)
    return FALSE;
  is_yes (self, "gatewayports", &gateway);
  return forward->listen.host != NULL || !fairlead_target_needs_approval (self->target, &gateway);
}

/* Decides the address on this computer. @own: the person's own word. */
static void
choose_address (FairleadRun         *self,
                FairleadForwardSpec *forward,
                gboolean             own)
{
  gboolean may = may_open_to_network (self, forward, own);
  char *address = g_strdup (wanted_address (self, forward));

  g_free (forward->listen.host);
  forward->listen.host = address;
  forward->allow_other_users = fairlead_forward_spec_is_for_network (forward);
  if (forward->allow_other_users && !may)
    {
      g_autofree char *local = fairlead_forward_format_address (NULL, forward->listen.port);
      /* Translators: 127.0.0.1 and a port. */
      g_autofree char *text =
        g_strdup_printf (_("The forward listens on %s only: that it be open to the network does not "
                           "stand in your own configuration."), local);

      g_clear_pointer (&forward->listen.host, g_free);
      forward->allow_other_users = FALSE;
      fairlead_run_say (self, FAIRLEAD_LOG_WARNING, text);
    }
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

/* ---- the wishes of the configuration ---- */

static const struct {
  const char *keyword;
  const char *name;
} keywords[] = {
  [FAIRLEAD_FORWARD_LOCAL] = { "localforward", "LocalForward" },
  [FAIRLEAD_FORWARD_REMOTE] = { "remoteforward", "RemoteForward" },
  [FAIRLEAD_FORWARD_DYNAMIC] = { "dynamicforward", "DynamicForward" },
};

/* The tokens of a path; one that cannot be known has been refused with the configuration. */
static void
expand (FairleadRun  *self,
        char        **path)
{
  char *expanded = *path != NULL ? fairlead_ssh_config_expand (self->target->config, *path, NULL) : NULL;

  if (expanded == NULL)
    return;
  g_free (*path);
  *path = expanded;
}

/* By what they come to, the forwards that the person has written for this connection or typed beside it, and
 * how each stands in the profile. The configuration has them as "given", where what was pasted is too. */
static GHashTable *
list_own (FairleadRun *self)
{
  const char * const *lists[] = {
    self->options != NULL ? self->options->forwards : NULL, fairlead_profile_get_forwards (self->profile),
  };
  GHashTable *own = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint list = 0; list < G_N_ELEMENTS (lists); list++)
    for (guint i = 0; lists[list] != NULL && lists[list][i] != NULL; i++)
      {
        const char *text = lists[list][i];
        g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_parse_option (text, NULL);

        if (spec == NULL)
          continue;
        expand (self, &spec->listen.path);
        expand (self, &spec->to.path);
        g_hash_table_insert (own, fairlead_forward_spec_format_option (spec),
                             list == 1 ? (gpointer) text : NULL);
      }
  return own;
}

/* What lets the host reach into this computer, or makes a file on it, takes the person's own word: until
 * then it is not opened. fairlead_run_retry_tunnel() gives it. */
static GError *
needs_word (const FairleadForwardSpec *spec,
            gboolean                   own)
{
  GError *error;

  if (own || (spec->kind != FAIRLEAD_FORWARD_REMOTE && spec->listen.path == NULL))
    return NULL;
  error = fairlead_error_new (FAIRLEAD_ERROR_NEEDS_PERSON, "%s",
                              spec->kind == FAIRLEAD_FORWARD_REMOTE
                              ? _("This forward lets the host reach into this computer, and does not stand in "
                                  "your own configuration.")
                              : _("This forward makes a file on this computer, and does not stand in your own "
                                  "configuration."));
  fairlead_error_set_hint (error, _("Open it by hand if you want it."));
  return error;
}

static gboolean
may_lead_anywhere (FairleadRun               *self,
                   const FairleadForwardSpec *spec)
{
  const char *limit = fairlead_ssh_config_lookup (self->target->config, "permitremoteopen", NULL);

  return spec->kind != FAIRLEAD_FORWARD_REMOTE || !fairlead_forward_spec_is_socks (spec) || limit == NULL
         || g_str_equal (limit, "any");
}

static void
say_unopened (FairleadRun         *self,
              FairleadForwardKind  kind,
              const char          *where,
              const char          *why)
{
  g_autofree char *text = g_strdup_printf ("%s (%s): %s", keywords[kind].name, where, why);

  fairlead_run_say (self, FAIRLEAD_LOG_WARNING, text);
}

/* Its address is decided; @option: how it stands in the profile. */
static void
add_wish (FairleadRun         *self,
          FairleadForwardSpec *spec,
          const char          *where,
          const char          *option,
          gboolean             own)
{
  g_autoptr (FairleadTunnel) tunnel = NULL;
  g_autoptr (GError) held = needs_word (spec, own);

  if (spec->kind != FAIRLEAD_FORWARD_REMOTE && spec->listen.path == NULL)
    choose_address (self, spec, own);
  tunnel = fairlead_tunnel_new (FAIRLEAD_TUNNEL_ORIGIN_CONFIG, spec, NULL, where);
  if (option != NULL)
    fairlead_tunnel_set_option (tunnel, option);
  fairlead_tunnel_list_add (self->tunnels, tunnel);
  if (held == NULL)
    return;
  fairlead_tunnel_hold (tunnel, held);
  say_unopened (self, spec->kind, where, held->message);
}

static void
make_wish (FairleadRun         *self,
           FairleadForwardKind  kind,
           const char          *value,
           FairleadSource      *source,
           GHashTable          *written)
{
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_parse (kind, value);
  g_autofree char *where = fairlead_source_format (source);
  g_autofree char *key = spec != NULL ? fairlead_forward_spec_format_option (spec) : NULL;
  gpointer option = NULL;
  gboolean own = !fairlead_target_needs_approval (self->target, source);

  if (key != NULL && source->kind == FAIRLEAD_SOURCE_GIVEN)
    own |= g_hash_table_lookup_extended (written, key, NULL, &option);
  if (spec == NULL)
    say_unopened (self, kind, where, value);
  else if (!may_lead_anywhere (self, spec))
    say_unopened (self, kind, where, _("PermitRemoteOpen cannot be kept, so it is not opened."));
  else
    add_wish (self, spec, where, option, own);
}

/* The forwards of profile, command line and files become tunnels, closed ones as yet, in their order. */
static void
make_wishes (FairleadRun *self)
{
  g_autoptr (GHashTable) own = list_own (self);

  for (FairleadForwardKind kind = 0; kind < G_N_ELEMENTS (keywords); kind++)
    {
      const char *keyword = keywords[kind].keyword;
      const char * const *values = fairlead_ssh_config_lookup_list (self->target->config, keyword, NULL);

      for (guint i = 0; values != NULL && values[i] != NULL; i++)
        {
          FairleadSource source = fairlead_ssh_config_get_source (self->target->config, keyword, i);

          make_wish (self, kind, values[i], &source, own);
        }
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

/* Where the wish stands. */
static void
prefix_error (FairleadTunnel  *tunnel,
              GError         **error)
{
  FairleadForwardKind kind = fairlead_tunnel_get_spec (tunnel)->kind;

  if (fairlead_tunnel_get_source (tunnel) != NULL)
    g_prefix_error (error, "%s (%s): ", keywords[kind].name, fairlead_tunnel_get_source (tunnel));
  else if (fairlead_tunnel_get_option (tunnel) != NULL)
    g_prefix_error (error, "%s: ", fairlead_tunnel_get_option (tunnel));
}

/* A forward that is not open is said; with ExitOnForwardFailure it ends the connection. */
static void
open_failed (FairleadRun    *self,
             FairleadTunnel *tunnel,
             Opening        *opening,
             GError         *error)
{
  prefix_error (tunnel, &error);
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

  return tunnel != self->solver_tunnel && !fairlead_tunnel_is_held (tunnel) && state != FAIRLEAD_TUNNEL_STATE_OPEN
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
