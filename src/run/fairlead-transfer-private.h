/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-solver-client.h"
#include "fairlead-transfer-work.h"
#include "fairlead-transfer.h"

G_BEGIN_DECLS

/* What the rate goes over. */
#define FAIRLEAD_TRANSFER_SAMPLES 20

struct _FairleadTransfer {
  GObject parent_instance;

  FairleadTransferDirection direction;
  FairleadTransferState state;
  FairleadTransferWork *work;
  GFile *file;
  char *title;
  GError *error;

  /* While it is under way. */
  FairleadSolverClient *client;
  GCancellable *cancellable;
  guint tick_id;
  gint64 began;                /* monotonic µs; 0: it has not */
  gint64 ended;

  /* As it was told last, and when how much was done. */
  guint64 done;
  guint64 total;
  double rate;
  int time_left;
  guint n_samples;
  gint64 when[FAIRLEAD_TRANSFER_SAMPLES];
  guint64 then[FAIRLEAD_TRANSFER_SAMPLES];
};

FairleadTransfer *fairlead_transfer_new_upload (const FairleadSceneUpload *what);
FairleadTransfer *fairlead_transfer_new_fetch  (const char                *path,
                                                const char                *name,
                                                GFile                     *to,
                                                gboolean                   replace);
void              fairlead_transfer_begin      (FairleadTransfer          *self,
                                                FairleadSolverClient      *client);
void              fairlead_transfer_fail       (FairleadTransfer          *self,
                                                GError                    *error);
void              fairlead_transfer_set_patience (FairleadTransfer        *self,
                                                  guint                    seconds);

/* fairlead-transfer.c */
void              fairlead_transfer_set_state     (FairleadTransfer       *self,
                                                   FairleadTransferState   state);
void              fairlead_transfer_take_error    (FairleadTransfer       *self,
                                                   GError                 *error);
void              fairlead_transfer_show_progress (FairleadTransfer       *self);

G_END_DECLS
