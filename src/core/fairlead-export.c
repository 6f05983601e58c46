/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-export.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-async.h"
#include "fairlead-error.h"
#include "fairlead-import.h"
#include "fairlead-write-file.h"

/**
 * fairlead_export_to_text:
 * @profiles: (element-type FairleadProfile): what is exported
 * @kind: for whom
 *
 * Returns: (transfer full): the text of an export file
 */
char *
fairlead_export_to_text (GPtrArray          *profiles,
                         FairleadExportKind  kind)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = NULL;

  for (guint i = 0; i < profiles->len; i++)
    {
      g_autoptr (FairleadProfile) profile =
        fairlead_export_profile (g_ptr_array_index (profiles, i), kind);
      JsonObject *saved = fairlead_profile_to_json (profile);

      json_object_remove_member (saved, "id"); /* whoever imports it gives it one */
      json_array_add_object_element (array, saved);
    }
  json_object_set_int_member (object, "fairlead-connections", FAIRLEAD_EXPORT_VERSION);
  json_object_set_array_member (object, "profiles", g_steal_pointer (&array));
  text = json_to_string (root, TRUE);
  return g_strconcat (text, "\n", NULL);
}

/**
 * fairlead_export_save:
 * @path: a file; an old one there is replaced
 * @profiles: (element-type FairleadProfile): what is exported
 * @kind: for whom
 * @error: return location: %FAIRLEAD_ERROR_CONFIG
 *
 * Writes an export file whole or not at all, mode 0600. Any thread but the main one.
 *
 * Returns: %TRUE when it is on the disk
 */
gboolean
fairlead_export_save (const char          *path,
                      GPtrArray           *profiles,
                      FairleadExportKind   kind,
                      GError             **error)
{
  g_autofree char *text = fairlead_export_to_text (profiles, kind);
  g_autofree char *real = fairlead_follow_links (path);
  g_autofree char *shown = NULL;

  if (fairlead_write_replace (real, text, strlen (text), NULL, -1))
    return TRUE;
  shown = g_filename_display_name (path);
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("%s cannot be written: %s."), shown,
                      g_strerror (errno));
  return FALSE;
}

/* Copies of the worker's own. */
typedef struct {
  char               *path;
  GPtrArray          *profiles;
  FairleadExportKind  kind;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_free (save->path);
  g_ptr_array_unref (save->profiles);
  g_free (save);
}

static gpointer
save_in_thread (gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  Save *save = data;

  return GINT_TO_POINTER (fairlead_export_save (save->path, save->profiles, save->kind, error));
}

/**
 * fairlead_export_save_async:
 * @path: a file; an old one there is replaced
 * @profiles: (element-type FairleadProfile): what is exported; they are copied
 * @kind: for whom
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 * @callback: called in the caller's thread-default context
 * @user_data: for @callback
 *
 * Does fairlead_export_save() on a thread of the pool.
 */
void
fairlead_export_save_async (const char          *path,
                            GPtrArray           *profiles,
                            FairleadExportKind   kind,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  Save *save = g_new0 (Save, 1);

  save->path = g_strdup (path);
  save->profiles = g_ptr_array_new_with_free_func (g_object_unref);
  save->kind = kind;
  for (guint i = 0; i < profiles->len; i++)
    g_ptr_array_add (save->profiles, fairlead_profile_duplicate (g_ptr_array_index (profiles, i)));
  fairlead_async_run (save_in_thread, save, save_free, NULL, cancellable, callback, user_data);
}

/**
 * fairlead_export_save_finish:
 * @result: what the callback was given
 * @error: return location: as fairlead_export_save(), or %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when it is on the disk
 */
gboolean
fairlead_export_save_finish (GAsyncResult  *result,
                             GError       **error)
{
  return GPOINTER_TO_INT (fairlead_async_finish (result, error));
}
