/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FairleadTransferWire:
 *
 * A connection to the solver, for a thread that may wait: for the connection, for a cancel, and no longer
 * than @patience for a byte. The streams belong to whoever opened them.
 */
typedef struct {
  int in;
  int out;
  guint patience;              /* s */
  GCancellable *cancellable;
  GPollFD cancelled;
} FairleadTransferWire;

/**
 * FairleadTransferSent:
 * @FAIRLEAD_TRANSFER_SENT: all of it
 * @FAIRLEAD_TRANSFER_INTERRUPTED: the solver said something meanwhile, or closed the connection
 * @FAIRLEAD_TRANSFER_BROKEN: see the error
 */
typedef enum {
  FAIRLEAD_TRANSFER_SENT,
  FAIRLEAD_TRANSFER_INTERRUPTED,
  FAIRLEAD_TRANSFER_BROKEN,
} FairleadTransferSent;

gboolean             fairlead_transfer_wire_init    (FairleadTransferWire  *wire,
                                                     GIOStream             *stream,
                                                     guint                  patience,
                                                     GCancellable          *cancellable,
                                                     GError               **error);
void                 fairlead_transfer_wire_clear   (FairleadTransferWire  *wire);
FairleadTransferSent fairlead_transfer_wire_send    (FairleadTransferWire  *wire,
                                                     const void            *data,
                                                     gsize                  length,
                                                     GError               **error);
gssize               fairlead_transfer_wire_receive (FairleadTransferWire  *wire,
                                                     void                  *buffer,
                                                     gsize                  size,
                                                     GError               **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FairleadTransferWire, fairlead_transfer_wire_clear)

G_END_DECLS
