/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-file.h"
#include "fairlead-key-private.h"

#include "fairlead-async.h"

/* What a thread of the pool is given for any of the jobs; each uses what it needs. */
typedef struct {
  FairleadKeyKind kind;
  guint bits;
  char *comment;
  char *from;
  char *path;
  FairleadSecret *old_passphrase;
  FairleadSecret *new_passphrase;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->comment);
  g_free (job->from);
  g_free (job->path);
  g_clear_pointer (&job->old_passphrase, fairlead_secret_unref);
  g_clear_pointer (&job->new_passphrase, fairlead_secret_unref);
  g_free (job);
}

static Job *
job_new (const char     *path,
         FairleadSecret *old_passphrase,
         FairleadSecret *new_passphrase)
{
  Job *job = g_new0 (Job, 1);

  job->path = g_strdup (path);
  job->old_passphrase = old_passphrase != NULL ? fairlead_secret_ref (old_passphrase) : NULL;
  job->new_passphrase = new_passphrase != NULL ? fairlead_secret_ref (new_passphrase) : NULL;
  return job;
}

static void
run (FairleadAsyncFunc    func,
     Job                 *job,
     GCancellable        *cancellable,
     GAsyncReadyCallback  callback,
     gpointer             user_data)
{
  fairlead_async_run (func, job, job_free, (GDestroyNotify) fairlead_key_info_free, cancellable,
                      callback, user_data);
}

static gpointer
create (gpointer       data,
        GCancellable  *cancellable,
        GError       **error)
{
  Job *job = data;
  g_autoptr (FairleadKey) key = NULL;

  /* Not after the seconds that RSA takes. */
  if (!fairlead_key_check_free (job->path, error))
    return NULL;
  key = fairlead_key_generate (job->kind, job->bits, job->comment, cancellable, error);
  if (key == NULL || !fairlead_key_save (key, job->path, job->new_passphrase, error))
    return NULL;
  return fairlead_key_describe (job->path, error);
}

/**
 * fairlead_key_create_async:
 * @kind: which kind
 * @bits: its size; 0 for the usual one
 * @comment: its comment, one line
 * @path: a file that does not exist, nor its .pub file
 * @passphrase: (nullable): what to encrypt it with; %NULL or "" for not at all
 * @cancellable: (nullable): ends the search for primes; then no file is left
 * @callback: called in the caller's thread-default context
 *
 * fairlead_key_generate() and fairlead_key_save() on a thread of the pool.
 */
void
fairlead_key_create_async (FairleadKeyKind      kind,
                           guint                bits,
                           const char          *comment,
                           const char          *path,
                           FairleadSecret      *passphrase,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  Job *job = job_new (path, NULL, passphrase);

  job->kind = kind;
  job->bits = bits;
  job->comment = g_strdup (comment);
  run (create, job, cancellable, callback, user_data);
}

static gpointer
convert (gpointer       data,
         GCancellable  *cancellable,
         GError       **error)
{
  Job *job = data;
  g_autoptr (FairleadKey) key = NULL;

  if (!fairlead_key_check_free (job->path, error))
    return NULL;
  key = fairlead_key_load (job->from, job->old_passphrase, error);
  if (key == NULL || g_cancellable_set_error_if_cancelled (cancellable, error)
      || !fairlead_key_save (key, job->path, job->new_passphrase, error))
    return NULL;
  return fairlead_key_describe (job->path, error);
}

/**
 * fairlead_key_convert_async:
 * @from: a key file of any form; it stays as it is
 * @old_passphrase: (nullable): its passphrase
 * @to: a file that does not exist, nor its .pub file: fairlead_key_suggest_converted_path()
 * @new_passphrase: (nullable): what to encrypt the new one with; %NULL or "" for not at all
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 * @callback: called in the caller's thread-default context
 *
 * Writes a key once more, in OpenSSH's form.
 */
void
fairlead_key_convert_async (const char          *from,
                            FairleadSecret      *old_passphrase,
                            const char          *to,
                            FairleadSecret      *new_passphrase,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  Job *job = job_new (to, old_passphrase, new_passphrase);

  job->from = g_strdup (from);
  run (convert, job, cancellable, callback, user_data);
}

static gpointer
change_passphrase (gpointer       data,
                   GCancellable  *cancellable,
                   GError       **error)
{
  Job *job = data;

  if (!fairlead_key_change_passphrase (job->path, job->old_passphrase, job->new_passphrase, error))
    return NULL;
  return fairlead_key_describe (job->path, error);
}

/**
 * fairlead_key_change_passphrase_async:
 *
 * fairlead_key_change_passphrase() on a thread of the pool.
 */
void
fairlead_key_change_passphrase_async (const char          *path,
                                      FairleadSecret      *old_passphrase,
                                      FairleadSecret      *new_passphrase,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  run (change_passphrase, job_new (path, old_passphrase, new_passphrase), cancellable, callback,
       user_data);
}

static gpointer
fix_permissions (gpointer       data,
                 GCancellable  *cancellable,
                 GError       **error)
{
  Job *job = data;

  if (!fairlead_key_fix_permissions (job->path, error))
    return NULL;
  return fairlead_key_describe (job->path, error);
}

/**
 * fairlead_key_fix_permissions_async:
 *
 * fairlead_key_fix_permissions() on a thread of the pool.
 */
void
fairlead_key_fix_permissions_async (const char          *path,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  run (fix_permissions, job_new (path, NULL, NULL), cancellable, callback, user_data);
}

static gpointer
describe (gpointer       data,
          GCancellable  *cancellable,
          GError       **error)
{
  return fairlead_key_describe (((Job *) data)->path, error);
}

/**
 * fairlead_key_describe_async:
 *
 * fairlead_key_describe() on a thread of the pool.
 */
void
fairlead_key_describe_async (const char          *path,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  run (describe, job_new (path, NULL, NULL), cancellable, callback, user_data);
}

/**
 * fairlead_key_job_finish:
 * @result: what the callback of any of these was given
 * @error: that of the functions it stands for, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the key file as it is now
 */
FairleadKeyInfo *
fairlead_key_job_finish (GAsyncResult  *result,
                         GError       **error)
{
  return fairlead_async_finish (result, error);
}
