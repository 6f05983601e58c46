/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-transfer-work.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"

FairleadTransferWork *
fairlead_transfer_work_new (const char *path,
                            const char *name)
{
  FairleadTransferWork *work = g_new0 (FairleadTransferWork, 1);

  g_mutex_init (&work->lock);
  work->path = g_strdup (path != NULL ? path : "");
  work->name = g_strdup (name != NULL ? name : "");
  return work;
}

void
fairlead_transfer_work_free (FairleadTransferWork *work)
{
  g_mutex_clear (&work->lock);
  g_free (work->path);
  g_free (work->name);
  for (guint i = 0; i < FAIRLEAD_TRANSFER_N_FILES; i++)
    {
      g_free (work->files[i]);
      g_free (work->given[i]);
      g_free (work->hashes[i]);
    }
  g_free (work);
}

/* What the solver could not take apart, or would take for another thing. */
static gboolean
is_line (const char *text)
{
  if (*text == '\0' || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

/**
 * fairlead_transfer_work_check:
 *
 * Returns: whether the names can be sent to a solver; else the error is %FAIRLEAD_ERROR_CONFIG
 */
gboolean
fairlead_transfer_work_check (FairleadTransferWork  *work,
                              GError               **error)
{
  if (!is_line (work->path))
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                        _("A path on the host cannot be empty, nor hold line breaks or control characters."));
  else if (!is_line (work->name))
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                        _("A project's name cannot be empty, nor hold line breaks or control characters."));
  else if (work->files[FAIRLEAD_TRANSFER_DATA] == NULL && work->files[FAIRLEAD_TRANSFER_PARAM] == NULL)
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                        _("There is no file on this computer to transfer. A file elsewhere has to be copied "
                          "here first."));
  else
    return TRUE;
  return FALSE;
}

/* Another part of the work begins. */
void
fairlead_transfer_work_begin (FairleadTransferWork *work,
                              guint64               total)
{
  g_mutex_lock (&work->lock);
  work->done = 0;
  work->total = total;
  g_mutex_unlock (&work->lock);
}

void
fairlead_transfer_work_add (FairleadTransferWork *work,
                            guint64               bytes)
{
  g_mutex_lock (&work->lock);
  work->done += bytes;
  g_mutex_unlock (&work->lock);
}

/* Any thread. */
void
fairlead_transfer_work_get (FairleadTransferWork *work,
                            guint64              *done,
                            guint64              *total)
{
  g_mutex_lock (&work->lock);
  *done = work->done;
  *total = work->total;
  g_mutex_unlock (&work->lock);
}

/* Whether it is the same file still, with nothing written to it since (stat(2)). */
gboolean
fairlead_transfer_work_is_unchanged (const struct stat *before,
                                     const struct stat *now)
{
  return before->st_dev == now->st_dev && before->st_ino == now->st_ino && before->st_size == now->st_size
         && before->st_mtim.tv_sec == now->st_mtim.tv_sec && before->st_mtim.tv_nsec == now->st_mtim.tv_nsec
         && before->st_ctim.tv_sec == now->st_ctim.tv_sec && before->st_ctim.tv_nsec == now->st_ctim.tv_nsec;
}

/* The connection has ended before the solver was done with it. */
GError *
fairlead_transfer_work_ended_early (FairleadTransferWork *work)
{
  g_autofree char *moved = NULL;
  g_autofree char *whole = NULL;
  guint64 done, total;
  GError *error;

  work->cut = TRUE;
  fairlead_transfer_work_get (work, &done, &total);
  moved = g_format_size (done);
  whole = g_format_size (total);
  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                              _("The solver closed the connection after %s of %s, without a word."), moved, whole);
  fairlead_error_set_hint (error, _("Its log may tell why."));
  return error;
}
