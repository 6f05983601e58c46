/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

/* The messages of user authentication (RFC 4252 §6, RFC 4256 §5). */
enum {
  FAIRLEAD_SSH_USERAUTH_REQUEST = 50,
  FAIRLEAD_SSH_USERAUTH_FAILURE = 51,
  FAIRLEAD_SSH_USERAUTH_SUCCESS = 52,
  FAIRLEAD_SSH_USERAUTH_BANNER = 53,
  FAIRLEAD_SSH_USERAUTH_PK_OK = 60,
  FAIRLEAD_SSH_USERAUTH_INFO_REQUEST = 60,
  FAIRLEAD_SSH_USERAUTH_INFO_RESPONSE = 61,
};

/**
 * FairleadSshReply:
 * @type: the kind of message
 * @body: what follows that
 * @methods: of a failure: what can continue; else %NULL
 * @partial: of a failure: what was tried is accepted, and more is needed (RFC 4252 §5.1)
 *
 * What the server says to one message of ours.
 */
typedef struct {
  guint8 type;
  GBytes *body;
  char **methods;
  gboolean partial;
} FairleadSshReply;

void        fairlead_ssh_reply_clear        (FairleadSshReply  *self);

GByteArray *fairlead_ssh_userauth_request   (FairleadSshLoop   *loop,
                                             const char        *method,
                                             gsize              room);
gboolean    fairlead_ssh_userauth_ask       (FairleadSshLoop   *loop,
                                             GByteArray        *message,
                                             FairleadSshReply  *reply,
                                             int               *lost,
                                             GError           **error);
void        fairlead_ssh_userauth_banner    (FairleadSshLoop   *loop,
                                             const char        *text,
                                             gssize             length);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FairleadSshReply, fairlead_ssh_reply_clear)

G_END_DECLS
