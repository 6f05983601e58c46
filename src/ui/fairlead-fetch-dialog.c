/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-fetch-dialog.h"

#include <glib/gi18n-lib.h>

#include "fairlead-field-row.h"
#include "fairlead-file-row.h"
#include "fairlead-ui.h"

/**
 * FairleadFetchDialog:
 *
 * The form of a file that the solver is asked for: which one, of which project, and where it is saved. A file
 * that is there already is replaced only by who says so.
 */
struct _FairleadFetchDialog {
  AdwWindow parent_instance;

  /* Template children */
  GtkWidget *apply_button;
  FairleadFieldRow *path_row;
  FairleadFieldRow *name_row;
  FairleadFileRow *to_row;

  /* Owned */
  FairleadRun *run;
  GCancellable *cancellable;   /* the form is gone */

  gboolean to_is_ours;         /* nobody has said yet where to */
};

G_DEFINE_FINAL_TYPE (FairleadFetchDialog, fairlead_fetch_dialog, ADW_TYPE_WINDOW)

static gboolean
is_complete (FairleadFetchDialog *self)
{
  const char *path = fairlead_field_row_get_text (self->path_row);

  return *path != '\0' && !g_str_has_suffix (path, "/")
         && *fairlead_field_row_get_text (self->name_row) != '\0'
         && fairlead_file_row_get_file (self->to_row) != NULL;
}

static void
changed_cb (FairleadFetchDialog *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.apply", is_complete (self));
}

static void
to_changed_cb (FairleadFetchDialog *self)
{
  self->to_is_ours = FALSE;
  changed_cb (self);
}

static GFile *
dup_default (const char *name)
{
  const char *folder = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);
  g_autofree char *path = g_build_filename (folder != NULL ? folder : g_get_home_dir (), name, NULL);

  return g_file_new_for_path (path);
}

/* As the file is called there, among the downloads, until the person says otherwise. */
static void
path_changed_cb (FairleadFetchDialog *self)
{
  const char *path = fairlead_field_row_get_text (self->path_row);
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GFile) file = NULL;

  if (self->to_is_ours || fairlead_file_row_get_file (self->to_row) == NULL)
    {
      if (*path != '\0' && !g_str_has_suffix (path, "/"))
        file = dup_default (name);
      fairlead_file_row_set_file (self->to_row, file);
      self->to_is_ours = TRUE;
    }
  changed_cb (self);
}

static void
fetch (FairleadFetchDialog *self,
       gboolean             replace)
{
  fairlead_run_fetch (self->run, fairlead_field_row_get_text (self->path_row),
                      fairlead_field_row_get_text (self->name_row),
                      fairlead_file_row_get_file (self->to_row), replace);
  gtk_window_close (GTK_WINDOW (self));
}

/* ------------------------------------------------------------------ a file that is there already */

static gboolean
replace_cb (gpointer user_data)
{
  fetch (FAIRLEAD_FETCH_DIALOG (user_data), TRUE);
  return G_SOURCE_REMOVE;
}

static void
response_cb (FairleadFetchDialog *self,
             const char          *response)
{
  if (g_str_equal (response, "replace"))
    fairlead_ui_later (replace_cb, self);
}

static void
ask (FairleadFetchDialog *self)
{
  g_autofree char *name = g_file_get_basename (fairlead_file_row_get_file (self->to_row));
  g_autofree char *display = g_filename_display_name (name);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _("Replace “%s”?"), display);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog),
                               _("There is a file of that name already. It stays until the new one has arrived."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "replace",
                                    _("_Replace"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "replace",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadFetchDialog) self = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (info != NULL)
    ask (self);
  else
    fetch (self, FALSE);
}

static void
apply_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  FairleadFetchDialog *self = FAIRLEAD_FETCH_DIALOG (widget);

  if (!is_complete (self))
    return;
  if (fairlead_file_row_was_chosen (self->to_row))
    fetch (self, TRUE);
  else
    g_file_query_info_async (fairlead_file_row_get_file (self->to_row), G_FILE_ATTRIBUTE_STANDARD_TYPE,
                             G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, G_PRIORITY_DEFAULT, self->cancellable,
                             looked_cb, g_object_ref (self));
}

/* ------------------------------------------------------------------ the object */

static void
fairlead_fetch_dialog_dispose (GObject *object)
{
  FairleadFetchDialog *self = FAIRLEAD_FETCH_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_FETCH_DIALOG);
  g_clear_object (&self->run);

  G_OBJECT_CLASS (fairlead_fetch_dialog_parent_class)->dispose (object);
}

static void
fairlead_fetch_dialog_finalize (GObject *object)
{
  g_clear_object (&FAIRLEAD_FETCH_DIALOG (object)->cancellable);

  G_OBJECT_CLASS (fairlead_fetch_dialog_parent_class)->finalize (object);
}

static void
fairlead_fetch_dialog_class_init (FairleadFetchDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_fetch_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = fairlead_fetch_dialog_finalize;

  g_type_ensure (FAIRLEAD_TYPE_FIELD_ROW);
  g_type_ensure (FAIRLEAD_TYPE_FILE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-fetch-dialog.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadFetchDialog, name)
  BIND (apply_button);
  BIND (path_row);
  BIND (name_row);
  BIND (to_row);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, path_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, to_changed_cb);
  gtk_widget_class_install_action (widget_class, "dialog.apply", NULL, apply_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "dialog.apply", NULL);
}

static void
fairlead_fetch_dialog_init (FairleadFetchDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_fetch_dialog_new:
 * @parent: (nullable): the window it belongs to
 * @run: a run whose solver runs: what is fetched is one of its transfers
 *
 * Returns: (transfer none): the form, not yet shown
 */
GtkWindow *
fairlead_fetch_dialog_new (GtkWindow   *parent,
                           FairleadRun *run)
{
  FairleadFetchDialog *self = g_object_new (FAIRLEAD_TYPE_FETCH_DIALOG, "transient-for", parent, NULL);

  self->run = g_object_ref (run);
  fairlead_field_row_set_text (self->name_row,
                               fairlead_profile_get_project_name (fairlead_run_get_profile (run)));
  changed_cb (self);
  return GTK_WINDOW (self);
}
