/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-profile-file.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-json.h"
#include "fairlead-write-file.h"

#define MAX_SIZE (16 * 1024 * 1024)

struct _FairleadProfileFile {
  gatomicrefcount  ref_count;
  char            *path;

  GMutex           mutex;   /* the fields below, and the file */
  guint            written; /* generation of what is in the file */
  gboolean         locked;  /* what is there could not be set aside: never write */
};

/**
 * fairlead_profile_file_new:
 * @path: the file; neither it nor its folder need exist
 *
 * Returns: (transfer full): the file
 */
FairleadProfileFile *
fairlead_profile_file_new (const char *path)
{
  FairleadProfileFile *self = g_new0 (FairleadProfileFile, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->path = g_strdup (path);
  return self;
}

/**
 * fairlead_profile_file_ref:
 *
 * Returns: (transfer full): @self. Any thread.
 */
FairleadProfileFile *
fairlead_profile_file_ref (FairleadProfileFile *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * fairlead_profile_file_unref:
 *
 * Releases a reference. Any thread.
 */
void
fairlead_profile_file_unref (FairleadProfileFile *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self);
}

/**
 * fairlead_profile_file_get_path:
 *
 * Returns: (transfer none): the path
 */
const char *
fairlead_profile_file_get_path (FairleadProfileFile *self)
{
  return self->path;
}

static char *
free_name (const char *path)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%d-%H%M%S");
  char *name = g_strdup_printf ("%s.unreadable-%s", path, date);

  for (guint i = 2; g_file_test (name, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s.unreadable-%s-%u", path, date, i);
    }
  return name;
}

/* Moves the file away with its bytes as they are, and says so. */
static char *
set_aside (FairleadProfileFile *self,
           const char          *reason)
{
  g_autofree char *name = free_name (self->path);

  if (g_rename (self->path, name) == 0)
    return g_strdup_printf (_("The saved connections could not be read. %s The file was kept as "
                              "%s."), reason, name);
  self->locked = TRUE;
  return g_strdup_printf (_("The saved connections could not be read. %s Changes are not saved, so "
                            "that %s stays as it is."), reason, self->path);
}

static gboolean
check_root (JsonNode  *root,
            GError   **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  JsonArray *profiles = fairlead_json_get_array (object, "profiles");
  gint64 version = fairlead_json_get_int (object, "version", 0);

  if (version > FAIRLEAD_PROFILE_FILE_VERSION)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("They were saved by a newer version of Fairlead."));
      return FALSE;
    }
  for (guint i = 0; profiles != NULL && i < json_array_get_length (profiles); i++)
    if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (profiles, i)))
      profiles = NULL;
  if (version < 1 || profiles == NULL)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("The file is not a list of connections."));
      return FALSE;
    }
  return TRUE;
}

/**
 * fairlead_profile_file_read:
 * @self: a file
 * @notice: (out) (nullable): what a person has to know: the file was set aside, and where
 *
 * Reads the file. One that cannot be read, or is of a newer version, is moved away whole; if even
 * that fails nothing will be written over it. Any thread but that of the window.
 *
 * Returns: (transfer full) (nullable): an object with an array "profiles" of objects, %NULL when
 *   there is nothing
 */
JsonNode *
fairlead_profile_file_read (FairleadProfileFile  *self,
                            char                **notice)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  *notice = NULL;
  if (!g_file_get_contents (self->path, &text, &length, &error))
    {
      if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        *notice = set_aside (self, error->message);
      return NULL;
    }
  root = fairlead_json_parse (text, length, MAX_SIZE, &error);
  if (root != NULL && check_root (root, &error))
    return g_steal_pointer (&root);
  *notice = set_aside (self, error->message);
  return NULL;
}

static gboolean
set_errno (GError     **error,
           const char  *path)
{
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("The connections cannot be saved in %s: %s."),
                      path, g_strerror (errno));
  return FALSE;
}

/**
 * fairlead_profile_file_write:
 * @self: a file
 * @text: what is to be in it
 * @generation: a number that grows with each change; an older one than what is written is dropped
 * @error: return location: %FAIRLEAD_ERROR_CONFIG
 *
 * Writes atomically: a new file (mode 0600) in the folder (0700), synced, renamed into place. Any
 * thread; blocks on the disk.
 *
 * Returns: %TRUE when @text, or something newer, is on the disk
 */
gboolean
fairlead_profile_file_write (FairleadProfileFile  *self,
                             const char           *text,
                             guint                 generation,
                             GError              **error)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autofree char *path = NULL;
  g_autofree char *directory = g_path_get_dirname (self->path);

  if (self->locked)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("Changes are not saved, because %s could not be read."), self->path);
      return FALSE;
    }
  if (generation <= self->written)
    return TRUE;
  if (g_mkdir_with_parents (directory, 0700) != 0)
    return set_errno (error, self->path);
  path = fairlead_follow_links (self->path);
  if (!fairlead_write_replace (path, text, strlen (text), NULL, -1))
    return set_errno (error, path);
  self->written = generation;
  return TRUE;
}
