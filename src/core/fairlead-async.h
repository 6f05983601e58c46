/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-target.h"

G_BEGIN_DECLS

/**
 * FairleadAsyncFunc:
 * @data: what fairlead_async_run() was given
 * @cancellable: (nullable): set when nobody wants the answer any more
 * @error: return location: set when and only when %NULL is returned
 *
 * A synchronous function of the core, called on a thread of the pool.
 *
 * Returns: (transfer full) (nullable): the answer
 */
typedef gpointer (*FairleadAsyncFunc) (gpointer       data,
                                       GCancellable  *cancellable,
                                       GError       **error);

void            fairlead_async_run             (FairleadAsyncFunc            func,
                                                gpointer                     data,
                                                GDestroyNotify               data_free,
                                                GDestroyNotify               answer_free,
                                                GCancellable                *cancellable,
                                                GAsyncReadyCallback          callback,
                                                gpointer                     user_data);
gpointer        fairlead_async_finish          (GAsyncResult                *result,
                                                GError                     **error);
void            fairlead_target_resolve_async  (FairleadProfile             *profile,
                                                const FairleadTargetOptions *options,
                                                GCancellable                *cancellable,
                                                GAsyncReadyCallback          callback,
                                                gpointer                     user_data);
FairleadTarget *fairlead_target_resolve_finish (GAsyncResult                *result,
                                                GError                     **error);

G_END_DECLS
