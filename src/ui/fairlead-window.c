/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-connection-row.h"
#include "fairlead-ui.h"

/**
 * FairleadWindow:
 *
 * The connections on one side, the selected one on the other; side by side where there is room. What
 * it does stands in fairlead-window-actions.c, what can be dropped on it in fairlead-window-dnd.c.
 */
G_DEFINE_FINAL_TYPE (FairleadWindow, fairlead_window, ADW_TYPE_APPLICATION_WINDOW)

/**
 * fairlead_window_dup_run:
 *
 * Returns: (transfer full) (nullable): the run of the selected connection
 */
FairleadRun *
fairlead_window_dup_run (FairleadWindow *self)
{
  return self->run != NULL ? g_signal_group_dup_target (self->run) : NULL;
}

void
fairlead_window_show_content (FairleadWindow *self,
                              gboolean        content)
{
  adw_leaflet_navigate (self->leaflet, content ? ADW_NAVIGATION_DIRECTION_FORWARD
                                               : ADW_NAVIGATION_DIRECTION_BACK);
}

/* ------------------------------------------------------------------ the list */

static GtkWidget *
create_row_cb (gpointer item,
               gpointer user_data)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (user_data);
  FairleadRun *run = fairlead_run_manager_ensure (self->runs, FAIRLEAD_PROFILE (item));

  fairlead_window_apply_settings (self, run);
  fairlead_run_set_watched (run, run == self->watched);
  return fairlead_connection_row_new (run);
}

static gboolean
profile_matches_cb (gpointer item,
                    gpointer user_data)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (user_data);
  FairleadProfile *profile = FAIRLEAD_PROFILE (item);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));
  g_autofree char *needle = g_utf8_casefold (text, -1);
  g_autofree char *address = fairlead_profile_dup_address (profile);
  g_autofree char *all = g_strdup_printf ("%s\n%s", fairlead_profile_get_name (profile), address);
  g_autofree char *hay = g_utf8_casefold (all, -1);

  return strstr (hay, needle) != NULL;
}

static void
search_changed_cb (FairleadWindow *self)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);

  if (self->filter == NULL)
    return;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  if (run != NULL)
    fairlead_window_select_profile (self, fairlead_run_get_profile (run));
}

static gboolean
is_stored (FairleadWindow *self,
           FairleadRun    *run)
{
  const char *id = fairlead_profile_get_id (fairlead_run_get_profile (run));

  return fairlead_profile_store_find_id (self->store, id) != NULL;
}

/* A connection that the search leaves out stays on the screen: it is only not in the list. */
static void
row_selected_cb (FairleadWindow *self,
                 GtkListBoxRow  *row)
{
  g_autoptr (FairleadRun) current = fairlead_window_dup_run (self);
  FairleadRun *run =
    row != NULL ? fairlead_connection_row_get_run (FAIRLEAD_CONNECTION_ROW (row)) : NULL;

  if (run == current || (run == NULL && self->store != NULL && is_stored (self, current)))
    return;
  g_signal_group_set_target (self->run, run);
  if (run != NULL && self->settings != NULL)
    g_settings_set_string (self->settings, "selected-connection",
                           fairlead_profile_get_id (fairlead_run_get_profile (run)));
}

static void
row_activated_cb (FairleadWindow *self,
                  GtkListBoxRow  *row)
{
  fairlead_window_show_content (self, TRUE);
}

static gboolean
select_row_at (FairleadWindow *self,
               guint           position)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, position);

  if (row == NULL)
    return FALSE;
  gtk_list_box_select_row (self->list, row);
  return TRUE;
}

/* The first connection in the list for which @property is @value. */
gboolean
fairlead_window_select_by (FairleadWindow *self,
                           const char     *property,
                           const char     *value)
{
  for (guint i = 0; i < g_list_model_get_n_items (self->shown); i++)
    {
      g_autoptr (FairleadProfile) profile = g_list_model_get_item (self->shown, i);
      g_autofree char *candidate = NULL;

      g_object_get (profile, property, &candidate, NULL);
      if (g_strcmp0 (candidate, value) == 0)
        return select_row_at (self, i);
    }
  return FALSE;
}

gboolean
fairlead_window_select_profile (FairleadWindow  *self,
                                FairleadProfile *profile)
{
  return fairlead_window_select_by (self, "id", fairlead_profile_get_id (profile));
}

static gboolean
search_is_on (FairleadWindow *self)
{
  return *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0';
}

/* Something is selected whenever there is something. */
static void
store_changed_cb (FairleadWindow *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  if (n == 0 && !gtk_widget_get_visible (self->welcome_page))
    fairlead_welcome_page_refresh (self->welcome);
  gtk_widget_set_visible (self->welcome_page, n == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->leaflet), n > 0);
  if (n > 0 && gtk_list_box_get_selected_row (self->list) == NULL && !search_is_on (self))
    select_row_at (self, 0);
}

/* ------------------------------------------------------------------ the header */

static void
show_button (FairleadWindow *self,
             FairleadRun    *run)
{
  FairleadLinkState state = fairlead_run_get_link_state (run);
  const char *label = _("_Connect");
  gboolean suggested = TRUE;

  if (fairlead_run_is_busy (run) || state == FAIRLEAD_LINK_CONNECTING
      || state == FAIRLEAD_LINK_NEEDS_YOU)
    {
      label = _("_Cancel");
      suggested = FALSE;
    }
  else if (state == FAIRLEAD_LINK_ONLINE || fairlead_run_is_reconnecting (run))
    {
      label = _("_Disconnect");
      suggested = FALSE;
    }
  gtk_button_set_label (self->connect_button, label);
  if (suggested)
    gtk_widget_add_css_class (GTK_WIDGET (self->connect_button), "suggested-action");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->connect_button), "suggested-action");
}

static void
show_title (FairleadWindow *self)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);
  FairleadProfile *profile = run != NULL ? fairlead_run_get_profile (run) : NULL;
  g_autofree char *address = profile != NULL ? fairlead_profile_dup_address (profile) : NULL;

  adw_window_title_set_title (self->title,
                              profile != NULL ? fairlead_profile_get_name (profile) : "");
  adw_window_title_set_subtitle (self->title, address != NULL ? address : "");
}

static void
refresh (FairleadWindow *self)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);

  if (run != NULL)
    show_button (self, run);
  fairlead_window_update_actions (self);
}

static void
run_bound_cb (FairleadWindow *self,
              FairleadRun    *run)
{
  g_signal_connect_object (fairlead_run_get_profile (run), "notify", G_CALLBACK (show_title), self,
                           G_CONNECT_SWAPPED);
  fairlead_run_page_set_run (self->page, run);
  fairlead_window_update_watched (self);
  show_title (self);
  refresh (self);
}

static void
run_unbound_cb (FairleadWindow *self)
{
  fairlead_run_page_set_run (self->page, NULL);
  fairlead_window_update_watched (self);
  refresh (self);
}

static gboolean
is_at_work (FairleadWindow *self)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);

  return run != NULL && fairlead_run_get_link_state (run) != FAIRLEAD_LINK_OFFLINE;
}

static void
folded_cb (FairleadWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (self->leaflet);

  gtk_widget_set_visible (self->back_button, folded);
  adw_header_bar_set_show_end_title_buttons (self->side_header, folded);
  adw_header_bar_set_show_start_title_buttons (self->content_header, folded);
  /* Of the two the one that matters stays: a connection at work, else the list. */
  if (folded && is_at_work (self))
    fairlead_window_show_content (self, TRUE);
}

/* ------------------------------------------------------------------ the editor */

static void
apply (FairleadProfile *to,
       FairleadProfile *from)
{
  guint n;
  g_autofree GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (to), &n);

  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      if ((pspecs[i]->flags & G_PARAM_WRITABLE) == 0
          || (pspecs[i]->flags & G_PARAM_CONSTRUCT_ONLY) != 0)
        continue;
      g_value_init (&value, pspecs[i]->value_type);
      g_object_get_property (G_OBJECT (from), pspecs[i]->name, &value);
      g_object_set_property (G_OBJECT (to), pspecs[i]->name, &value);
    }
}

static void
editor_save_cb (FairleadWindow  *self,
                FairleadProfile *draft,
                gboolean         connect,
                FairleadEditor  *editor)
{
  FairleadProfile *original = fairlead_editor_get_original (editor);
  FairleadProfile *profile = original != NULL ? original : draft;

  if (original != NULL)
    apply (original, draft);
  else
    fairlead_profile_store_add (self->store, draft);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  fairlead_window_select_profile (self, profile);
  fairlead_window_show_content (self, TRUE);
  if (connect)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.connect", NULL);
}

/**
 * fairlead_window_edit:
 * @original: (nullable): the connection to edit; %NULL for a new one
 * @filled: (nullable): what the fields hold at first
 *
 * Shows the editor. One that is open already stays as it is: nothing typed is ever lost.
 */
void
fairlead_window_edit (FairleadWindow  *self,
                      FairleadProfile *original,
                      FairleadProfile *filled)
{
  FairleadEditor *editor;

  if (self->editor != NULL)
    {
      gtk_window_present (GTK_WINDOW (self->editor));
      return;
    }
  editor = fairlead_editor_new (GTK_WINDOW (self), original, filled);
  if (original != NULL)
    fairlead_editor_set_run (editor, fairlead_run_manager_lookup (self->runs, original));
  g_set_weak_pointer (&self->editor, GTK_WIDGET (editor));
  g_signal_connect_object (editor, "save", G_CALLBACK (editor_save_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (editor));
}

static void
welcome_start_cb (FairleadWindow  *self,
                  FairleadProfile *filled)
{
  fairlead_window_edit (self, NULL, filled);
}

/* ------------------------------------------------------------------ the window's state */

static gboolean
fairlead_window_close_request (GtkWindow *window)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (window);

  if (!self->closing && fairlead_window_ask_to_close (self))
    return GDK_EVENT_STOP;
  fairlead_window_save_state (self);
  return GTK_WINDOW_CLASS (fairlead_window_parent_class)->close_request (window);
}

/* ------------------------------------------------------------------ the object */

static void
fairlead_window_dispose (GObject *object)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (object);

  g_clear_weak_pointer (&self->editor);
  g_clear_weak_pointer (&self->close_dialog);
  g_clear_object (&self->run);
  g_clear_object (&self->watched);
  if (self->list != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->list, row_selected_cb, self);
      gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_WINDOW);
  g_clear_object (&self->shown);
  g_clear_object (&self->filter);
  g_clear_object (&self->store);
  g_clear_object (&self->runs);
  g_clear_object (&self->settings);
  g_clear_object (&self->chooser);
  g_clear_object (&self->agent);

  G_OBJECT_CLASS (fairlead_window_parent_class)->dispose (object);
}

static void
fairlead_window_finalize (GObject *object)
{
  g_ptr_array_unref (FAIRLEAD_WINDOW (object)->asking);

  G_OBJECT_CLASS (fairlead_window_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadWindow, name)
  BIND (toasts);
  BIND (welcome_page);
  BIND (welcome);
  BIND (leaflet);
  BIND (side_header);
  BIND (content_header);
  BIND (back_button);
  BIND (search);
  BIND (list);
  BIND (title);
  BIND (connect_button);
  BIND (page);
  BIND (reminder);
#undef BIND
}

static void
fairlead_window_class_init (FairleadWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = fairlead_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = fairlead_window_close_request;

  g_type_ensure (FAIRLEAD_TYPE_REMINDER);
  g_type_ensure (FAIRLEAD_TYPE_RUN_PAGE);
  g_type_ensure (FAIRLEAD_TYPE_WELCOME_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, welcome_start_cb);
  fairlead_window_install_actions (widget_class);
  fairlead_window_install_import (widget_class);
  fairlead_window_install_solve (widget_class);
  fairlead_window_install_tools (widget_class);
  fairlead_window_install_transfers (widget_class);
  fairlead_window_install_tunnels (widget_class);
}

static void
fairlead_window_init (FairleadWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->asking = g_ptr_array_new_with_free_func (g_object_unref);
  fairlead_window_load_settings (self);
  self->run = g_signal_group_new (FAIRLEAD_TYPE_RUN);
  g_signal_connect_object (self->run, "bind", G_CALLBACK (run_bound_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "unbind", G_CALLBACK (run_unbound_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->run, "notify", G_CALLBACK (refresh), self);
  fairlead_window_add_drop_target (self);
  fairlead_window_watch (self);
  folded_cb (self);
}

/**
 * fairlead_window_new:
 * @application: the program
 * @store: the saved connections
 * @runs: their runs
 *
 * Returns: (transfer none): a window, not yet shown
 */
FairleadWindow *
fairlead_window_new (GtkApplication       *application,
                     FairleadProfileStore *store,
                     FairleadRunManager   *runs)
{
  FairleadWindow *self = g_object_new (FAIRLEAD_TYPE_WINDOW, "application", application, NULL);

  self->store = g_object_ref (store);
  self->runs = g_object_ref (runs);
  fairlead_window_install_settings (self);
  self->filter = gtk_custom_filter_new (profile_matches_cb, self, NULL);
  self->shown = G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (store)),
                                                         g_object_ref (GTK_FILTER (self->filter))));
  gtk_list_box_bind_model (self->list, self->shown, create_row_cb, self, NULL);
  g_signal_connect_object (store, "items-changed", G_CALLBACK (store_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  fairlead_window_restore_state (self);
  store_changed_cb (self);
  fairlead_window_update_actions (self);
  return self;
}

/**
 * fairlead_window_select:
 * @name: a connection's name
 *
 * Returns: whether there is a connection of that name
 */
gboolean
fairlead_window_select (FairleadWindow *self,
                        const char     *name)
{
  g_return_val_if_fail (FAIRLEAD_IS_WINDOW (self), FALSE);

  if (!fairlead_window_select_by (self, "name", name))
    return FALSE;
  fairlead_window_show_content (self, TRUE);
  return TRUE;
}

/**
 * fairlead_window_connect:
 * @name: a connection's name
 *
 * Selects a saved connection and connects; says so when there is none.
 */
void
fairlead_window_connect (FairleadWindow *self,
                         const char     *name)
{
  g_return_if_fail (FAIRLEAD_IS_WINDOW (self));

  if (fairlead_window_select (self, name))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.connect", NULL);
  else
    {
      g_autofree char *text = g_strdup_printf (_("There is no connection named “%s”."), name);

      fairlead_window_say (self, text);
    }
}

/**
 * fairlead_window_say:
 * @text: one sentence
 *
 * Shows a toast.
 */
void
fairlead_window_say (FairleadWindow *self,
                     const char     *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_return_if_fail (FAIRLEAD_IS_WINDOW (self));

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/**
 * fairlead_window_set_agent:
 * @agent: (nullable): what holds keys of the person; %NULL where none runs
 */
void
fairlead_window_set_agent (FairleadWindow *self,
                           FairleadAgent  *agent)
{
  g_return_if_fail (FAIRLEAD_IS_WINDOW (self));

  g_set_object (&self->agent, agent);
}

/**
 * fairlead_window_remind:
 * @connection: which connection waits
 * @text: (nullable): what the person is to do; %NULL once it waits no more
 *
 * Shows @text for as long as it is to be done.
 */
void
fairlead_window_remind (FairleadWindow *self,
                        const char     *connection,
                        const char     *text)
{
  g_return_if_fail (FAIRLEAD_IS_WINDOW (self));

  fairlead_reminder_set (self->reminder, connection, text);
}
