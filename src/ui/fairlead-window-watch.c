/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

/* Which connection the person has before their eyes: it is asked how its solve goes, and of it nothing
 * has to be told to the desktop. */

/* The window, or a dialog of it. */
static gboolean
is_in_front (FairleadWindow *self)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (gtk_window_is_active (window))
        return TRUE;
    }
  return FALSE;
}

static gboolean
shows_page (FairleadWindow *self)
{
  return !adw_leaflet_get_folded (self->leaflet)
         || g_strcmp0 (adw_leaflet_get_visible_child_name (self->leaflet), "content") == 0;
}

/**
 * fairlead_window_sees:
 * @run: a run
 *
 * Returns: whether the window is in front and shows @run
 */
gboolean
fairlead_window_sees (FairleadWindow *self,
                      FairleadRun    *run)
{
  g_autoptr (FairleadRun) selected = NULL;

  g_return_val_if_fail (FAIRLEAD_IS_WINDOW (self), FALSE);

  selected = fairlead_window_dup_run (self);
  return selected == run && shows_page (self) && is_in_front (self);
}

/**
 * fairlead_window_show_connection:
 * @id: the id of a connection
 *
 * Selects that connection, wherever the person was, and shows it. One that was deleted is not there.
 */
void
fairlead_window_show_connection (FairleadWindow *self,
                                 const char     *id)
{
  FairleadProfile *profile;

  g_return_if_fail (FAIRLEAD_IS_WINDOW (self));

  profile = fairlead_profile_store_find_id (self->store, id);
  if (profile == NULL)
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  fairlead_window_select_profile (self, profile);
  fairlead_window_show_content (self, TRUE);
}

static gboolean
is_on_screen (FairleadWindow *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self));

  return gtk_widget_get_mapped (GTK_WIDGET (self)) && surface != NULL
         && (gdk_toplevel_get_state (GDK_TOPLEVEL (surface)) & GDK_TOPLEVEL_STATE_MINIMIZED) == 0;
}

/**
 * fairlead_window_update_watched:
 *
 * Has the solver of the connection that can be seen asked often, and those of the others seldom.
 */
void
fairlead_window_update_watched (FairleadWindow *self)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);

  if (run == NULL || !shows_page (self) || !is_on_screen (self))
    g_clear_object (&run);
  if (run == self->watched)
    return;
  if (self->watched != NULL)
    fairlead_run_set_watched (self->watched, FALSE);
  if (run != NULL)
    fairlead_run_set_watched (run, TRUE);
  g_set_object (&self->watched, run);
}

static void
realize_cb (FairleadWindow *self)
{
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (self)), "notify::state",
                           G_CALLBACK (fairlead_window_update_watched), self, G_CONNECT_SWAPPED);
}

/* For all that may change it, but for the selection. */
void
fairlead_window_watch (FairleadWindow *self)
{
  static const char * const signals[] = { "map", "unmap" };

  g_signal_connect (self, "realize", G_CALLBACK (realize_cb), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_after (self, signals[i], G_CALLBACK (fairlead_window_update_watched), NULL);
  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (fairlead_window_update_watched),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->leaflet, "notify::visible-child",
                           G_CALLBACK (fairlead_window_update_watched), self, G_CONNECT_SWAPPED);
}
