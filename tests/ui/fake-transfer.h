/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-transfer.h"

G_BEGIN_DECLS

/* A transfer for the views, in whatever state the test puts it. Linked instead of src/run's. */

FairleadTransfer *fake_transfer_new       (FairleadTransferDirection  direction,
                                           const char                *title,
                                           const char                *path,
                                           GFile                     *file);
void              fake_transfer_set       (FairleadTransfer          *self,
                                           FairleadTransferState      state,
                                           guint64                    done,
                                           guint64                    total);
void              fake_transfer_set_speed (FairleadTransfer          *self,
                                           double                     rate,
                                           int                        time_left,
                                           int                        elapsed);
void              fake_transfer_take_error (FairleadTransfer         *self,
                                            GError                   *error);

G_END_DECLS
