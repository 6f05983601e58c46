/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-private.h"

#include <glib/gi18n-lib.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <string.h>

/* How ssh-keygen writes: cipher, KDF and rounds of OpenSSH 9.4 and later, lines of 70. */
#define MAGIC "openssh-key-v1"
#define CIPHER "aes256-ctr"
#define ROUNDS 24
#define SALT_LENGTH 16
#define LINE_LENGTH 70
#define END "-----END OPENSSH PRIVATE KEY-----\n"
#define ED25519_LENGTH 32

static gboolean
append_param (GByteArray *array,
              EVP_PKEY   *pkey,
              const char *name)
{
  g_autoptr (BIGNUM) number = NULL;
  g_auto (FairleadKeyBuffer) bytes = { 0 };

  if (EVP_PKEY_get_bn_param (pkey, name, &number) != 1)
    return FALSE;
  bytes.length = (gsize) BN_num_bytes (number);
  bytes.data = g_malloc (bytes.length + 1);
  BN_bn2bin (number, bytes.data);
  fairlead_wire_append_mpint (array, bytes.data, bytes.length);
  return TRUE;
}

/* PROTOCOL.key and sshkey.c of OpenSSH: the point, then the seed with the point behind it. */
static gboolean
append_ed25519 (GByteArray *array,
                EVP_PKEY   *pkey)
{
  guint8 pair[2 * ED25519_LENGTH];
  gsize length = ED25519_LENGTH, point_length = ED25519_LENGTH;
  gboolean done;

  done = EVP_PKEY_get_raw_private_key (pkey, pair, &length) == 1
         && EVP_PKEY_get_raw_public_key (pkey, pair + ED25519_LENGTH, &point_length) == 1;
  if (done)
    {
      fairlead_wire_append_string (array, pair + ED25519_LENGTH, ED25519_LENGTH);
      fairlead_wire_append_string (array, pair, sizeof pair);
    }
  OPENSSL_cleanse (pair, sizeof pair);
  return done;
}

static gboolean
append_rsa (GByteArray *array,
            EVP_PKEY   *pkey)
{
  return append_param (array, pkey, OSSL_PKEY_PARAM_RSA_N)
         && append_param (array, pkey, OSSL_PKEY_PARAM_RSA_E)
         && append_param (array, pkey, OSSL_PKEY_PARAM_RSA_D)
         && append_param (array, pkey, OSSL_PKEY_PARAM_RSA_COEFFICIENT1)
         && append_param (array, pkey, OSSL_PKEY_PARAM_RSA_FACTOR1)
         && append_param (array, pkey, OSSL_PKEY_PARAM_RSA_FACTOR2);
}

static gboolean
append_ecdsa (GByteArray *array,
              EVP_PKEY   *pkey)
{
  return append_param (array, pkey, OSSL_PKEY_PARAM_PRIV_KEY);
}

/* How the private half of a type begins; @from_public: with what the public half says behind its
 * type. */
static const struct {
  const char *type;
  gboolean from_public;
  gboolean (*append) (GByteArray *array, EVP_PKEY *pkey);
} writers[] = {
  { "ssh-ed25519", FALSE, append_ed25519 },
  { "ssh-rsa", FALSE, append_rsa },
  { "ecdsa-sha2-nistp256", TRUE, append_ecdsa },
  { "ecdsa-sha2-nistp384", TRUE, append_ecdsa },
  { "ecdsa-sha2-nistp521", TRUE, append_ecdsa },
};

/**
 * fairlead_key_append_private:
 * @self: a key
 * @array: to append to; of g_byte_array_sized_new() with %FAIRLEAD_KEY_MAX_PRIVATE bytes and more, so
 *   that it never moves and leaves no copy behind; the caller cleanses it
 *
 * Appends the type and the numbers of both halves, as PROTOCOL.key of OpenSSH has them in a file and
 * draft-ietf-sshm-ssh-agent §3.2 in SSH_AGENTC_ADD_IDENTITY. Any thread.
 *
 * Returns: %FALSE if the key cannot be written so, for example RSA of more than two primes
 */
gboolean
fairlead_key_append_private (FairleadKey *self,
                             GByteArray  *array)
{
  const char *type = fairlead_key_get_type (self);
  FairleadWireReader public_key;
  g_autofree char *stated = NULL;
  guint row = 0;

  while (row < G_N_ELEMENTS (writers) && strcmp (writers[row].type, type) != 0)
    row++;
  if (row == G_N_ELEMENTS (writers))
    return FALSE;
  fairlead_wire_append_text (array, type);
  if (writers[row].from_public)
    {
      fairlead_wire_reader_init_bytes (&public_key, fairlead_key_get_public (self));
      stated = fairlead_wire_dup_string (&public_key);
      g_byte_array_append (array, public_key.data, (guint) public_key.left);
    }
  return writers[row].append (array, fairlead_key_get_pkey (self));
}

/* Checks, type, numbers, comment, padding: what is then encrypted. */
static gboolean
append_secret (FairleadKey *key,
               GByteArray  *array,
               gsize        block)
{
  guint32 check;
  guint8 pad = 1;

  if (RAND_bytes ((guint8 *) &check, sizeof check) != 1)
    return FALSE;
  fairlead_wire_append_u32 (array, check);
  fairlead_wire_append_u32 (array, check);
  if (!fairlead_key_append_private (key, array))
    return FALSE;
  fairlead_wire_append_text (array, fairlead_key_get_comment (key));
  while (array->len % block != 0)
    fairlead_wire_append_u8 (array, pad++);
  return TRUE;
}

/* In a counter mode encrypting is decrypting. */
static gboolean
encrypt (const GByteArray   *plain,
         FairleadSecret     *passphrase,
         const guint8       *salt,
         FairleadKeyBuffer  *encrypted)
{
  return fairlead_key_cipher_decrypt (fairlead_key_cipher_find (CIPHER), passphrase, salt,
                                      SALT_LENGTH, ROUNDS, plain->data, plain->len, encrypted);
}

static gboolean
append_container (FairleadKey    *key,
                  FairleadSecret *passphrase,
                  GByteArray     *secret,
                  GByteArray     *container)
{
  GBytes *public_key = fairlead_key_get_public (key);
  g_autoptr (GByteArray) options = g_byte_array_new ();
  g_auto (FairleadKeyBuffer) encrypted = { 0 };
  guint8 salt[SALT_LENGTH];

  if (!append_secret (key, secret, passphrase != NULL ? 16 : 8)
      || RAND_bytes (salt, sizeof salt) != 1
      || (passphrase != NULL && !encrypt (secret, passphrase, salt, &encrypted)))
    return FALSE;
  if (passphrase != NULL)
    {
      fairlead_wire_append_string (options, salt, sizeof salt);
      fairlead_wire_append_u32 (options, ROUNDS);
    }
  g_byte_array_append (container, (const guint8 *) MAGIC, sizeof MAGIC);
  fairlead_wire_append_text (container, passphrase != NULL ? CIPHER : "none");
  fairlead_wire_append_text (container, passphrase != NULL ? "bcrypt" : "none");
  fairlead_wire_append_string (container, options->data, options->len);
  fairlead_wire_append_u32 (container, 1);
  fairlead_wire_append_string (container, g_bytes_get_data (public_key, NULL),
                               g_bytes_get_size (public_key));
  if (passphrase != NULL)
    fairlead_wire_append_string (container, encrypted.data, encrypted.length);
  else
    fairlead_wire_append_string (container, secret->data, secret->len);
  return TRUE;
}

/* In lines, between BEGIN and END. */
static void
armour (const GByteArray   *container,
        FairleadKeyBuffer  *text)
{
  g_autofree char *base64 = g_base64_encode (container->data, container->len);
  gsize length = strlen (base64);
  char *p;

  text->data = g_malloc (length + length / LINE_LENGTH + 2
                         + strlen (FAIRLEAD_KEY_OPENSSH_BEGIN) + 1 + strlen (END));
  p = g_stpcpy ((char *) text->data, FAIRLEAD_KEY_OPENSSH_BEGIN "\n");
  for (gsize i = 0; i < length; i += LINE_LENGTH)
    {
      gsize n = MIN (length - i, (gsize) LINE_LENGTH);

      memcpy (p, base64 + i, n);
      p += n;
      *p++ = '\n';
    }
  p = g_stpcpy (p, END);
  text->length = (gsize) (p - (char *) text->data);
  OPENSSL_cleanse (base64, length);
}

/* A fault of the memory or of a library shows here, and not when the old key is gone. */
static gboolean
reads_back (FairleadKey             *key,
            FairleadSecret          *passphrase,
            const FairleadKeyBuffer *text)
{
  g_autoptr (FairleadKey) again = fairlead_key_openssh_load ("", (const char *) text->data,
                                                             passphrase, NULL);

  return again != NULL && g_bytes_equal (fairlead_key_get_public (again),
                                         fairlead_key_get_public (key));
}

/**
 * fairlead_key_encode:
 * @key: a key
 * @passphrase: (nullable): what to encrypt it with; %NULL or "" for not at all
 * @text: (out): the text of a file, NUL-terminated, as ssh-keygen(1) writes it
 * @error: %FAIRLEAD_KEY_ERROR_UNSUPPORTED for an RSA key of more than two primes
 *
 * Any thread; with a passphrase it takes about half a second.
 *
 * Returns: %FALSE if the key cannot be written in this form
 */
gboolean
fairlead_key_encode (FairleadKey        *key,
                     FairleadSecret     *passphrase,
                     FairleadKeyBuffer  *text,
                     GError            **error)
{
  gsize room = FAIRLEAD_KEY_MAX_PRIVATE + strlen (fairlead_key_get_comment (key));
  g_autoptr (GByteArray) secret = g_byte_array_sized_new ((guint) room);
  g_autoptr (GByteArray) container = g_byte_array_sized_new ((guint) (2 * room));
  gboolean done;

  if (passphrase != NULL && fairlead_secret_get_length (passphrase) == 0)
    passphrase = NULL;
  done = append_container (key, passphrase, secret, container);
  if (done)
    {
      armour (container, text);
      done = reads_back (key, passphrase, text);
    }
  OPENSSL_cleanse (secret->data, secret->len);
  OPENSSL_cleanse (container->data, container->len);
  ERR_clear_error ();
  if (!done)
    g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNSUPPORTED,
                 _("This key cannot be written in the form of OpenSSH."));
  return done;
}
