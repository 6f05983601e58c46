/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FairleadForwardSpec:
 * @local_address: (nullable): the address to listen on, in digits; "*" for every one; %NULL for 127.0.0.1
 * @local_port: the port to listen on; 0 for any
 * @or_next_free: when @local_port is busy, take the next free one instead of failing
 * @allow_other_users: accept connections of other accounts of this machine
 * @remote_host: the destination as the remote sees it
 * @remote_port: 1–65535
 */
typedef struct {
  const char *local_address;
  guint local_port;
  gboolean or_next_free;
  gboolean allow_other_users;
  const char *remote_host;
  guint remote_port;
} FairleadForwardSpec;

#define FAIRLEAD_TYPE_FORWARD (fairlead_forward_get_type ())
G_DECLARE_DERIVABLE_TYPE (FairleadForward, fairlead_forward, FAIRLEAD, FORWARD, GObject)

struct _FairleadForwardClass {
  GObjectClass parent_class;

  void (*close) (FairleadForward *self);
};

/**
 * FairleadForwardCounters:
 * @open: connections open now
 * @total: connections accepted since the start
 * @refused: connections of other accounts, turned away
 * @failed: connections the remote could not take to their destination
 * @received: bytes from the remote
 * @sent: bytes to the remote
 */
typedef struct {
  guint open;
  guint64 total;
  guint64 refused;
  guint64 failed;
  guint64 received;
  guint64 sent;
} FairleadForwardCounters;

guint       fairlead_forward_get_local_port    (FairleadForward               *self);
const char *fairlead_forward_get_remote_host   (FairleadForward               *self);
guint       fairlead_forward_get_remote_port   (FairleadForward               *self);
char       *fairlead_forward_dup_local_address (FairleadForward               *self);
char       *fairlead_forward_dup_remote_address (FairleadForward              *self);
char       *fairlead_forward_format_address    (const char                    *host,
                                                guint                          port);
gboolean    fairlead_forward_is_open           (FairleadForward               *self);
void        fairlead_forward_get_counters      (FairleadForward               *self,
                                                FairleadForwardCounters       *counters);
void        fairlead_forward_close             (FairleadForward               *self);

/* For implementations, on the thread that made the remote. */
void        fairlead_forward_take_counters     (FairleadForward               *self,
                                                const FairleadForwardCounters *counters);
void        fairlead_forward_closed            (FairleadForward               *self);

G_END_DECLS
