/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-port-lease.h"

/**
 * FairleadPortLease:
 *
 * A listening socket of this computer that outlives the session that served it, so that a tunnel is on
 * the same port again after a lost connection. An implementation of #FairleadRemote makes it
 * (fairlead_forward_get_lease()) and takes it back (#FairleadForwardSpec). The socket is closed with the
 * last reference. Main thread.
 */
G_DEFINE_ABSTRACT_TYPE (FairleadPortLease, fairlead_port_lease, G_TYPE_OBJECT)

static void
fairlead_port_lease_class_init (FairleadPortLeaseClass *klass)
{
}

static void
fairlead_port_lease_init (FairleadPortLease *self)
{
}

/**
 * fairlead_port_lease_set_refusing:
 * @refusing: what happens to a client while nothing serves the listener: %TRUE, it is turned away at
 *   once; %FALSE (as it begins), it waits
 */
void
fairlead_port_lease_set_refusing (FairleadPortLease *self,
                                  gboolean           refusing)
{
  g_return_if_fail (FAIRLEAD_IS_PORT_LEASE (self));

  FAIRLEAD_PORT_LEASE_GET_CLASS (self)->set_refusing (self, refusing);
}

/**
 * fairlead_port_lease_close:
 *
 * Closes the listener; clients that wait in it are turned away. One that a forward serves is the
 * forward's to close.
 */
void
fairlead_port_lease_close (FairleadPortLease *self)
{
  g_return_if_fail (FAIRLEAD_IS_PORT_LEASE (self));

  FAIRLEAD_PORT_LEASE_GET_CLASS (self)->close (self);
}
