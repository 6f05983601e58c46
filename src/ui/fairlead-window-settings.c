/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

/* What the window keeps in GSettings: its own state, and the person's settings that its runs go by. */

void
fairlead_window_load_settings (FairleadWindow *self)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  /* Not installed: the program runs all the same, and forgets its window. */
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, FAIRLEAD_APP_ID, TRUE);
  if (schema != NULL)
    self->settings = g_settings_new_full (schema, NULL, NULL);
}

void
fairlead_window_restore_state (FairleadWindow *self)
{
  g_autofree char *selected = NULL;

  if (self->settings == NULL)
    return;
  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  selected = g_settings_get_string (self->settings, "selected-connection");
  fairlead_window_select_by (self, "id", selected);
}

void
fairlead_window_save_state (FairleadWindow *self)
{
  int width;
  int height;

  if (self->settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (self->settings, "window-width", MAX (width, 1));
  g_settings_set_int (self->settings, "window-height", MAX (height, 1));
  g_settings_set_boolean (self->settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
}

/* The person's settings that a run goes by. */
void
fairlead_window_apply_settings (FairleadWindow *self,
                                FairleadRun    *run)
{
  if (self->settings == NULL)
    return;
  fairlead_run_set_ready_timeout (run, g_settings_get_uint (self->settings, "ready-timeout"));
  fairlead_run_set_refuse_waiting (run, g_settings_get_boolean (self->settings,
                                                                "refuse-while-reconnecting"));
}

static void
settings_changed_cb (FairleadWindow *self)
{
  GListModel *profiles = G_LIST_MODEL (self->store);

  for (guint i = 0; i < g_list_model_get_n_items (profiles); i++)
    {
      g_autoptr (FairleadProfile) profile = g_list_model_get_item (profiles, i);

      fairlead_window_apply_settings (self, fairlead_run_manager_ensure (self->runs, profile));
    }
}

/* Those that stand in the menu as they are. */
void
fairlead_window_install_settings (FairleadWindow *self)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GAction) refuse = NULL;
  g_autoptr (GAction) remind = NULL;

  if (self->settings == NULL)
    return;
  refuse = g_settings_create_action (self->settings, "refuse-while-reconnecting");
  g_action_map_add_action (G_ACTION_MAP (group), refuse);
  remind = g_settings_create_action (self->settings, "idle-reminder");
  g_action_map_add_action (G_ACTION_MAP (group), remind);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "settings", G_ACTION_GROUP (group));
  g_signal_connect_object (self->settings, "changed::refuse-while-reconnecting",
                           G_CALLBACK (settings_changed_cb), self, G_CONNECT_SWAPPED);
}

/**
 * fairlead_window_bind_setting:
 * @key: of the person's settings
 * @object: what has it as @property
 *
 * Keeps the property like the setting, for as long as the object lives; without settings it stays as it is.
 */
void
fairlead_window_bind_setting (FairleadWindow *self,
                              const char     *key,
                              gpointer        object,
                              const char     *property)
{
  g_return_if_fail (FAIRLEAD_IS_WINDOW (self));

  if (self->settings != NULL)
    g_settings_bind (self->settings, key, object, property, G_SETTINGS_BIND_GET);
}
