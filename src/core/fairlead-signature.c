/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-signature.h"

#include "fairlead-openssl.h"
#include "fairlead-public-key.h"
#include "fairlead-wire.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/sha.h>
#include <string.h>

typedef struct _Algorithm Algorithm;

/* A public key in parts: what follows its type on the wire. */
typedef EVP_PKEY *(*ReadKey) (const Algorithm    *algorithm,
                              FairleadWireReader *reader);
/* The signature as OpenSSL takes it, from what stands on the wire. */
typedef GBytes *(*ReadSignature) (FairleadWireReader *reader);

struct _Algorithm {
  const char *name;
  const char *key_type;
  const char *digest;
  const char *group;
  ReadKey read_key;
  ReadSignature read_signature;
  gboolean security_key;
};

static EVP_PKEY *
new_public (const char     *name,
            OSSL_PARAM_BLD *builder)
{
  g_autoptr (EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name (NULL, name, NULL);
  g_autoptr (OSSL_PARAM) params = OSSL_PARAM_BLD_to_param (builder);
  EVP_PKEY *pkey = NULL;

  if (context == NULL || params == NULL || EVP_PKEY_fromdata_init (context) != 1
      || EVP_PKEY_fromdata (context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
    return NULL;
  return pkey;
}

/* RFC 8709 §4. */
static EVP_PKEY *
read_ed25519 (const Algorithm    *algorithm G_GNUC_UNUSED,
              FairleadWireReader *reader)
{
  const guint8 *point;
  gsize length;

  if (!fairlead_wire_read_string (reader, &point, &length))
    return NULL;
  return EVP_PKEY_new_raw_public_key_ex (NULL, "ED25519", NULL, point, length);
}

/* RFC 5656 §3.1; OpenSSL refuses a point that is not on the curve. */
static EVP_PKEY *
read_ecdsa (const Algorithm    *algorithm,
            FairleadWireReader *reader)
{
  g_autoptr (OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new ();
  const guint8 *curve, *point;
  gsize curve_length, length;

  if (!fairlead_wire_read_string (reader, &curve, &curve_length)
      || !fairlead_wire_read_string (reader, &point, &length)
      || OSSL_PARAM_BLD_push_utf8_string (builder, OSSL_PKEY_PARAM_GROUP_NAME, algorithm->group, 0) != 1
      || OSSL_PARAM_BLD_push_octet_string (builder, OSSL_PKEY_PARAM_PUB_KEY, point, length) != 1)
    return NULL;
  return new_public ("EC", builder);
}

/* RFC 4253 §6.6. */
static EVP_PKEY *
read_rsa (const Algorithm    *algorithm G_GNUC_UNUSED,
          FairleadWireReader *reader)
{
  g_autoptr (OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new ();
  g_autoptr (BIGNUM) exponent = NULL;
  g_autoptr (BIGNUM) modulus = NULL;
  const guint8 *e, *n;
  gsize e_length, n_length;

  if (!fairlead_wire_read_mpint (reader, &e, &e_length)
      || !fairlead_wire_read_mpint (reader, &n, &n_length))
    return NULL;
  exponent = BN_bin2bn (e, (int) e_length, NULL);
  modulus = BN_bin2bn (n, (int) n_length, NULL);
  if (OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_N, modulus) != 1
      || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_E, exponent) != 1)
    return NULL;
  return new_public ("RSA", builder);
}

static GBytes *
read_plain (FairleadWireReader *reader)
{
  return g_bytes_new (reader->data, reader->left);
}

/* SSH has two mpints (RFC 5656 §3.1.2), OpenSSL wants them in DER. */
static GBytes *
read_two_numbers (FairleadWireReader *reader)
{
  g_autoptr (ECDSA_SIG) signature = ECDSA_SIG_new ();
  BIGNUM *numbers[2] = { NULL, NULL };
  guint8 *der = NULL;
  GBytes *bytes = NULL;
  int size;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      const guint8 *data;
      gsize length;

      if (fairlead_wire_read_mpint (reader, &data, &length) && length <= SHA512_DIGEST_LENGTH * 2)
        numbers[i] = BN_bin2bn (data, (int) length, NULL);
    }
  if (numbers[0] == NULL || numbers[1] == NULL || reader->left != 0)
    {
      BN_free (numbers[0]);
      BN_free (numbers[1]);
      return NULL;
    }
  ECDSA_SIG_set0 (signature, numbers[0], numbers[1]);
  size = i2d_ECDSA_SIG (signature, &der);
  if (size > 0)
    bytes = g_bytes_new (der, (gsize) size);
  OPENSSL_free (der);
  return bytes;
}

/* No SHA-1: an authority that still signs with ssh-rsa is refused by ssh(1) too, since 8.2. */
static const Algorithm algorithms[] = {
  { "ssh-ed25519", "ssh-ed25519", NULL, NULL, read_ed25519, read_plain },
  { "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", "SHA256", "P-256", read_ecdsa, read_two_numbers },
  { "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", "SHA384", "P-384", read_ecdsa, read_two_numbers },
  { "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", "SHA512", "P-521", read_ecdsa, read_two_numbers },
  { "rsa-sha2-512", "ssh-rsa", "SHA512", NULL, read_rsa, read_plain },
  { "rsa-sha2-256", "ssh-rsa", "SHA256", NULL, read_rsa, read_plain },
  { "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com", NULL, NULL, read_ed25519, read_plain,
    TRUE },
  { "sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", "SHA256", "P-256",
    read_ecdsa, read_two_numbers, TRUE },
};

static const Algorithm *
find_algorithm (const char *name,
                const char *key_type)
{
  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (strcmp (algorithms[i].name, name) == 0 && strcmp (algorithms[i].key_type, key_type) == 0)
      return &algorithms[i];
  return NULL;
}

static void
append_sha256 (GByteArray   *array,
               const guint8 *data,
               gsize         length)
{
  guint8 digest[SHA256_DIGEST_LENGTH];

  SHA256 (data, length, digest);
  g_byte_array_append (array, digest, sizeof digest);
}

/* What a security key signs in place of the data: the application, flags and counter of @reader,
 * the data (OpenSSH PROTOCOL.u2f, "SSH U2F Signatures"). */
static GBytes *
wrap_security_key (FairleadWireReader *key,
                   FairleadWireReader *reader,
                   const guint8       *data,
                   gsize               length)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  const guint8 *application;
  gsize application_length;
  guint32 counter;
  guint8 flags;

  if (!fairlead_wire_read_string (key, &application, &application_length)
      || !fairlead_wire_read_u8 (reader, &flags) || !fairlead_wire_read_u32 (reader, &counter))
    return NULL;
  append_sha256 (array, application, application_length);
  fairlead_wire_append_u8 (array, flags);
  fairlead_wire_append_u32 (array, counter);
  append_sha256 (array, data, length);
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}

static gboolean
verify (const Algorithm *algorithm,
        EVP_PKEY        *pkey,
        GBytes          *signature,
        GBytes          *data)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();

  return EVP_DigestVerifyInit_ex (context, NULL, algorithm->digest, NULL, NULL, pkey, NULL) == 1
         && EVP_DigestVerify (context, g_bytes_get_data (signature, NULL),
                              g_bytes_get_size (signature), g_bytes_get_data (data, NULL),
                              g_bytes_get_size (data)) == 1;
}

/**
 * fairlead_signature_get_algorithm:
 * @signature: (array length=length): a signature as SSH sends it
 * @length: its bytes
 *
 * Returns: (transfer full) (nullable): the algorithm that it names, known to us or not
 */
char *
fairlead_signature_get_algorithm (const guint8 *signature,
                                  gsize         length)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT (signature, length);

  return fairlead_wire_dup_string (&reader);
}

/**
 * fairlead_signature_verify:
 * @key: a plain public key
 * @signature: (array length=signature_length): a signature as SSH sends it: the name of the
 *   algorithm, then the signature proper (RFC 4253 §6.6)
 * @signature_length: its bytes
 * @data: (array length=length): what was signed
 * @length: its bytes
 *
 * Any thread. Knows Ed25519, ECDSA, RSA with SHA-2 and the security keys; not SHA-1, not DSA.
 *
 * Returns: whether @key signed just this
 */
gboolean
fairlead_signature_verify (GBytes       *key,
                           const guint8 *signature,
                           gsize         signature_length,
                           const guint8 *data,
                           gsize         length)
{
  FairleadWireReader key_reader, reader = FAIRLEAD_WIRE_READER_INIT (signature, signature_length);
  FairleadWireReader proper;
  FairleadPublicKeyInfo info;
  g_autofree char *name = fairlead_wire_dup_string (&reader);
  g_autoptr (EVP_PKEY) pkey = NULL;
  g_autoptr (GBytes) signed_data = NULL;
  g_autoptr (GBytes) foreign = NULL;
  const Algorithm *algorithm;
  const guint8 *text, *type;
  gsize text_length, type_length;
  gboolean good;

  if (name == NULL || !fairlead_wire_read_string (&reader, &text, &text_length)
      || !fairlead_public_key_inspect (g_bytes_get_data (key, NULL), g_bytes_get_size (key), &info))
    return FALSE;
  algorithm = find_algorithm (name, info.type);
  if (algorithm == NULL)
    return FALSE;
  fairlead_wire_reader_init_bytes (&key_reader, key);
  fairlead_wire_read_string (&key_reader, &type, &type_length);
  proper = (FairleadWireReader) FAIRLEAD_WIRE_READER_INIT (text, text_length);

  pkey = algorithm->read_key (algorithm, &key_reader);
  foreign = algorithm->read_signature (&proper);
  signed_data = algorithm->security_key ? wrap_security_key (&key_reader, &reader, data, length)
                                        : g_bytes_new_static (data, length);
  good = pkey != NULL && foreign != NULL && signed_data != NULL && reader.left == 0
         && verify (algorithm, pkey, foreign, signed_data);
  ERR_clear_error ();
  return good;
}
