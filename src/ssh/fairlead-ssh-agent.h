/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

typedef struct {
  GBytes *key;             /* public key blob */
  char *comment;
} FairleadSshAgentIdentity;

/**
 * FairleadSshAgent:
 *
 * A connection to an ssh-agent (draft-ietf-sshm-ssh-agent). The I/O thread, before the session is
 * open; every wait ends with the loop's cancellable.
 */
typedef struct _FairleadSshAgent FairleadSshAgent;

FairleadSshAgent *fairlead_ssh_agent_open       (FairleadSshLoop   *loop,
                                                 const char        *path,
                                                 GError           **error);
void              fairlead_ssh_agent_free       (FairleadSshAgent  *self);
GPtrArray        *fairlead_ssh_agent_list       (FairleadSshAgent  *self,
                                                 GError           **error);
GBytes           *fairlead_ssh_agent_sign       (FairleadSshAgent  *self,
                                                 GBytes            *key,
                                                 const char        *algorithm,
                                                 const guint8      *data,
                                                 gsize              length,
                                                 GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadSshAgent, fairlead_ssh_agent_free)

G_END_DECLS
