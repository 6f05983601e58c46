/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-upload-dialog.h"

#include <glib/gi18n-lib.h>

#include "fairlead-field-row.h"
#include "fairlead-file-row.h"
#include "fairlead-ui.h"

/**
 * FairleadUploadDialog:
 *
 * The form of a scene that is sent to the solver: its two files, its project, and where the solver keeps it.
 * Files may be dropped on it, both at once.
 */
struct _FairleadUploadDialog {
  AdwWindow parent_instance;

  /* Template children */
  GtkWidget *apply_button;
  FairleadFileRow *data_row;
  FairleadFileRow *param_row;
  FairleadFieldRow *name_row;
  FairleadFieldRow *path_row;

  /* Owned */
  FairleadRun *run;
};

G_DEFINE_FINAL_TYPE (FairleadUploadDialog, fairlead_upload_dialog, ADW_TYPE_WINDOW)

static gboolean
is_word (const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_isspace (g_utf8_get_char (c)))
      return FALSE;
  return *text != '\0';
}

static gboolean
check (FairleadUploadDialog *self)
{
  const char *name = fairlead_field_row_get_text (self->name_row);
  const char *path = fairlead_field_row_get_text (self->path_row);
  gboolean spaces = *name != '\0' && !is_word (name);

  /* Of the same project the solver is asked to build it, by words. */
  fairlead_field_row_set_error (self->name_row, spaces ? _("A project's name has no white space.") : NULL);
  return is_word (name) && *path != '\0'
         && (fairlead_file_row_get_file (self->data_row) != NULL
             || fairlead_file_row_get_file (self->param_row) != NULL);
}

static void
changed_cb (FairleadUploadDialog *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.apply", check (self));
}

static void
apply_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  FairleadUploadDialog *self = FAIRLEAD_UPLOAD_DIALOG (widget);
  FairleadSceneUpload what = {
    .data = fairlead_file_row_get_file (self->data_row),
    .param = fairlead_file_row_get_file (self->param_row),
    .path = fairlead_field_row_get_text (self->path_row),
    .name = fairlead_field_row_get_text (self->name_row),
  };

  if (!check (self))
    return;
  fairlead_run_upload (self->run, &what);
  gtk_window_close (GTK_WINDOW (self));
}

/* ------------------------------------------------------------------ dropped files */

/* The add-on writes data.pickle and param.pickle. */
static FairleadFileRow *
row_for (FairleadUploadDialog *self,
         GFile                *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *folded = g_ascii_strdown (name, -1);

  return strstr (folded, "param") != NULL ? self->param_row : self->data_row;
}

/* On no row in particular. */
static gboolean
drop_cb (FairleadUploadDialog *self,
         const GValue         *value)
{
  for (GSList *l = g_value_get_boxed (value); l != NULL; l = l->next)
    fairlead_file_row_set_file (row_for (self, l->data), l->data);
  return TRUE;
}

/* ------------------------------------------------------------------ the object */

static void
fairlead_upload_dialog_dispose (GObject *object)
{
  FairleadUploadDialog *self = FAIRLEAD_UPLOAD_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_UPLOAD_DIALOG);
  g_clear_object (&self->run);

  G_OBJECT_CLASS (fairlead_upload_dialog_parent_class)->dispose (object);
}

static void
fairlead_upload_dialog_class_init (FairleadUploadDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_upload_dialog_dispose;

  g_type_ensure (FAIRLEAD_TYPE_FIELD_ROW);
  g_type_ensure (FAIRLEAD_TYPE_FILE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-upload-dialog.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadUploadDialog, name)
  BIND (apply_button);
  BIND (data_row);
  BIND (param_row);
  BIND (name_row);
  BIND (path_row);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_install_action (widget_class, "dialog.apply", NULL, apply_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "dialog.apply", NULL);
}

static void
fairlead_upload_dialog_init (FairleadUploadDialog *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/**
 * fairlead_upload_dialog_new:
 * @parent: (nullable): the window it belongs to
 * @run: a run whose solver runs: what is sent is one of its transfers
 *
 * Returns: (transfer none): the form, not yet shown
 */
GtkWindow *
fairlead_upload_dialog_new (GtkWindow   *parent,
                            FairleadRun *run)
{
  FairleadUploadDialog *self = g_object_new (FAIRLEAD_TYPE_UPLOAD_DIALOG, "transient-for", parent, NULL);
  FairleadProfile *profile = fairlead_run_get_profile (run);
  const char *project = fairlead_profile_get_project_name (profile);
  const char *folder = fairlead_run_get_solver_path (run);
  g_autofree char *path = NULL;

  if (folder == NULL)
    folder = fairlead_profile_get_remote_path (profile);
  path = g_build_path ("/", folder, "projects", project, NULL);
  self->run = g_object_ref (run);
  fairlead_field_row_set_text (self->name_row, project);
  fairlead_field_row_set_text (self->path_row, path);
  changed_cb (self);
  return GTK_WINDOW (self);
}
