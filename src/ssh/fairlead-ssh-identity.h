/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-agent.h"
#include "fairlead-certificate.h"
#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

/**
 * FairleadSshIdentity:
 * @name: what it is called in messages: the file's path, or the agent's comment
 * @path: (nullable): the key file; %NULL for one that only the agent has
 * @key: (nullable): what the host is shown: the blob of the public key or of the certificate; %NULL
 *   when the file does not show it without its passphrase
 * @certificate: (nullable): the certificate, when it is one
 * @agent_key: (nullable): what the agent calls it; the agent then signs
 * @twin: (nullable): with a certificate: the plain key of the same file; borrowed
 * @loaded: (nullable): the opened file
 * @problem: (nullable): why it cannot be used, or was not taken
 * @offered: the host was asked whether it takes this key
 * @proved: a signature by it was sent
 * @accepted: the host took it, and wanted more
 *
 * One key to sign in with. The I/O thread.
 */
typedef struct _FairleadSshIdentity FairleadSshIdentity;

struct _FairleadSshIdentity {
  char *name;
  char *path;
  GBytes *key;
  FairleadCertificate *certificate;
  GBytes *agent_key;
  FairleadSshIdentity *twin;
  FairleadKey *loaded;
  GError *problem;
  gboolean offered;
  gboolean proved;
  gboolean accepted;
};

GPtrArray *fairlead_ssh_identities_gather (FairleadSshLoop      *loop,
                                           FairleadAgent        *agent,
                                           GError              **error);
void       fairlead_ssh_identity_free     (FairleadSshIdentity  *self);
GBytes    *fairlead_ssh_identity_get_plain (const FairleadSshIdentity *self);
gboolean   fairlead_ssh_identity_unlock   (FairleadSshIdentity  *self,
                                           FairleadSshLoop      *loop,
                                           GError              **error);
GBytes    *fairlead_ssh_identity_sign     (FairleadSshIdentity  *self,
                                           FairleadSshLoop      *loop,
                                           FairleadAgent        *agent,
                                           const char           *algorithm,
                                           const guint8         *data,
                                           gsize                 length,
                                           GError              **error);

G_END_DECLS
