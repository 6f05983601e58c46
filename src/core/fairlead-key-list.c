/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-list.h"

#include "fairlead-async.h"
#include "fairlead-fd.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* How the forms of private keys begin; others are no keys, such as `config`. */
static const char * const beginnings[] = {
  "-----BEGIN OPENSSH PRIVATE KEY", "-----BEGIN RSA PRIVATE KEY", "-----BEGIN EC PRIVATE KEY",
  "-----BEGIN DSA PRIVATE KEY", "-----BEGIN PRIVATE KEY", "-----BEGIN ENCRYPTED PRIVATE KEY",
  "PuTTY-User-Key-File-",
};

void
fairlead_key_entry_free (FairleadKeyEntry *self)
{
  g_free (self->path);
  g_clear_pointer (&self->info, fairlead_key_info_free);
  g_free (self->problem);
  g_free (self);
}

/* A pipe of that name is not waited for. */
static gboolean
looks_like_a_key (const char *path)
{
  fairlead_autofd fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  char start[64] = { 0 };

  if (fd < 0 || read (fd, start, sizeof start - 1) <= 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (beginnings); i++)
    if (g_str_has_prefix (start, beginnings[i]))
      return TRUE;
  return FALSE;
}

static FairleadKeyEntry *
entry_new (const char *path)
{
  FairleadKeyEntry *self = g_new0 (FairleadKeyEntry, 1);
  g_autoptr (GError) error = NULL;

  self->path = g_strdup (path);
  self->info = fairlead_key_describe (path, &error);
  if (self->info == NULL)
    self->problem = g_strdup (error->message);
  return self;
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const FairleadKeyEntry *x = *(const FairleadKeyEntry * const *) a;
  const FairleadKeyEntry *y = *(const FairleadKeyEntry * const *) b;

  return strcmp (x->path, y->path);
}

/**
 * fairlead_key_list:
 * @folder: a folder, such as ~/.ssh
 * @error: return location: it is there and cannot be read
 *
 * Any thread, blocks for the disk.
 *
 * Returns: (transfer full) (element-type FairleadKeyEntry): the private keys in it, by name; none where
 *   there is no such folder
 */
GPtrArray *
fairlead_key_list (const char  *folder,
                   GError     **error)
{
  g_autoptr (GPtrArray) entries =
    g_ptr_array_new_with_free_func ((GDestroyNotify) fairlead_key_entry_free);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &local_error);
  const char *name;

  if (g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return g_steal_pointer (&entries);
  if (dir == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (!g_str_has_suffix (name, ".pub") && looks_like_a_key (path))
        g_ptr_array_add (entries, entry_new (path));
    }
  g_ptr_array_sort (entries, compare_entries);
  return g_steal_pointer (&entries);
}

static gpointer
list (gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  return fairlead_key_list (data, error);
}

/**
 * fairlead_key_list_async:
 * @folder: a folder
 *
 * fairlead_key_list() on a thread of the pool.
 */
void
fairlead_key_list_async (const char          *folder,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  fairlead_async_run (list, g_strdup (folder), g_free, (GDestroyNotify) g_ptr_array_unref,
                      cancellable, callback, user_data);
}

GPtrArray *
fairlead_key_list_finish (GAsyncResult  *result,
                          GError       **error)
{
  return fairlead_async_finish (result, error);
}
