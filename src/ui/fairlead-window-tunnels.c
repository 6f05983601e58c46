/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-forward-option.h"
#include "fairlead-tunnel-edit.h"

/* The tunnels of the selected connection. */

static void
say_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  fairlead_window_say (FAIRLEAD_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
copy_text_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  const char *copied = g_variant_get_string (parameter, NULL);
  g_autofree char *text = g_strdup_printf (_("%s copied"), copied);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), copied);
  fairlead_window_say (FAIRLEAD_WINDOW (widget), text);
}

static void
open_address_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  g_autofree char *uri = g_strdup_printf ("http://%s/", g_variant_get_string (parameter, NULL));

  gtk_show_uri (GTK_WINDOW (widget), uri, GDK_CURRENT_TIME);
}

/* The solver's, which the shortcuts are about. */
static void
with_address (FairleadWindow *self,
              const char     *action)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);
  FairleadForward *tunnel = run != NULL ? fairlead_run_get_tunnel (run) : NULL;
  g_autofree char *address = tunnel != NULL ? fairlead_forward_dup_local_address (tunnel) : NULL;

  if (address != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), action, "s", address);
}

static void
copy_address_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  with_address (FAIRLEAD_WINDOW (widget), "win.copy-text");
}

static void
open_in_browser_action (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  with_address (FAIRLEAD_WINDOW (widget), "win.open-address");
}

static void
add_tunnel_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (FAIRLEAD_WINDOW (widget));

  if (run != NULL)
    fairlead_tunnel_edit (GTK_WINDOW (widget), run, NULL);
}

/* ------------------------------------------------------------------ for other tools */

static void
ssh_opened_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (FairleadWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTunnel) tunnel =
    fairlead_run_open_ssh_tunnel_finish (FAIRLEAD_RUN (source), result, &error);
  g_autofree char *command = NULL;

  if (tunnel != NULL)
    {
      command = fairlead_tunnel_dup_command (tunnel);
      gtk_widget_activate_action (GTK_WIDGET (self), "win.copy-text", "s", command);
    }
  else if (!fairlead_error_is_cancel (error))
    fairlead_window_say (self, error->message);
}

/* One press: the line that other tools need is in the clipboard. */
static void
open_ssh_tunnel_action (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (widget);
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);

  if (run != NULL)
    fairlead_run_open_ssh_tunnel_async (run, NULL, ssh_opened_cb, g_object_ref (self));
}

/* ------------------------------------------------------------------ taken away, and back */

/* @parameter says of which connection, how it is typed, and whether it was kept. */
static void
tunnel_removed_action (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  AdwToast *toast = adw_toast_new (_("Tunnel removed"));

  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_action_name (toast, "win.restore-tunnel");
  adw_toast_set_action_target_value (toast, parameter);
  adw_toast_overlay_add_toast (FAIRLEAD_WINDOW (widget)->toasts, toast);
}

static void
restored_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (FairleadWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTunnel) tunnel =
    fairlead_run_add_tunnel_finish (FAIRLEAD_RUN (source), result, &error);

  if (tunnel == NULL && !fairlead_error_is_cancel (error))
    fairlead_window_say (self, error->message);
}

static void
restore_tunnel_action (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (widget);
  g_autoptr (FairleadForwardSpec) spec = NULL;
  FairleadProfile *profile;
  const char *id;
  const char *option;
  gboolean kept;

  g_variant_get (parameter, "(&s&sb)", &id, &option, &kept);
  profile = fairlead_profile_store_find_id (self->store, id);
  spec = fairlead_forward_spec_parse_option (option, NULL);
  if (profile != NULL && spec != NULL)
    fairlead_run_add_tunnel_async (fairlead_run_manager_ensure (self->runs, profile), spec, kept, NULL,
                                   restored_cb, g_object_ref (self));
}

static const struct {
  const char *name;
  const char *parameter;
  GtkWidgetActionActivateFunc activate;
} actions[] = {
  { "win.say", "s", say_action },
  { "win.copy-text", "s", copy_text_action },
  { "win.open-address", "s", open_address_action },
  { "win.copy-address", NULL, copy_address_action },
  { "win.open-in-browser", NULL, open_in_browser_action },
  { "win.add-tunnel", NULL, add_tunnel_action },
  { "win.open-ssh-tunnel", NULL, open_ssh_tunnel_action },
  { "win.tunnel-removed", "(ssb)", tunnel_removed_action },
  { "win.restore-tunnel", "(ssb)", restore_tunnel_action },
};

void
fairlead_window_install_tunnels (GtkWidgetClass *widget_class)
{
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, actions[i].parameter,
                                     actions[i].activate);
}

void
fairlead_window_update_tunnels (FairleadWindow *self,
                                FairleadRun    *run)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean online = run != NULL && fairlead_run_get_link_state (run) == FAIRLEAD_LINK_ONLINE;
  gboolean tunnel = run != NULL && fairlead_run_get_tunnel (run) != NULL;

  gtk_widget_action_set_enabled (widget, "win.copy-address", tunnel);
  gtk_widget_action_set_enabled (widget, "win.open-in-browser", tunnel);
  gtk_widget_action_set_enabled (widget, "win.add-tunnel", online);
  gtk_widget_action_set_enabled (widget, "win.open-ssh-tunnel", online);
}
