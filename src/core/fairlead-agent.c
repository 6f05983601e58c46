/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-agent.h"

#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-key-private.h"
#include "fairlead-log-model.h"
#include "fairlead-wire.h"

/* draft-ietf-sshm-ssh-agent, §5.1, §5.2 and §5.3 */
enum {
  SSH_AGENT_SUCCESS = 6,
  SSH_AGENTC_REQUEST_IDENTITIES = 11,
  SSH_AGENT_IDENTITIES_ANSWER = 12,
  SSH_AGENTC_SIGN_REQUEST = 13,
  SSH_AGENT_SIGN_RESPONSE = 14,
  SSH_AGENTC_ADD_IDENTITY = 17,
  SSH_AGENTC_REMOVE_IDENTITY = 18,
  SSH_AGENTC_ADD_ID_CONSTRAINED = 25,
};
enum {
  SSH_AGENT_RSA_SHA2_256 = 2,
  SSH_AGENT_RSA_SHA2_512 = 4,
};
enum {
  SSH_AGENT_CONSTRAIN_LIFETIME = 1,
  SSH_AGENT_CONSTRAIN_CONFIRM = 2,
};

#define TIMEOUT 10
/* A person may have to touch a key, or to unlock it or to confirm in the agent's own dialog. */
#define SIGN_TIMEOUT 120

/* More than a private key of any kind: so that no copy of it is left where the array was before. */
#define ADD_ROOM (64 * 1024)

G_DEFINE_ABSTRACT_TYPE (FairleadAgent, fairlead_agent, G_TYPE_OBJECT)

static void
fairlead_agent_class_init (FairleadAgentClass *klass)
{
}

static void
fairlead_agent_init (FairleadAgent *self)
{
}

static void
key_free (gpointer data)
{
  FairleadAgentKey *key = data;

  g_bytes_unref (key->key);
  g_free (key->comment);
  g_free (key);
}

/* Returns what follows the type of the answer, when that is the expected one. */
static GBytes *
ask (FairleadAgent     *self,
     const GByteArray  *message,
     guint8             expected,
     guint              seconds,
     GCancellable      *cancellable,
     GError           **error)
{
  g_autoptr (GBytes) answer =
    FAIRLEAD_AGENT_GET_CLASS (self)->exchange (self, message, seconds, cancellable, error);

  if (answer == NULL)
    return NULL;
  if (g_bytes_get_size (answer) == 0
      || *(const guint8 *) g_bytes_get_data (answer, NULL) != expected)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_AUTH, _("The ssh-agent refused the request."));
      return NULL;
    }
  return g_bytes_new_from_bytes (answer, 1, g_bytes_get_size (answer) - 1);
}

/**
 * fairlead_agent_list:
 *
 * Returns: (transfer full) (element-type FairleadAgentKey): what the agent holds
 */
GPtrArray *
fairlead_agent_list (FairleadAgent  *self,
                     GCancellable   *cancellable,
                     GError        **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (key_free);
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autoptr (GBytes) answer = NULL;
  FairleadWireReader reader;
  guint32 n = 0;

  g_return_val_if_fail (FAIRLEAD_IS_AGENT (self), NULL);
  fairlead_wire_append_u8 (message, SSH_AGENTC_REQUEST_IDENTITIES);
  answer = ask (self, message, SSH_AGENT_IDENTITIES_ANSWER, TIMEOUT, cancellable, error);
  if (answer == NULL)
    return NULL;
  fairlead_wire_reader_init_bytes (&reader, answer);
  fairlead_wire_read_u32 (&reader, &n);
  for (guint32 i = 0; i < n; i++)
    {
      FairleadAgentKey *key;
      const guint8 *blob, *comment;
      gsize blob_length, comment_length;

      if (!fairlead_wire_read_string (&reader, &blob, &blob_length)
          || !fairlead_wire_read_string (&reader, &comment, &comment_length))
        break;
      key = g_new0 (FairleadAgentKey, 1);
      key->key = g_bytes_new (blob, blob_length);
      key->comment = fairlead_make_inert ((const char *) comment, comment_length);
      g_ptr_array_add (keys, key);
    }
  return g_steal_pointer (&keys);
}

static void
append_terms (GByteArray               *message,
              const FairleadAgentTerms *terms)
{
  if (terms->lifetime > 0)
    {
      fairlead_wire_append_u8 (message, SSH_AGENT_CONSTRAIN_LIFETIME);
      fairlead_wire_append_u32 (message, terms->lifetime);
    }
  if (terms->confirm)
    fairlead_wire_append_u8 (message, SSH_AGENT_CONSTRAIN_CONFIRM);
}

/**
 * fairlead_agent_add:
 * @comment: what the agent calls it
 * @terms: for how long, and whether it asks
 *
 * Gives a private key to the agent. One that it holds already is taken on the new terms.
 */
gboolean
fairlead_agent_add (FairleadAgent             *self,
                    FairleadKey               *key,
                    const char                *comment,
                    const FairleadAgentTerms  *terms,
                    GCancellable              *cancellable,
                    GError                   **error)
{
  g_autoptr (GByteArray) message = g_byte_array_sized_new (ADD_ROOM);
  gboolean constrained = terms->lifetime > 0 || terms->confirm;
  g_autoptr (GBytes) answer = NULL;

  g_return_val_if_fail (FAIRLEAD_IS_AGENT (self), FALSE);
  fairlead_wire_append_u8 (message, constrained ? SSH_AGENTC_ADD_ID_CONSTRAINED
                                                : SSH_AGENTC_ADD_IDENTITY);
  if (fairlead_key_append_private (key, message))
    {
      fairlead_wire_append_text (message, comment);
      append_terms (message, terms);
      answer = ask (self, message, SSH_AGENT_SUCCESS, TIMEOUT, cancellable, error);
    }
  else
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                        _("A key of type %s cannot be given to the ssh-agent."),
                        fairlead_key_get_type (key));
  OPENSSL_cleanse (message->data, message->len);
  return answer != NULL;
}

/**
 * fairlead_agent_remove:
 * @key: one of those that fairlead_agent_list() gave
 *
 * Makes the agent forget a key.
 */
gboolean
fairlead_agent_remove (FairleadAgent  *self,
                       GBytes         *key,
                       GCancellable   *cancellable,
                       GError        **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autoptr (GBytes) answer = NULL;

  g_return_val_if_fail (FAIRLEAD_IS_AGENT (self), FALSE);
  fairlead_wire_append_u8 (message, SSH_AGENTC_REMOVE_IDENTITY);
  fairlead_wire_append_string (message, g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  answer = ask (self, message, SSH_AGENT_SUCCESS, TIMEOUT, cancellable, error);
  return answer != NULL;
}

static guint32
flags_of (const char *algorithm)
{
  if (g_str_equal (algorithm, "rsa-sha2-256"))
    return SSH_AGENT_RSA_SHA2_256;
  return g_str_equal (algorithm, "rsa-sha2-512") ? SSH_AGENT_RSA_SHA2_512 : 0;
}

/* Is it a signature by that algorithm? */
static gboolean
is_signature (const guint8 *blob,
              gsize         length,
              const char   *algorithm)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT (blob, length);
  const guint8 *name;
  gsize name_length;

  return fairlead_wire_read_string (&reader, &name, &name_length)
         && name_length == strlen (algorithm) && memcmp (name, algorithm, name_length) == 0;
}

/**
 * fairlead_agent_sign:
 * @key: one of those that the agent holds
 * @algorithm: the signature algorithm (RFC 8332 for RSA)
 *
 * Waits as long as a person may take to touch a key or to confirm.
 *
 * Returns: (transfer full) (nullable): the signature with its algorithm in front, as the agent gave it:
 *   that of a FIDO key has more behind it (PROTOCOL.u2f of OpenSSH)
 */
GBytes *
fairlead_agent_sign (FairleadAgent  *self,
                     GBytes         *key,
                     const char     *algorithm,
                     const guint8   *data,
                     gsize           length,
                     GCancellable   *cancellable,
                     GError        **error)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autoptr (GBytes) answer = NULL;
  FairleadWireReader reader;
  const guint8 *blob;
  gsize blob_length;

  g_return_val_if_fail (FAIRLEAD_IS_AGENT (self), NULL);
  fairlead_wire_append_u8 (message, SSH_AGENTC_SIGN_REQUEST);
  fairlead_wire_append_string (message, g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  fairlead_wire_append_string (message, data, length);
  fairlead_wire_append_u32 (message, flags_of (algorithm));
  answer = ask (self, message, SSH_AGENT_SIGN_RESPONSE, SIGN_TIMEOUT, cancellable, error);
  if (answer == NULL)
    return NULL;
  fairlead_wire_reader_init_bytes (&reader, answer);
  if (fairlead_wire_read_string (&reader, &blob, &blob_length)
      && is_signature (blob, blob_length, algorithm))
    return g_bytes_new (blob, blob_length);
  fairlead_set_error (error, FAIRLEAD_ERROR_AUTH, _("The ssh-agent cannot sign with %s."), algorithm);
  return NULL;
}
