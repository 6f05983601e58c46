/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-port-lease.h"
#include "fairlead-ssh-sockets.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_SSH_PORT_LEASE (fairlead_ssh_port_lease_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSshPortLease, fairlead_ssh_port_lease, FAIRLEAD, SSH_PORT_LEASE,
                      FairleadPortLease)

/* Called on the main thread once the listener is free to be served. */
typedef void (*FairleadSshClaimFunc) (FairleadSshPortLease *self,
                                      gpointer              data);

FairleadSshPortLease     *fairlead_ssh_port_lease_new         (FairleadSshSockets   *sockets);
const FairleadSshSockets *fairlead_ssh_port_lease_get_sockets (FairleadSshPortLease *self);
void                      fairlead_ssh_port_lease_claim       (FairleadSshPortLease *self,
                                                               FairleadSshClaimFunc  func,
                                                               gpointer              data);
void                      fairlead_ssh_port_lease_release     (FairleadSshPortLease *self,
                                                               gboolean              close);

G_END_DECLS
