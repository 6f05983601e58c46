/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-async.h"

#include "fairlead-profile.h"

/* What a thread of the pool is given. */
typedef struct {
  FairleadAsyncFunc func;
  gpointer          data;
  GDestroyNotify    data_free;
  GDestroyNotify    answer_free;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  if (work->data_free != NULL)
    work->data_free (work->data);
  g_free (work);
}

static void
work_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Work *work = task_data;
  GError *error = NULL;
  gpointer answer = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  answer = work->func (work->data, cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, answer, work->answer_free);
}

/**
 * fairlead_async_run:
 * @func: what to call
 * @data: (transfer full): for @func, which then owns what it reads: no other thread may write to it
 * @data_free: (nullable): frees @data
 * @answer_free: (nullable): frees an answer that nobody takes
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 * @callback: called in the caller's thread-default context; takes the answer by
 *   fairlead_async_finish()
 * @user_data: for @callback
 *
 * Calls one of the core's synchronous functions on a thread of GTask's pool.
 */
void
fairlead_async_run (FairleadAsyncFunc    func,
                    gpointer             data,
                    GDestroyNotify       data_free,
                    GDestroyNotify       answer_free,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->func = func;
  work->data = data;
  work->data_free = data_free;
  work->answer_free = answer_free;
  g_task_set_source_tag (task, fairlead_async_run);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, work_in_thread);
}

/**
 * fairlead_async_finish:
 * @result: what the callback was given
 * @error: return location: that of the function, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the answer
 */
gpointer
fairlead_async_finish (GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, fairlead_async_run), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A profile and options of the worker's own. */
typedef struct {
  FairleadProfile       *profile;
  FairleadTargetOptions *options;
} Resolve;

static void
resolve_free (gpointer data)
{
  Resolve *resolve = data;

  g_object_unref (resolve->profile);
  fairlead_target_options_free (resolve->options);
  g_free (resolve);
}

static gpointer
resolve_target (gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  Resolve *resolve = data;
  FairleadTargetOptions options = { 0 };

  if (resolve->options != NULL)
    options = *resolve->options;
  options.cancellable = cancellable;
  return fairlead_target_new_for_profile (resolve->profile, &options, error);
}

/**
 * fairlead_target_resolve_async:
 * @profile: a profile of the caller's thread; it is copied
 * @options: (nullable): what is given beside it; copied
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 * @callback: called in the caller's thread-default context
 * @user_data: for @callback
 *
 * Does fairlead_target_new_for_profile() on a thread of the pool.
 */
void
fairlead_target_resolve_async (FairleadProfile             *profile,
                               const FairleadTargetOptions *options,
                               GCancellable                *cancellable,
                               GAsyncReadyCallback          callback,
                               gpointer                     user_data)
{
  Resolve *resolve;

  g_return_if_fail (FAIRLEAD_IS_PROFILE (profile));
  resolve = g_new0 (Resolve, 1);
  resolve->profile = fairlead_profile_duplicate (profile);
  resolve->options = fairlead_target_options_copy (options);
  fairlead_async_run (resolve_target, resolve, resolve_free,
                      (GDestroyNotify) fairlead_target_unref, cancellable, callback, user_data);
}

/**
 * fairlead_target_resolve_finish:
 * @result: what the callback was given
 * @error: return location: as fairlead_target_new_for_profile(), or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the target
 */
FairleadTarget *
fairlead_target_resolve_finish (GAsyncResult  *result,
                                GError       **error)
{
  return fairlead_async_finish (result, error);
}
