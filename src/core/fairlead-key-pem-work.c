/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <openssl/asn1t.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "fairlead-key-private.h"
#include "fairlead-openssl.h"

/* OpenSSL bounds the memory of scrypt, but not how often PBKDF2 and its predecessors go round: by the
 * file's own number they can keep a thread busy for hours. */

static guint64
count_of (const ASN1_INTEGER *number)
{
  guint64 count;

  return ASN1_INTEGER_get_uint64 (&count, number) == 1 ? count : G_MAXUINT64;
}

/* PBES2 names a key derivation of its own (RFC 8018, appendix A.4); the older schemes are one. */
static guint64
iterations_of (const X509_ALGOR *algorithm)
{
  const ASN1_OBJECT *object;
  const void *value;
  guint64 count = 0;
  int type;

  X509_ALGOR_get0 (&object, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE)
    return 0;
  if (OBJ_obj2nid (object) == NID_id_pbkdf2)
    {
      PBKDF2PARAM *parameters = ASN1_item_unpack (value, ASN1_ITEM_rptr (PBKDF2PARAM));

      count = parameters ? count_of (parameters->iter) : 0;
      PBKDF2PARAM_free (parameters);
    }
  else
    {
      PBEPARAM *parameters = ASN1_item_unpack (value, ASN1_ITEM_rptr (PBEPARAM));

      count = parameters ? count_of (parameters->iter) : 0;
      PBEPARAM_free (parameters);
    }
  return count;
}

static guint64
iterations_of_scheme (const X509_ALGOR *algorithm)
{
  const ASN1_OBJECT *object;
  const void *value;
  PBE2PARAM *scheme;
  guint64 count = 0;
  int type;

  X509_ALGOR_get0 (&object, &type, &value, algorithm);
  if (OBJ_obj2nid (object) != NID_pbes2)
    return iterations_of (algorithm);
  scheme = type == V_ASN1_SEQUENCE ? ASN1_item_unpack (value, ASN1_ITEM_rptr (PBE2PARAM)) : NULL;
  if (scheme != NULL)
    count = iterations_of (scheme->keyfunc);
  PBE2PARAM_free (scheme);
  return count;
}

/**
 * fairlead_key_pem_get_iterations:
 * @text: of a PEM file
 *
 * Returns: how often its key derivation goes round, 0 where none does
 */
guint64
fairlead_key_pem_get_iterations (const char *text)
{
  g_autoptr (BIO) bio = BIO_new_mem_buf (text, -1);
  guint64 most = 0;
  X509_SIG *encrypted;

  while ((encrypted = PEM_read_bio_PKCS8 (bio, NULL, NULL, NULL)) != NULL)
    {
      const X509_ALGOR *algorithm;
      guint64 count;

      X509_SIG_get0 (encrypted, &algorithm, NULL);
      count = iterations_of_scheme (algorithm);
      most = MAX (most, count);
      X509_SIG_free (encrypted);
    }
  return most;
}
