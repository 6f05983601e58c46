/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-transport.h"

#include "fairlead-ssh-behind.h"
#include "fairlead-ssh-dial.h"
#include "fairlead-ssh-hop.h"
#include "fairlead-ssh-proxy.h"

/**
 * fairlead_ssh_transport_open:
 *
 * Connects to the target's host: through the session it goes through, through the jump host before it, by its proxy command, else by TCP. The
 * I/O thread. Sets the loop's peer_address where that is known.
 *
 * Returns: a connected, non-blocking socket, or -1 with %FAIRLEAD_ERROR_NETWORK, what ended a jump host, or
 *   why the command may not be run
 */
int
fairlead_ssh_transport_open (FairleadSshLoop  *loop,
                             GError          **error)
{
  if (loop->outer != NULL)
    return fairlead_ssh_behind_open (loop, error);
  if (loop->target->via != NULL)
    return fairlead_ssh_hop_open (loop, error);
  if (loop->target->proxy_command != NULL)
    return fairlead_ssh_proxy_open (loop, error);
  return fairlead_ssh_dial (loop, error);
}
