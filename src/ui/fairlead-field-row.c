/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-field-row.h"

#include "fairlead-ui.h"

/**
 * FairleadFieldRow:
 *
 * One field of a form: its title, its text, in the empty field the value that applies instead, and
 * under it where that comes from, or what is wrong. (AdwEntryRow has no room for the last three.)
 */
struct _FairleadFieldRow {
  AdwPreferencesRow parent_instance;

  /* Template children */
  GtkBox *suffixes;
  GtkLabel *title_label;
  GtkEntry *entry;
  GtkLabel *note;
  GtkWidget *error_box;
  GtkLabel *error;
};

static void buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FairleadFieldRow, fairlead_field_row, ADW_TYPE_PREFERENCES_ROW,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_init))

static GtkBuildableIface *parent_buildable;

enum {
  PROP_0,
  PROP_TEXT,
  PROP_INPUT_PURPOSE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
text_changed_cb (FairleadFieldRow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

/* A click anywhere in the row means the field. */
static void
pressed_cb (FairleadFieldRow *self)
{
  gtk_entry_grab_focus_without_selecting (self->entry);
}

static gboolean
fairlead_field_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (FAIRLEAD_FIELD_ROW (widget)->entry));
}

static void
buildable_add_child (GtkBuildable *buildable,
                     GtkBuilder   *builder,
                     GObject      *child,
                     const char   *type)
{
  FairleadFieldRow *self = FAIRLEAD_FIELD_ROW (buildable);

  if (g_strcmp0 (type, "suffix") == 0)
    fairlead_field_row_add_suffix (self, GTK_WIDGET (child));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = buildable_add_child;
}

static void
fairlead_field_row_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  FairleadFieldRow *self = FAIRLEAD_FIELD_ROW (object);

  switch (prop_id)
    {
    case PROP_TEXT:
      g_value_set_string (value, fairlead_field_row_get_text (self));
      break;
    case PROP_INPUT_PURPOSE:
      g_value_set_enum (value, gtk_entry_get_input_purpose (self->entry));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_field_row_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  FairleadFieldRow *self = FAIRLEAD_FIELD_ROW (object);

  switch (prop_id)
    {
    case PROP_TEXT:
      fairlead_field_row_set_text (self, g_value_get_string (value));
      break;
    case PROP_INPUT_PURPOSE:
      gtk_entry_set_input_purpose (self->entry, g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
title_changed_cb (FairleadFieldRow *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)), -1);
}

static void
fairlead_field_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_FIELD_ROW);

  G_OBJECT_CLASS (fairlead_field_row_parent_class)->dispose (object);
}

static void
fairlead_field_row_class_init (FairleadFieldRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fairlead_field_row_get_property;
  object_class->set_property = fairlead_field_row_set_property;
  object_class->dispose = fairlead_field_row_dispose;
  widget_class->grab_focus = fairlead_field_row_grab_focus;

  properties[PROP_TEXT] =
    g_param_spec_string ("text", NULL, NULL, "",
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_INPUT_PURPOSE] =
    g_param_spec_enum ("input-purpose", NULL, NULL, GTK_TYPE_INPUT_PURPOSE,
                       GTK_INPUT_PURPOSE_FREE_FORM,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-field-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadFieldRow, suffixes);
  gtk_widget_class_bind_template_child (widget_class, FairleadFieldRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, FairleadFieldRow, entry);
  gtk_widget_class_bind_template_child (widget_class, FairleadFieldRow, note);
  gtk_widget_class_bind_template_child (widget_class, FairleadFieldRow, error_box);
  gtk_widget_class_bind_template_child (widget_class, FairleadFieldRow, error);
  gtk_widget_class_bind_template_callback (widget_class, text_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
}

static void
fairlead_field_row_init (FairleadFieldRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_bind_property (self, "title", self->title_label, "label", G_BINDING_SYNC_CREATE);
  g_signal_connect (self, "notify::title", G_CALLBACK (title_changed_cb), NULL);
}

const char *
fairlead_field_row_get_text (FairleadFieldRow *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_FIELD_ROW (self), NULL);

  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

/**
 * fairlead_field_row_set_text:
 * @text: (nullable): what stands in the field
 */
void
fairlead_field_row_set_text (FairleadFieldRow *self,
                             const char       *text)
{
  g_return_if_fail (FAIRLEAD_IS_FIELD_ROW (self));

  text = text != NULL ? text : "";
  if (g_strcmp0 (text, fairlead_field_row_get_text (self)) != 0)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}

/**
 * fairlead_field_row_set_placeholder:
 * @placeholder: (nullable): what applies while the field is empty
 */
void
fairlead_field_row_set_placeholder (FairleadFieldRow *self,
                                    const char       *placeholder)
{
  g_return_if_fail (FAIRLEAD_IS_FIELD_ROW (self));

  gtk_entry_set_placeholder_text (self->entry, placeholder);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_PLACEHOLDER,
                                  placeholder != NULL ? placeholder : "", -1);
}

static void
show_note (FairleadFieldRow *self)
{
  gboolean wrong = gtk_widget_get_visible (self->error_box);

  gtk_widget_set_visible (GTK_WIDGET (self->note),
                          !wrong && *gtk_label_get_label (self->note) != '\0');
}

/**
 * fairlead_field_row_set_note:
 * @note: (nullable): a small line under the field
 */
void
fairlead_field_row_set_note (FairleadFieldRow *self,
                             const char       *note)
{
  g_return_if_fail (FAIRLEAD_IS_FIELD_ROW (self));

  gtk_label_set_label (self->note, note != NULL ? note : "");
  show_note (self);
}

/**
 * fairlead_field_row_set_error:
 * @error: (nullable): what is wrong with the text; %NULL when nothing is
 */
void
fairlead_field_row_set_error (FairleadFieldRow *self,
                              const char       *error)
{
  g_return_if_fail (FAIRLEAD_IS_FIELD_ROW (self));

  gtk_label_set_label (self->error, error != NULL ? error : "");
  gtk_widget_set_visible (self->error_box, error != NULL);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                               error != NULL ? GTK_ACCESSIBLE_INVALID_TRUE
                                             : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  show_note (self);
}

/**
 * fairlead_field_row_get_error:
 *
 * Returns: (nullable): what is shown as wrong
 */
const char *
fairlead_field_row_get_error (FairleadFieldRow *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_FIELD_ROW (self), NULL);

  return gtk_widget_get_visible (self->error_box) ? gtk_label_get_label (self->error) : NULL;
}

/**
 * fairlead_field_row_add_suffix:
 * @suffix: a button, to stand behind the text
 */
void
fairlead_field_row_add_suffix (FairleadFieldRow *self,
                               GtkWidget        *suffix)
{
  g_return_if_fail (FAIRLEAD_IS_FIELD_ROW (self));

  gtk_box_append (self->suffixes, suffix);
}
