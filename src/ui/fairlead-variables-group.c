/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-variables-group.h"

#include <glib/gi18n-lib.h>

#include "fairlead-field-row.h"

/**
 * FairleadVariablesGroup:
 *
 * The environment variables that a connection gives its solver, in its form: a field for each, written as a
 * shell has it. An empty one is none.
 */
struct _FairleadVariablesGroup {
  AdwPreferencesGroup parent_instance;

  /* Borrowed: of the group */
  GPtrArray *rows;
  GtkWidget *add_button;

  /* Owned */
  GSignalGroup *profile;
};

G_DEFINE_FINAL_TYPE (FairleadVariablesGroup, fairlead_variables_group, ADW_TYPE_PREFERENCES_GROUP)

static char **
dup_texts (FairleadVariablesGroup *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->rows->len; i++)
    {
      const char *text = fairlead_field_row_get_text (self->rows->pdata[i]);

      if (*text != '\0')
        g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

static void
text_changed_cb (FairleadVariablesGroup *self)
{
  g_autoptr (FairleadProfile) profile = g_signal_group_dup_target (self->profile);
  g_auto (GStrv) texts = dup_texts (self);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const char *text = fairlead_field_row_get_text (self->rows->pdata[i]);
      g_autofree char *wrong = *text != '\0' ? fairlead_profile_check_variable (text) : NULL;

      fairlead_field_row_set_error (self->rows->pdata[i], wrong);
    }
  if (profile != NULL)
    g_object_set (profile, "environment", texts, NULL);
}

static GtkWidget *
button_new (const char *icon,
            const char *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return button;
}

static void
remove_row (FairleadVariablesGroup *self,
            gpointer                row)
{
  g_signal_handlers_disconnect_by_data (row, self);
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_remove (self->rows, row);
}

/* The focus stays among the variables. */
static void
remove_clicked_cb (GtkWidget *row)
{
  FairleadVariablesGroup *self =
    FAIRLEAD_VARIABLES_GROUP (gtk_widget_get_ancestor (row, FAIRLEAD_TYPE_VARIABLES_GROUP));

  remove_row (self, row);
  gtk_widget_grab_focus (self->rows->len > 0 ? self->rows->pdata[self->rows->len - 1] : self->add_button);
  text_changed_cb (self);
}

static GtkWidget *
add_row (FairleadVariablesGroup *self,
         const char             *variable)
{
  FairleadFieldRow *row = g_object_new (FAIRLEAD_TYPE_FIELD_ROW, "title", _("Variable"), NULL);
  GtkWidget *button = button_new ("user-trash-symbolic", _("Remove"));

  fairlead_field_row_set_placeholder (row, _("NAME=value"));
  fairlead_field_row_set_text (row, variable);
  fairlead_field_row_add_suffix (row, button);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_clicked_cb), row, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "notify::text", G_CALLBACK (text_changed_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (row));
  g_ptr_array_add (self->rows, row);
  return GTK_WIDGET (row);
}

static void
add_clicked_cb (FairleadVariablesGroup *self)
{
  gtk_widget_grab_focus (add_row (self, ""));
}

/* Not while it is typed here. */
static void
refresh (FairleadVariablesGroup *self)
{
  g_autoptr (FairleadProfile) profile = g_signal_group_dup_target (self->profile);
  g_auto (GStrv) shown = dup_texts (self);
  const char * const *variables = fairlead_profile_get_environment (profile);

  if (g_strv_equal ((const char * const *) shown, variables))
    return;
  while (self->rows->len > 0)
    remove_row (self, self->rows->pdata[0]);
  for (; *variables != NULL; variables++)
    add_row (self, *variables);
  text_changed_cb (self);
}

static void
fairlead_variables_group_finalize (GObject *object)
{
  FairleadVariablesGroup *self = FAIRLEAD_VARIABLES_GROUP (object);

  g_clear_object (&self->profile);
  g_clear_pointer (&self->rows, g_ptr_array_unref);

  G_OBJECT_CLASS (fairlead_variables_group_parent_class)->finalize (object);
}

static void
fairlead_variables_group_class_init (FairleadVariablesGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_variables_group_finalize;
}

static void
fairlead_variables_group_init (FairleadVariablesGroup *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);

  self->rows = g_ptr_array_new ();
  self->add_button = button_new ("list-add-symbolic", _("Add a Variable"));
  g_signal_connect_object (self->add_button, "clicked", G_CALLBACK (add_clicked_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_set_header_suffix (group, self->add_button);
  adw_preferences_group_set_title (group, _("Environment Variables"));
  adw_preferences_group_set_description (group, _("Given to the solver when it is started. They are saved as plain "
                                                  "text: no place for passwords."));
  self->profile = g_signal_group_new (FAIRLEAD_TYPE_PROFILE);
  g_signal_connect_object (self->profile, "bind", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->profile, "notify::environment", G_CALLBACK (refresh), self);
}

/**
 * fairlead_variables_group_set_profile:
 * @profile: whose variables they are
 */
void
fairlead_variables_group_set_profile (FairleadVariablesGroup *self,
                                      FairleadProfile        *profile)
{
  g_return_if_fail (FAIRLEAD_IS_VARIABLES_GROUP (self));

  g_signal_group_set_target (self->profile, profile);
}

/**
 * fairlead_variables_group_focus_error:
 *
 * Focuses the first that something is wrong with.
 *
 * Returns: %FALSE when there is none
 */
gboolean
fairlead_variables_group_focus_error (FairleadVariablesGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (fairlead_field_row_get_error (self->rows->pdata[i]) != NULL)
      return gtk_widget_grab_focus (self->rows->pdata[i]);
  return FALSE;
}
