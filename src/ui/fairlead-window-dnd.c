/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"
#include "fairlead-typed-profile.h"

/* What may be dropped on the window, or given to the program: a key file, a file with
 * connections, the text of an `ssh` command, an `ssh://` URI. All of it only fills a form. */

/**
 * fairlead_window_fill_key:
 * @path: a key file
 *
 * Opens the editor with that key: of the selected connection, or a new one where there is none.
 */
void
fairlead_window_fill_key (FairleadWindow *self,
                          const char     *path)
{
  g_autoptr (FairleadRun) run = NULL;
  FairleadProfile *original;
  g_autoptr (FairleadProfile) filled = NULL;

  g_return_if_fail (FAIRLEAD_IS_WINDOW (self));

  if (self->editor != NULL)
    {
      fairlead_editor_set_key_path (FAIRLEAD_EDITOR (self->editor), path);
      gtk_window_present (GTK_WINDOW (self->editor));
      return;
    }
  run = fairlead_window_dup_run (self);
  original = run != NULL ? fairlead_run_get_profile (run) : NULL;
  if (original != NULL && !fairlead_profile_uses_command (original))
    {
      g_autofree char *shown = fairlead_tilde_path (path);

      filled = fairlead_profile_duplicate (original);
      g_object_set (filled, "key-path", shown, NULL);
      fairlead_window_edit (self, original, filled);
      return;
    }
  filled = fairlead_profile_new_for_key (path);
  fairlead_window_edit (self, NULL, filled);
}

/**
 * fairlead_window_fill:
 * @text: an `ssh …` line, an `ssh://` URI or a host
 *
 * Opens the editor with a new connection filled from @text; says so when it cannot be understood.
 */
void
fairlead_window_fill (FairleadWindow *self,
                      const char     *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadProfile) filled = NULL;

  g_return_if_fail (FAIRLEAD_IS_WINDOW (self));

  filled = fairlead_profile_new_for_typed (text, &error);
  if (filled != NULL)
    fairlead_window_edit (self, NULL, filled);
  else
    fairlead_window_say (self, error->message);
}

static gboolean
drop_files (FairleadWindow *self,
            GSList         *files)
{
  g_autofree char *path = files != NULL ? g_file_get_path (files->data) : NULL;

  if (path == NULL)
    {
      fairlead_window_say (self, _("Only files of this computer can be used as a key."));
      return FALSE;
    }
  if (fairlead_window_is_import (path))
    fairlead_window_import (self, path);
  else
    fairlead_window_fill_key (self, path);
  return TRUE;
}

static gboolean
drop_cb (FairleadWindow *self,
         const GValue   *value)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return drop_files (self, g_value_get_boxed (value));
  if (!G_VALUE_HOLDS_STRING (value))
    return FALSE;
  fairlead_window_fill (self, g_value_get_string (value));
  return TRUE;
}

/* In the capture phase: else an entry under the pointer takes the drop for text of its own. */
void
fairlead_window_add_drop_target (FairleadWindow *self)
{
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
