/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-key.h"
#include "fairlead-openssl.h"
#include "fairlead-wire.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "keygen.h"

/* The types of keys, and OpenSSL as the oracle of what was signed with one. */

static inline GBytes *
read_public (const char *path)
{
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);

  return keygen_read_public (public_path);
}

static inline FairleadSecret *
secret (const char *text)
{
  return text != NULL && *text != '\0' ? fairlead_secret_new (text) : NULL;
}

/* The public key in OpenSSL's hands, read by ssh-keygen -e and not by our parser. */
static inline EVP_PKEY *
oracle_public (const char *path)
{
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_autoptr (GBytes) blob = keygen_read_public (public_path);
  g_autofree char *pem = NULL;
  g_autoptr (BIO) bio = NULL;
  EVP_PKEY *pkey;
  gsize length;
  const guint8 *data = g_bytes_get_data (blob, &length);

  /* ssh-keygen has no PKCS8 form for Ed25519; its key is the last 32 bytes (RFC 8709 §4). */
  if (length == 51)
    return EVP_PKEY_new_raw_public_key_ex (NULL, "ED25519", NULL, data + 19, 32);
  pem = keygen_run (NULL, KEYGEN_ARGV ("-e", "-m", "PKCS8", "-f", public_path));
  bio = BIO_new_mem_buf (pem, -1);
  pkey = PEM_read_bio_PUBKEY (bio, NULL, NULL, NULL);
  g_assert_nonnull (pkey);
  return pkey;
}

/* From RFC 5656 §3.1.2 back to what OpenSSL verifies. */
static inline GBytes *
ecdsa_to_der (GBytes *signature)
{
  g_autoptr (ECDSA_SIG) sig = ECDSA_SIG_new ();
  FairleadWireReader reader;
  const guint8 *r, *s;
  gsize r_length, s_length;
  guint8 *der = NULL;
  GBytes *bytes;
  int length;

  fairlead_wire_reader_init_bytes (&reader, signature);
  g_assert_true (fairlead_wire_read_mpint (&reader, &r, &r_length));
  g_assert_true (fairlead_wire_read_mpint (&reader, &s, &s_length));
  g_assert_cmpuint (reader.left, ==, 0);
  g_assert_cmpint (ECDSA_SIG_set0 (sig, BN_bin2bn (r, (int) r_length, NULL),
                                   BN_bin2bn (s, (int) s_length, NULL)), ==, 1);
  length = i2d_ECDSA_SIG (sig, &der);
  g_assert_cmpint (length, >, 0);
  bytes = g_bytes_new (der, (gsize) length);
  OPENSSL_free (der);
  return bytes;
}

static inline gboolean
verifies (EVP_PKEY   *pkey,
          const char *digest,
          GBytes     *signature,
          const char *data)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  g_autoptr (GBytes) der = EVP_PKEY_is_a (pkey, "EC") ? ecdsa_to_der (signature)
                                                      : g_bytes_ref (signature);
  gboolean valid;

  g_assert_cmpint (EVP_DigestVerifyInit_ex (context, NULL, digest, NULL, NULL, pkey, NULL), ==, 1);
  valid = EVP_DigestVerify (context, g_bytes_get_data (der, NULL), g_bytes_get_size (der),
                            (const guint8 *) data, strlen (data)) == 1;
  ERR_clear_error ();
  return valid;
}

typedef struct {
  const char *algorithm;
  const char *digest;
  gsize length;
} Algorithm;

typedef struct {
  const char *type;
  const char *bits;
  const char *wire_type;
  Algorithm algorithms[2];
} KeyType;

static const KeyType key_types[] = {
  { "ed25519", "256", "ssh-ed25519", { { "ssh-ed25519", NULL, 64 } } },
  { "ecdsa", "256", "ecdsa-sha2-nistp256", { { "ecdsa-sha2-nistp256", "SHA256" } } },
  { "ecdsa", "384", "ecdsa-sha2-nistp384", { { "ecdsa-sha2-nistp384", "SHA384" } } },
  { "ecdsa", "521", "ecdsa-sha2-nistp521", { { "ecdsa-sha2-nistp521", "SHA512" } } },
  { "rsa", "2048", "ssh-rsa",
    { { "rsa-sha2-256", "SHA256", 256 }, { "rsa-sha2-512", "SHA512", 256 } } },
  { "rsa", "4096", "ssh-rsa",
    { { "rsa-sha2-256", "SHA256", 512 }, { "rsa-sha2-512", "SHA512", 512 } } },
};

static inline void
check_signatures (FairleadKey   *key,
                  const KeyType *type,
                  EVP_PKEY      *oracle)
{
  for (guint i = 0; i < G_N_ELEMENTS (type->algorithms); i++)
    {
      const Algorithm *algorithm = &type->algorithms[i];
      g_autoptr (GBytes) signature = NULL;
      g_autoptr (GError) error = NULL;

      if (algorithm->algorithm == NULL)
        continue;
      signature = fairlead_key_sign (key, algorithm->algorithm, (const guint8 *) "data", 4, &error);
      g_assert_no_error (error);
      if (algorithm->length > 0)
        g_assert_cmpuint (g_bytes_get_size (signature), ==, algorithm->length);
      g_assert_true (verifies (oracle, algorithm->digest, signature, "data"));
      g_assert_false (verifies (oracle, algorithm->digest, signature, "Data"));
    }
}
