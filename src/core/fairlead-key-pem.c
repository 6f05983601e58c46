/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-private.h"

#include <glib/gi18n-lib.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

/* Of PBKDF2: some ten seconds. Few files have more than a thousandth of it. */
#define MAX_ITERATIONS (20 * 1000 * 1000)

/* What OpenSSL's question was answered with. */
typedef struct {
  FairleadSecret *passphrase;
  gboolean asked;
} Question;

static int
answer_cb (char *buffer,
           int   size,
           int   for_writing,
           void *data)
{
  Question *question = data;
  gsize length;

  question->asked = TRUE;
  if (question->passphrase == NULL)
    return -1;
  length = fairlead_secret_get_length (question->passphrase);
  if (length > (gsize) size)
    return -1;
  memcpy (buffer, fairlead_secret_get_text (question->passphrase), length);
  return (int) length;
}

/* OpenSSL tries many decoders and each leaves an error; only those that say that an algorithm is
 * missing tell anything. */
static gboolean
take_errors (void)
{
  static const struct {
    int library;
    int reason;
  } missing[] = {
    { ERR_LIB_EVP, EVP_R_UNSUPPORTED_ALGORITHM },
    { ERR_LIB_EVP, EVP_R_UNKNOWN_PBE_ALGORITHM },
    { ERR_LIB_EVP, EVP_R_UNSUPPORTED_CIPHER },
    { ERR_LIB_EVP, ERR_R_UNSUPPORTED },
    { ERR_LIB_EVP, EVP_R_UNSUPPORTED_PRIVATE_KEY_ALGORITHM },
    { ERR_LIB_PEM, PEM_R_UNSUPPORTED_ENCRYPTION },
    { ERR_LIB_PEM, PEM_R_UNSUPPORTED_CIPHER },
  };
  gboolean found = FALSE;
  unsigned long code;

  while ((code = ERR_get_error ()) != 0)
    for (guint i = 0; i < G_N_ELEMENTS (missing); i++)
      found = found || (ERR_GET_LIB (code) == missing[i].library
                        && ERR_GET_REASON (code) == missing[i].reason);
  return found;
}

/**
 * fairlead_key_pem_load:
 * @path: the file's name, for errors
 * @text: its text
 * @passphrase: (nullable): the passphrase
 * @error: a %FAIRLEAD_KEY_ERROR
 *
 * Reads what OpenSSL reads: PKCS#1 and SEC 1 with or without the old PEM encryption, PKCS#8 plain
 * and encrypted. Any thread.
 *
 * Returns: (transfer full) (nullable): the key, without a comment
 */
FairleadKey *
fairlead_key_pem_load (const char      *path,
                       const char      *text,
                       FairleadSecret  *passphrase,
                       GError         **error)
{
  Question question = { .passphrase = passphrase };
  g_autoptr (BIO) bio = BIO_new_mem_buf (text, -1);
  g_autoptr (EVP_PKEY) pkey = NULL;
  g_autoptr (GBytes) public_key = NULL;
  gboolean unsupported;

  if (passphrase != NULL && fairlead_key_pem_get_iterations (text) > MAX_ITERATIONS)
    {
      fairlead_key_fail_unsupported (error, path, _("a key derivation that would take more than 1 GiB of "
                                                    "memory or some minutes"));
      return NULL;
    }
  ERR_clear_error ();
  pkey = PEM_read_bio_PrivateKey (bio, NULL, answer_cb, &question);
  unsupported = take_errors ();
  if (pkey == NULL)
    {
      if (question.asked && passphrase == NULL)
        fairlead_key_fail_needs (error, path);
      else if (unsupported)
        fairlead_key_fail_unsupported (error, path, _("an algorithm that OpenSSL does not offer"));
      else if (question.asked)
        fairlead_key_fail_wrong (error, path);
      else
        fairlead_key_fail_malformed (error, path);
      return NULL;
    }
  if (EVP_PKEY_is_a (pkey, "RSA") && EVP_PKEY_get_bits (pkey) < FAIRLEAD_KEY_MIN_RSA_BITS)
    {
      fairlead_key_fail_unsupported (error, path, _("an RSA key of less than 1024 bits"));
      return NULL;
    }
  if (EVP_PKEY_is_a (pkey, "DSA"))
    {
      fairlead_key_fail_dsa (error, path);
      return NULL;
    }
  public_key = fairlead_key_evp_get_public (pkey);
  if (public_key == NULL || EVP_PKEY_get_bits (pkey) > FAIRLEAD_KEY_MAX_RSA_BITS)
    {
      const char *name = EVP_PKEY_get0_type_name (pkey);

      fairlead_key_fail_unsupported (error, path, name != NULL ? name : "?");
      return NULL;
    }
  if (!fairlead_key_evp_is_whole (pkey))
    {
      fairlead_key_fail_malformed (error, path);
      return NULL;
    }
  return fairlead_key_new (pkey, public_key, "");
}

/**
 * fairlead_key_pem_peek:
 * @path: the file's name, for errors
 * @text: its text
 * @peek: (out): what it tells; an encrypted one hides all
 * @error: a %FAIRLEAD_KEY_ERROR
 */
gboolean
fairlead_key_pem_peek (const char       *path,
                       const char       *text,
                       FairleadKeyPeek  *peek,
                       GError          **error)
{
  g_autoptr (FairleadKey) key = NULL;

  peek->encrypted = strstr (text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") != NULL
                    || strstr (text, "Proc-Type: 4,ENCRYPTED") != NULL;
  if (peek->encrypted)
    return TRUE;
  key = fairlead_key_pem_load (path, text, NULL, error);
  if (key == NULL)
    return FALSE;
  peek->public_key = g_bytes_ref (fairlead_key_get_public (key));
  peek->comment = g_strdup (fairlead_key_get_comment (key));
  return TRUE;
}
