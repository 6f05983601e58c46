/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-private.h"

#include <botan/ffi.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <string.h>

#define TAG_LENGTH 16
#define CHACHA_KEY_LENGTH 32

typedef gboolean (*DecryptFunc) (const FairleadKeyCipher *self,
                                 const guint8            *key,
                                 const guint8            *data,
                                 gsize                    length,
                                 guint8                  *plain);

/* A row of OpenSSH's cipher table (cipher.c), and OpenSSL's name for it. */
struct _FairleadKeyCipher {
  const char *name;
  const char *evp_name;
  DecryptFunc decrypt;
  gsize key_length;
  gsize iv_length;
  gsize block_length;
  gsize tag_length;
};

/* A CBC, CTR or GCM mode; key and IV stand one behind the other, the tag behind the data. */
static gboolean
decrypt_evp (const FairleadKeyCipher *self,
             const guint8            *key,
             const guint8            *data,
             gsize                    length,
             guint8                  *plain)
{
  g_autoptr (EVP_CIPHER) cipher = EVP_CIPHER_fetch (NULL, self->evp_name, NULL);
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  guint8 rest[EVP_MAX_BLOCK_LENGTH];
  int written = 0, last = 0;

  return cipher != NULL && context != NULL
         && EVP_DecryptInit_ex2 (context, cipher, key, key + self->key_length, NULL) == 1
         && EVP_CIPHER_CTX_set_padding (context, 0) == 1
         && (self->tag_length == 0
             || EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_SET_TAG, (int) self->tag_length,
                                     (void *) (data + length)) == 1)
         && EVP_DecryptUpdate (context, plain, &written, data, (int) length) == 1
         && (gsize) written == length
         && EVP_DecryptFinal_ex (context, rest, &last) == 1 && last == 0;
}

/* ChaCha20 with the block counter at @counter and a nonce of zeros. */
static gboolean
chacha20 (const guint8 *key,
          guint8        counter,
          const guint8 *data,
          gsize         length,
          guint8       *result)
{
  g_autoptr (EVP_CIPHER) cipher = EVP_CIPHER_fetch (NULL, "ChaCha20", NULL);
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  const guint8 iv[16] = { counter };
  int written = 0;

  return cipher != NULL && context != NULL
         && EVP_DecryptInit_ex2 (context, cipher, key, iv, NULL) == 1
         && EVP_DecryptUpdate (context, result, &written, data, (int) length) == 1
         && (gsize) written == length;
}

static gboolean
poly1305 (const guint8 *key,
          const guint8 *data,
          gsize         length,
          guint8       *tag)
{
  g_autoptr (EVP_MAC) mac = EVP_MAC_fetch (NULL, "POLY1305", NULL);
  g_autoptr (EVP_MAC_CTX) context = mac != NULL ? EVP_MAC_CTX_new (mac) : NULL;
  gsize written = 0;

  return context != NULL && EVP_MAC_init (context, key, 32, NULL) == 1
         && EVP_MAC_update (context, data, length) == 1
         && EVP_MAC_final (context, tag, &written, TAG_LENGTH) == 1 && written == TAG_LENGTH;
}

/* OpenSSH's PROTOCOL.chacha20poly1305 with sequence number 0 and no separate length: the first half
 * of the key alone is used. */
static gboolean
decrypt_chacha20_poly1305 (const FairleadKeyCipher *self,
                           const guint8            *key,
                           const guint8            *data,
                           gsize                    length,
                           guint8                  *plain)
{
  static const guint8 zeros[32] = { 0 };
  guint8 mac_key[32], tag[TAG_LENGTH];
  gboolean valid;

  valid = chacha20 (key, 0, zeros, sizeof zeros, mac_key)
          && poly1305 (mac_key, data, length, tag)
          && CRYPTO_memcmp (tag, data + length, TAG_LENGTH) == 0;
  OPENSSL_cleanse (mac_key, sizeof mac_key);
  return valid && chacha20 (key, 1, data, length, plain);
}

static const FairleadKeyCipher ciphers[] = {
  { "aes256-ctr", "AES-256-CTR", decrypt_evp, 32, 16, 16, 0 },
  { "aes192-ctr", "AES-192-CTR", decrypt_evp, 24, 16, 16, 0 },
  { "aes128-ctr", "AES-128-CTR", decrypt_evp, 16, 16, 16, 0 },
  { "aes256-cbc", "AES-256-CBC", decrypt_evp, 32, 16, 16, 0 },
  { "aes192-cbc", "AES-192-CBC", decrypt_evp, 24, 16, 16, 0 },
  { "aes128-cbc", "AES-128-CBC", decrypt_evp, 16, 16, 16, 0 },
  { "3des-cbc", "DES-EDE3-CBC", decrypt_evp, 24, 8, 8, 0 },
  { "aes256-gcm@openssh.com", "AES-256-GCM", decrypt_evp, 32, 12, 16, TAG_LENGTH },
  { "aes128-gcm@openssh.com", "AES-128-GCM", decrypt_evp, 16, 12, 16, TAG_LENGTH },
  { "chacha20-poly1305@openssh.com", NULL, decrypt_chacha20_poly1305, 2 * CHACHA_KEY_LENGTH, 0, 8,
    TAG_LENGTH },
};

/**
 * fairlead_key_cipher_find:
 * @name: a cipher's name in an openssh-key-v1 file
 *
 * Returns: (transfer none) (nullable): the cipher; %NULL for one we do not have
 */
const FairleadKeyCipher *
fairlead_key_cipher_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (ciphers); i++)
    if (strcmp (ciphers[i].name, name) == 0)
      return &ciphers[i];
  return NULL;
}

gsize
fairlead_key_cipher_get_block (const FairleadKeyCipher *self)
{
  return self->block_length;
}

gsize
fairlead_key_cipher_get_tag (const FairleadKeyCipher *self)
{
  return self->tag_length;
}

/**
 * fairlead_key_cipher_run:
 * @self: a cipher
 * @key: its key, and behind it the initialisation vector
 * @data: (array length=length): what is encrypted, and behind it the cipher's tag
 * @length: its bytes, the tag not counted; a multiple of the block length
 * @plain: (out): what was encrypted; in a counter mode the other way round as well
 *
 * Returns: %FALSE if it fails; with a cipher that has a tag, for another key
 */
gboolean
fairlead_key_cipher_run (const FairleadKeyCipher *self,
                         const guint8            *key,
                         const guint8            *data,
                         gsize                    length,
                         FairleadKeyBuffer       *plain)
{
  if (length > G_MAXINT)
    return FALSE;
  plain->data = g_malloc (length + EVP_MAX_BLOCK_LENGTH);
  plain->length = length;
  return self->decrypt (self, key, data, length, plain->data);
}

/**
 * fairlead_key_cipher_decrypt:
 * @self: a cipher
 * @passphrase: the passphrase
 * @salt: (array length=salt_length): of the key derivation
 * @salt_length: its bytes
 * @rounds: of the key derivation, which takes about 10 ms each
 * @data: (array length=length): what is encrypted, and behind it the cipher's tag
 * @length: its bytes, the tag not counted; a multiple of the block length
 * @plain: (out): what was encrypted
 *
 * bcrypt_pbkdf(3OpenBSD), then the cipher. Any thread.
 *
 * Returns: %FALSE if it fails; with a cipher that has a tag, for a wrong passphrase
 */
gboolean
fairlead_key_cipher_decrypt (const FairleadKeyCipher *self,
                             FairleadSecret          *passphrase,
                             const guint8            *salt,
                             gsize                    salt_length,
                             guint32                  rounds,
                             const guint8            *data,
                             gsize                    length,
                             FairleadKeyBuffer       *plain)
{
  guint8 derived[2 * CHACHA_KEY_LENGTH];
  gsize derived_length = self->key_length + self->iv_length;
  gboolean done = FALSE;

  g_assert (derived_length <= sizeof derived);
  /* Botan takes 0 to mean "measure it", and an empty passphrase encrypts nothing. */
  if (fairlead_secret_get_length (passphrase) == 0)
    return FALSE;
  if (botan_pwdhash ("Bcrypt-PBKDF", rounds, 0, 0, derived, derived_length,
                     fairlead_secret_get_text (passphrase),
                     fairlead_secret_get_length (passphrase), salt, salt_length) == 0)
    done = fairlead_key_cipher_run (self, derived, data, length, plain);
  OPENSSL_cleanse (derived, sizeof derived);
  return done;
}
