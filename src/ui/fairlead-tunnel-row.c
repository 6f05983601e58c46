/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-tunnel-row.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "fairlead-error.h"
#include "fairlead-looks.h"
#include "fairlead-forward-option.h"
#include "fairlead-traffic-view.h"
#include "fairlead-tunnel-edit.h"
#include "fairlead-ui.h"
#include "fairlead-wrap-box.h"

/**
 * FairleadTunnelRow:
 *
 * One tunnel: what it is and who wishes for it, what it listens on and where it leads, what was proved of
 * it, its connections and its traffic. Not on the screen it costs nothing.
 */
struct _FairleadTunnelRow {
  GtkListBoxRow parent_instance;

  /* Template children */
  GtkLabel *title;
  GtkLabel *origin;
  GtkLabel *address;
  GtkLabel *destination;
  GtkWidget *copy_button;
  GtkWidget *browser_button;
  GtkImage *state_icon;
  GtkLabel *state_label;
  GtkLabel *connections;
  FairleadTrafficView *traffic;
  GtkWidget *menu_button;
  GtkLabel *reason;
  GtkButton *retry_button;
  GtkWidget *open_to_all;
  GtkLabel *refused;

  /* Owned */
  FairleadRun *run;
  FairleadTunnel *tunnel;
};

G_DEFINE_FINAL_TYPE (FairleadTunnelRow, fairlead_tunnel_row, GTK_TYPE_LIST_BOX_ROW)

static const char * const kind_titles[] = {
  [FAIRLEAD_FORWARD_LOCAL] = N_("Forward"),
  [FAIRLEAD_FORWARD_REMOTE] = N_("Reverse Forward"),
  [FAIRLEAD_FORWARD_DYNAMIC] = N_("SOCKS Proxy"),
};

static const char *
get_title (FairleadTunnel *tunnel)
{
  const char *title = fairlead_tunnel_get_title (tunnel);

  return title != NULL ? title : _(kind_titles[fairlead_tunnel_get_spec (tunnel)->kind]);
}

/* Who wishes for it; NULL where the title says so. */
static char *
dup_origin (FairleadTunnel *tunnel)
{
  switch (fairlead_tunnel_get_origin (tunnel))
    {
    case FAIRLEAD_TUNNEL_ORIGIN_PROFILE:
      return g_strdup (_("kept in the connection"));
    case FAIRLEAD_TUNNEL_ORIGIN_CONFIG:
      return g_strdup (fairlead_tunnel_get_source (tunnel));
    case FAIRLEAD_TUNNEL_ORIGIN_SESSION:
      return g_strdup (_("until you disconnect"));
    case FAIRLEAD_TUNNEL_ORIGIN_SOLVER:
    default:
      return NULL;
    }
}

static char *
dup_destination (FairleadTunnelRow *self)
{
  const FairleadForwardSpec *spec = fairlead_tunnel_get_spec (self->tunnel);
  const char *name = fairlead_profile_get_name (fairlead_run_get_profile (self->run));
  g_autofree char *to = fairlead_tunnel_dup_destination (self->tunnel);

  if (spec->kind == FAIRLEAD_FORWARD_REMOTE)
    /* Translators: %s is a place: "localhost:80". The tunnel's other end is on the host. */
    return to != NULL ? g_strdup_printf (_("on the host, leads to %s of this computer"), to)
                      : g_strdup (_("on the host, leads to all that this computer reaches"));
  if (to == NULL)
    /* Translators: %s is the name of a connection. */
    return g_strdup_printf (_("leads to all that %s reaches"), name);
  /* Translators: a place (host and port), and the name of the connection. */
  return g_strdup_printf (_("leads to %s on %s"), to, name);
}

static gboolean
is_open_to_all (const FairleadForwardSpec *spec)
{
  const char *host = spec->listen.host;

  return host != NULL && !g_str_equal (host, "localhost") && !g_str_equal (host, "::1")
         && !g_str_has_prefix (host, "127.");
}

static void
show_label (GtkLabel   *label,
            const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
show_place (FairleadTunnelRow *self)
{
  const FairleadForwardSpec *spec = fairlead_tunnel_get_spec (self->tunnel);
  g_autofree char *origin = dup_origin (self->tunnel);
  g_autofree char *local = fairlead_tunnel_dup_local (self->tunnel);
  g_autofree char *destination = dup_destination (self);
  g_autofree char *name = g_strdup_printf ("%s %s", get_title (self->tunnel), local);

  gtk_label_set_label (self->title, get_title (self->tunnel));
  show_label (self->origin, origin);
  gtk_label_set_label (self->address, local);
  gtk_label_set_label (self->destination, destination);
  gtk_widget_set_visible (self->open_to_all, is_open_to_all (spec));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static char *
dup_reason (FairleadTunnel *tunnel)
{
  const GError *error = fairlead_tunnel_get_error (tunnel);
  /* Of a port that is taken the button says what to do. */
  const char *hint = fairlead_error_get_free_port (error) == 0 ? fairlead_error_get_hint (error) : NULL;

  if (error == NULL)
    return g_strdup (fairlead_tunnel_get_health_reason (tunnel));
  return hint != NULL ? g_strdup_printf ("%s %s", error->message, hint) : g_strdup (error->message);
}

static void
show_retry (FairleadTunnelRow *self)
{
  const GError *error = fairlead_tunnel_get_error (self->tunnel);
  guint port = fairlead_error_get_free_port (error);
  g_autofree char *label =
    /* Translators: a button; %u is a port. */
    port != 0 ? g_strdup_printf (_("_Use %u"), port) : g_strdup (_("_Try Again"));

  gtk_button_set_label (self->retry_button, label);
  gtk_widget_set_visible (GTK_WIDGET (self->retry_button), error != NULL);
}

static void
show_state (FairleadTunnelRow *self)
{
  FairleadTunnelState state = fairlead_tunnel_get_state (self->tunnel);
  const FairleadForwardSpec *spec = fairlead_tunnel_get_spec (self->tunnel);
  gboolean solver = fairlead_tunnel_get_origin (self->tunnel) == FAIRLEAD_TUNNEL_ORIGIN_SOLVER;
  gboolean listens = state == FAIRLEAD_TUNNEL_STATE_OPEN || state == FAIRLEAD_TUNNEL_STATE_WAITING;
  const FairleadLook *look;
  g_autofree char *reason = dup_reason (self->tunnel);

  if (state == FAIRLEAD_TUNNEL_STATE_OPEN && solver)
    look = fairlead_look_of_tunnel (fairlead_tunnel_get_health (self->tunnel));
  else if (state == FAIRLEAD_TUNNEL_STATE_OPEN)
    look = fairlead_look_of_health (fairlead_tunnel_get_health (self->tunnel));
  else
    look = fairlead_look_of_tunnel_state (state);
  fairlead_look_apply (look, self->state_icon, self->state_label);
  show_label (self->reason, reason);
  gtk_widget_set_visible (self->copy_button, listens);
  gtk_widget_set_visible (self->browser_button, listens && spec->kind == FAIRLEAD_FORWARD_LOCAL
                                                  && spec->listen.path == NULL
                                                  && !fairlead_tunnel_is_ssh (self->tunnel));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tunnel.test", state == FAIRLEAD_TUNNEL_STATE_OPEN);
  show_retry (self);
}

static void
show_counters (FairleadTunnelRow *self)
{
  FairleadForwardCounters counters;
  g_autofree char *connections = NULL;
  g_autofree char *refused = NULL;

  fairlead_traffic_get_counters (FAIRLEAD_TRAFFIC (self->tunnel), &counters);
  /* Translators: connections open now, and since the start. */
  connections = g_strdup_printf (_("%u open, %" PRIu64 " in all"), counters.open, counters.total);
  gtk_label_set_label (self->connections, connections);
  if (counters.refused > 0)
    refused = g_strdup_printf (ngettext ("%u connection of another account of this computer was refused.",
                                         "%u connections of other accounts of this computer were refused.",
                                         counters.refused), (guint) counters.refused);
  show_label (self->refused, refused);
}

static void
counters_cb (FairleadTunnelRow *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    show_counters (self);
}

/* The solver's is changed with the connection; that for other tools is as it has to be. */
static void
show_menu (FairleadTunnelRow *self)
{
  gboolean solver = fairlead_tunnel_get_origin (self->tunnel) == FAIRLEAD_TUNNEL_ORIGIN_SOLVER;
  const char *copy = fairlead_tunnel_is_ssh (self->tunnel) ? _("Copy ssh Command") : _("Copy Address");

  gtk_widget_set_visible (self->menu_button, !solver);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tunnel.change",
                                 !solver && !fairlead_tunnel_is_ssh (self->tunnel));
  gtk_widget_set_tooltip_text (self->copy_button, copy);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy_button), GTK_ACCESSIBLE_PROPERTY_LABEL, copy,
                                  -1);
}

static void
refresh (FairleadTunnelRow *self)
{
  show_place (self);
  show_menu (self);
  show_state (self);
}

static void
fairlead_tunnel_row_map (GtkWidget *widget)
{
  show_counters (FAIRLEAD_TUNNEL_ROW (widget));
  GTK_WIDGET_CLASS (fairlead_tunnel_row_parent_class)->map (widget);
}

/* ------------------------------------------------------------------ what can be done with it */

/* Of one for other tools the whole line: its port alone does not say whose key to expect there. */
static void
copy_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  FairleadTunnelRow *self = FAIRLEAD_TUNNEL_ROW (widget);
  g_autofree char *command = fairlead_tunnel_dup_command (self->tunnel);
  g_autofree char *local = fairlead_tunnel_dup_local (self->tunnel);

  gtk_widget_activate_action (widget, "win.copy-text", "s", command != NULL ? command : local);
}

static void
open_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  FairleadTunnelRow *self = FAIRLEAD_TUNNEL_ROW (widget);
  g_autofree char *local = fairlead_tunnel_dup_local (self->tunnel);

  gtk_widget_activate_action (widget, "win.open-address", "s", local);
}

static void
change_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  FairleadTunnelRow *self = FAIRLEAD_TUNNEL_ROW (widget);
  GtkRoot *root = gtk_widget_get_root (widget);

  fairlead_tunnel_edit (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->run, self->tunnel);
}

/* The window says so, and can bring it back. */
static void
remove_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  g_autoptr (FairleadTunnelRow) self = g_object_ref (FAIRLEAD_TUNNEL_ROW (widget));
  gboolean kept = fairlead_tunnel_get_origin (self->tunnel) == FAIRLEAD_TUNNEL_ORIGIN_PROFILE;
  g_autofree char *option = fairlead_forward_spec_format_option (fairlead_tunnel_get_spec (self->tunnel));
  const char *id = fairlead_profile_get_id (fairlead_run_get_profile (self->run));

  /* First, for then the row is in no window any more. */
  gtk_widget_activate_action (widget, "win.tunnel-removed", "(ssb)", id, option, kept);
  fairlead_run_remove_tunnel (self->run, self->tunnel, kept);
}

static void
tested_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadTunnelRow) self = user_data;
  g_autoptr (GError) error = NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tunnel.test", TRUE);
  if (!fairlead_run_test_tunnel_finish (FAIRLEAD_RUN (source), result, &error)
      && !fairlead_error_is_cancel (error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", error->message);
}

static void
test_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  FairleadTunnelRow *self = FAIRLEAD_TUNNEL_ROW (widget);

  gtk_widget_action_set_enabled (widget, "tunnel.test", FALSE);
  fairlead_run_test_tunnel_async (self->run, self->tunnel, NULL, tested_cb, g_object_ref (self));
}

/* On the port that was free when this one was not, if that is why it failed. */
static void
retry_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  FairleadTunnelRow *self = FAIRLEAD_TUNNEL_ROW (widget);

  fairlead_run_retry_tunnel (self->run, self->tunnel,
                             fairlead_error_get_free_port (fairlead_tunnel_get_error (self->tunnel)));
}

static void
fairlead_tunnel_row_dispose (GObject *object)
{
  FairleadTunnelRow *self = FAIRLEAD_TUNNEL_ROW (object);

  if (self->tunnel != NULL)
    g_signal_handlers_disconnect_by_data (self->tunnel, self);
  g_clear_object (&self->tunnel);
  g_clear_object (&self->run);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_TUNNEL_ROW);

  G_OBJECT_CLASS (fairlead_tunnel_row_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadTunnelRow, name)
  BIND (title);
  BIND (origin);
  BIND (address);
  BIND (destination);
  BIND (copy_button);
  BIND (browser_button);
  BIND (state_icon);
  BIND (state_label);
  BIND (connections);
  BIND (traffic);
  BIND (menu_button);
  BIND (reason);
  BIND (retry_button);
  BIND (open_to_all);
  BIND (refused);
#undef BIND
}

static void
fairlead_tunnel_row_class_init (FairleadTunnelRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_tunnel_row_dispose;
  widget_class->map = fairlead_tunnel_row_map;

  g_type_ensure (FAIRLEAD_TYPE_TRAFFIC_VIEW);
  g_type_ensure (FAIRLEAD_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, FAIRLEAD_RESOURCES "ui/fairlead-tunnel-row.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "tunnel.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "tunnel.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "tunnel.change", NULL, change_action);
  gtk_widget_class_install_action (widget_class, "tunnel.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "tunnel.test", NULL, test_action);
  gtk_widget_class_install_action (widget_class, "tunnel.retry", NULL, retry_action);
}

static void
fairlead_tunnel_row_init (FairleadTunnelRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_tunnel_row_new:
 * @run: the run whose tunnel it is
 * @tunnel: what to show
 */
GtkWidget *
fairlead_tunnel_row_new (FairleadRun    *run,
                         FairleadTunnel *tunnel)
{
  FairleadTunnelRow *self = g_object_new (FAIRLEAD_TYPE_TUNNEL_ROW, NULL);
  static const char * const shown[] = {
    "notify::spec", "notify::state", "notify::health", "notify::health-reason", "notify::error",
    "notify::local", "notify::destination",
  };

  self->run = g_object_ref (run);
  self->tunnel = g_object_ref (tunnel);
  for (gsize i = 0; i < G_N_ELEMENTS (shown); i++)
    g_signal_connect_object (tunnel, shown[i], G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tunnel, "notify::counters", G_CALLBACK (counters_cb), self, G_CONNECT_SWAPPED);
  fairlead_traffic_view_set_traffic (self->traffic, FAIRLEAD_TRAFFIC (tunnel));
  refresh (self);
  show_counters (self);
  return GTK_WIDGET (self);
}

FairleadTunnel *
fairlead_tunnel_row_get_tunnel (FairleadTunnelRow *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_TUNNEL_ROW (self), NULL);

  return self->tunnel;
}
