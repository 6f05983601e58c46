/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-editor-private.h"

#include "fairlead-container-window.h"

/* The container of the form: which rows there are for it, and the list to choose from. */

/* What the draft says: its path is one of the host or of the container. */
void
fairlead_editor_show_container (FairleadEditor *self)
{
  gboolean container = fairlead_profile_uses_container (self->draft);

  gtk_widget_set_visible (GTK_WIDGET (self->container_row), container);
  gtk_widget_set_visible (GTK_WIDGET (self->container_path_row), container);
  gtk_widget_set_visible (GTK_WIDGET (self->remote_path_row), !container);
}

static void
chosen_cb (FairleadEditor *self,
           const char     *name)
{
  g_object_set (self->draft, "container", name, NULL);
}

static void
connect_cb (FairleadEditor *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "editor.save-and-connect", NULL);
}

/* Only the host that is connected to is asked: not when the form has come to mean another one. */
static FairleadRemote *
find_remote (FairleadEditor *self)
{
  g_autofree char *before = fairlead_profile_dup_address (self->unchanged);
  g_autofree char *now = fairlead_profile_dup_address (self->draft);

  return self->run != NULL && g_str_equal (before, now) ? fairlead_run_get_remote (self->run) : NULL;
}

static void
choose_container_action (GtkWidget  *widget,
                         const char *name,
                         GVariant   *parameter)
{
  FairleadEditor *self = FAIRLEAD_EDITOR (widget);
  FairleadContainerWindow *window = fairlead_container_window_new (GTK_WINDOW (self));
  FairleadRemote *remote = find_remote (self);
  g_autofree char *address = fairlead_profile_dup_address (self->draft);

  g_signal_connect_object (window, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "connect", G_CALLBACK (connect_cb), self, G_CONNECT_SWAPPED);
  if (remote != NULL)
    fairlead_container_window_load (window, remote, address);
  gtk_window_present (GTK_WINDOW (window));
}

void
fairlead_editor_install_container_action (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "editor.choose-container", NULL, choose_container_action);
}

/**
 * fairlead_editor_set_run:
 * @run: (nullable): the run of the connection being edited: while it is connected, its host can be asked
 */
void
fairlead_editor_set_run (FairleadEditor *self,
                         FairleadRun    *run)
{
  g_return_if_fail (FAIRLEAD_IS_EDITOR (self));

  g_set_object (&self->run, run);
}
