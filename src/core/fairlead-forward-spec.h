/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-port-lease.h"

G_BEGIN_DECLS

/**
 * FairleadForwardKind:
 * @FAIRLEAD_FORWARD_LOCAL: ssh -L: listens here, leads to a place that the remote reaches
 * @FAIRLEAD_FORWARD_REMOTE: ssh -R: listens on the remote, leads to a place that this computer
 *   reaches; with no destination each client asks for one by SOCKS
 * @FAIRLEAD_FORWARD_DYNAMIC: ssh -D: listens here, and each client asks for its destination by SOCKS
 */
typedef enum {
  FAIRLEAD_FORWARD_LOCAL,
  FAIRLEAD_FORWARD_REMOTE,
  FAIRLEAD_FORWARD_DYNAMIC,
} FairleadForwardKind;

/**
 * FairleadForwardEnd:
 * @host: (nullable): a name or an address. To listen on: "*" for every address, %NULL for the
 *   loopback. To lead to: %NULL for none (SOCKS, or a path)
 * @port: 1–65535; 0 for none, and to listen on: any
 * @path: (nullable): of a UNIX socket, instead of the two
 *
 * One end of a forward.
 */
typedef struct {
  char *host;
  guint port;
  char *path;
} FairleadForwardEnd;

/**
 * FairleadForwardSpec:
 * @kind: who listens, and who connects
 * @listen: what is listened on
 * @to: where its connections lead; all empty: each asks by SOCKS
 * @or_next_free: when the local port is busy, take the next free one instead of failing
 * @allow_other_users: accept connections of other accounts of this computer
 * @lease: (nullable): of an earlier forward with the same @listen: its listener is gone on with,
 *   clients that wait in it included
 *
 * What a forward should be.
 */
typedef struct {
  FairleadForwardKind kind;
  FairleadForwardEnd listen;
  FairleadForwardEnd to;
  gboolean or_next_free;
  gboolean allow_other_users;
  FairleadPortLease *lease;
} FairleadForwardSpec;

#define FAIRLEAD_TYPE_FORWARD_SPEC (fairlead_forward_spec_get_type ())
GType                fairlead_forward_spec_get_type        (void);

FairleadForwardSpec *fairlead_forward_spec_new_local       (guint                      local_port,
                                                            const char                *host,
                                                            guint                      port);
FairleadForwardSpec *fairlead_forward_spec_parse           (FairleadForwardKind        kind,
                                                            const char                *text);
FairleadForwardSpec *fairlead_forward_spec_copy            (const FairleadForwardSpec *self);
void                 fairlead_forward_spec_free            (FairleadForwardSpec       *self);
void                 fairlead_forward_spec_lead_to         (FairleadForwardSpec       *self,
                                                            const FairleadForwardEnd  *to);
gboolean             fairlead_forward_spec_is_same_listener (const FairleadForwardSpec *self,
                                                             const FairleadForwardSpec *other);
gboolean             fairlead_forward_spec_is_for_network  (const FairleadForwardSpec *self);
gboolean             fairlead_forward_spec_is_socks        (const FairleadForwardSpec *self);
char                *fairlead_forward_spec_dup_listen      (const FairleadForwardSpec *self);
char                *fairlead_forward_spec_dup_destination (const FairleadForwardSpec *self);
char                *fairlead_forward_format_address       (const char                *host,
                                                            guint                      port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadForwardSpec, fairlead_forward_spec_free)

G_END_DECLS
