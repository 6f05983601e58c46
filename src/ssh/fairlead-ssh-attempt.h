/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-identity.h"
#include "fairlead-ssh-userauth.h"

G_BEGIN_DECLS

/**
 * FairleadSshAttempt:
 * @FAIRLEAD_SSH_ATTEMPT_SIGNED_IN: the server let us in
 * @FAIRLEAD_SSH_ATTEMPT_PARTIAL: it took this, and wants more (RFC 4252 §5.1)
 * @FAIRLEAD_SSH_ATTEMPT_REFUSED: it did not take it; another one can be tried
 * @FAIRLEAD_SSH_ATTEMPT_UNUSABLE: it was not asked, for a reason that is in the identity
 * @FAIRLEAD_SSH_ATTEMPT_ENDED: the sign-in is over, with an error
 */
typedef enum {
  FAIRLEAD_SSH_ATTEMPT_SIGNED_IN,
  FAIRLEAD_SSH_ATTEMPT_PARTIAL,
  FAIRLEAD_SSH_ATTEMPT_REFUSED,
  FAIRLEAD_SSH_ATTEMPT_UNUSABLE,
  FAIRLEAD_SSH_ATTEMPT_ENDED,
} FairleadSshAttempt;

/**
 * FairleadSshAuth:
 * @agent: (nullable): the agent
 * @identities: (element-type FairleadSshIdentity): the keys, in the order to try them
 * @methods: what the server would go on with
 * @n_accepted: how many keys the server took
 * @n_wrong: how often the answers of a person were not taken
 * @lost: the LIBSSH2_ERROR_… that ended the connection; 0 while it stands
 *
 * One sign-in under way. The I/O thread.
 */
typedef struct {
  FairleadSshLoop *loop;
  FairleadAgent *agent;
  GPtrArray *identities;
  char **methods;
  guint n_accepted;
  guint n_wrong;
  int lost;
} FairleadSshAuth;

FairleadSshAttempt fairlead_ssh_attempt_none       (FairleadSshAuth      *auth,
                                                    GError              **error);
FairleadSshAttempt fairlead_ssh_attempt_public_key (FairleadSshAuth      *auth,
                                                    FairleadSshIdentity  *identity,
                                                    GError              **error);
FairleadSshAttempt fairlead_ssh_attempt_prompts    (FairleadSshAuth      *auth,
                                                    GError              **error);
FairleadSshAttempt fairlead_ssh_attempt_conclude   (FairleadSshAuth      *auth,
                                                    FairleadSshReply     *reply);

G_END_DECLS
