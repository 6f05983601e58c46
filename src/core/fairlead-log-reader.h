/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-log-model.h"

G_BEGIN_DECLS

/**
 * FairleadLogChunk:
 * @first: the number of its first line, from 0
 * @n_lines: how many
 * @text: the lines, each with its newline; valid until the next chunk
 * @length: of @text, in bytes
 */
typedef struct {
  guint64 first;
  guint n_lines;
  const char *text;
  gsize length;
} FairleadLogChunk;

typedef struct _FairleadLogReader FairleadLogReader;

FairleadLogReader *fairlead_log_reader_new     (FairleadLogModel   *model,
                                                guint64             from,
                                                guint               max_pages);
void               fairlead_log_reader_free    (FairleadLogReader  *self);
guint64            fairlead_log_reader_get_end (FairleadLogReader  *self);
gboolean           fairlead_log_reader_next    (FairleadLogReader  *self,
                                                FairleadLogChunk   *chunk,
                                                GError            **error);

void               fairlead_log_save_async     (FairleadLogModel    *model,
                                                GFile               *file,
                                                GCancellable        *cancellable,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
gboolean           fairlead_log_save_finish    (GAsyncResult        *result,
                                                GError             **error);
void               fairlead_log_copy_async     (FairleadLogModel    *model,
                                                GArray              *lines,
                                                gsize                max_bytes,
                                                GCancellable        *cancellable,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
char              *fairlead_log_copy_finish    (GAsyncResult        *result,
                                                GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadLogReader, fairlead_log_reader_free)

G_END_DECLS
