/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-private.h"

#include "fairlead-log-model.h"
#include "fairlead-public-key.h"

#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <string.h>

struct _FairleadKey {
  EVP_PKEY *pkey;
  GBytes *public_key;
  char *type;
  char *comment;
};

G_DEFINE_QUARK (fairlead-key-error-quark, fairlead_key_error)

/* Not fairlead_key_get_type(), which is the key's own type. */
GType
fairlead_key_get_gtype (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, g_boxed_type_register_static (g_intern_static_string ("FairleadKey"),
                                                            (GBoxedCopyFunc) fairlead_key_ref,
                                                            (GBoxedFreeFunc) fairlead_key_unref));
  return (GType) once;
}

void
fairlead_key_buffer_clear (FairleadKeyBuffer *self)
{
  if (self->data != NULL)
    OPENSSL_cleanse (self->data, self->length);
  g_free (self->data);
}

FairleadKey *
fairlead_key_new (EVP_PKEY   *pkey,
                  GBytes     *public_key,
                  const char *comment)
{
  FairleadKey *self = g_atomic_rc_box_new0 (FairleadKey);

  EVP_PKEY_up_ref (pkey);
  self->pkey = pkey;
  self->public_key = g_bytes_ref (public_key);
  self->type = fairlead_public_key_get_type (public_key);
  self->comment = fairlead_make_inert (comment, -1);
  return self;
}

/* Only before @self is shown to anybody else. */
void
fairlead_key_set_comment (FairleadKey *self,
                          const char  *comment)
{
  g_free (self->comment);
  self->comment = fairlead_make_inert (comment, -1);
}

/* The handle, which lives as long as @self. */
EVP_PKEY *
fairlead_key_get_pkey (FairleadKey *self)
{
  return self->pkey;
}

FairleadKey *
fairlead_key_ref (FairleadKey *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  FairleadKey *self = data;

  EVP_PKEY_free (self->pkey);
  g_bytes_unref (self->public_key);
  g_free (self->type);
  g_free (self->comment);
}

void
fairlead_key_unref (FairleadKey *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

gboolean
fairlead_key_fail_malformed (GError     **error,
                             const char  *path)
{
  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_MALFORMED,
               _("The key file “%s” is damaged or is not a private key. Choose another file, or "
                 "copy the key once more from where it was made."), path);
  return FALSE;
}

gboolean
fairlead_key_fail_wrong (GError     **error,
                         const char  *path)
{
  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE,
               _("The passphrase does not open the key file “%s”."), path);
  return FALSE;
}

gboolean
fairlead_key_fail_needs (GError     **error,
                         const char  *path)
{
  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE,
               _("The key file “%s” needs a passphrase."), path);
  return FALSE;
}

gboolean
fairlead_key_fail_unsupported (GError     **error,
                               const char  *path,
                               const char  *what)
{
  g_autofree char *shown = g_utf8_make_valid (what, -1);

  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNSUPPORTED,
               _("The key file “%s” cannot be used: it holds or uses %s. Use an Ed25519, ECDSA or "
                 "RSA key, or add this one to the ssh-agent."), path, shown);
  return FALSE;
}

gboolean
fairlead_key_fail_dsa (GError     **error,
                       const char  *path)
{
  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNSUPPORTED,
               _("“%s” is a DSA key. DSA is too weak, and servers have refused it since OpenSSH "
                 "7.0. Make an Ed25519 key and put its public half on the host."), path);
  return FALSE;
}

/**
 * fairlead_key_check_type:
 * @path: the key file's name, for errors
 * @type: the type of its key on the wire
 * @error: %FAIRLEAD_KEY_ERROR_UNSUPPORTED
 *
 * Returns: %FALSE if we cannot sign with such a key, with what to do instead
 */
gboolean
fairlead_key_check_type (const char  *path,
                         const char  *type,
                         GError     **error)
{
  g_autofree char *quoted = NULL;

  if (strcmp (type, "ssh-dss") == 0)
    return fairlead_key_fail_dsa (error, path);
  if (g_str_has_prefix (type, "sk-"))
    {
      quoted = g_shell_quote (path);
      g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNSUPPORTED,
                   _("“%s” belongs to a security key (FIDO), which signs through the ssh-agent "
                     "alone. Plug the security key in and add it: ssh-add %s"), path, quoted);
      return FALSE;
    }
  return TRUE;
}

/**
 * fairlead_key_get_public:
 * @self: a key
 *
 * Returns: (transfer none): its public half as SSH sends it
 */
GBytes *
fairlead_key_get_public (FairleadKey *self)
{
  return self->public_key;
}

/**
 * fairlead_key_get_type:
 * @self: a key
 *
 * Returns: (transfer none): its type on the wire, for example "ssh-rsa"
 */
const char *
fairlead_key_get_type (FairleadKey *self)
{
  return self->type;
}

/**
 * fairlead_key_get_comment:
 * @self: a key
 *
 * Returns: (transfer none): the comment of the file, or of the .pub file beside it; "" if none. Inert:
 *   a line of authorized_keys that it stands in stays one line.
 */
const char *
fairlead_key_get_comment (FairleadKey *self)
{
  return self->comment;
}

/**
 * fairlead_key_sign:
 * @self: a key
 * @algorithm: "ssh-ed25519", "rsa-sha2-256", "rsa-sha2-512" or "ecdsa-sha2-nistp256", "…384",
 *   "…521"; also "ssh-rsa", which is SHA-1 and for old servers that a person has allowed it for
 * @data: (array length=length): what to sign
 * @length: its bytes
 * @error: %FAIRLEAD_KEY_ERROR_UNSUPPORTED if @algorithm is none of this key's type
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the signature as it stands behind the algorithm's name: for
 *   RSA as many bytes as the modulus has (RFC 8332 §3), for Ed25519 64 (RFC 8709 §6), for ECDSA two
 *   mpints (RFC 5656 §3.1.2)
 */
GBytes *
fairlead_key_sign (FairleadKey   *self,
                   const char    *algorithm,
                   const guint8  *data,
                   gsize          length,
                   GError       **error)
{
  GBytes *signature = fairlead_key_evp_sign (self->pkey, self->type, algorithm, data, length);

  if (signature == NULL)
    g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNSUPPORTED,
                 _("A key of type %s cannot sign with %s."), self->type, algorithm);
  return signature;
}
