/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-forward-spec.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_FORWARD (fairlead_forward_get_type ())
G_DECLARE_DERIVABLE_TYPE (FairleadForward, fairlead_forward, FAIRLEAD, FORWARD, GObject)

/**
 * FairleadForwardClass:
 * @close: closes the listener and its connections
 * @get_lease: (nullable): (transfer none) (nullable): the lease of its listener
 * @redirect: (nullable): new connections lead to @to
 */
struct _FairleadForwardClass {
  GObjectClass parent_class;

  void               (*close)     (FairleadForward *self);
  FairleadPortLease *(*get_lease) (FairleadForward *self);
  void               (*redirect)  (FairleadForward          *self,
                                   const FairleadForwardEnd *to);
};

/**
 * FairleadForwardCounters:
 * @open: connections open now
 * @total: connections accepted since the start
 * @refused: connections of other accounts, turned away
 * @reached: connections that were taken to their destination
 * @failed: connections that could not be taken to their destination
 * @received: bytes from the remote
 * @sent: bytes to the remote
 */
typedef struct {
  guint open;
  guint64 total;
  guint64 refused;
  guint64 reached;
  guint64 failed;
  guint64 received;
  guint64 sent;
} FairleadForwardCounters;

const FairleadForwardSpec *fairlead_forward_get_spec           (FairleadForward               *self);
guint                      fairlead_forward_get_local_port     (FairleadForward               *self);
char                      *fairlead_forward_dup_local_address  (FairleadForward               *self);
char                      *fairlead_forward_dup_remote_address (FairleadForward               *self);
FairleadPortLease         *fairlead_forward_get_lease          (FairleadForward               *self);
gboolean                   fairlead_forward_is_open            (FairleadForward               *self);
void                       fairlead_forward_get_counters       (FairleadForward               *self,
                                                                FairleadForwardCounters       *counters);
const GError              *fairlead_forward_get_last_failure   (FairleadForward               *self);
gboolean                   fairlead_forward_redirect           (FairleadForward               *self,
                                                                const FairleadForwardEnd      *to);
void                       fairlead_forward_close              (FairleadForward               *self);

/* For implementations, on the thread that made the remote. */
void                       fairlead_forward_take_counters      (FairleadForward               *self,
                                                                const FairleadForwardCounters *counters);
void                       fairlead_forward_take_failure       (FairleadForward               *self,
                                                                GError                        *failure);
void                       fairlead_forward_closed             (FairleadForward               *self);

G_END_DECLS
