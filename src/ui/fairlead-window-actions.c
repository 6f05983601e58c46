/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"

/* What the window does: its actions, and which of them can be done now. */

static void
new_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  fairlead_window_edit (FAIRLEAD_WINDOW (widget), NULL, NULL);
}

static void
edit_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (widget);
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);

  if (run != NULL)
    fairlead_window_edit (self, fairlead_run_get_profile (run), NULL);
}

static void
search_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (widget);

  if (fairlead_run_page_find (self->page))
    return;
  fairlead_window_show_content (self, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
back_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  fairlead_window_show_content (FAIRLEAD_WINDOW (widget), FALSE);
}

/* ------------------------------------------------------------------ delete, with undo */

typedef struct {
  FairleadProfileStore *store;
  FairleadProfile *profile;
} Deleted;

static void
deleted_free (gpointer data,
              GClosure *closure)
{
  Deleted *deleted = data;

  g_clear_object (&deleted->store);
  g_clear_object (&deleted->profile);
  g_free (deleted);
}

static void
undo_cb (AdwToast *toast,
         gpointer  user_data)
{
  Deleted *deleted = user_data;

  fairlead_profile_store_add (deleted->store, deleted->profile);
}

static void
delete_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (widget);
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);
  Deleted *deleted;
  AdwToast *toast;
  g_autofree char *text = NULL;
  g_autofree char *escaped = NULL;

  if (run == NULL)
    return;
  fairlead_run_cancel (run);
  fairlead_run_disconnect_async (run, NULL, NULL, NULL);

  deleted = g_new0 (Deleted, 1);
  deleted->store = g_object_ref (self->store);
  deleted->profile = g_object_ref (fairlead_run_get_profile (run));
  escaped = g_markup_escape_text (fairlead_profile_get_name (deleted->profile), -1);
  text = g_strdup_printf (_("Connection “%s” deleted"), escaped);
  toast = adw_toast_new (text);
  adw_toast_set_button_label (toast, _("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), deleted, deleted_free, 0);
  fairlead_window_show_content (self, FALSE);
  fairlead_profile_store_remove (self->store, deleted->profile);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* ------------------------------------------------------------------ the connection */

static void
connect_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (FAIRLEAD_WINDOW (widget));
  FairleadLinkState state;

  if (run == NULL)
    return;
  state = fairlead_run_get_link_state (run);
  if (state == FAIRLEAD_LINK_OFFLINE || state == FAIRLEAD_LINK_FAILED)
    fairlead_run_connect (run);
}

static void
disconnected_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (FairleadWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!fairlead_run_disconnect_finish (FAIRLEAD_RUN (source), result, &error)
      && !fairlead_error_is_cancel (error))
    fairlead_window_say (self, error->message);
}

static void
disconnect_run (FairleadWindow *self,
                FairleadRun    *run)
{
  if (fairlead_run_owns_solver (run))
    {
      g_autofree char *text =
        g_strdup_printf (_("Disconnected. The solver keeps running on “%s”."),
                         fairlead_profile_get_name (fairlead_run_get_profile (run)));

      fairlead_window_say (self, text);
    }
  fairlead_run_disconnect_async (run, NULL, disconnected_cb, g_object_ref (self));
}

static gboolean
disconnect_cb (gpointer user_data)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (user_data);
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);

  if (run != NULL)
    disconnect_run (self, run);
  return G_SOURCE_REMOVE;
}

/* What the one button of the header does. */
static void
toggle_connection_action (GtkWidget  *widget,
                          const char *name,
                          GVariant   *parameter)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (widget);
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);
  FairleadLinkState state;

  if (run == NULL)
    return;
  state = fairlead_run_get_link_state (run);
  if (fairlead_run_is_busy (run) || state == FAIRLEAD_LINK_CONNECTING
      || state == FAIRLEAD_LINK_NEEDS_YOU)
    fairlead_run_cancel (run);
  else if (state == FAIRLEAD_LINK_ONLINE || fairlead_run_is_reconnecting (run))
    {
      if (!fairlead_window_ask_about_transfers (self, run, disconnect_cb))
        disconnect_run (self, run);
    }
  else
    fairlead_run_connect (run);
}

static void
start_solver_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (FAIRLEAD_WINDOW (widget));

  if (run != NULL && fairlead_run_get_link_state (run) == FAIRLEAD_LINK_ONLINE)
    fairlead_run_start_solver (run);
}

static void
restart_solver_action (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (FAIRLEAD_WINDOW (widget));

  if (run != NULL)
    fairlead_run_restart_solver (run);
}

static void
solver_stopped_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (FairleadWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!fairlead_run_stop_solver_finish (FAIRLEAD_RUN (source), result, &error)
      && !fairlead_error_is_cancel (error))
    fairlead_window_say (self, error->message);
}

static void
stop_solver_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (widget);
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);

  if (run != NULL && fairlead_run_get_link_state (run) == FAIRLEAD_LINK_ONLINE)
    fairlead_run_stop_solver_async (run, NULL, solver_stopped_cb, g_object_ref (self));
}

/* ------------------------------------------------------------------ a lost connection */

static void
retry_now_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (FAIRLEAD_WINDOW (widget));

  if (run != NULL)
    fairlead_run_retry_now (run);
}

static const struct {
  const char *name;
  GtkWidgetActionActivateFunc activate;
} actions[] = {
  { "win.new", new_action },
  { "win.edit", edit_action },
  { "win.delete", delete_action },
  { "win.search", search_action },
  { "win.back", back_action },
  { "win.connect", connect_action },
  { "win.toggle-connection", toggle_connection_action },
  { "win.install-key", fairlead_window_install_key_action },
  { "win.start-solver", start_solver_action },
  { "win.restart-solver", restart_solver_action },
  { "win.stop-solver", stop_solver_action },
  { "win.retry-now", retry_now_action },
};

void
fairlead_window_install_actions (GtkWidgetClass *widget_class)
{
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
}

/**
 * fairlead_window_update_actions:
 *
 * Enables what can be done with the selected connection as it is now.
 */
void
fairlead_window_update_actions (FairleadWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);
  gboolean online = run != NULL && fairlead_run_get_link_state (run) == FAIRLEAD_LINK_ONLINE;

  gtk_widget_action_set_enabled (widget, "win.edit", run != NULL);
  gtk_widget_action_set_enabled (widget, "win.delete", run != NULL);
  gtk_widget_action_set_enabled (widget, "win.connect",
                                 run != NULL && !online && !fairlead_run_is_reconnecting (run));
  gtk_widget_action_set_enabled (widget, "win.toggle-connection", run != NULL);
  gtk_widget_action_set_enabled (widget, "win.install-key", online);
  gtk_widget_action_set_enabled (widget, "win.start-solver", online && !fairlead_run_is_busy (run));
  gtk_widget_action_set_enabled (widget, "win.restart-solver",
                                 online && !fairlead_run_is_busy (run) && fairlead_run_owns_solver (run)
                                 && fairlead_run_get_server_state (run) != FAIRLEAD_SERVER_STOPPING);
  gtk_widget_action_set_enabled (widget, "win.stop-solver", online);
  gtk_widget_action_set_enabled (widget, "win.retry-now", run != NULL && fairlead_run_is_reconnecting (run));
  fairlead_window_update_solve (self, run);
  fairlead_window_update_transfers (self, run);
  fairlead_window_update_tunnels (self, run);
}
