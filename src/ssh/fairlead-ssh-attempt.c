/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-attempt.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-ssh-algorithms.h"
#include "fairlead-ssh-userauth.h"
#include "fairlead-wire.h"

/* One request for each method (RFC 4252 §5.2, §7). With a stock libssh2 it is
 * fairlead-ssh-attempt-stock.c that does as much of it as that can. */

#if HAVE_LIBSSH2_USERAUTH_MESSAGES

/**
 * fairlead_ssh_attempt_conclude:
 * @reply: success or failure
 *
 * Returns: what that means, the methods that can continue kept
 */
FairleadSshAttempt
fairlead_ssh_attempt_conclude (FairleadSshAuth  *auth,
                               FairleadSshReply *reply)
{
  if (reply->type == FAIRLEAD_SSH_USERAUTH_SUCCESS)
    return FAIRLEAD_SSH_ATTEMPT_SIGNED_IN;
  g_strfreev (auth->methods);
  auth->methods = g_steal_pointer (&reply->methods);
  return reply->partial ? FAIRLEAD_SSH_ATTEMPT_PARTIAL : FAIRLEAD_SSH_ATTEMPT_REFUSED;
}

static FairleadSshAttempt
out_of_turn (FairleadSshAuth   *auth,
             guint8             type,
             GError           **error)
{
  auth->lost = LIBSSH2_ERROR_PROTO;
  fairlead_set_error (error, FAIRLEAD_ERROR_NETWORK,
                      _("“%s” gave an answer to the sign-in that makes no sense (message %u)."),
                      auth->loop->target->name, type);
  return FAIRLEAD_SSH_ATTEMPT_ENDED;
}

/**
 * fairlead_ssh_attempt_none:
 *
 * Asks what the host offers this user (RFC 4252 §5.2); it may let them in without anything.
 */
FairleadSshAttempt
fairlead_ssh_attempt_none (FairleadSshAuth  *auth,
                           GError          **error)
{
  g_autoptr (GByteArray) message = fairlead_ssh_userauth_request (auth->loop, "none", 0);
  g_auto (FairleadSshReply) reply = { 0 };

  if (!fairlead_ssh_userauth_ask (auth->loop, message, &reply, &auth->lost, error))
    return FAIRLEAD_SSH_ATTEMPT_ENDED;
  if (reply.type != FAIRLEAD_SSH_USERAUTH_SUCCESS && reply.type != FAIRLEAD_SSH_USERAUTH_FAILURE)
    return out_of_turn (auth, reply.type, error);
  return fairlead_ssh_attempt_conclude (auth, &reply);
}

/* The request without a signature, or the part of it that is signed. */
static GByteArray *
key_request (FairleadSshAuth     *auth,
             FairleadSshIdentity *identity,
             const char          *algorithm,
             gboolean             is_signed)
{
  GByteArray *message = fairlead_ssh_userauth_request (auth->loop, "publickey", 0);

  fairlead_wire_append_u8 (message, is_signed);
  fairlead_wire_append_text (message, algorithm);
  fairlead_wire_append_string (message, g_bytes_get_data (identity->key, NULL),
                               g_bytes_get_size (identity->key));
  return message;
}

/* The server takes the key: the request again, with a signature over the session and all of it. */
static FairleadSshAttempt
prove (FairleadSshAuth      *auth,
       FairleadSshIdentity  *identity,
       const char           *algorithm,
       GError              **error)
{
  g_autoptr (GByteArray) message = key_request (auth, identity, algorithm, TRUE);
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GBytes) signature = NULL;
  g_auto (FairleadSshReply) reply = { 0 };
  const unsigned char *session;
  size_t length;

  session = libssh2_session_identifier (auth->loop->session, &length);
  fairlead_wire_append_string (data, session, length);
  g_byte_array_append (data, message->data, message->len);
  signature = fairlead_ssh_identity_sign (identity, auth->loop, auth->agent,
                                          fairlead_ssh_algorithm_get_signature (algorithm),
                                          data->data, data->len, &identity->problem);
  if (signature == NULL)
    return FAIRLEAD_SSH_ATTEMPT_UNUSABLE;
  fairlead_wire_append_string (message, g_bytes_get_data (signature, NULL),
                               g_bytes_get_size (signature));
  if (!fairlead_ssh_userauth_ask (auth->loop, message, &reply, &auth->lost, error))
    return FAIRLEAD_SSH_ATTEMPT_ENDED;
  if (reply.type != FAIRLEAD_SSH_USERAUTH_SUCCESS && reply.type != FAIRLEAD_SSH_USERAUTH_FAILURE)
    return out_of_turn (auth, reply.type, error);
  identity->proved = TRUE;
  return fairlead_ssh_attempt_conclude (auth, &reply);
}

/**
 * fairlead_ssh_attempt_public_key:
 *
 * Asks whether the host takes the key, and only then signs (RFC 4252 §7), so that a passphrase or a
 * touch is not asked for in vain. A server may also answer with success at once; then it is one that
 * needs no proof.
 */
FairleadSshAttempt
fairlead_ssh_attempt_public_key (FairleadSshAuth      *auth,
                                 FairleadSshIdentity  *identity,
                                 GError              **error)
{
  FairleadSshLoop *loop = auth->loop;
  g_autoptr (GByteArray) message = NULL;
  g_auto (FairleadSshReply) reply = { 0 };
  const char *algorithm;

  if (identity->key == NULL && !fairlead_ssh_identity_unlock (identity, loop, &identity->problem))
    return FAIRLEAD_SSH_ATTEMPT_UNUSABLE;
  algorithm = fairlead_ssh_algorithm_choose (loop->target, identity->key,
                                             libssh2_session_sign_algorithms (loop->session),
                                             &identity->problem);
  if (algorithm == NULL)
    return FAIRLEAD_SSH_ATTEMPT_UNUSABLE;
  if (fairlead_ssh_algorithm_is_sha1 (algorithm))
    fairlead_ssh_loop_message (loop, _("%s signs with SHA-1, which is no longer safe: the configuration "
                                       "allows it (PubkeyAcceptedAlgorithms)"), identity->name);
  identity->offered = TRUE;
  message = key_request (auth, identity, algorithm, FALSE);
  if (!fairlead_ssh_userauth_ask (loop, message, &reply, &auth->lost, error))
    return FAIRLEAD_SSH_ATTEMPT_ENDED;
  switch (reply.type)
    {
    case FAIRLEAD_SSH_USERAUTH_PK_OK:
      return prove (auth, identity, algorithm, error);
    case FAIRLEAD_SSH_USERAUTH_SUCCESS:
    case FAIRLEAD_SSH_USERAUTH_FAILURE:
      return fairlead_ssh_attempt_conclude (auth, &reply);
    default:
      return out_of_turn (auth, reply.type, error);
    }
}

#endif
