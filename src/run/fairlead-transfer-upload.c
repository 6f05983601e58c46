/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-transfer-work.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-fd.h"
#include "fairlead-file-hash.h"
#include "fairlead-solver-protocol.h"
#include "fairlead-transfer-wire.h"

/* A scene on its way to the solver, a piece at a time: as much memory as one piece, however large it is. The
 * last piece is held back until it is known that no file has changed on the way, so that the solver never has
 * a mixture: what does not come whole is no scene (tests/demo/PROTOCOL.md). */

#define PIECE (256 * 1024)

static GError *
cannot_read (const char *path,
             int         code)
{
  return fairlead_error_new (FAIRLEAD_ERROR_CONFIG, _("“%s” cannot be read: %s"), path, g_strerror (code));
}

static GError *
has_changed (const char *path)
{
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_CONFIG,
                                      _("“%s” was changed while it was uploaded: the solver has not got it."), path);

  fairlead_error_set_hint (error, _("Wait until the program that writes it is done, then retry."));
  return error;
}

static int
open_file (const char   *path,
           struct stat  *seen,
           GError      **error)
{
  fairlead_autofd fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0 || fstat (fd, seen) != 0)
    {
      g_propagate_error (error, cannot_read (path, errno));
      return -1;
    }
  if (!S_ISREG (seen->st_mode))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("“%s” is not a file."), path);
      return -1;
    }
  return fairlead_steal_fd (&fd);
}

static void
hashed (gsize    length,
        gpointer work)
{
  fairlead_transfer_work_add (work, length);
}

/* One that the scene's producer has named is not read twice. */
static gboolean
hash_file (FairleadTransferWork  *work,
           guint                  i,
           int                    fd,
           GCancellable          *cancellable,
           GError               **error)
{
  g_autoptr (GError) local = NULL;
  struct stat now;

  g_clear_pointer (&work->hashes[i], g_free);
  if (work->given[i] != NULL)
    {
      work->hashes[i] = g_strdup (work->given[i]);
      return TRUE;
    }
  work->hashes[i] = fairlead_file_hash (fd, hashed, work, cancellable, &local);
  if (work->hashes[i] == NULL && fairlead_error_is_cancel (local))
    g_propagate_error (error, g_steal_pointer (&local));
  else if (work->hashes[i] == NULL)
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("“%s” cannot be read: %s"), work->files[i], local->message);
  else if (fstat (fd, &now) != 0 || !fairlead_transfer_work_is_unchanged (&work->seen[i], &now))
    g_propagate_error (error, has_changed (work->files[i]));
  else
    return TRUE;
  return FALSE;
}

/**
 * fairlead_transfer_work_hash:
 * @work: an upload
 *
 * Looks at the files, and computes what hashes were not given. Progress counts the bytes to be hashed.
 */
gboolean
fairlead_transfer_work_hash (FairleadTransferWork  *work,
                             GCancellable          *cancellable,
                             GError               **error)
{
  int fds[FAIRLEAD_TRANSFER_N_FILES] = { -1, -1 };
  guint64 total = 0;
  gboolean well = TRUE;

  for (guint i = 0; i < FAIRLEAD_TRANSFER_N_FILES && well; i++)
    {
      if (work->files[i] == NULL)
        continue;
      fds[i] = open_file (work->files[i], &work->seen[i], error);
      well = fds[i] >= 0;
      if (well && work->given[i] == NULL)
        total += (guint64) work->seen[i].st_size;
    }
  fairlead_transfer_work_begin (work, total);
  for (guint i = 0; i < FAIRLEAD_TRANSFER_N_FILES; i++)
    {
      if (fds[i] >= 0)
        well = well && hash_file (work, i, fds[i], cancellable, error);
      fairlead_fd_clear (&fds[i]);
    }
  return well;
}

/* What is under way. */
typedef struct {
  FairleadTransferWork *work;
  FairleadTransferWire *wire;
  int fds[FAIRLEAD_TRANSFER_N_FILES];
  guint8 *piece;
  guint64 left;                /* bytes to send */
} Upload;

static gboolean
all_unchanged (Upload  *upload,
               GError **error)
{
  for (guint i = 0; i < FAIRLEAD_TRANSFER_N_FILES; i++)
    {
      struct stat now;

      if (upload->fds[i] < 0
          || (fstat (upload->fds[i], &now) == 0
              && fairlead_transfer_work_is_unchanged (&upload->work->seen[i], &now)))
        continue;
      g_propagate_error (error, has_changed (upload->work->files[i]));
      return FALSE;
    }
  return TRUE;
}

static gssize
read_piece (Upload  *upload,
            guint    i,
            guint64  left,
            GError **error)
{
  gssize n;

  do
    n = read (upload->fds[i], upload->piece, MIN (left, PIECE));
  while (n < 0 && errno == EINTR);
  if (n < 0)
    g_propagate_error (error, cannot_read (upload->work->files[i], errno));
  if (n == 0)
    g_propagate_error (error, has_changed (upload->work->files[i]));
  return n;
}

static FairleadTransferSent
send_file (Upload  *upload,
           guint    i,
           GError **error)
{
  guint64 left = (guint64) upload->work->seen[i].st_size;

  while (left > 0)
    {
      gssize n = read_piece (upload, i, left, error);
      FairleadTransferSent sent;

      if (n <= 0)
        return FAIRLEAD_TRANSFER_BROKEN;
      left -= (guint64) n;
      upload->left -= (guint64) n;
      if (upload->left == 0 && !all_unchanged (upload, error))
        return FAIRLEAD_TRANSFER_BROKEN;
      sent = fairlead_transfer_wire_send (upload->wire, upload->piece, (gsize) n, error);
      if (sent != FAIRLEAD_TRANSFER_SENT)
        return sent;
      fairlead_transfer_work_add (upload->work, (guint64) n);
    }
  return FAIRLEAD_TRANSFER_SENT;
}

static FairleadTransferSent
send_all (Upload  *upload,
          GError **error)
{
  FairleadTransferWork *work = upload->work;
  const FairleadSolverUpload head = {
    .path = work->path,
    .name = work->name,
    .data_size = upload->fds[FAIRLEAD_TRANSFER_DATA] >= 0 ? (guint64) work->seen[FAIRLEAD_TRANSFER_DATA].st_size : 0,
    .param_size = upload->fds[FAIRLEAD_TRANSFER_PARAM] >= 0 ? (guint64) work->seen[FAIRLEAD_TRANSFER_PARAM].st_size : 0,
    .data_hash = work->hashes[FAIRLEAD_TRANSFER_DATA],
    .param_hash = work->hashes[FAIRLEAD_TRANSFER_PARAM],
  };
  g_autoptr (GBytes) message = fairlead_solver_encode_upload (&head);
  FairleadTransferSent sent;

  upload->left = head.data_size + head.param_size;
  fairlead_transfer_work_begin (work, upload->left);
  if (upload->left == 0)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("There is nothing in “%s”."),
                          work->files[FAIRLEAD_TRANSFER_DATA] ? work->files[FAIRLEAD_TRANSFER_DATA]
                                                              : work->files[FAIRLEAD_TRANSFER_PARAM]);
      return FAIRLEAD_TRANSFER_BROKEN;
    }
  sent = fairlead_transfer_wire_send (upload->wire, g_bytes_get_data (message, NULL),
                                      g_bytes_get_size (message), error);
  for (guint i = 0; i < FAIRLEAD_TRANSFER_N_FILES && sent == FAIRLEAD_TRANSFER_SENT; i++)
    if (upload->fds[i] >= 0)
      sent = send_file (upload, i, error);
  return sent;
}

/* "OK", or an object with what is wrong. */
static gboolean
read_verdict (Upload  *upload,
              GError **error)
{
  g_autoptr (GString) answer = g_string_new (NULL);
  gssize n;

  while ((n = fairlead_transfer_wire_receive (upload->wire, upload->piece, PIECE, error)) > 0)
    {
      g_string_append_len (answer, (const char *) upload->piece, n);
      if (g_str_has_prefix (answer->str, "OK") || answer->len > FAIRLEAD_SOLVER_MAX_ANSWER)
        break;
    }
  if (n < 0)
    return FALSE;
  if (answer->len > 0)
    return fairlead_solver_decode_ok (answer->str, answer->len, error);
  g_propagate_error (error, fairlead_transfer_work_ended_early (upload->work));
  return FALSE;
}

static gboolean
open_files (Upload  *upload,
            GError **error)
{
  for (guint i = 0; i < FAIRLEAD_TRANSFER_N_FILES; i++)
    {
      struct stat now;

      if (upload->work->files[i] == NULL)
        continue;
      upload->fds[i] = open_file (upload->work->files[i], &now, error);
      if (upload->fds[i] < 0)
        return FALSE;
      if (!fairlead_transfer_work_is_unchanged (&upload->work->seen[i], &now))
        {
          g_propagate_error (error, has_changed (upload->work->files[i]));
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * fairlead_transfer_work_upload:
 * @work: an upload, whose files were looked at by fairlead_transfer_work_hash()
 * @stream: a fresh connection to the solver
 *
 * Sends the scene, as fast as the solver takes it, and waits for its verdict.
 *
 * Returns: whether the solver has it; else the error is %FAIRLEAD_ERROR_CONFIG for what is wrong here,
 *   %FAIRLEAD_ERROR_REMOTE for what is wrong there, %G_IO_ERROR_CANCELLED
 */
gboolean
fairlead_transfer_work_upload (FairleadTransferWork  *work,
                               GIOStream             *stream,
                               GCancellable          *cancellable,
                               GError               **error)
{
  g_auto (FairleadTransferWire) wire = { 0, };
  g_autofree guint8 *piece = g_malloc (PIECE);
  Upload upload = { .work = work, .wire = &wire, .fds = { -1, -1 }, .piece = piece };
  FairleadTransferSent sent = FAIRLEAD_TRANSFER_BROKEN;
  gboolean well = FALSE;

  work->cut = FALSE;
  if (fairlead_transfer_wire_init (&wire, stream, work->patience, cancellable, error)
      && open_files (&upload, error))
    sent = send_all (&upload, error);
  if (sent != FAIRLEAD_TRANSFER_BROKEN)
    well = read_verdict (&upload, error);
  for (guint i = 0; i < FAIRLEAD_TRANSFER_N_FILES; i++)
    fairlead_fd_clear (&upload.fds[i]);
  return well;
}
