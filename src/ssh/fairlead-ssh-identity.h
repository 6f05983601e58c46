/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-key.h"
#include "fairlead-ssh-agent.h"

G_BEGIN_DECLS

/**
 * FairleadSshIdentity:
 * @name: what it is called in messages: the file's path, or the agent's comment
 * @path: (nullable): the key file; %NULL for one that only the agent has
 * @by_agent: the agent holds it and signs
 * @key: (nullable): its public key blob; %NULL when the file does not show it without its passphrase
 * @loaded: (nullable): the opened file
 * @problem: (nullable): why it cannot be used, or was not taken
 * @offered: the host was asked whether it takes this key
 * @proved: a signature by it was sent
 * @accepted: the host took it, and wanted more
 *
 * One key to sign in with. The I/O thread.
 */
typedef struct {
  char *name;
  char *path;
  gboolean by_agent;
  GBytes *key;
  FairleadKey *loaded;
  GError *problem;
  gboolean offered;
  gboolean proved;
  gboolean accepted;
} FairleadSshIdentity;

GPtrArray *fairlead_ssh_identities_gather (FairleadSshLoop      *loop,
                                           FairleadSshAgent     *agent,
                                           GError              **error);
gboolean   fairlead_ssh_identity_unlock   (FairleadSshIdentity  *self,
                                           FairleadSshLoop      *loop,
                                           GError              **error);
GBytes    *fairlead_ssh_identity_sign     (FairleadSshIdentity  *self,
                                           FairleadSshLoop      *loop,
                                           FairleadSshAgent     *agent,
                                           const char           *algorithm,
                                           const guint8         *data,
                                           gsize                 length,
                                           GError              **error);

G_END_DECLS
