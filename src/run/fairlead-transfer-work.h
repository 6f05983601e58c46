/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* The payloads of an upload. */
enum {
  FAIRLEAD_TRANSFER_DATA,
  FAIRLEAD_TRANSFER_PARAM,
  FAIRLEAD_TRANSFER_N_FILES,
};

/**
 * FairleadTransferWork:
 *
 * What a transfer is to do, and how far it is. While its thread works, only the thread touches it, but for
 * what the lock guards.
 */
typedef struct {
  GMutex lock;
  guint64 done;                /* bytes; under the lock */
  guint64 total;               /* bytes; under the lock */

  char *path;                  /* there */
  char *name;                  /* of the project */
  char *files[FAIRLEAD_TRANSFER_N_FILES];    /* here; NULL: none. Of a fetch, the first is where it goes */
  char *given[FAIRLEAD_TRANSFER_N_FILES];    /* hashes from the scene's producer; NULL: computed */
  gboolean replace;            /* a fetch may replace a file */
  guint patience;              /* s without a byte moving; 0: as usual */

  /* What the thread finds out. */
  char *hashes[FAIRLEAD_TRANSFER_N_FILES];
  struct stat seen[FAIRLEAD_TRANSFER_N_FILES];   /* the files that were hashed */
  gboolean cut;                /* the connection ended before it was done */
  gboolean finished;           /* it is done, whatever else has happened since: nothing can end it any more */
} FairleadTransferWork;

FairleadTransferWork *fairlead_transfer_work_new         (const char            *path,
                                                          const char            *name);
void                  fairlead_transfer_work_free        (FairleadTransferWork  *work);
gboolean              fairlead_transfer_work_check       (FairleadTransferWork  *work,
                                                          GError               **error);
void                  fairlead_transfer_work_begin       (FairleadTransferWork  *work,
                                                          guint64                total);
void                  fairlead_transfer_work_add         (FairleadTransferWork  *work,
                                                          guint64                bytes);
void                  fairlead_transfer_work_get         (FairleadTransferWork  *work,
                                                          guint64               *done,
                                                          guint64               *total);
gboolean              fairlead_transfer_work_is_unchanged (const struct stat    *before,
                                                           const struct stat    *now);

GError               *fairlead_transfer_work_ended_early (FairleadTransferWork  *work);

/* fairlead-transfer-upload.c, fairlead-transfer-fetch.c: on a thread of their own. */
gboolean              fairlead_transfer_work_hash        (FairleadTransferWork  *work,
                                                          GCancellable          *cancellable,
                                                          GError               **error);
gboolean              fairlead_transfer_work_upload      (FairleadTransferWork  *work,
                                                          GIOStream             *stream,
                                                          GCancellable          *cancellable,
                                                          GError               **error);
gboolean              fairlead_transfer_work_fetch       (FairleadTransferWork  *work,
                                                          GIOStream             *stream,
                                                          GCancellable          *cancellable,
                                                          GError               **error);

G_END_DECLS
