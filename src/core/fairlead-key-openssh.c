/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-private.h"

#include "fairlead-public-key.h"
#include "fairlead-wire.h"

#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <string.h>

/* The form that ssh-keygen writes: OpenSSH's PROTOCOL.key. */
#define END "-----END OPENSSH PRIVATE KEY-----"
#define MAGIC "openssh-key-v1"
/* ssh-keygen -a; the default is 16, and this many take some minutes. */
#define MAX_ROUNDS 16384

/* The parts of the file; all but the strings are borrowed from its bytes. */
typedef struct {
  char *cipher;
  char *kdf;
  const guint8 *kdf_options;
  gsize kdf_options_length;
  const guint8 *public_key;
  gsize public_key_length;
  const guint8 *secret;
  gsize secret_length;
  const guint8 *rest;
  gsize rest_length;
} Container;

static void
container_clear (Container *self)
{
  g_free (self->cipher);
  g_free (self->kdf);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Container, container_clear)

/**
 * fairlead_key_openssh_decode:
 * @text: a file's text, with %FAIRLEAD_KEY_OPENSSH_BEGIN in it
 * @container: (out): the decoded bytes
 *
 * Returns: %FALSE if it has no end or is not base64
 */
gboolean
fairlead_key_openssh_decode (const char        *text,
                             FairleadKeyBuffer *container)
{
  const char *begin = strstr (text, FAIRLEAD_KEY_OPENSSH_BEGIN);
  const char *end;
  int state = 0;
  guint save = 0;

  if (begin == NULL)
    return FALSE;
  /* Not before: the dashes of the first line may be those of the last one, too. */
  begin += strlen (FAIRLEAD_KEY_OPENSSH_BEGIN);
  end = strstr (begin, END);
  if (end == NULL)
    return FALSE;
  for (const char *p = begin; p < end; p++)
    if (!g_ascii_isalnum (*p) && strchr ("+/= \t\r\n", *p) == NULL)
      return FALSE;
  container->data = g_malloc ((gsize) (end - begin) + 4);
  container->length = g_base64_decode_step (begin, (gsize) (end - begin), container->data, &state,
                                            &save);
  OPENSSL_cleanse (&save, sizeof save);
  return TRUE;
}

static gboolean
parse_container (const FairleadKeyBuffer *bytes,
                 Container               *container)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT (bytes->data, bytes->length);
  const guint8 *magic;
  guint32 n_keys;

  if (!fairlead_wire_read_data (&reader, sizeof MAGIC, &magic)
      || memcmp (magic, MAGIC, sizeof MAGIC) != 0
      || (container->cipher = fairlead_wire_dup_string (&reader)) == NULL
      || (container->kdf = fairlead_wire_dup_string (&reader)) == NULL
      || !fairlead_wire_read_string (&reader, &container->kdf_options,
                                     &container->kdf_options_length)
      || !fairlead_wire_read_u32 (&reader, &n_keys) || n_keys != 1
      || !fairlead_wire_read_string (&reader, &container->public_key,
                                     &container->public_key_length)
      || !fairlead_wire_read_string (&reader, &container->secret, &container->secret_length))
    return FALSE;
  container->rest = reader.data;
  container->rest_length = reader.left;
  return TRUE;
}

static gboolean
is_encrypted (const Container *container)
{
  return strcmp (container->cipher, "none") != 0;
}

static gboolean
decrypt (const char         *path,
         const Container    *container,
         FairleadSecret     *passphrase,
         FairleadKeyBuffer  *plain,
         GError            **error)
{
  const FairleadKeyCipher *cipher = fairlead_key_cipher_find (container->cipher);
  FairleadWireReader options = FAIRLEAD_WIRE_READER_INIT (container->kdf_options,
                                                          container->kdf_options_length);
  const guint8 *salt;
  gsize salt_length;
  guint32 rounds;

  if (cipher == NULL)
    return fairlead_key_fail_unsupported (error, path, container->cipher);
  if (strcmp (container->kdf, "bcrypt") != 0)
    return fairlead_key_fail_unsupported (error, path, container->kdf);
  if (!fairlead_wire_read_string (&options, &salt, &salt_length) || salt_length == 0
      || !fairlead_wire_read_u32 (&options, &rounds) || rounds == 0
      || container->secret_length % fairlead_key_cipher_get_block (cipher) != 0
      || container->rest_length != fairlead_key_cipher_get_tag (cipher))
    return fairlead_key_fail_malformed (error, path);
  if (rounds > MAX_ROUNDS)
    return fairlead_key_fail_unsupported (error, path, _("a key derivation that would take hours"));
  if (passphrase == NULL)
    return fairlead_key_fail_needs (error, path);
  if (!fairlead_key_cipher_decrypt (cipher, passphrase, salt, salt_length, rounds,
                                    container->secret, container->secret_length, plain))
    return fairlead_key_fail_wrong (error, path);
  return TRUE;
}

static EVP_PKEY *
read_ed25519 (const char         *type,
              FairleadWireReader *reader)
{
  const guint8 *point, *secret;
  gsize point_length, secret_length;

  if (!fairlead_wire_read_string (reader, &point, &point_length) || point_length != 32
      || !fairlead_wire_read_string (reader, &secret, &secret_length) || secret_length != 64
      || memcmp (secret + 32, point, 32) != 0)
    return NULL;
  return fairlead_key_evp_new_ed25519 (secret);
}

static EVP_PKEY *
read_rsa (const char         *type,
          FairleadWireReader *reader)
{
  g_autoptr (BIGNUM) n = fairlead_key_read_number (reader);
  g_autoptr (BIGNUM) e = n != NULL ? fairlead_key_read_number (reader) : NULL;
  g_autoptr (BIGNUM) d = e != NULL ? fairlead_key_read_number (reader) : NULL;
  g_autoptr (BIGNUM) iqmp = d != NULL ? fairlead_key_read_number (reader) : NULL;
  g_autoptr (BIGNUM) p = iqmp != NULL ? fairlead_key_read_number (reader) : NULL;
  g_autoptr (BIGNUM) q = p != NULL ? fairlead_key_read_number (reader) : NULL;

  return q != NULL ? fairlead_key_evp_new_rsa (n, e, d, iqmp, p, q) : NULL;
}

static EVP_PKEY *
read_ecdsa (const char         *type,
            FairleadWireReader *reader)
{
  g_autoptr (BIGNUM) secret = NULL;
  const guint8 *curve, *point;
  gsize curve_length, point_length;

  if (!fairlead_wire_read_string (reader, &curve, &curve_length)
      || !fairlead_wire_read_string (reader, &point, &point_length)
      || (secret = fairlead_key_read_number (reader)) == NULL)
    return NULL;
  return fairlead_key_evp_new_ecdsa (type, point, point_length, secret);
}

static const struct {
  const char *type;
  EVP_PKEY *(*read) (const char *type, FairleadWireReader *);
} readers[] = {
  { "ssh-ed25519", read_ed25519 },
  { "ssh-rsa", read_rsa },
  { "ecdsa-sha2-nistp256", read_ecdsa },
  { "ecdsa-sha2-nistp384", read_ecdsa },
  { "ecdsa-sha2-nistp521", read_ecdsa },
};

/* Behind the comment stand 1, 2, 3 … up to a multiple of the block. */
static gboolean
is_padding (const FairleadWireReader *reader)
{
  for (gsize i = 0; i < reader->left; i++)
    if (reader->data[i] != (guint8) (i + 1))
      return FALSE;
  return TRUE;
}

/* The same number twice, by which a wrong passphrase shows. */
static gboolean
read_checks (FairleadWireReader *reader)
{
  guint32 first, second;

  return fairlead_wire_read_u32 (reader, &first) && fairlead_wire_read_u32 (reader, &second)
         && first == second;
}

/* What the public half in front tells before anybody is asked for a passphrase. OpenSSH reads no RSA
 * key below 1024 bits, so its blob would not pass as a public key: say why. */
static gboolean
check_public (const char       *path,
              const Container  *container,
              GError          **error)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT (container->public_key,
                                                         container->public_key_length);
  g_autofree char *type = fairlead_wire_dup_string (&reader);
  const guint8 *number;
  gsize length;

  if (g_strcmp0 (type, "ssh-rsa") == 0 && fairlead_wire_read_mpint (&reader, &number, &length)
      && fairlead_wire_read_mpint (&reader, &number, &length) && length > 0
      && (length - 1) * 8 + g_bit_storage (number[0]) < FAIRLEAD_KEY_MIN_RSA_BITS)
    return fairlead_key_fail_unsupported (error, path, _("an RSA key of less than 1024 bits"));
  return TRUE;
}

/* The same, where it is to sign. */
static gboolean
check_signs (const char       *path,
             const Container  *container,
             GError          **error)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT (container->public_key,
                                                         container->public_key_length);
  g_autofree char *type = fairlead_wire_dup_string (&reader);

  return check_public (path, container, error)
         && (type == NULL || fairlead_key_check_type (path, type, error));
}

/* The decrypted part: checks, type, numbers, comment, padding. */
static FairleadKey *
read_key (const char               *path,
          const Container          *container,
          const FairleadKeyBuffer  *plain,
          GError                  **error)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT (plain->data, plain->length);
  g_autofree char *type = NULL;
  g_autofree char *comment = NULL;
  g_autoptr (EVP_PKEY) pkey = NULL;
  g_autoptr (GBytes) stated = g_bytes_new (container->public_key, container->public_key_length);
  g_autoptr (GBytes) public_key = NULL;
  guint row = 0;

  if (!read_checks (&reader))
    {
      if (is_encrypted (container))
        fairlead_key_fail_wrong (error, path);
      else
        fairlead_key_fail_malformed (error, path);
      return NULL;
    }
  type = fairlead_wire_dup_string (&reader);
  while (row < G_N_ELEMENTS (readers) && g_strcmp0 (readers[row].type, type) != 0)
    row++;
  if (type != NULL && row == G_N_ELEMENTS (readers))
    {
      fairlead_key_fail_unsupported (error, path, type);
      return NULL;
    }
  if (type != NULL)
    pkey = readers[row].read (type, &reader);
  if (pkey != NULL)
    public_key = fairlead_key_evp_get_public (pkey);
  if (public_key == NULL || !g_bytes_equal (public_key, stated)
      || (comment = fairlead_wire_dup_string (&reader)) == NULL || !is_padding (&reader)
      || !fairlead_key_evp_is_whole (pkey))
    {
      ERR_clear_error ();
      fairlead_key_fail_malformed (error, path);
      return NULL;
    }
  return fairlead_key_new (pkey, public_key, comment);
}

/**
 * fairlead_key_openssh_load:
 * @path: the file's name, for errors
 * @text: its text
 * @passphrase: (nullable): the passphrase
 * @error: a %FAIRLEAD_KEY_ERROR
 *
 * Any thread; an encrypted key takes 0.1 s and more, on purpose.
 *
 * Returns: (transfer full) (nullable): the key
 */
FairleadKey *
fairlead_key_openssh_load (const char      *path,
                           const char      *text,
                           FairleadSecret  *passphrase,
                           GError         **error)
{
  g_auto (FairleadKeyBuffer) bytes = { 0 };
  g_auto (FairleadKeyBuffer) decrypted = { 0 };
  g_auto (Container) container = { 0 };

  if (!fairlead_key_openssh_decode (text, &bytes) || !parse_container (&bytes, &container))
    {
      fairlead_key_fail_malformed (error, path);
      return NULL;
    }
  if (!check_signs (path, &container, error))
    return NULL;
  if (is_encrypted (&container))
    return decrypt (path, &container, passphrase, &decrypted, error)
           ? read_key (path, &container, &decrypted, error) : NULL;

  decrypted.data = g_memdup2 (container.secret, container.secret_length);
  decrypted.length = container.secret_length;
  return read_key (path, &container, &decrypted, error);
}

/**
 * fairlead_key_openssh_peek:
 * @path: the file's name, for errors
 * @text: its text
 * @peek: (out): the public half, which stands in front, not encrypted
 * @error: a %FAIRLEAD_KEY_ERROR
 */
gboolean
fairlead_key_openssh_peek (const char       *path,
                           const char       *text,
                           FairleadKeyPeek  *peek,
                           GError          **error)
{
  g_auto (FairleadKeyBuffer) bytes = { 0 };
  g_auto (Container) container = { 0 };
  FairleadPublicKeyInfo info;

  if (!fairlead_key_openssh_decode (text, &bytes) || !parse_container (&bytes, &container))
    return fairlead_key_fail_malformed (error, path);
  if (!check_public (path, &container, error))
    return FALSE;
  if (!fairlead_public_key_inspect (container.public_key, container.public_key_length, &info))
    return fairlead_key_fail_malformed (error, path);
  peek->encrypted = is_encrypted (&container);
  peek->public_key = g_bytes_new (container.public_key, container.public_key_length);
  return TRUE;
}
