/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-file-row.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"
#include "fairlead-ui.h"

/**
 * FairleadFileRow:
 *
 * A file of this computer in a form: chosen, or dropped on it, to be read; or with "save" a place to write
 * to, which may hold a file already.
 */
struct _FairleadFileRow {
  AdwActionRow parent_instance;

  /* Template children */
  GtkWidget *clear_button;
  GtkWidget *choose_button;

  /* Owned */
  GFile *file;
  char *prompt;
  GtkFileChooserNative *chooser;

  gboolean save;
  gboolean chosen;             /* in the file chooser, which has asked whether to replace */
};

G_DEFINE_FINAL_TYPE (FairleadFileRow, fairlead_file_row, ADW_TYPE_ACTION_ROW)

enum {
  PROP_0,
  PROP_FILE,
  PROP_PROMPT,
  PROP_SAVE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
refresh (FairleadFileRow *self)
{
  g_autofree char *path = self->file != NULL ? g_file_get_path (self->file) : NULL;
  g_autofree char *shown = path != NULL ? fairlead_tilde_path (path) : NULL;
  g_autofree char *display = shown != NULL ? g_filename_display_name (shown) : NULL;
  g_autofree char *escaped = NULL;

  escaped = g_markup_escape_text (display != NULL ? display : self->prompt != NULL ? self->prompt : "", -1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), escaped);
  gtk_widget_set_visible (self->clear_button, self->file != NULL && !self->save);
}

static void
take_file (FairleadFileRow *self,
           GFile           *file,
           gboolean         chosen)
{
  self->chosen = chosen;
  if (!g_set_object (&self->file, file))
    return;
  refresh (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILE]);
}

static void
chosen_cb (FairleadFileRow *self,
           int              response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  if (file != NULL)
    take_file (self, file, TRUE);
}

static void
choose_clicked_cb (FairleadFileRow *self)
{
  GtkFileChooserAction action = self->save ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *name = self->file != NULL ? g_file_get_basename (self->file) : NULL;
  g_autoptr (GFile) folder = self->file != NULL ? g_file_get_parent (self->file) : NULL;

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)),
                                               GTK_WINDOW (root), action, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (folder != NULL)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), folder, NULL);
  if (self->save && name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
clear_clicked_cb (FairleadFileRow *self)
{
  take_file (self, NULL, FALSE);
}

/* ------------------------------------------------------------------ the object */

static void
fairlead_file_row_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  FairleadFileRow *self = FAIRLEAD_FILE_ROW (object);

  switch (prop_id)
    {
    case PROP_FILE:
      g_value_set_object (value, self->file);
      break;
    case PROP_PROMPT:
      g_value_set_string (value, self->prompt);
      break;
    case PROP_SAVE:
      g_value_set_boolean (value, self->save);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_file_row_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  FairleadFileRow *self = FAIRLEAD_FILE_ROW (object);

  switch (prop_id)
    {
    case PROP_FILE:
      fairlead_file_row_set_file (self, g_value_get_object (value));
      break;
    case PROP_PROMPT:
      g_free (self->prompt);
      self->prompt = g_value_dup_string (value);
      refresh (self);
      break;
    case PROP_SAVE:
      self->save = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_file_row_dispose (GObject *object)
{
  FairleadFileRow *self = FAIRLEAD_FILE_ROW (object);

  g_clear_object (&self->chooser);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_FILE_ROW);
  g_clear_object (&self->file);

  G_OBJECT_CLASS (fairlead_file_row_parent_class)->dispose (object);
}

static void
fairlead_file_row_finalize (GObject *object)
{
  g_free (FAIRLEAD_FILE_ROW (object)->prompt);

  G_OBJECT_CLASS (fairlead_file_row_parent_class)->finalize (object);
}

static void
fairlead_file_row_class_init (FairleadFileRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = fairlead_file_row_dispose;
  object_class->finalize = fairlead_file_row_finalize;
  object_class->get_property = fairlead_file_row_get_property;
  object_class->set_property = fairlead_file_row_set_property;

  properties[PROP_FILE] = g_param_spec_object ("file", NULL, NULL, G_TYPE_FILE, flags);
  properties[PROP_PROMPT] = g_param_spec_string ("prompt", NULL, NULL, NULL, flags);
  properties[PROP_SAVE] = g_param_spec_boolean ("save", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, FAIRLEAD_RESOURCES "ui/fairlead-file-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadFileRow, clear_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadFileRow, choose_button);
  gtk_widget_class_bind_template_callback (widget_class, clear_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_clicked_cb);
}

static gboolean
drop_cb (FairleadFileRow *self,
         const GValue    *value)
{
  GSList *files = g_value_get_boxed (value);

  if (files == NULL)
    return FALSE;
  take_file (self, files->data, FALSE);
  return TRUE;
}

/* Several such rows stand in a form: a screen reader is to tell their buttons apart. */
static void
title_cb (FairleadFileRow *self)
{
  g_autofree char *label = g_strdup_printf (
    _("%s: %s"), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)), _("Choose…"));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->choose_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
fairlead_file_row_init (FairleadFileRow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::title", G_CALLBACK (title_cb), NULL);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/**
 * fairlead_file_row_get_file:
 *
 * Returns: (transfer none) (nullable): the file
 */
GFile *
fairlead_file_row_get_file (FairleadFileRow *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_FILE_ROW (self), NULL);

  return self->file;
}

/**
 * fairlead_file_row_set_file:
 * @file: (nullable): a file of this computer
 */
void
fairlead_file_row_set_file (FairleadFileRow *self,
                            GFile           *file)
{
  g_return_if_fail (FAIRLEAD_IS_FILE_ROW (self));

  take_file (self, file, FALSE);
}

/**
 * fairlead_file_row_was_chosen:
 *
 * Returns: whether the file was chosen in a file chooser, which has asked whether to replace one that is there
 */
gboolean
fairlead_file_row_was_chosen (FairleadFileRow *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_FILE_ROW (self), FALSE);

  return self->chosen;
}
