/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* No page is longer. */
#define FAIRLEAD_LOG_PAGE_BYTES (64 * 1024)

typedef struct _FairleadLogSpool FairleadLogSpool;

FairleadLogSpool *fairlead_log_spool_new         (guint64            max_bytes);
FairleadLogSpool *fairlead_log_spool_ref         (FairleadLogSpool  *self);
void              fairlead_log_spool_unref       (FairleadLogSpool  *self);
guint64           fairlead_log_spool_get_n_slots (FairleadLogSpool  *self);
void              fairlead_log_spool_drop_before (FairleadLogSpool  *self,
                                                  guint64            number);
gboolean          fairlead_log_spool_write       (FairleadLogSpool  *self,
                                                  guint64            number,
                                                  GBytes            *text,
                                                  GError           **error);
GBytes           *fairlead_log_spool_read        (FairleadLogSpool  *self,
                                                  guint64            number,
                                                  gsize              length,
                                                  GError           **error);
void              fairlead_log_spool_close       (FairleadLogSpool  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadLogSpool, fairlead_log_spool_unref)

G_END_DECLS
