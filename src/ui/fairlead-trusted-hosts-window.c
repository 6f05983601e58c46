/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-trusted-hosts-window.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-home.h"
#include "fairlead-looks.h"
#include "fairlead-trusted-host-row.h"
#include "fairlead-ui.h"

/**
 * FairleadTrustedHostsWindow:
 *
 * What stands in the known_hosts files: found, removed with a way back, and hashed.
 */
struct _FairleadTrustedHostsWindow {
  AdwWindow parent_instance;

  /* Template children */
  AdwToastOverlay *toasts;
  GtkWidget *empty;
  GtkWidget *content;
  GtkEditable *search;
  GtkWidget *no_match;
  GtkWidget *scroller;
  GtkListView *list;

  /* Owned */
  GCancellable *cancellable;
  GListStore *entries;         /* of FairleadKnownHostsEntry */
  GtkCustomFilter *filter;
  GListModel *shown;
};

G_DEFINE_FINAL_TYPE (FairleadTrustedHostsWindow, fairlead_trusted_hosts_window, ADW_TYPE_WINDOW)

static const char * const system_files[] = {
  "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2", NULL
};

static void reload (FairleadTrustedHostsWindow *self);

static AdwToast *
toast_new (const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  return adw_toast_new (escaped);
}

/* ------------------------------------------------------------------ the list */

static void
refresh (FairleadTrustedHostsWindow *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->entries)) > 0;
  gboolean matches = g_list_model_get_n_items (self->shown) > 0;

  gtk_widget_set_visible (self->empty, !any);
  gtk_widget_set_visible (self->content, any);
  gtk_widget_set_visible (self->no_match, any && !matches);
  gtk_widget_set_visible (self->scroller, matches);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "hosts.hash", any);
}

static gboolean
matches_cb (gpointer item,
            gpointer user_data)
{
  FairleadTrustedHostsWindow *self = user_data;
  const char *text = gtk_editable_get_text (self->search);

  return *text == '\0'
         || fairlead_known_hosts_entry_matches (FAIRLEAD_KNOWN_HOSTS_ENTRY (item), text);
}

static void
search_changed_cb (FairleadTrustedHostsWindow *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  refresh (self);
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadTrustedHostsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = fairlead_known_hosts_list_finish (result, &error);

  if (fairlead_error_is_cancel (error))
    return;
  if (entries == NULL)
    adw_toast_overlay_add_toast (self->toasts, toast_new (error->message));
  else
    g_list_store_splice (self->entries, 0, g_list_model_get_n_items (G_LIST_MODEL (self->entries)),
                         entries->pdata, entries->len);
  refresh (self);
}

static char *
dup_user_file (const char *name)
{
  return g_build_filename (fairlead_ssh_home (), ".ssh", name, NULL);
}

static void
reload (FairleadTrustedHostsWindow *self)
{
  g_autofree char *first = dup_user_file ("known_hosts");
  g_autofree char *second = dup_user_file ("known_hosts2");
  const char * const user_files[] = { first, second, NULL };

  fairlead_known_hosts_list_async (user_files, system_files, self->cancellable, listed_cb,
                                   g_object_ref (self));
}

/* ------------------------------------------------------------------ removing, with undo */

static void
put_back_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (FairleadTrustedHostsWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!fairlead_known_hosts_removal_undo_finish (result, &error) && !fairlead_error_is_cancel (error))
    adw_toast_overlay_add_toast (self->toasts, toast_new (error->message));
  reload (self);
}

static void
undo_cb (FairleadTrustedHostsWindow *self,
         AdwToast                   *toast)
{
  FairleadKnownHostsRemoval *removal = g_object_get_data (G_OBJECT (toast), "fairlead-removal");

  fairlead_known_hosts_removal_undo_async (removal, self->cancellable, put_back_cb,
                                           g_object_ref (self));
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (FairleadTrustedHostsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  FairleadKnownHostsRemoval *removal = fairlead_known_hosts_remove_finish (result, &error);
  AdwToast *toast;

  if (fairlead_error_is_cancel (error))
    return;
  reload (self);
  if (removal == NULL)
    {
      adw_toast_overlay_add_toast (self->toasts, toast_new (error->message));
      return;
    }
  toast = toast_new (_("Trusted no longer"));
  adw_toast_set_button_label (toast, _("_Undo"));
  g_object_set_data_full (G_OBJECT (toast), "fairlead-removal", removal,
                          (GDestroyNotify) fairlead_known_hosts_removal_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (undo_cb), self, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
remove_cb (FairleadTrustedHostsWindow *self,
           FairleadKnownHostsEntry    *entry)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (entries, g_object_ref (entry));
  fairlead_known_hosts_remove_async (entries, self->cancellable, removed_cb, g_object_ref (self));
}

/* ------------------------------------------------------------------ hashing */

static void
hashed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadTrustedHostsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *backup = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;

  if (fairlead_known_hosts_hash_file_finish (result, &backup, &error))
    {
      shown = backup != NULL ? fairlead_tilde_path (backup) : NULL;
      text = shown != NULL ? g_strdup_printf (_("Hashed; the old file is kept as %s"), shown)
                           : g_strdup (_("No name was in plain text"));
    }
  else if (fairlead_error_is_cancel (error))
    return;
  adw_toast_overlay_add_toast (self->toasts, toast_new (text != NULL ? text : error->message));
  reload (self);
}

static void
hash_response_cb (FairleadTrustedHostsWindow *self,
                  const char                 *response)
{
  g_autofree char *file = dup_user_file ("known_hosts");

  if (g_str_equal (response, "hash"))
    fairlead_known_hosts_hash_file_async (file, self->cancellable, hashed_cb, g_object_ref (self));
}

static void
hash_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  GtkWidget *dialog = adw_message_dialog_new (
    GTK_WINDOW (widget), _("Hash Host Names?"),
    _("Whoever gets the file can then not read where you connect to. You cannot read it any more "
      "either, but still search for a name. A copy of the file as it is now is kept."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "hash",
                                    _("_Hash Names"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (hash_response_cb), widget,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ------------------------------------------------------------------ the object */

static void
setup_row_cb (FairleadTrustedHostsWindow *self,
              GtkListItem                *item)
{
  GtkWidget *row = g_object_new (FAIRLEAD_TYPE_TRUSTED_HOST_ROW, NULL);

  g_signal_connect_object (row, "remove", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, row);
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_row_cb (FairleadTrustedHostsWindow *self,
             GtkListItem                *item)
{
  fairlead_trusted_host_row_set_entry (FAIRLEAD_TRUSTED_HOST_ROW (gtk_list_item_get_child (item)),
                                       gtk_list_item_get_item (item));
}

static void
set_up_list (FairleadTrustedHostsWindow *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSelectionModel) selection = NULL;

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_row_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_row_cb), self, G_CONNECT_SWAPPED);
  self->entries = g_list_store_new (FAIRLEAD_TYPE_KNOWN_HOSTS_ENTRY);
  self->filter = gtk_custom_filter_new (matches_cb, self, NULL);
  self->shown = G_LIST_MODEL (
    gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->entries)),
                               GTK_FILTER (g_object_ref (self->filter))));
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (self->shown)));
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, selection);
  g_object_unref (factory);
}

static void
fairlead_trusted_hosts_window_dispose (GObject *object)
{
  FairleadTrustedHostsWindow *self = FAIRLEAD_TRUSTED_HOSTS_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_TRUSTED_HOSTS_WINDOW);

  G_OBJECT_CLASS (fairlead_trusted_hosts_window_parent_class)->dispose (object);
}

static void
fairlead_trusted_hosts_window_finalize (GObject *object)
{
  FairleadTrustedHostsWindow *self = FAIRLEAD_TRUSTED_HOSTS_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->shown);
  g_clear_object (&self->filter);
  g_clear_object (&self->entries);

  G_OBJECT_CLASS (fairlead_trusted_hosts_window_parent_class)->finalize (object);
}

static void
fairlead_trusted_hosts_window_class_init (FairleadTrustedHostsWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fairlead_trusted_hosts_window_dispose;
  object_class->finalize = fairlead_trusted_hosts_window_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, FAIRLEAD_RESOURCES "ui/fairlead-trusted-hosts-window.ui");
#define BIND(name) \
  gtk_widget_class_bind_template_child (widget_class, FairleadTrustedHostsWindow, name)
  BIND (toasts);
  BIND (empty);
  BIND (content);
  BIND (search);
  BIND (no_match);
  BIND (scroller);
  BIND (list);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_install_action (widget_class, "hosts.hash", NULL, hash_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
}

static void
fairlead_trusted_hosts_window_init (FairleadTrustedHostsWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  set_up_list (self);
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (self->search), GTK_WIDGET (self));
  reload (self);
}

/**
 * fairlead_trusted_hosts_window_new:
 * @parent: (nullable): the window it belongs to
 *
 * Returns: (transfer none): the trusted hosts, not yet shown
 */
GtkWindow *
fairlead_trusted_hosts_window_new (GtkWindow *parent)
{
  return g_object_new (FAIRLEAD_TYPE_TRUSTED_HOSTS_WINDOW, "transient-for", parent, NULL);
}
