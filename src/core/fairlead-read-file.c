/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-read-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <string.h>
#include <unistd.h>

static void
set_errno (GError **error,
           int      saved_errno)
{
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (saved_errno),
                       g_strerror (saved_errno));
}

/**
 * fairlead_read_fd:
 * @fd: an open file; read to its end from where it stands
 * @limit: the most bytes to take
 * @contents: (out) (transfer full) (array length=length): what was read, a NUL added
 * @length: (out): how many bytes, the NUL not counted
 * @error: a %G_IO_ERROR whose message says only why, for the caller to put into a sentence
 *
 * Any thread. No copy of the contents stays behind, so that the caller can cleanse them.
 *
 * Returns: %FALSE on an error; %G_IO_ERROR_NO_SPACE if there are more than @limit bytes
 */
gboolean
fairlead_read_fd (int       fd,
                  gsize     limit,
                  char    **contents,
                  gsize    *length,
                  GError  **error)
{
  struct stat info;
  gsize size = 4096, used = 0;
  char *buffer;

  if (fstat (fd, &info) == 0 && info.st_size > 0)
    size = MIN ((gsize) info.st_size, limit) + 2;
  buffer = g_malloc (size);
  for (;;)
    {
      gssize n = read (fd, buffer + used, size - used - 1);

      if (n > 0)
        used += (gsize) n;
      else if (n < 0 && errno == EINTR)
        continue;
      else if (n < 0)
        set_errno (error, errno);
      if (n == 0)
        {
          buffer[used] = '\0';
          *contents = buffer;
          *length = used;
          return TRUE;
        }
      if (used > limit)
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("it is too large"));
      if (n < 0 || used > limit)
        break;
      if (used + 1 == size)
        {
          char *larger = g_malloc (size * 2);

          memcpy (larger, buffer, used);
          OPENSSL_cleanse (buffer, used);
          g_free (buffer);
          buffer = larger;
          size *= 2;
        }
    }
  OPENSSL_cleanse (buffer, used);
  g_free (buffer);
  return FALSE;
}

/**
 * fairlead_read_file:
 * @path: a file, or a device like /dev/null
 * @limit: the most bytes to take
 * @contents: (out) (transfer full) (array length=length): what was read, a NUL added
 * @length: (out): how many bytes, the NUL not counted
 * @info: (out): the file's owner, mode and times, of the very file that was read
 * @error: a %G_IO_ERROR whose message says only why, for the caller to put into a sentence
 *
 * Any thread; blocks for the disk alone: a FIFO or a socket is not read.
 *
 * Returns: %FALSE on an error; %G_IO_ERROR_NOT_FOUND if there is no such file
 */
gboolean
fairlead_read_file (const char   *path,
                    gsize         limit,
                    char        **contents,
                    gsize        *length,
                    struct stat  *info,
                    GError      **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  gboolean done = FALSE;

  if (fd < 0 || fstat (fd, info) != 0)
    set_errno (error, errno);
  else if (!S_ISREG (info->st_mode) && !S_ISCHR (info->st_mode))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _("it is not a file"));
  else
    done = fairlead_read_fd (fd, limit, contents, length, error);
  if (fd >= 0)
    close (fd);
  return done;
}
