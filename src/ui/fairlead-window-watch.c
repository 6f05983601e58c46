/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

/* Whether the person has a connection before their eyes. */

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
