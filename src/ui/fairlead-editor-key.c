/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-editor-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-home.h"
#include "fairlead-looks.h"
#include "fairlead-new-key-window.h"

/* The key file of a connection: chosen, made, or dropped on the form. */

static void
key_chosen_cb (FairleadEditor *self,
               int             response)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
      g_autofree char *path = g_file_get_path (file);

      if (path != NULL)
        fairlead_editor_set_key_path (self, path);
    }
  g_clear_object (&self->chooser);
}

static void
choose_key_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  FairleadEditor *self = FAIRLEAD_EDITOR (widget);
  g_autofree char *folder = g_build_filename (fairlead_ssh_home (), ".ssh", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (folder);

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Choose an SSH Key"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), file, NULL);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (key_chosen_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
key_created_cb (FairleadEditor *self,
                const char     *path)
{
  fairlead_editor_set_key_path (self, path);
}

static void
new_key_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  GtkWindow *window = fairlead_new_key_window_new (GTK_WINDOW (widget));

  g_signal_connect_object (window, "created", G_CALLBACK (key_created_cb), widget,
                           G_CONNECT_SWAPPED);
  gtk_window_present (window);
}

static gboolean
drop_cb (FairleadEditor *self,
         const GValue   *value)
{
  GSList *files = g_value_get_boxed (value);
  g_autofree char *path = files != NULL ? g_file_get_path (files->data) : NULL;

  if (path == NULL)
    return FALSE;
  fairlead_editor_set_key_path (self, path);
  return TRUE;
}

/* In the capture phase: else the GtkText under the pointer takes the drop for text. */
void
fairlead_editor_add_drop_target (FairleadEditor *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/* For the class. */
void
fairlead_editor_install_key_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "editor.choose-key", NULL, choose_key_action);
  gtk_widget_class_install_action (widget_class, "editor.new-key", NULL, new_key_action);
}

/**
 * fairlead_editor_set_key_path:
 * @path: a key file; one in the home directory is shown with `~`
 */
void
fairlead_editor_set_key_path (FairleadEditor *self,
                              const char     *path)
{
  g_autofree char *shown = NULL;

  g_return_if_fail (FAIRLEAD_IS_EDITOR (self));

  shown = fairlead_tilde_path (path);
  if (fairlead_profile_uses_command (self->draft))
    {
      adw_toast_overlay_add_toast (
        self->toasts, adw_toast_new (_("The key is part of the command: add it as -i FILE.")));
      return;
    }
  g_object_set (self->draft, "key-path", shown, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->key_row));
}
