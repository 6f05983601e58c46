/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-auth.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-log-model.h"
#include "fairlead-public-key.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-identity.h"
#include "fairlead-ssh-wait.h"
#include "fairlead-wire.h"

/* One sign-in: what the callback needs besides the identity. */
typedef struct {
  FairleadSshLoop *loop;
  FairleadSshAgent *agent;
  FairleadSshIdentity *identity;
  GError *error;                   /* why the signature could not be made */
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
  if (!fairlead_ssh_identity_unlock (identity, signing->loop, &signing->error))
    return LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED;
  made = identity->by_agent
         ? fairlead_ssh_agent_sign (signing->agent, identity->key, algorithm, data, length,
                                    &signing->error)
         : fairlead_key_sign (identity->loaded, algorithm, data, length, &signing->error);
  if (made == NULL)
    return LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED;
  /* libssh2 frees it with the session's allocator, which is malloc's. */
  *signature_length = g_bytes_get_size (made);
  *signature = malloc (*signature_length);
  if (*signature == NULL)
    return LIBSSH2_ERROR_ALLOC;
  memcpy (*signature, g_bytes_get_data (made, NULL), *signature_length);
  return 0;
}

/* What the server says to everybody (RFC 4252 §5.4). */
static void
show_banner (FairleadSshLoop *loop)
{
  g_auto (GStrv) lines = NULL;
  char *banner = NULL;

  if (libssh2_userauth_banner (loop->session, &banner) != 0 || banner == NULL)
    return;
  lines = g_strsplit (banner, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*g_strchomp (lines[i]) != '\0')
      fairlead_ssh_loop_message (loop, "%s", lines[i]);
}

/* The methods that the host offers this user; "" when it lets them in without any. */
static char *
list_methods (FairleadSshLoop  *loop,
              GError          **error)
{
  const FairleadTarget *target = loop->target;
  gint64 deadline = fairlead_ssh_deadline (loop);
  g_autoptr (GError) local_error = NULL;
  const char *methods;
  int code = 0;

  while ((methods = libssh2_userauth_list (loop->session, target->user, strlen (target->user))) == NULL)
    {
      code = libssh2_session_last_errno (loop->session);
      if (code != LIBSSH2_ERROR_EAGAIN)
        break;
      code = fairlead_ssh_wait_session (loop, deadline, &local_error);
      if (code != 0)
        break;
    }
  show_banner (loop);
  if (methods != NULL)
    return g_strdup (methods);
  if (libssh2_userauth_authenticated (loop->session))
    return g_strdup ("");
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_propagate_error (error, fairlead_ssh_error_handshake (loop, code));
  return NULL;
}

static gboolean
offers_public_key (FairleadSshLoop  *loop,
                   const char       *methods,
                   GError          **error)
{
  g_auto (GStrv) list = g_strsplit (methods, ",", -1);
  g_autofree char *inert = NULL;

  if (g_strv_contains ((const char * const *) list, "publickey"))
    return TRUE;
  inert = fairlead_make_inert (methods, -1);
  fairlead_set_error (error, FAIRLEAD_ERROR_AUTH,
                      _("“%s” does not let “%s” sign in with a key; it offers: %s."),
                      loop->target->name, loop->target->user, inert);
  fairlead_error_set_hint (error ? *error : NULL,
                           _("Fairlead signs in with keys only. The host's administrator can enable "
                             "PubkeyAuthentication."));
  return FALSE;
}

/* Offers one key. Returns 0 when signed in; LIBSSH2_ERROR_AUTHENTICATION_FAILED when this key is not
 * taken; anything else ends the sign-in, unless @signing has an error, which is this key's alone. */
static int
try_identity (FairleadSshLoop  *loop,
              Signing          *signing,
              GError          **error)
{
  const FairleadTarget *target = loop->target;
  FairleadSshIdentity *identity = signing->identity;
  void *abstract = signing;
  gint64 deadline;
  int code;

  if (identity->key == NULL && !fairlead_ssh_identity_unlock (identity, loop, &signing->error))
    return LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED;
  identity->offered = TRUE;
  deadline = fairlead_ssh_deadline (loop);
  for (;;)
    {
      gint64 before = g_get_monotonic_time ();

      code = libssh2_userauth_publickey (loop->session, target->user,
                                         g_bytes_get_data (identity->key, NULL),
                                         g_bytes_get_size (identity->key), sign_cb, &abstract);
      if (code != LIBSSH2_ERROR_EAGAIN)
        return code;
      /* What a person took for a passphrase is not the host's delay. */
      deadline += g_get_monotonic_time () - before;
      code = fairlead_ssh_wait_session (loop, deadline, error);
      if (code != 0)
        return code;
    }
}

static void
append_fate (GString                   *text,
             const FairleadSshIdentity *identity)
{
  g_autofree char *fingerprint =
    identity->key ? fairlead_fingerprint_sha256 (identity->key) : g_strdup ("");

  g_string_append_printf (text, "%s %s: %s\n", identity->name, fingerprint,
                          identity->problem ? identity->problem->message : _("refused by the host"));
}

static char *
describe_identities (GPtrArray *identities,
                     guint     *n_offered)
{
  GString *text = g_string_new (NULL);

  *n_offered = 0;
  for (guint i = 0; i < identities->len; i++)
    {
      const FairleadSshIdentity *identity = identities->pdata[i];

      append_fate (text, identity);
      if (identity->offered && identity->problem == NULL)
        (*n_offered)++;
    }
  return g_string_free (text, FALSE);
}

static const FairleadSshIdentity *
first_with_problem (GPtrArray *identities)
{
  for (guint i = 0; i < identities->len; i++)
    {
      const FairleadSshIdentity *identity = identities->pdata[i];

      if (identity->problem != NULL)
        return identity;
    }
  return NULL;
}

/* The line that the host's authorized_keys would need. */
static void
set_remedy_to_authorize (const FairleadSshIdentity *identity,
                         GError                    *error)
{
  g_autofree char *type = fairlead_public_key_get_type (identity->key);
  g_autofree char *base64 = fairlead_public_key_to_base64 (identity->key);
  g_autofree char *base = g_path_get_basename (identity->name);
  g_autofree char *line = g_strjoin (" ", type, base64, base, NULL);

  fairlead_error_set_remedy (error, FAIRLEAD_REMEDY_COPY_PUBLIC_KEY, line);
}

static void
set_hint_to_authorize (GPtrArray *identities,
                       GError    *error)
{
  g_autofree char *hint = NULL;

  for (guint i = 0; i < identities->len && hint == NULL; i++)
    {
      const FairleadSshIdentity *identity = identities->pdata[i];
      g_autofree char *base = identity->path ? g_path_get_basename (identity->path) : NULL;

      if (identity->offered && (base != NULL
                                || fairlead_error_get_remedy (error, NULL) == FAIRLEAD_REMEDY_NONE))
        set_remedy_to_authorize (identity, error);
      if (identity->offered && base != NULL)
        hint = g_strdup_printf (_("Add %s.pub to its authorized_keys, or choose the key that is there."),
                                base);
    }
  fairlead_error_set_hint (error, hint ? hint : _("Add one of your public keys to its "
                                                  "authorized_keys."));
}

/* Nobody was let in: why, in the order of what helps most. */
static GError *
all_refused (FairleadSshLoop *loop,
             GPtrArray       *identities)
{
  const FairleadTarget *target = loop->target;
  const FairleadSshIdentity *unusable = first_with_problem (identities);
  guint n_offered;
  g_autofree char *details = describe_identities (identities, &n_offered);
  GError *error;

  if (n_offered == 0 && unusable != NULL)
    {
      if (unusable->problem->domain == FAIRLEAD_ERROR)
        return g_error_copy (unusable->problem);
      error = fairlead_error_new (FAIRLEAD_ERROR_CONFIG, "%s", unusable->problem->message);
    }
  else if (n_offered == 0)
    {
      error = fairlead_error_new (FAIRLEAD_ERROR_AUTH, _("There is no key to sign in to “%s” with."),
                                  target->name);
      fairlead_error_set_hint (error, _("Choose a key file in the connection, or add a key to your "
                                        "ssh-agent."));
    }
  else
    {
      error = fairlead_error_new (FAIRLEAD_ERROR_AUTH,
                                  ngettext ("“%s” refused the key for “%s”.",
                                            "“%1$s” refused all %3$u keys for “%2$s”.", n_offered),
                                  target->name, target->user, n_offered);
      set_hint_to_authorize (identities, error);
    }
  fairlead_error_set_details (error, details);
  return error;
}

static GError *
hung_up (FairleadSshLoop *loop,
         GPtrArray       *identities)
{
  guint n_offered;
  g_autofree char *details = describe_identities (identities, &n_offered);
  GError *error =
    fairlead_error_new (FAIRLEAD_ERROR_AUTH,
                        ngettext ("“%s” hung up after %u key.", "“%s” hung up after %u keys.",
                                  n_offered),
                        loop->target->name, n_offered);

  fairlead_error_set_hint (error, _("It allows only so many tries (MaxAuthTries). Choose the right key "
                                    "in the connection, so that it is offered first."));
  fairlead_error_set_details (error, details);
  return error;
}

/* What becomes of the sign-in after one key. Returns TRUE to try the next. */
static gboolean
is_this_keys_own (FairleadSshLoop *loop,
                  Signing         *signing,
                  int              code)
{
  if (signing->error == NULL)
    return code == LIBSSH2_ERROR_AUTHENTICATION_FAILED;
  if (fairlead_error_is_cancel (signing->error))
    return FALSE;
  fairlead_ssh_loop_message (loop, "%s", signing->error->message);
  signing->identity->problem = g_steal_pointer (&signing->error);
  return TRUE;
}

static gboolean
try_identities (FairleadSshLoop   *loop,
                FairleadSshAgent  *agent,
                GPtrArray         *identities,
                GError           **error)
{
  for (guint i = 0; i < identities->len; i++)
    {
      Signing signing = { .loop = loop, .agent = agent, .identity = identities->pdata[i] };
      g_autoptr (GError) local_error = NULL;
      int code;

      if (signing.identity->problem != NULL)
        {
          fairlead_ssh_loop_message (loop, "%s", signing.identity->problem->message);
          continue;
        }
      code = try_identity (loop, &signing, &local_error);
      if (code == 0)
        {
          fairlead_ssh_loop_message (loop, _("Signed in as “%s” with %s"), loop->target->user,
                                     signing.identity->name);
          return TRUE;
        }
      if (local_error == NULL && is_this_keys_own (loop, &signing, code))
        continue;
      if (signing.error != NULL)
        g_propagate_error (error, g_steal_pointer (&signing.error));
      else if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else if (code == LIBSSH2_ERROR_TIMEOUT)
        g_propagate_error (error, fairlead_ssh_error_handshake (loop, code));
      else
        g_propagate_error (error, hung_up (loop, identities));
      return FALSE;
    }
  g_propagate_error (error, all_refused (loop, identities));
  return FALSE;
}

/**
 * fairlead_ssh_authenticate:
 *
 * Signs in with a key (RFC 4252 §7). The signature is made by our own loader or by the agent, never by
 * libssh2, which sees public keys only; a passphrase is asked for only when the host has said that it
 * would take the key. The I/O thread, after the host key was accepted.
 */
gboolean
fairlead_ssh_authenticate (FairleadSshLoop  *loop,
                           GError          **error)
{
  g_autoptr (FairleadSshAgent) agent = NULL;
  g_autoptr (GPtrArray) identities = NULL;
  g_autofree char *methods = list_methods (loop, error);

  if (methods == NULL)
    return FALSE;
  if (*methods == '\0')
    return TRUE;
  if (!offers_public_key (loop, methods, error))
    return FALSE;
  if (loop->target->identity_agent != NULL)
    {
      g_autoptr (GError) agent_error = NULL;

      agent = fairlead_ssh_agent_open (loop, loop->target->identity_agent, &agent_error);
      if (agent_error != NULL)
        fairlead_ssh_loop_message (loop, "%s", agent_error->message);
    }
  identities = fairlead_ssh_identities_gather (loop, agent, error);
  return identities != NULL && try_identities (loop, agent, identities, error);
}
