/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-setting-row.h"

#include "fairlead-ui.h"

/**
 * FairleadSettingRow:
 *
 * One setting: what it is called, and quietly beside it where it is written; under them its value.
 */
struct _FairleadSettingRow {
  AdwPreferencesRow parent_instance;

  GtkLabel *title_label;
  GtkLabel *origin;
  GtkLabel *value;
  GtkWidget *warning_box;
  GtkLabel *warning;
};

G_DEFINE_FINAL_TYPE (FairleadSettingRow, fairlead_setting_row, ADW_TYPE_PREFERENCES_ROW)

static void
fairlead_setting_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_SETTING_ROW);

  G_OBJECT_CLASS (fairlead_setting_row_parent_class)->dispose (object);
}

static void
fairlead_setting_row_class_init (FairleadSettingRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_setting_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-setting-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadSettingRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, FairleadSettingRow, origin);
  gtk_widget_class_bind_template_child (widget_class, FairleadSettingRow, value);
  gtk_widget_class_bind_template_child (widget_class, FairleadSettingRow, warning_box);
  gtk_widget_class_bind_template_child (widget_class, FairleadSettingRow, warning);
}

static void
fairlead_setting_row_init (FairleadSettingRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_optional (GtkLabel   *label,
              GtkWidget  *shown,
              const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (shown, text != NULL);
}

/**
 * fairlead_setting_row_new:
 * @setting: what to show
 *
 * Returns: (transfer none): a row of it
 */
GtkWidget *
fairlead_setting_row_new (const FairleadSetting *setting)
{
  FairleadSettingRow *self = g_object_new (FAIRLEAD_TYPE_SETTING_ROW, NULL);
  g_autofree char *said = g_strjoin (", ", setting->title, setting->value,
                                     setting->origin != NULL ? setting->origin : setting->warning,
                                     NULL);

  gtk_label_set_label (self->title_label, setting->title);
  gtk_label_set_label (self->value, setting->value);
  set_optional (self->origin, GTK_WIDGET (self->origin), setting->origin);
  set_optional (self->warning, self->warning_box, setting->warning);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  return GTK_WIDGET (self);
}
