/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FairleadTransferState:
 * @FAIRLEAD_TRANSFER_WAITING: for the one before it, or for a lost connection
 * @FAIRLEAD_TRANSFER_HASHING: the files of an upload are read, for their hashes
 * @FAIRLEAD_TRANSFER_RUNNING: bytes move, or the solver is asked to take or give them
 * @FAIRLEAD_TRANSFER_DONE: all of it has arrived
 * @FAIRLEAD_TRANSFER_FAILED: see the error; it can be tried again
 * @FAIRLEAD_TRANSFER_CANCELLED: it can be tried again
 */
typedef enum {
  FAIRLEAD_TRANSFER_WAITING,
  FAIRLEAD_TRANSFER_HASHING,
  FAIRLEAD_TRANSFER_RUNNING,
  FAIRLEAD_TRANSFER_DONE,
  FAIRLEAD_TRANSFER_FAILED,
  FAIRLEAD_TRANSFER_CANCELLED,
} FairleadTransferState;

typedef enum {
  FAIRLEAD_TRANSFER_UPLOAD,
  FAIRLEAD_TRANSFER_FETCH,
} FairleadTransferDirection;

/**
 * FairleadSceneUpload:
 * @data: (nullable): the scene, a file of this computer
 * @param: (nullable): its parameters; one of both is needed
 * @path: where the solver keeps the project, on the host
 * @name: the project's name
 * @data_hash: (nullable): from the scene's producer; %NULL: SHA-256 is computed
 * @param_hash: (nullable): likewise
 *
 * What fairlead_run_upload() copies.
 */
typedef struct {
  GFile      *data;
  GFile      *param;
  const char *path;
  const char *name;
  const char *data_hash;
  const char *param_hash;
} FairleadSceneUpload;

#define FAIRLEAD_TYPE_TRANSFER (fairlead_transfer_get_type ())
G_DECLARE_FINAL_TYPE (FairleadTransfer, fairlead_transfer, FAIRLEAD, TRANSFER, GObject)

/* Properties, readable and notified on the main thread:
 *
 *   direction  FairleadTransferDirection
 *   title      string   the file's name
 *   path       string   on the host
 *   name       string   the project's
 *   file       GFile    of this computer: what is uploaded, or where it is saved
 *   state      FairleadTransferState
 *   done       uint64   bytes: hashed while HASHING, moved from then on
 *   total      uint64   bytes: to be hashed, to be moved; 0: not known yet
 *   rate       double   bytes a second, over the last five; 0: none
 *   time-left  int      seconds; -1: not known
 *   elapsed    int      seconds since it began to hash or move, or that it took; -1: it has not begun
 *   error      boxed GError   why it is FAILED, NULL */

FairleadTransferState      fairlead_transfer_get_state     (FairleadTransfer *self);
FairleadTransferDirection  fairlead_transfer_get_direction (FairleadTransfer *self);
const char                *fairlead_transfer_get_title     (FairleadTransfer *self);
GFile                     *fairlead_transfer_get_file      (FairleadTransfer *self);
const GError              *fairlead_transfer_get_error     (FairleadTransfer *self);
guint64                    fairlead_transfer_get_done      (FairleadTransfer *self);
guint64                    fairlead_transfer_get_total     (FairleadTransfer *self);
gboolean                   fairlead_transfer_is_over       (FairleadTransfer *self);

/* Ends it at once, by closing its connection: nothing of it is left, here or there. */
void                       fairlead_transfer_cancel        (FairleadTransfer *self);
/* One that is FAILED or CANCELLED waits for its turn again, from the beginning. */
void                       fairlead_transfer_retry         (FairleadTransfer *self);

G_END_DECLS
