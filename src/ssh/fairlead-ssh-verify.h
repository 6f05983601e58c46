/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-known-hosts.h"
#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

/**
 * FairleadSshVerdict:
 * @FAIRLEAD_SSH_REFUSED: not this host; the error says why
 * @FAIRLEAD_SSH_ACCEPTED: go on
 * @FAIRLEAD_SSH_ACCEPTED_LATE: the key is accepted, but the server hung up while the person decided:
 *   connect again
 */
typedef enum {
  FAIRLEAD_SSH_REFUSED,
  FAIRLEAD_SSH_ACCEPTED,
  FAIRLEAD_SSH_ACCEPTED_LATE,
} FairleadSshVerdict;

char              **fairlead_ssh_verify_known_types (FairleadSshLoop  *loop,
                                                     GError          **error);
FairleadSshVerdict  fairlead_ssh_verify             (FairleadSshLoop  *loop,
                                                     GBytes          **accepted,
                                                     GError          **error);

G_END_DECLS
