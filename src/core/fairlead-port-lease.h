/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_PORT_LEASE (fairlead_port_lease_get_type ())
G_DECLARE_DERIVABLE_TYPE (FairleadPortLease, fairlead_port_lease, FAIRLEAD, PORT_LEASE, GObject)

/**
 * FairleadPortLeaseClass:
 * @set_refusing: while no forward serves the listener: turn clients away at once (%TRUE), or let them
 *   wait for the next one (%FALSE)
 * @close: closes the listener, unless a forward serves it
 */
struct _FairleadPortLeaseClass {
  GObjectClass parent_class;

  void (*set_refusing) (FairleadPortLease *self,
                        gboolean           refusing);
  void (*close)        (FairleadPortLease *self);
};

void fairlead_port_lease_set_refusing (FairleadPortLease *self,
                                       gboolean           refusing);
void fairlead_port_lease_close        (FairleadPortLease *self);

G_END_DECLS
