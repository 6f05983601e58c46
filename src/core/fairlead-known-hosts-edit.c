/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-known-hosts-private.h"

#include "fairlead-error.h"
#include "fairlead-fd.h"
#include "fairlead-read-file.h"
#include "fairlead-write-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE ((gsize) 1 << 30)
#define MAX_BACKUPS 1000
#define MAX_TRIES 5

gboolean
fairlead_known_hosts_fail (GError     **error,
                           const char  *file,
                           const char  *reason)
{
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                      _("The known hosts file “%s” cannot be changed: %s."), file, reason);
  if (error != NULL)
    fairlead_error_set_hint (*error, _("Make the file and its folder writable for your account, or "
                                       "name another file with UserKnownHostsFile."));
  return FALSE;
}

gboolean
fairlead_known_hosts_fail_errno (GError     **error,
                                 const char  *file)
{
  return fairlead_known_hosts_fail (error, file, g_strerror (errno));
}

/* Opens @path and locks it against another Fairlead. A file that was renamed away while we waited
 * is no longer the one at @path, so look again. Where there are no locks, go on without. */
int
fairlead_known_hosts_open_locked (const char *path,
                                  int         flags)
{
  for (;;)
    {
      struct stat ours, there;
      int fd = open (path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

      if (fd < 0)
        return -1;
      while (flock (fd, LOCK_EX) != 0 && errno == EINTR)
        continue;
      if (fstat (fd, &ours) == 0 && stat (path, &there) == 0
          && ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
        return fd;
      close (fd);
    }
}

/* A copy of the old file beside it: PATH.old, as ssh-keygen -R leaves it, or the first that is
 * free, since an older copy may be the one that the person wants. */
static char *
write_backup (const char        *path,
              const char        *data,
              gsize              length,
              const struct stat *like)
{
  for (guint i = 1; i <= MAX_BACKUPS; i++)
    {
      g_autofree char *backup = i == 1 ? g_strconcat (path, ".old", NULL)
                                       : g_strdup_printf ("%s.old.%u", path, i);

      if (fairlead_write_new (backup, data, length, like))
        return g_steal_pointer (&backup);
      if (errno != EEXIST)
        return NULL;
    }
  errno = EEXIST;
  return NULL;
}

/* One try; FALSE with errno, EAGAIN when somebody else wrote the file meanwhile. */
static gboolean
try_edit (const char              *path,
          FairleadKnownHostsEdit   edit,
          gpointer                 data,
          char                   **backup)
{
  fairlead_autofd fd = fairlead_known_hosts_open_locked (path, O_RDONLY);
  g_autofree char *contents = NULL;
  g_autofree char *copy = NULL;
  g_autoptr (GString) result = NULL;
  struct stat before;
  gsize length;

  if (fd < 0 || fstat (fd, &before) != 0)
    return FALSE;
  errno = EFBIG;
  if (!fairlead_read_fd (fd, MAX_FILE, &contents, &length, NULL))
    return FALSE;
  result = edit (contents, length, data);
  if (result == NULL)
    return TRUE;

  if (backup != NULL && (copy = write_backup (path, contents, length, &before)) == NULL)
    return FALSE;
  if (!fairlead_write_replace (path, result->str, result->len, &before, fd))
    {
      int saved_errno = errno;

      if (copy != NULL)
        unlink (copy);
      errno = saved_errno;
      return FALSE;
    }
  if (backup != NULL)
    *backup = g_steal_pointer (&copy);
  return TRUE;
}

/**
 * fairlead_known_hosts_edit:
 * @file: the file, or a symbolic link to it
 * @edit: makes the new contents from the old ones
 * @data: for @edit
 * @backup: (out) (optional) (transfer full): where a copy of the old file is left; %NULL for none
 * @error: %FAIRLEAD_ERROR_CONFIG, naming the file
 *
 * Puts a new file in the place of the old one, with its owner and mode, under a lock against other
 * Fairleads; ssh(1) takes none, so that the old file has to be unchanged at the end, or all is done
 * anew. Any thread, blocks for the disk.
 *
 * Returns: %TRUE when the new file is in place, or @edit left it as it is
 */
gboolean
fairlead_known_hosts_edit (const char              *file,
                           FairleadKnownHostsEdit   edit,
                           gpointer                 data,
                           char                   **backup,
                           GError                 **error)
{
  g_autofree char *path = fairlead_follow_links (file);

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      if (try_edit (path, edit, data, backup))
        return TRUE;
      if (errno != EAGAIN)
        break;
    }
  return fairlead_known_hosts_fail_errno (error, file);
}
