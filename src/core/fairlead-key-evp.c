/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-private.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <string.h>

#define ED25519_LENGTH 32
#define MAX_COORDINATE 66

typedef struct {
  const char *type;
  const char *ssh_curve;
  const char *group;
  int nid;
  gsize coordinate_length;
} Curve;

/* RFC 5656 §10.1: the three curves that SSH requires. */
static const Curve curves[] = {
  { "ecdsa-sha2-nistp256", "nistp256", "P-256", NID_X9_62_prime256v1, 32 },
  { "ecdsa-sha2-nistp384", "nistp384", "P-384", NID_secp384r1, 48 },
  { "ecdsa-sha2-nistp521", "nistp521", "P-521", NID_secp521r1, MAX_COORDINATE },
};

/* Which hash each signature algorithm has (RFC 5656 §6.2.1, RFC 8332 §3, RFC 8709 §6). SHA-1 only
 * under its own name, which is used where the configuration asks for it (RFC 4253 §6.6). */
static const struct {
  const char *algorithm;
  const char *type;
  const char *digest;
} algorithms[] = {
  { "ssh-ed25519", "ssh-ed25519", NULL },
  { "rsa-sha2-256", "ssh-rsa", "SHA256" },
  { "rsa-sha2-512", "ssh-rsa", "SHA512" },
  { "ssh-rsa", "ssh-rsa", "SHA1" },
  { "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", "SHA256" },
  { "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", "SHA384" },
  { "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", "SHA512" },
};

EVP_PKEY *
fairlead_key_evp_new_ed25519 (const guint8 *seed)
{
  return EVP_PKEY_new_raw_private_key_ex (NULL, "ED25519", NULL, seed, ED25519_LENGTH);
}

/**
 * fairlead_key_read_number:
 * @reader: where a secret number is read from
 *
 * Returns: (transfer full) (nullable): a number above 0, of no more bits than an RSA key may have
 */
BIGNUM *
fairlead_key_read_number (FairleadWireReader *reader)
{
  const guint8 *data;
  gsize length;
  BIGNUM *number;

  if (!fairlead_wire_read_mpint (reader, &data, &length) || length == 0
      || length > FAIRLEAD_KEY_MAX_RSA_BITS / 8)
    return NULL;
  number = BN_secure_new ();
  return BN_bin2bn (data, (int) length, number);
}

static EVP_PKEY *
new_from_params (const char     *name,
                 OSSL_PARAM_BLD *builder)
{
  g_autoptr (EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name (NULL, name, NULL);
  g_autoptr (OSSL_PARAM) params = OSSL_PARAM_BLD_to_param (builder);
  EVP_PKEY *pkey = NULL;

  if (context == NULL || params == NULL || EVP_PKEY_fromdata_init (context) != 1
      || EVP_PKEY_fromdata (context, &pkey, EVP_PKEY_KEYPAIR, params) != 1)
    return NULL;
  return pkey;
}

/**
 * fairlead_key_evp_new_ecdsa:
 * @type: an SSH key type
 * @point: (array length=point_length): the public point, uncompressed
 * @point_length: its bytes
 * @secret: the private number; from BN_secure_new(), so that OpenSSL cleanses its copies
 *
 * Returns: (transfer full) (nullable): the key; %NULL if @type has no curve or the point is not on
 *   it
 */
EVP_PKEY *
fairlead_key_evp_new_ecdsa (const char   *type,
                            const guint8 *point,
                            gsize         point_length,
                            BIGNUM       *secret)
{
  g_autoptr (OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new ();

  for (guint i = 0; i < G_N_ELEMENTS (curves); i++)
    if (strcmp (curves[i].type, type) == 0)
      {
        if (OSSL_PARAM_BLD_push_utf8_string (builder, OSSL_PKEY_PARAM_GROUP_NAME, curves[i].group,
                                             0) == 1
            && OSSL_PARAM_BLD_push_octet_string (builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                 point_length) == 1
            && OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1)
          return new_from_params ("EC", builder);
      }
  return NULL;
}

/* d mod (prime - 1) */
static BIGNUM *
reduce (BIGNUM *d,
        BIGNUM *prime)
{
  g_autoptr (BN_CTX) context = BN_CTX_secure_new ();
  g_autoptr (BIGNUM) one_less = BN_secure_new ();
  g_autoptr (BIGNUM) result = BN_secure_new ();

  BN_set_flags (d, BN_FLG_CONSTTIME);
  if (BN_copy (one_less, prime) == NULL || BN_sub_word (one_less, 1) != 1 || BN_is_zero (one_less)
      || BN_mod (result, d, one_less, context) != 1)
    return NULL;
  return g_steal_pointer (&result);
}

/**
 * fairlead_key_evp_new_rsa:
 * @n: the modulus
 * @e: the public exponent
 * @d: the private exponent; this and what follows from BN_secure_new()
 * @iqmp: the inverse of @q modulo @p
 * @p: a prime
 * @q: a prime
 *
 * Returns: (transfer full) (nullable): the key; %NULL if the numbers do not belong together
 */
EVP_PKEY *
fairlead_key_evp_new_rsa (BIGNUM *n,
                          BIGNUM *e,
                          BIGNUM *d,
                          BIGNUM *iqmp,
                          BIGNUM *p,
                          BIGNUM *q)
{
  g_autoptr (OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new ();
  g_autoptr (BN_CTX) context = BN_CTX_secure_new ();
  g_autoptr (BIGNUM) product = BN_secure_new ();
  g_autoptr (BIGNUM) dmp1 = NULL;
  g_autoptr (BIGNUM) dmq1 = NULL;

  if (BN_mul (product, p, q, context) != 1 || BN_cmp (product, n) != 0
      || !BN_is_odd (n) || !BN_is_odd (e))
    return NULL;
  dmp1 = reduce (d, p);
  dmq1 = reduce (d, q);
  if (dmp1 == NULL || dmq1 == NULL
      || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_N, n) != 1
      || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_E, e) != 1
      || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_D, d) != 1
      || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_FACTOR1, p) != 1
      || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_FACTOR2, q) != 1
      || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_EXPONENT1, dmp1) != 1
      || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_EXPONENT2, dmq1) != 1
      || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, iqmp) != 1)
    return NULL;
  return new_from_params ("RSA", builder);
}

static void
append_number (GByteArray *array,
               BIGNUM     *number)
{
  gsize length = (gsize) BN_num_bytes (number);
  g_autofree guint8 *data = g_malloc (length + 1);

  BN_bn2bin (number, data);
  fairlead_wire_append_mpint (array, data, length);
}

static GBytes *
get_public_ed25519 (EVP_PKEY *pkey)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  guint8 point[ED25519_LENGTH];
  gsize length = sizeof point;

  if (EVP_PKEY_get_raw_public_key (pkey, point, &length) != 1)
    return NULL;
  fairlead_wire_append_text (array, "ssh-ed25519");
  fairlead_wire_append_string (array, point, length);
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}

static GBytes *
get_public_rsa (EVP_PKEY *pkey)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (BIGNUM) n = NULL;
  g_autoptr (BIGNUM) e = NULL;

  if (EVP_PKEY_get_bn_param (pkey, OSSL_PKEY_PARAM_RSA_N, &n) != 1
      || EVP_PKEY_get_bn_param (pkey, OSSL_PKEY_PARAM_RSA_E, &e) != 1)
    return NULL;
  fairlead_wire_append_text (array, "ssh-rsa");
  append_number (array, e);
  append_number (array, n);
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}

static const Curve *
find_curve (EVP_PKEY *pkey)
{
  char name[64];
  int nid;

  if (EVP_PKEY_get_group_name (pkey, name, sizeof name, NULL) != 1)
    return NULL;
  nid = OBJ_txt2nid (name);
  if (nid == NID_undef)
    nid = EC_curve_nist2nid (name);
  for (guint i = 0; i < G_N_ELEMENTS (curves); i++)
    if (curves[i].nid == nid)
      return &curves[i];
  return NULL;
}

/* By its coordinates, since a key from a PEM file may have its point compressed. */
static GBytes *
get_public_ecdsa (EVP_PKEY *pkey)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (BIGNUM) x = NULL;
  g_autoptr (BIGNUM) y = NULL;
  guint8 point[1 + 2 * MAX_COORDINATE] = { 4 };
  const Curve *curve = find_curve (pkey);

  if (curve == NULL || EVP_PKEY_get_bn_param (pkey, OSSL_PKEY_PARAM_EC_PUB_X, &x) != 1
      || EVP_PKEY_get_bn_param (pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &y) != 1
      || BN_bn2binpad (x, point + 1, (int) curve->coordinate_length) < 0
      || BN_bn2binpad (y, point + 1 + curve->coordinate_length,
                       (int) curve->coordinate_length) < 0)
    return NULL;
  fairlead_wire_append_text (array, curve->type);
  fairlead_wire_append_text (array, curve->ssh_curve);
  fairlead_wire_append_string (array, point, 1 + 2 * curve->coordinate_length);
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}

static const struct {
  const char *name;
  GBytes *(*get_public) (EVP_PKEY *);
} kinds[] = {
  { "ED25519", get_public_ed25519 },
  { "RSA", get_public_rsa },
  { "EC", get_public_ecdsa },
};

/**
 * fairlead_key_evp_get_public:
 * @pkey: a key
 *
 * Returns: (transfer full) (nullable): its public half as SSH sends it; %NULL for a kind or curve
 *   that SSH has no name for
 */
GBytes *
fairlead_key_evp_get_public (EVP_PKEY *pkey)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (EVP_PKEY_is_a (pkey, kinds[i].name))
      return kinds[i].get_public (pkey);
  return NULL;
}

/* OpenSSL gives the two numbers in DER, SSH wants two mpints (RFC 5656 §3.1.2). */
static GBytes *
convert_ecdsa (const guint8 *der,
               gsize         length)
{
  g_autoptr (ECDSA_SIG) signature = d2i_ECDSA_SIG (NULL, &der, (long) length);
  g_autoptr (GByteArray) array = g_byte_array_new ();
  guint8 number[MAX_COORDINATE];
  const BIGNUM *numbers[2];

  if (signature == NULL)
    return NULL;
  ECDSA_SIG_get0 (signature, &numbers[0], &numbers[1]);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      if (BN_bn2binpad (numbers[i], number, sizeof number) < 0)
        return NULL;
      fairlead_wire_append_mpint (array, number, sizeof number);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}

/**
 * fairlead_key_evp_sign:
 * @pkey: a key
 * @type: its type on the wire
 * @algorithm: a signature algorithm
 * @data: (array length=length): what to sign
 * @length: its bytes
 *
 * Returns: (transfer full) (nullable): the signature; %NULL if @algorithm is not one of @type, or
 *   if OpenSSL fails
 */
GBytes *
fairlead_key_evp_sign (EVP_PKEY     *pkey,
                       const char   *type,
                       const char   *algorithm,
                       const guint8 *data,
                       gsize         length)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  g_autofree guint8 *signature = NULL;
  gsize size = 0;
  guint row = 0;

  while (row < G_N_ELEMENTS (algorithms)
         && (strcmp (algorithms[row].algorithm, algorithm) != 0
             || strcmp (algorithms[row].type, type) != 0))
    row++;
  if (row == G_N_ELEMENTS (algorithms))
    return NULL;

  if (EVP_DigestSignInit_ex (context, NULL, algorithms[row].digest, NULL, NULL, pkey, NULL) == 1
      && EVP_DigestSign (context, NULL, &size, data, length) == 1)
    {
      signature = g_malloc (size);
      if (EVP_DigestSign (context, signature, &size, data, length) != 1)
        g_clear_pointer (&signature, g_free);
    }
  ERR_clear_error ();
  if (signature == NULL)
    return NULL;
  return EVP_PKEY_is_a (pkey, "EC") ? convert_ecdsa (signature, size)
                                    : g_bytes_new_take (g_steal_pointer (&signature), size);
}

/**
 * fairlead_key_evp_is_whole:
 * @pkey: a key with both halves
 *
 * Signs a word and verifies it. A damaged file is found here, and not by a server that refuses the
 * key; a faulty RSA signature would also give the key away.
 *
 * Returns: whether the two halves belong together
 */
gboolean
fairlead_key_evp_is_whole (EVP_PKEY *pkey)
{
  static const guint8 word[] = "fairlead";
  const char *digest = EVP_PKEY_is_a (pkey, "ED25519") ? NULL : "SHA256";
  g_autoptr (EVP_MD_CTX) signer = EVP_MD_CTX_new ();
  g_autoptr (EVP_MD_CTX) verifier = EVP_MD_CTX_new ();
  guint8 signature[FAIRLEAD_KEY_MAX_RSA_BITS / 8];
  gsize length = sizeof signature;
  gboolean whole;

  whole = EVP_DigestSignInit_ex (signer, NULL, digest, NULL, NULL, pkey, NULL) == 1
          && EVP_DigestSign (signer, signature, &length, word, sizeof word) == 1
          && EVP_DigestVerifyInit_ex (verifier, NULL, digest, NULL, NULL, pkey, NULL) == 1
          && EVP_DigestVerify (verifier, signature, length, word, sizeof word) == 1;
  ERR_clear_error ();
  return whole;
}
