/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-write-file.h"

#include "fairlead-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

/* Files that must not be lost: all or nothing is on the disk. Each function of these fails with
 * errno, so that its caller says it in the words of what was to be saved. Any thread but the main
 * one: they wait for the disk. */

/* A device or a file system without fsync has nothing to lose. */
static gboolean
sync_fd (int fd)
{
  return fsync (fd) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP;
}

/**
 * fairlead_write_fd:
 * @fd: an open file
 * @data: (array length=length): what to write
 * @length: its bytes
 *
 * Returns: %TRUE when all of it is on the disk; else see errno
 */
gboolean
fairlead_write_fd (int         fd,
                   const void *data,
                   gsize       length)
{
  const char *next = data;

  while (length > 0)
    {
      gssize n = write (fd, next, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      next += n;
      length -= (gsize) n;
    }
  return sync_fd (fd);
}

/* Writes a file made with mode 0600. With the owner and mode of @like, if there is one, before a
 * byte is in it. */
static gboolean
write_like (int                fd,
            const void        *data,
            gsize              length,
            const struct stat *like)
{
  struct stat made;

  if (fstat (fd, &made) != 0)
    return FALSE;
  if (like != NULL)
    {
      if ((made.st_uid != like->st_uid || made.st_gid != like->st_gid)
          && fchown (fd, like->st_uid, like->st_gid) != 0)
        return FALSE;
      if (fchmod (fd, like->st_mode & 07777) != 0)
        return FALSE;
    }
  return fairlead_write_fd (fd, data, length);
}

/* What is left of a file that did not become one. Returns FALSE with errno as it was. */
static gboolean
take_back (const char *path)
{
  int saved_errno = errno;

  unlink (path);
  errno = saved_errno;
  return FALSE;
}

/* Somebody who takes no lock, as ssh(1), may have written meanwhile. */
static gboolean
is_unchanged (int                fd,
              const struct stat *before)
{
  struct stat now;

  return fstat (fd, &now) == 0 && now.st_size == before->st_size
         && now.st_mtim.tv_sec == before->st_mtim.tv_sec
         && now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

/**
 * fairlead_sync_folder:
 * @path: a file
 *
 * Sees to it that the name @path itself is on the disk.
 */
void
fairlead_sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  fairlead_autofd fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd >= 0 && !sync_fd (fd))
    g_debug ("fsync of %s: %s", folder, g_strerror (errno));
}

/**
 * fairlead_follow_links:
 * @path: a file, or a symbolic link to one; need not exist
 *
 * A link that a person made, to keep a file elsewhere, stays a link when the file is replaced at
 * the path that this gives.
 *
 * Returns: (transfer full): where the file is; @path if it is nowhere
 */
char *
fairlead_follow_links (const char *path)
{
  char *real = realpath (path, NULL);
  char *copy = g_strdup (real != NULL ? real : path);

  free (real);
  return copy;
}

/**
 * fairlead_write_new:
 * @path: the file to make
 * @data: (array length=length): what is to be in it
 * @length: its bytes
 * @like: (nullable): the file whose owner and mode it gets; %NULL for ours and 0600
 *
 * Makes a file that must not be there yet; nothing is ever overwritten, and no link followed.
 *
 * Returns: %TRUE when it is on the disk; else it was taken back, see errno: EEXIST when something
 *   is at @path
 */
gboolean
fairlead_write_new (const char        *path,
                    const void        *data,
                    gsize              length,
                    const struct stat *like)
{
  fairlead_autofd fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    return FALSE;
  if (!write_like (fd, data, length, like))
    return take_back (path);
  fairlead_sync_folder (path);
  return TRUE;
}

/**
 * fairlead_write_replace:
 * @path: the file, not a link to it: see fairlead_follow_links(); need not exist
 * @data: (array length=length): what is to be in it
 * @length: its bytes
 * @like: (nullable): the present file, whose owner and mode are kept; %NULL for ours and 0600
 * @present_fd: the present file, open: it must still be as @like says; -1 if that does not matter
 *
 * A new file beside the old one takes its place whole, or not at all.
 *
 * Returns: %TRUE when it is on the disk; else the old file is still there, see errno: EAGAIN when
 *   somebody else wrote it since @like
 */
gboolean
fairlead_write_replace (const char        *path,
                        const void        *data,
                        gsize              length,
                        const struct stat *like,
                        int                present_fd)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  fairlead_autofd fd = mkostemp (temporary, O_CLOEXEC);

  if (fd < 0)
    return FALSE;
  if (!write_like (fd, data, length, like))
    return take_back (temporary);
  if (present_fd >= 0 && !is_unchanged (present_fd, like))
    {
      errno = EAGAIN;
      return take_back (temporary);
    }
  if (rename (temporary, path) != 0)
    return take_back (temporary);
  fairlead_sync_folder (path);
  return TRUE;
}
