/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-export.h"
#include "fairlead-import-window.h"
#include "fairlead-ui.h"

/* Connections that come from a file or from the ssh configuration, and those that go to a file. */

/* ------------------------------------------------------------------ import */

static void
imported_cb (FairleadWindow *self,
             guint           n)
{
  g_autofree char *text = g_strdup_printf (ngettext ("%u connection imported",
                                                     "%u connections imported", n), n);

  fairlead_window_say (self, text);
}

static void
planned_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (FairleadWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  FairleadImport *plan = fairlead_import_finish (result, &error);
  GtkWindow *window;

  if (plan == NULL)
    {
      if (!fairlead_error_is_cancel (error))
        fairlead_window_say (self, error->message);
      return;
    }
  window = fairlead_import_window_new (GTK_WINDOW (self), self->store, plan);
  g_signal_connect_object (window, "imported", G_CALLBACK (imported_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (window);
}

/**
 * fairlead_window_import:
 * @path: a file with connections: `connections.toml` of the add-on, or an export of ours
 *
 * Shows what can be imported from it.
 */
void
fairlead_window_import (FairleadWindow *self,
                        const char     *path)
{
  g_return_if_fail (FAIRLEAD_IS_WINDOW (self));

  fairlead_import_read_async (path, NULL, planned_cb, g_object_ref (self));
}

/**
 * fairlead_window_is_import:
 * @path: a file that was dropped or given
 *
 * Returns: whether it is taken for connections rather than for a key, by its name
 */
gboolean
fairlead_window_is_import (const char *path)
{
  return g_str_has_suffix (path, ".toml") || g_str_has_suffix (path, ".json");
}

static char *
take_chosen (FairleadWindow *self,
             int             response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return NULL;
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  return file != NULL ? g_file_get_path (file) : NULL;
}

static void
import_chosen_cb (FairleadWindow *self,
                  int             response)
{
  g_autofree char *path = take_chosen (self, response);

  if (path != NULL)
    fairlead_window_import (self, path);
}

static void
choose_file (FairleadWindow       *self,
             const char           *title,
             GtkFileChooserAction  action,
             const char           *name,
             GCallback             chosen)
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", chosen, self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
import_file_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  choose_file (FAIRLEAD_WINDOW (widget), _("Import Connections"), GTK_FILE_CHOOSER_ACTION_OPEN, NULL,
               G_CALLBACK (import_chosen_cb));
}

static void
import_aliases_action (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  fairlead_import_aliases_async (NULL, planned_cb, g_object_ref (widget));
}

/* ------------------------------------------------------------------ export */

static void
exported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (FairleadWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (fairlead_export_save_finish (result, &error))
    fairlead_window_say (self, _("Connections exported"));
  else if (!fairlead_error_is_cancel (error))
    fairlead_window_say (self, error->message);
}

static void
export_chosen_cb (FairleadWindow *self,
                  int             response)
{
  g_autofree char *path = take_chosen (self, response);
  g_autoptr (GPtrArray) profiles = g_ptr_array_new_with_free_func (g_object_unref);

  if (path == NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->store)); i++)
    g_ptr_array_add (profiles, g_list_model_get_item (G_LIST_MODEL (self->store), i));
  fairlead_export_save_async (path, profiles, self->export_kind, NULL, exported_cb,
                              g_object_ref (self));
}

static gboolean
choose_export_cb (gpointer user_data)
{
  choose_file (FAIRLEAD_WINDOW (user_data), _("Export Connections"), GTK_FILE_CHOOSER_ACTION_SAVE,
               "fairlead-connections.json", G_CALLBACK (export_chosen_cb));
  return G_SOURCE_REMOVE;
}

static void
export_response_cb (FairleadWindow *self,
                    const char     *response)
{
  if (g_str_equal (response, "cancel"))
    return;
  self->export_kind = g_str_equal (response, "share") ? FAIRLEAD_EXPORT_SHARE
                                                      : FAIRLEAD_EXPORT_WHOLE;
  fairlead_ui_later (choose_export_cb, self);
}

static void
export_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  GtkWidget *dialog = adw_message_dialog_new (
    GTK_WINDOW (widget), _("Export Connections?"),
    _("For a colleague, user names, key files and what else says who you are stay out. Passphrases "
      "and keys are never in the file."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "whole",
                                    _("_Everything…"), "share", _("For a _Colleague…"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "share",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "share");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (export_response_cb), widget,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
fairlead_window_install_import (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.import-file", NULL, import_file_action);
  gtk_widget_class_install_action (widget_class, "win.import-aliases", NULL, import_aliases_action);
  gtk_widget_class_install_action (widget_class, "win.export", NULL, export_action);
}
