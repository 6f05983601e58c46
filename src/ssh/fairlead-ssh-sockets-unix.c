/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-sockets.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fairlead-ssh-autoptr.h"

/* Does nobody listen on the socket at @address? Non-blocking, so that a full backlog counts as somebody. */
static gboolean
is_deserted (const struct sockaddr_un *address)
{
  fairlead_autofd fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  return fd >= 0 && connect (fd, (const struct sockaddr *) address, sizeof *address) < 0
         && errno == ECONNREFUSED;
}

/* Make way for a new socket: never another kind of file, and somebody's socket only where the
 * configuration says so. */
static gboolean
remove_old (const struct sockaddr_un *address,
            const FairleadSshBind    *how,
            GError                  **error)
{
  const char *path = address->sun_path;
  struct stat status;

  if (lstat (path, &status) < 0)
    return TRUE;
  if (!S_ISSOCK (status.st_mode))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                           _("there is a file of another kind, which is left alone"));
      return FALSE;
    }
  if (!how->unlink && (status.st_uid != getuid () || !is_deserted (address)))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                           _("another program listens on this socket, or it is another account's "
                             "(StreamLocalBindUnlink is not set)"));
      return FALSE;
    }
  if (unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
  return FALSE;
}

static gboolean
fill_address (struct sockaddr_un *address,
              const char         *path,
              GError            **error)
{
  memset (address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (strlen (path) < sizeof address->sun_path)
    {
      strcpy (address->sun_path, path);
      return TRUE;
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
               _("the path is longer than the %u bytes that a socket's may have"),
               (guint) sizeof address->sun_path - 1);
  return FALSE;
}

/**
 * fairlead_ssh_sockets_listen_at_path:
 * @self: sockets that have none yet
 * @path: where the UNIX socket is to be (unix(7))
 * @how: its permissions, and what to do with one that is there already
 *
 * Any thread; does not block.
 *
 * Returns: %FALSE with a %G_IO_ERROR when it cannot be
 */
gboolean
fairlead_ssh_sockets_listen_at_path (FairleadSshSockets    *self,
                                     const char            *path,
                                     const FairleadSshBind *how,
                                     GError               **error)
{
  struct sockaddr_un address;
  struct stat status;
  fairlead_autofd fd = -1;

  if (!fill_address (&address, path, error) || !remove_old (&address, how, error))
    return FALSE;
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  /* The file gets the mode that its socket has, less this process's umask: at no moment more. */
  if (fd < 0 || fchmod (fd, 0777 & ~how->mask) < 0
      || bind (fd, (struct sockaddr *) &address, sizeof address) < 0
      || listen (fd, FAIRLEAD_SSH_BACKLOG) < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
      return FALSE;
    }
  if (lstat (path, &status) == 0)
    {
      self->path = g_strdup (path);
      self->device = status.st_dev;
      self->inode = status.st_ino;
    }
  self->fds[self->n_fds++] = fairlead_steal_fd (&fd);
  return TRUE;
}

/**
 * fairlead_ssh_sockets_remove_path:
 *
 * Removes the file of the UNIX socket, unless another one has taken its place.
 */
void
fairlead_ssh_sockets_remove_path (FairleadSshSockets *self)
{
  struct stat status;

  if (self->path == NULL)
    return;
  if (lstat (self->path, &status) == 0 && status.st_dev == self->device && status.st_ino == self->inode)
    unlink (self->path);
  g_clear_pointer (&self->path, g_free);
}
