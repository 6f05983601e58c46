/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-transfer-work.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "fairlead-error.h"
#include "fairlead-fd.h"
#include "fairlead-solver-protocol.h"
#include "fairlead-transfer-wire.h"
#include "fairlead-write-file.h"

/* A file on its way here, a piece at a time. It is written beside its place under another name, and gets its
 * own only when it is whole and on the disk: there is never half a file under a name that somebody reads. */

#define PIECE (256 * 1024)

/* The solver's first line. */
#define MAX_LINE 65536

typedef struct {
  FairleadTransferWork *work;
  FairleadTransferWire *wire;
  char *target;                /* links followed */
  char *part;                  /* what it is written to; NULL: nothing was made */
  int fd;
  guint8 *piece;
  gsize have;                  /* bytes in the piece */
  guint64 left;                /* bytes to come */
} Fetch;

static void
fetch_clear (Fetch *fetch)
{
  if (fetch->part != NULL)
    unlink (fetch->part);
  g_clear_pointer (&fetch->part, g_free);
  g_clear_pointer (&fetch->target, g_free);
  g_clear_pointer (&fetch->piece, g_free);
  fairlead_fd_clear (&fetch->fd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fetch, fetch_clear)

static char *
dup_folder (Fetch *fetch)
{
  return g_path_get_dirname (fetch->target);
}

static GError *
no_space (Fetch   *fetch,
          guint64  size)
{
  g_autofree char *folder = dup_folder (fetch);
  g_autofree char *needed = g_format_size (size);
  g_autofree char *have = NULL;
  struct statvfs fs;
  GError *error;

  if (statvfs (folder, &fs) == 0)
    have = g_format_size ((guint64) fs.f_bavail * fs.f_frsize);
  error = fairlead_error_new (FAIRLEAD_ERROR_CONFIG, _("There is not enough space in “%s”: %s are needed, %s are free."),
                              folder, needed, have != NULL ? have : "?");
  fairlead_error_set_hint (error, _("Free space on this computer, or save it elsewhere."));
  return error;
}

static GError *
cannot_write (Fetch   *fetch,
              int      code,
              guint64  size)
{
  GError *error;

  if (code == ENOSPC || code == EDQUOT)
    return no_space (fetch, size);
  error = fairlead_error_new (FAIRLEAD_ERROR_CONFIG, _("“%s” cannot be written: %s"), fetch->target, g_strerror (code));
  if (code == EFBIG)
    fairlead_error_set_hint (error, _("The file system there takes no file of that size. Save it elsewhere."));
  return error;
}

static GError *
is_there (Fetch *fetch)
{
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_CONFIG, _("There is a file “%s” already."), fetch->target);

  fairlead_error_set_hint (error, _("It was not touched. Choose another name, or allow it to be replaced."));
  return error;
}

/* Before anything is asked of the solver. */
static gboolean
check_target (Fetch   *fetch,
              GError **error)
{
  struct stat seen;

  if (lstat (fetch->target, &seen) != 0)
    return TRUE;
  if (!fetch->work->replace)
    g_propagate_error (error, is_there (fetch));
  else if (!S_ISREG (seen.st_mode))
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("“%s” is not a file."), fetch->target);
  else
    return TRUE;
  return FALSE;
}

/* With the permissions that the umask gives, as any new file. */
static gboolean
make_part (Fetch    *fetch,
           guint64   size,
           GError  **error)
{
  g_autofree char *folder = dup_folder (fetch);

  for (guint tries = 0; tries < 100; tries++)
    {
      g_autofree char *name = g_strdup_printf (".fairlead-%08x.part", g_random_int ());
      g_autofree char *part = g_build_filename (folder, name, NULL);

      fetch->fd = open (part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (fetch->fd < 0 && errno == EEXIST)
        continue;
      if (fetch->fd < 0)
        break;
      fetch->part = g_steal_pointer (&part);
      /* Said before it comes, where the file system can tell; others say so while it is written. */
      if (size > 0 && fallocate (fetch->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t) size) != 0
          && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
        break;
      return TRUE;
    }
  g_propagate_error (error, cannot_write (fetch, errno, size));
  return FALSE;
}

/* Reads on, until a line is in the piece. Returns its length, or -1. */
static gssize
read_line (Fetch   *fetch,
           GError **error)
{
  const guint8 *newline;

  while ((newline = memchr (fetch->piece, '\n', fetch->have)) == NULL && fetch->have < MAX_LINE)
    {
      gssize n = fairlead_transfer_wire_receive (fetch->wire, fetch->piece + fetch->have,
                                                 PIECE - fetch->have, error);

      if (n < 0)
        return -1;
      if (n == 0)
        {
          /* One that ends with the connection may be an error's. */
          if (fetch->have > 0)
            return (gssize) fetch->have;
          g_propagate_error (error, fairlead_transfer_work_ended_early (fetch->work));
          return -1;
        }
      fetch->have += (gsize) n;
    }
  return newline != NULL ? newline - fetch->piece : (gssize) fetch->have;
}

static gboolean
ask (Fetch   *fetch,
     GError **error)
{
  g_autoptr (GBytes) message = fairlead_solver_encode_receive (fetch->work->path, fetch->work->name);
  gssize length;

  if (fairlead_transfer_wire_send (fetch->wire, g_bytes_get_data (message, NULL), g_bytes_get_size (message),
                                   error) == FAIRLEAD_TRANSFER_BROKEN)
    return FALSE;
  length = read_line (fetch, error);
  if (length < 0
      || !fairlead_solver_decode_size ((const char *) fetch->piece, (gsize) length, &fetch->left, error))
    return FALSE;
  fairlead_transfer_work_begin (fetch->work, fetch->left);
  /* What came with the line is the beginning of the file. */
  fetch->have -= MIN (fetch->have, (gsize) length + 1);
  memmove (fetch->piece, fetch->piece + length + 1, fetch->have);
  return TRUE;
}

static gboolean
write_piece (Fetch    *fetch,
             guint64   size,
             GError  **error)
{
  gsize length = (gsize) MIN (fetch->have, fetch->left);
  const guint8 *next = fetch->piece;

  for (gsize left = length; left > 0;)
    {
      gssize n = write (fetch->fd, next, left);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_propagate_error (error, cannot_write (fetch, errno, size));
          return FALSE;
        }
      next += n;
      left -= (gsize) n;
    }
  fetch->left -= length;
  fetch->have = 0;
  fairlead_transfer_work_add (fetch->work, length);
  return TRUE;
}

static gboolean
take_all (Fetch    *fetch,
          GError  **error)
{
  guint64 size = fetch->left;

  while (write_piece (fetch, size, error))
    {
      gssize n;

      if (fetch->left == 0)
        return TRUE;
      n = fairlead_transfer_wire_receive (fetch->wire, fetch->piece, PIECE, error);
      if (n == 0)
        g_propagate_error (error, fairlead_transfer_work_ended_early (fetch->work));
      if (n <= 0)
        return FALSE;
      fetch->have = (gsize) n;
    }
  return FALSE;
}

/* Where the file system has no way to do that in one step, a link has; and where it has no links, a look. */
static int
rename_to_new (const char *from,
               const char *to)
{
  struct stat seen;

  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;
  if (link (from, to) == 0)
    return unlink (from);
  if (errno == EEXIST)
    return -1;
  if (lstat (to, &seen) == 0)
    {
      errno = EEXIST;
      return -1;
    }
  return rename (from, to);
}

static gboolean
give_name (Fetch         *fetch,
           guint64        size,
           GCancellable  *cancellable,
           GError       **error)
{
  int result;

  if (!fairlead_write_fd (fetch->fd, NULL, 0))
    {
      g_propagate_error (error, cannot_write (fetch, errno, size));
      return FALSE;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  result = fetch->work->replace ? rename (fetch->part, fetch->target) : rename_to_new (fetch->part, fetch->target);
  if (result != 0)
    {
      g_propagate_error (error, errno == EEXIST ? is_there (fetch) : cannot_write (fetch, errno, size));
      return FALSE;
    }
  g_clear_pointer (&fetch->part, g_free);
  fairlead_sync_folder (fetch->target);
  return TRUE;
}

/**
 * fairlead_transfer_work_fetch:
 * @work: a fetch
 * @stream: a fresh connection to the solver
 *
 * Takes the file as fast as the disk does.
 *
 * Returns: whether it is there, whole and on the disk; else nothing is left of it, and the error is
 *   %FAIRLEAD_ERROR_CONFIG for what is wrong here, %FAIRLEAD_ERROR_REMOTE for what is wrong there,
 *   %G_IO_ERROR_CANCELLED
 */
gboolean
fairlead_transfer_work_fetch (FairleadTransferWork  *work,
                              GIOStream             *stream,
                              GCancellable          *cancellable,
                              GError               **error)
{
  g_auto (FairleadTransferWire) wire = { 0, };
  g_auto (Fetch) fetch = { .work = work, .wire = &wire, .fd = -1 };
  guint64 size;

  work->cut = FALSE;
  fairlead_transfer_work_begin (work, 0);
  fetch.target = work->replace ? fairlead_follow_links (work->files[0]) : g_strdup (work->files[0]);
  fetch.piece = g_malloc (PIECE);
  if (!fairlead_transfer_wire_init (&wire, stream, work->patience, cancellable, error)
      || !check_target (&fetch, error)
      || !ask (&fetch, error))
    return FALSE;
  size = fetch.left;
  return make_part (&fetch, size, error)
         && take_all (&fetch, error)
         && give_name (&fetch, size, cancellable, error);
}
