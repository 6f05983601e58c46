/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-private.h"

#include "fairlead-public-key.h"

#include <botan/ffi.h>
#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <string.h>

/* The form of PuTTY's keys: appendix C of its manual, "PPK file format", versions 2 and 3. */
#define HEADER "PuTTY-User-Key-File-"
#define CIPHER_KEY_LENGTH 32
#define IV_LENGTH 16
#define MAC_KEY_LENGTH 32
#define BLOCK_LENGTH 16
#define MAX_LINES 4096

/* PuTTYgen takes 8 MiB and some 13 passes. A file of somebody else's must not take the whole memory or
 * minutes: one pass takes about a second for each GiB. */
#define MAX_MEMORY_KIB (1024u * 1024)
#define MAX_WORK_KIB (64u * 1024 * 1024)
/* What Botan takes. */
#define MAX_LANES 128u

typedef struct {
  guint version;
  char *type;
  gboolean encrypted;
  char *comment;
  FairleadKeyBuffer public_key;
  const char *kdf;
  guint64 memory;
  guint64 passes;
  guint64 lanes;
  FairleadKeyBuffer salt;
  FairleadKeyBuffer secret;
  FairleadKeyBuffer mac;
} Ppk;

/* Made of the passphrase; each as it is needed, in the order in which version 3 derives them. */
typedef struct {
  guint8 cipher[CIPHER_KEY_LENGTH];
  guint8 iv[IV_LENGTH];
  guint8 mac[MAC_KEY_LENGTH];
} Keys;

static void
ppk_clear (Ppk *self)
{
  g_free (self->type);
  g_free (self->comment);
  fairlead_key_buffer_clear (&self->public_key);
  fairlead_key_buffer_clear (&self->salt);
  fairlead_key_buffer_clear (&self->secret);
  fairlead_key_buffer_clear (&self->mac);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ppk, ppk_clear)

/* The next line without its end, which is CR, LF or both; NULL at the end of the text. */
static const char *
next_line (const char **text,
           gsize       *length)
{
  const char *line = *text;

  if (*line == '\0')
    return NULL;
  *length = strcspn (line, "\r\n");
  *text = line + *length;
  if (**text == '\r')
    (*text)++;
  if (**text == '\n')
    (*text)++;
  return line;
}

/* "NAME: VALUE", which must be the next line. */
static char *
take (const char **text,
      const char  *name)
{
  gsize length, name_length = strlen (name);
  const char *line = next_line (text, &length);

  if (line == NULL || length < name_length + 2 || strncmp (line, name, name_length) != 0
      || strncmp (line + name_length, ": ", 2) != 0)
    return NULL;
  return g_strndup (line + name_length + 2, length - name_length - 2);
}

static gboolean
take_number (const char **text,
             const char  *name,
             guint64      max,
             guint64     *value)
{
  g_autofree char *word = take (text, name);

  return word != NULL && g_ascii_string_to_unsigned (word, 10, 0, max, value, NULL);
}

static gboolean
take_hex (const char        **text,
          const char         *name,
          FairleadKeyBuffer  *value)
{
  g_autofree char *word = take (text, name);
  gsize length = word != NULL ? strlen (word) : 0;

  if (word == NULL || length % 2 != 0)
    return FALSE;
  value->data = g_malloc (length / 2 + 1);
  value->length = length / 2;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isxdigit (word[i]))
        return FALSE;
      if (i % 2 == 1)
        value->data[i / 2] = (guint8) (g_ascii_xdigit_value (word[i - 1]) * 16
                                       + g_ascii_xdigit_value (word[i]));
    }
  return TRUE;
}

/* Digits, and "=" at the end alone; @ended is whether one was seen. */
static gboolean
is_base64 (const char *line,
           gsize       length,
           gboolean   *ended)
{
  for (gsize i = 0; i < length; i++)
    {
      if (line[i] == '=')
        *ended = TRUE;
      else if (*ended || (!g_ascii_isalnum (line[i]) && line[i] != '+' && line[i] != '/'))
        return FALSE;
    }
  return TRUE;
}

/* "NAME: N" and N lines of base64. */
static gboolean
take_base64 (const char        **text,
             const char         *name,
             FairleadKeyBuffer  *value)
{
  guint64 n_lines;
  gboolean ended = FALSE;
  int state = 0;
  guint save = 0;

  if (!take_number (text, name, MAX_LINES, &n_lines))
    return FALSE;
  value->data = g_malloc (strlen (*text) + 4);
  for (guint64 i = 0; i < n_lines; i++)
    {
      gsize length;
      const char *line = next_line (text, &length);

      if (line == NULL || !is_base64 (line, length, &ended))
        return FALSE;
      value->length += g_base64_decode_step (line, length, value->data + value->length, &state,
                                             &save);
    }
  OPENSSL_cleanse (&save, sizeof save);
  return TRUE;
}

/* The names of PuTTY are those of Botan. */
static const char *
find_kdf (const char *name)
{
  static const char *const names[] = { "Argon2id", "Argon2i", "Argon2d" };

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], name) == 0)
      return names[i];
  return NULL;
}

static gboolean
take_derivation (const char **text,
                 Ppk         *ppk)
{
  g_autofree char *kdf = take (text, "Key-Derivation");

  ppk->kdf = find_kdf (kdf);
  return ppk->kdf != NULL
         && take_number (text, "Argon2-Memory", G_MAXUINT32, &ppk->memory)
         && take_number (text, "Argon2-Passes", G_MAXUINT32, &ppk->passes)
         && take_number (text, "Argon2-Parallelism", G_MAXUINT32, &ppk->lanes)
         && take_hex (text, "Argon2-Salt", &ppk->salt);
}

/* What follows the public half; the lines come in this order and no other, as in PuTTY. */
static gboolean
parse_secret (const char *text,
              Ppk        *ppk)
{
  gsize mac_length = ppk->version == 3 ? 32 : 20;

  if (ppk->version == 3 && ppk->encrypted && !take_derivation (&text, ppk))
    return FALSE;
  return take_base64 (&text, "Private-Lines", &ppk->secret)
         && take_hex (&text, "Private-MAC", &ppk->mac) && ppk->mac.length == mac_length
         && (!ppk->encrypted
             || (ppk->secret.length > 0 && ppk->secret.length % BLOCK_LENGTH == 0));
}

static gboolean
parse_encryption (const char *name,
                  Ppk        *ppk)
{
  ppk->encrypted = g_strcmp0 (name, "aes256-cbc") == 0;
  return ppk->encrypted || g_strcmp0 (name, "none") == 0;
}

/* The head and the public half, whose type must be the one that the first line names. */
static gboolean
parse (const char *text,
       Ppk        *ppk)
{
  const char *begin = strstr (text, HEADER);
  g_autofree char *encryption = NULL;
  g_autofree char *stated = NULL;
  FairleadWireReader reader;

  if (begin == NULL)
    return FALSE;
  ppk->version = begin[strlen (HEADER)] == '3' ? 3 : 2;
  text = begin;
  ppk->type = take (&text, ppk->version == 3 ? HEADER "3" : HEADER "2");
  encryption = take (&text, "Encryption");
  ppk->comment = take (&text, "Comment");
  if (ppk->type == NULL || !parse_encryption (encryption, ppk) || ppk->comment == NULL
      || !take_base64 (&text, "Public-Lines", &ppk->public_key))
    return FALSE;
  reader = (FairleadWireReader) FAIRLEAD_WIRE_READER_INIT (ppk->public_key.data,
                                                           ppk->public_key.length);
  stated = fairlead_wire_dup_string (&reader);
  return g_strcmp0 (stated, ppk->type) == 0 && parse_secret (text, ppk);
}

static gboolean
sha1 (const char     *prefix,
      gsize           prefix_length,
      FairleadSecret *passphrase,
      guint8         *digest)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();

  return EVP_DigestInit_ex (context, EVP_sha1 (), NULL) == 1
         && EVP_DigestUpdate (context, prefix, prefix_length) == 1
         && (passphrase == NULL
             || EVP_DigestUpdate (context, fairlead_secret_get_text (passphrase),
                                  fairlead_secret_get_length (passphrase)) == 1)
         && EVP_DigestFinal_ex (context, digest, NULL) == 1;
}

/* Version 2: the passphrase behind a counter, and behind a word for the MAC; the IV is zero. */
static gboolean
derive_2 (FairleadSecret *passphrase,
          Keys           *keys)
{
  static const char word[] = "putty-private-key-file-mac-key";
  guint8 digests[40];
  gboolean done;

  done = sha1 (word, strlen (word), passphrase, keys->mac)
         && sha1 ("\0\0\0\0", 4, passphrase, digests)
         && sha1 ("\0\0\0\1", 4, passphrase, digests + 20);
  memcpy (keys->cipher, digests, sizeof keys->cipher);
  OPENSSL_cleanse (digests, sizeof digests);
  return done;
}

static gboolean
check_derivation (const char  *path,
                  const Ppk   *ppk,
                  GError     **error)
{
  if (ppk->memory > MAX_MEMORY_KIB || ppk->memory * ppk->passes > MAX_WORK_KIB
      || ppk->lanes > MAX_LANES)
    return fairlead_key_fail_unsupported (error, path, _("a key derivation that would take more "
                                                         "than 1 GiB of memory or some minutes"));
  if (ppk->passes == 0 || ppk->lanes == 0 || ppk->memory < 8 * ppk->lanes
      || ppk->salt.length == 0)
    return fairlead_key_fail_malformed (error, path);
  return TRUE;
}

/* Version 3: Argon2 with the file's numbers gives all three. */
static gboolean
derive_3 (const Ppk      *ppk,
          FairleadSecret *passphrase,
          Keys           *keys)
{
  G_STATIC_ASSERT (sizeof *keys == CIPHER_KEY_LENGTH + IV_LENGTH + MAC_KEY_LENGTH);

  return botan_pwdhash (ppk->kdf, (gsize) ppk->memory, (gsize) ppk->passes, (gsize) ppk->lanes,
                        (guint8 *) keys, sizeof *keys, fairlead_secret_get_text (passphrase),
                        fairlead_secret_get_length (passphrase), ppk->salt.data,
                        ppk->salt.length) == 0;
}

static gboolean
derive (const Ppk      *ppk,
        FairleadSecret *passphrase,
        Keys           *keys)
{
  if (ppk->version == 2)
    return derive_2 (ppk->encrypted ? passphrase : NULL, keys);
  return !ppk->encrypted || derive_3 (ppk, passphrase, keys);
}

/* Over the type, the encryption, the comment and both halves: nothing of the file can be changed by
 * somebody who does not know the passphrase. */
static gboolean
mac_is_right (const Ppk  *ppk,
              const Keys *keys)
{
  const char *encryption = ppk->encrypted ? "aes256-cbc" : "none";
  gsize size = 5 * 4 + strlen (ppk->type) + strlen (encryption) + strlen (ppk->comment)
               + ppk->public_key.length + ppk->secret.length;
  g_autoptr (GByteArray) data = g_byte_array_sized_new ((guint) size);
  const char *digest = ppk->version == 3 ? "SHA256" : "SHA1";
  gsize key_length = ppk->version == 2 ? 20 : ppk->encrypted ? MAC_KEY_LENGTH : 0;
  guint8 mac[EVP_MAX_MD_SIZE];
  gsize length = 0;
  gboolean right;

  fairlead_wire_append_text (data, ppk->type);
  fairlead_wire_append_text (data, encryption);
  fairlead_wire_append_text (data, ppk->comment);
  fairlead_wire_append_string (data, ppk->public_key.data, ppk->public_key.length);
  fairlead_wire_append_string (data, ppk->secret.data, ppk->secret.length);
  right = EVP_Q_mac (NULL, "HMAC", NULL, digest, NULL, keys->mac, key_length, data->data, data->len,
                     mac, sizeof mac, &length) != NULL
          && length == ppk->mac.length && CRYPTO_memcmp (mac, ppk->mac.data, length) == 0;
  OPENSSL_cleanse (data->data, data->len);
  return right;
}

static gboolean
decrypt (Ppk        *ppk,
         const Keys *keys)
{
  g_auto (FairleadKeyBuffer) plain = { 0 };
  const FairleadKeyCipher *cipher = fairlead_key_cipher_find ("aes256-cbc");
  guint8 *data;

  if (!fairlead_key_cipher_run (cipher, keys->cipher, ppk->secret.data, ppk->secret.length, &plain))
    return FALSE;
  data = ppk->secret.data;
  ppk->secret.data = plain.data;
  plain.data = data;
  return TRUE;
}

/* Makes @ppk's secret half plain, and sees that the MAC is right. */
static gboolean
open_secret (const char      *path,
             Ppk             *ppk,
             FairleadSecret  *passphrase,
             GError         **error)
{
  Keys keys = { 0 };
  gboolean done;

  if (ppk->kdf != NULL && !check_derivation (path, ppk, error))
    return FALSE;
  if (ppk->encrypted && passphrase == NULL)
    return fairlead_key_fail_needs (error, path);
  if (ppk->encrypted && fairlead_secret_get_length (passphrase) == 0)
    return fairlead_key_fail_wrong (error, path);

  if (!derive (ppk, passphrase, &keys))
    return fairlead_key_fail_unsupported (error, path, _("a key derivation for which there is not "
                                                         "enough memory"));
  done = (!ppk->encrypted || decrypt (ppk, &keys)) && mac_is_right (ppk, &keys);
  OPENSSL_cleanse (&keys, sizeof keys);
  if (!done && ppk->encrypted)
    return fairlead_key_fail_wrong (error, path);
  return done || fairlead_key_fail_malformed (error, path);
}

/* PuTTY keeps the number little-endian; old versions dropped zeros at its end. */
static EVP_PKEY *
read_ed25519 (FairleadWireReader *public_key,
              FairleadWireReader *secret)
{
  guint8 seed[32] = { 0 };
  const guint8 *data;
  gsize length;
  EVP_PKEY *pkey;

  if (!fairlead_wire_read_string (secret, &data, &length) || length == 0 || length > sizeof seed)
    return NULL;
  memcpy (seed, data, length);
  pkey = fairlead_key_evp_new_ed25519 (seed);
  OPENSSL_cleanse (seed, sizeof seed);
  return pkey;
}

static EVP_PKEY *
read_rsa (FairleadWireReader *public_key,
          FairleadWireReader *secret)
{
  g_autoptr (BIGNUM) e = fairlead_key_read_number (public_key);
  g_autoptr (BIGNUM) n = e != NULL ? fairlead_key_read_number (public_key) : NULL;
  g_autoptr (BIGNUM) d = n != NULL ? fairlead_key_read_number (secret) : NULL;
  g_autoptr (BIGNUM) p = d != NULL ? fairlead_key_read_number (secret) : NULL;
  g_autoptr (BIGNUM) q = p != NULL ? fairlead_key_read_number (secret) : NULL;
  g_autoptr (BIGNUM) iqmp = q != NULL ? fairlead_key_read_number (secret) : NULL;

  return iqmp != NULL ? fairlead_key_evp_new_rsa (n, e, d, iqmp, p, q) : NULL;
}

static EVP_PKEY *
read_ecdsa (const char         *type,
            FairleadWireReader *public_key,
            FairleadWireReader *secret)
{
  const guint8 *curve, *point;
  gsize curve_length, point_length;
  g_autoptr (BIGNUM) number = NULL;

  if (!fairlead_wire_read_string (public_key, &curve, &curve_length)
      || !fairlead_wire_read_string (public_key, &point, &point_length)
      || (number = fairlead_key_read_number (secret)) == NULL)
    return NULL;
  return fairlead_key_evp_new_ecdsa (type, point, point_length, number);
}

static EVP_PKEY *
read_pkey (const Ppk *ppk)
{
  FairleadWireReader public_key = FAIRLEAD_WIRE_READER_INIT (ppk->public_key.data,
                                                             ppk->public_key.length);
  FairleadWireReader secret = FAIRLEAD_WIRE_READER_INIT (ppk->secret.data, ppk->secret.length);
  g_autofree char *type = fairlead_wire_dup_string (&public_key);

  if (g_strcmp0 (type, "ssh-ed25519") == 0)
    return read_ed25519 (&public_key, &secret);
  if (g_strcmp0 (type, "ssh-rsa") == 0)
    return read_rsa (&public_key, &secret);
  return read_ecdsa (type, &public_key, &secret);
}

static gboolean
check_public (const char  *path,
              const Ppk   *ppk,
              GError     **error)
{
  FairleadPublicKeyInfo info;

  if (!fairlead_public_key_is_type (ppk->type, strlen (ppk->type)))
    return fairlead_key_fail_unsupported (error, path, ppk->type);
  if (!fairlead_public_key_inspect (ppk->public_key.data, ppk->public_key.length, &info))
    return fairlead_key_fail_malformed (error, path);
  return TRUE;
}

static char *
get_comment (const Ppk *ppk)
{
  return g_utf8_make_valid (ppk->comment, -1);
}

/**
 * fairlead_key_ppk_load:
 * @path: the file's name, for errors
 * @text: its text
 * @passphrase: (nullable): the passphrase
 * @error: a %FAIRLEAD_KEY_ERROR
 *
 * Any thread; an encrypted key of version 3 takes as long as its file says, within a bound.
 *
 * Returns: (transfer full) (nullable): the key
 */
FairleadKey *
fairlead_key_ppk_load (const char      *path,
                       const char      *text,
                       FairleadSecret  *passphrase,
                       GError         **error)
{
  g_auto (Ppk) ppk = { 0 };
  g_autoptr (EVP_PKEY) pkey = NULL;
  g_autoptr (GBytes) stated = NULL;
  g_autoptr (GBytes) public_key = NULL;
  g_autofree char *comment = NULL;

  if (!parse (text, &ppk))
    {
      fairlead_key_fail_malformed (error, path);
      return NULL;
    }
  if (!check_public (path, &ppk, error) || !fairlead_key_check_type (path, ppk.type, error)
      || !open_secret (path, &ppk, passphrase, error))
    return NULL;

  pkey = read_pkey (&ppk);
  if (pkey != NULL)
    public_key = fairlead_key_evp_get_public (pkey);
  stated = g_bytes_new (ppk.public_key.data, ppk.public_key.length);
  if (public_key == NULL || !g_bytes_equal (public_key, stated)
      || !fairlead_key_evp_is_whole (pkey))
    {
      ERR_clear_error ();
      fairlead_key_fail_malformed (error, path);
      return NULL;
    }
  comment = get_comment (&ppk);
  return fairlead_key_new (pkey, public_key, comment);
}

/**
 * fairlead_key_ppk_peek:
 * @path: the file's name, for errors
 * @text: its text
 * @peek: (out): the public half and the comment, neither of which is encrypted
 * @error: a %FAIRLEAD_KEY_ERROR
 */
gboolean
fairlead_key_ppk_peek (const char       *path,
                       const char       *text,
                       FairleadKeyPeek  *peek,
                       GError          **error)
{
  g_auto (Ppk) ppk = { 0 };

  if (!parse (text, &ppk))
    return fairlead_key_fail_malformed (error, path);
  if (!check_public (path, &ppk, error))
    return FALSE;
  peek->encrypted = ppk.encrypted;
  peek->public_key = g_bytes_new (ppk.public_key.data, ppk.public_key.length);
  peek->comment = get_comment (&ppk);
  return TRUE;
}
