/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-fingerprint.h"

#include "fairlead-public-key.h"

#include <string.h>

/* 32 bytes in base64 without padding. */
#define SHA256_DIGITS 43
#define SHA256_PREFIX "SHA256:"
#define MD5_LENGTH (16 * 3 - 1)
/* More than any list of keys that a person pastes. */
#define MAX_PASTED (256 * 1024)

/**
 * fairlead_fingerprint_sha256:
 * @key: a public key as SSH sends it, or any bytes
 *
 * Returns: (transfer full): "SHA256:" and 43 digits of base64 without padding, the form that
 *   OpenSSH prints. Any thread.
 */
char *
fairlead_fingerprint_sha256 (GBytes *key)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *text = NULL;
  guint8 digest[32];
  gsize length, digest_length = sizeof digest;
  const guint8 *data = g_bytes_get_data (key, &length);

  g_checksum_update (checksum, data, length);
  g_checksum_get_digest (checksum, digest, &digest_length);
  text = g_base64_encode (digest, digest_length);
  return g_strdup_printf (SHA256_PREFIX "%.*s", SHA256_DIGITS, text);
}

/**
 * fairlead_fingerprint_md5:
 * @key: a public key as SSH sends it, or any bytes
 *
 * Returns: (transfer full): "MD5:" and 16 pairs of hexadecimal digits, the form of RFC 4716 §4 that
 *   some providers still publish. Any thread.
 */
char *
fairlead_fingerprint_md5 (GBytes *key)
{
  g_autofree char *digits = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, key);
  GString *text = g_string_new ("MD5");

  for (guint i = 0; digits[i] != '\0'; i += 2)
    g_string_append_printf (text, ":%.2s", digits + i);
  return g_string_free (text, FALSE);
}

static gboolean
inspect (GBytes                *key,
         FairleadPublicKeyInfo *info)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (key, &length);

  return fairlead_public_key_inspect (data, length, info);
}

/**
 * fairlead_fingerprint_type:
 * @key: a public key
 *
 * Returns: (transfer full): its type on the wire, for example "ssh-ed25519", known to us or not; ""
 *   if it is no public key. Text of the other side where the type is unknown: show it inert.
 */
char *
fairlead_fingerprint_type (GBytes *key)
{
  char *type = fairlead_public_key_get_type (key);

  return type != NULL ? type : g_strdup ("");
}

/**
 * fairlead_fingerprint_word:
 * @key: a public key
 *
 * Returns: (transfer none): the short word for its type, for example "ED25519", "UNKNOWN" for one
 *   that OpenSSH does not know; static
 */
const char *
fairlead_fingerprint_word (GBytes *key)
{
  FairleadPublicKeyInfo info;

  return inspect (key, &info) ? info.word : "UNKNOWN";
}

/**
 * fairlead_fingerprint_bits:
 * @key: a public key
 *
 * Returns: its size in bits, as `ssh-keygen -l` prints it; 0 for one of an unknown type
 */
guint
fairlead_fingerprint_bits (GBytes *key)
{
  FairleadPublicKeyInfo info;

  return inspect (key, &info) ? info.bits : 0;
}

/* What a text is compared with, and what was found in it so far. */
typedef struct {
  char *sha256;
  char *md5;
  char *base64;
  gboolean found;
  gboolean matches;
} Comparison;

static void
comparison_clear (Comparison *self)
{
  g_free (self->sha256);
  g_free (self->md5);
  g_free (self->base64);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Comparison, comparison_clear)

static void
note (Comparison *self,
      gboolean    same)
{
  self->found = TRUE;
  self->matches = self->matches || same;
}

static gboolean
is_base64_digit (char c)
{
  return g_ascii_isalnum (c) || c == '+' || c == '/';
}

/* Pasted text as ASCII: any white space is a blank, what has no width is dropped, '?' for
 * others. */
static char *
to_plain_text (const char *pasted)
{
  g_autofree char *valid = g_utf8_make_valid (pasted, (gssize) MIN (strlen (pasted), MAX_PASTED));
  GString *text = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c))
        g_string_append_c (text, ' ');
      else if (!g_unichar_iszerowidth (c))
        g_string_append_c (text, c > 0x20 && c < 0x7f ? (char) c : '?');
    }
  return g_string_free (text, FALSE);
}

/* The digits after "SHA256:", over white space: a terminal or a mail may have broken the line. */
static void
compare_prefixed_sha256 (Comparison *self,
                         const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      char digits[SHA256_DIGITS + 1] = { 0 };
      guint n = 0;

      if (g_ascii_strncasecmp (p, SHA256_PREFIX, strlen (SHA256_PREFIX)) != 0)
        continue;
      p += strlen (SHA256_PREFIX);
      for (; n < SHA256_DIGITS && (is_base64_digit (*p) || *p == ' '); p++)
        if (*p != ' ')
          digits[n++] = *p;
      if (n == SHA256_DIGITS && !is_base64_digit (*p))
        note (self, strcmp (digits, self->sha256 + strlen (SHA256_PREFIX)) == 0);
      p--;
    }
}

static gboolean
is_md5 (const char *word,
        gsize       length)
{
  if (length != MD5_LENGTH)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (i % 3 == 2 ? word[i] != ':' : !g_ascii_isxdigit (word[i]))
      return FALSE;
  return TRUE;
}

/* A word by itself: an MD5 form, a bare SHA-256 form, or a whole key in base64. */
static void
compare_word (Comparison *self,
              const char *word)
{
  gsize length = strlen (word);
  g_autoptr (GBytes) key = NULL;
  FairleadPublicKeyInfo info;

  if (g_ascii_strncasecmp (word, "MD5:", 4) == 0)
    {
      word += 4;
      length -= 4;
    }
  if (is_md5 (word, length))
    {
      note (self, g_ascii_strcasecmp (word, self->md5 + 4) == 0);
      return;
    }
  key = fairlead_public_key_from_base64 (word, length);
  if (key == NULL)
    return;
  if (g_bytes_get_size (key) == 32)
    note (self, strncmp (word, self->sha256 + strlen (SHA256_PREFIX), SHA256_DIGITS) == 0);
  else if (inspect (key, &info))
    {
      g_autofree char *base64 = fairlead_public_key_to_base64 (key);

      note (self, strcmp (base64, self->base64) == 0);
    }
}

/* A key whose base64 was broken into lines can be found, as one can only look for our own. */
static gboolean
holds_broken_key (const char *text,
                  const char *base64)
{
  GString *joined = g_string_sized_new (strlen (text));
  g_autofree char *haystack = NULL;

  for (const char *p = text; *p != '\0'; p++)
    if (*p != ' ')
      g_string_append_c (joined, *p);
  haystack = g_string_free (joined, FALSE);
  return strstr (haystack, base64) != NULL;
}

/**
 * fairlead_fingerprint_compare:
 * @key: the public key that a host shows
 * @pasted: what a person pasted, UTF-8 or not: a fingerprint ("SHA256:…" or "MD5:…", with or
 *   without that word, padding and white space), one or more lines of `ssh-keygen -l`, public keys,
 *   lines of a known_hosts file or of `ssh-keyscan`
 *
 * Any thread. Where several keys are pasted, it is enough that one is @key: providers list a key of
 * each type.
 *
 * Returns: what @pasted says about @key
 */
FairleadFingerprintMatch
fairlead_fingerprint_compare (GBytes     *key,
                              const char *pasted)
{
  g_auto (Comparison) comparison = {
    .sha256 = fairlead_fingerprint_sha256 (key),
    .md5 = fairlead_fingerprint_md5 (key),
    .base64 = fairlead_public_key_to_base64 (key),
  };
  g_autofree char *text = to_plain_text (pasted);
  g_auto (GStrv) words = g_strsplit_set (text, " ,;()<>[]{}\"'`", -1);

  compare_prefixed_sha256 (&comparison, text);
  for (guint i = 0; words[i] != NULL; i++)
    compare_word (&comparison, words[i]);
  if (!comparison.matches && holds_broken_key (text, comparison.base64))
    note (&comparison, TRUE);

  if (comparison.matches)
    return FAIRLEAD_FINGERPRINT_MATCHES;
  return comparison.found ? FAIRLEAD_FINGERPRINT_DIFFERS : FAIRLEAD_FINGERPRINT_NOT_A_FINGERPRINT;
}
