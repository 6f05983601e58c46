/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-attempt.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "fairlead-ssh-error.h"
#include "fairlead-ssh-wait.h"
#include "fairlead-wire.h"

/* What a libssh2 without our messages of user authentication can do: keys of which one is enough, with
 * the signature algorithm that it chooses by itself. A server's questions are not to be had. */

#if !HAVE_LIBSSH2_USERAUTH_MESSAGES

typedef struct {
  FairleadSshAuth *auth;
  FairleadSshIdentity *identity;
} Signing;

/* The algorithm that libssh2 settled on stands in what is to be signed (RFC 4252 §7). */
static char *
algorithm_of (const guint8 *data,
              gsize         length)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT (data, length);
  const guint8 *skipped;
  gsize skipped_length;
  guint8 byte;

  if (!fairlead_wire_read_string (&reader, &skipped, &skipped_length)       /* session identifier */
      || !fairlead_wire_read_u8 (&reader, &byte)
      || !fairlead_wire_read_string (&reader, &skipped, &skipped_length)    /* user */
      || !fairlead_wire_read_string (&reader, &skipped, &skipped_length)    /* service */
      || !fairlead_wire_read_string (&reader, &skipped, &skipped_length)    /* "publickey" */
      || !fairlead_wire_read_u8 (&reader, &byte))
    return NULL;
  return fairlead_wire_dup_string (&reader);
}

/* libssh2 puts the algorithm's name in front by itself. */
static gboolean
take_signature (GBytes          *made,
                unsigned char  **signature,
                size_t          *signature_length)
{
  FairleadWireReader reader;
  const guint8 *data;
  gsize length;

  fairlead_wire_reader_init_bytes (&reader, made);
  if (!fairlead_wire_read_string (&reader, &data, &length)
      || !fairlead_wire_read_string (&reader, &data, &length))
    return FALSE;
  /* libssh2 frees it with the session's allocator, which is malloc's. */
  *signature = malloc (length);
  *signature_length = length;
  if (*signature != NULL)
    memcpy (*signature, data, length);
  return *signature != NULL;
}

static int
sign_cb (LIBSSH2_SESSION      *session,
         unsigned char       **signature,
         size_t               *signature_length,
         const unsigned char  *data,
         size_t                length,
         void                **abstract)
{
  Signing *signing = *abstract;
  FairleadSshIdentity *identity = signing->identity;
  g_autofree char *algorithm = algorithm_of (data, length);
  g_autoptr (GBytes) made = NULL;

  if (algorithm == NULL)
    return LIBSSH2_ERROR_PROTO;
  /* SHA-1: what libssh2 takes for a server that names no algorithms. */
  if (g_str_has_prefix (algorithm, "ssh-rsa"))
    return LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED;
  made = fairlead_ssh_identity_sign (identity, signing->auth->loop, signing->auth->agent, algorithm,
                                     data, length, &identity->problem);
  if (made == NULL || !take_signature (made, signature, signature_length))
    return LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED;
  identity->proved = TRUE;
  return 0;
}

static FairleadSshAttempt
ended (FairleadSshAuth   *auth,
       int                code,
       GError            *local_error,
       GError           **error)
{
  auth->lost = local_error == NULL ? code : 0;
  g_propagate_error (error, local_error ? local_error
                                        : fairlead_ssh_error_sign_in (auth->loop, code));
  return FAIRLEAD_SSH_ATTEMPT_ENDED;
}

FairleadSshAttempt
fairlead_ssh_attempt_none (FairleadSshAuth  *auth,
                           GError          **error)
{
  FairleadSshLoop *loop = auth->loop;
  gint64 deadline = fairlead_ssh_deadline (loop);
  const char *user = loop->target->user;
  g_autoptr (GError) local_error = NULL;
  const char *methods;
  char *banner = NULL;
  int code = 0;

  while ((methods = libssh2_userauth_list (loop->session, user, strlen (user))) == NULL)
    {
      code = libssh2_session_last_errno (loop->session);
      if (code == LIBSSH2_ERROR_EAGAIN)
        code = fairlead_ssh_wait_session (loop, deadline, &local_error);
      if (code != 0 || libssh2_userauth_authenticated (loop->session))
        break;
    }
  if (libssh2_userauth_banner (loop->session, &banner) == 0 && banner != NULL)
    fairlead_ssh_userauth_banner (loop, banner, -1);
  if (libssh2_userauth_authenticated (loop->session))
    return FAIRLEAD_SSH_ATTEMPT_SIGNED_IN;
  if (methods == NULL)
    return ended (auth, code, g_steal_pointer (&local_error), error);
  auth->methods = g_strsplit (methods, ",", -1);
  return FAIRLEAD_SSH_ATTEMPT_REFUSED;
}

FairleadSshAttempt
fairlead_ssh_attempt_public_key (FairleadSshAuth      *auth,
                                 FairleadSshIdentity  *identity,
                                 GError              **error)
{
  FairleadSshLoop *loop = auth->loop;
  Signing signing = { auth, identity };
  void *abstract = &signing;
  g_autoptr (GError) local_error = NULL;
  gint64 deadline;
  int code;

  if (identity->key == NULL && !fairlead_ssh_identity_unlock (identity, loop, &identity->problem))
    return FAIRLEAD_SSH_ATTEMPT_UNUSABLE;
  identity->offered = TRUE;
  deadline = fairlead_ssh_deadline (loop);
  do
    {
      gint64 before = g_get_monotonic_time ();

      code = libssh2_userauth_publickey (loop->session, loop->target->user,
                                         g_bytes_get_data (identity->key, NULL),
                                         g_bytes_get_size (identity->key), sign_cb, &abstract);
      /* What a person took for a passphrase is not the host's delay. */
      deadline += g_get_monotonic_time () - before;
    }
  while (code == LIBSSH2_ERROR_EAGAIN
         && (code = fairlead_ssh_wait_session (loop, deadline, &local_error)) == 0);
  if (code == 0)
    return FAIRLEAD_SSH_ATTEMPT_SIGNED_IN;
  if (identity->problem != NULL)
    return FAIRLEAD_SSH_ATTEMPT_UNUSABLE;
  if (code == LIBSSH2_ERROR_AUTHENTICATION_FAILED)
    return FAIRLEAD_SSH_ATTEMPT_REFUSED;
  return ended (auth, code, g_steal_pointer (&local_error), error);
}

FairleadSshAttempt
fairlead_ssh_attempt_prompts (FairleadSshAuth  *auth,
                              GError          **error)
{
  fairlead_ssh_loop_message (auth->loop, _("The host asks questions, which this build of Fairlead, with "
                                           "an unpatched libssh2, cannot show."));
  return FAIRLEAD_SSH_ATTEMPT_REFUSED;
}

#endif
