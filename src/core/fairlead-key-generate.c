/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-file.h"
#include "fairlead-key-private.h"

#include <glib/gi18n-lib.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <string.h>

#include "fairlead-error.h"

static const struct {
  const char *word;
  guint default_bits;
  guint min_bits;
  guint max_bits;
} kinds[] = {
  [FAIRLEAD_KEY_KIND_ED25519] = { "ed25519", 256, 256, 256 },
  [FAIRLEAD_KEY_KIND_RSA] = { "rsa", 4096, 2048, FAIRLEAD_KEY_MAX_RSA_BITS },
  [FAIRLEAD_KEY_KIND_ECDSA] = { "ecdsa", 256, 256, 521 },
};

static const struct {
  guint bits;
  const char *group;
} groups[] = {
  { 256, "P-256" },
  { 384, "P-384" },
  { 521, "P-521" },
};

/**
 * fairlead_key_kind_from_word:
 * @word: "ed25519", "rsa" or "ecdsa", as ssh-keygen -t takes it
 * @kind: (out): which it is
 *
 * Returns: %FALSE for any other word
 */
gboolean
fairlead_key_kind_from_word (const char      *word,
                             FairleadKeyKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (kinds[i].word, word) == 0)
      {
        *kind = (FairleadKeyKind) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * fairlead_key_kind_get_word:
 * @kind: a kind
 *
 * Returns: (transfer none): its word, of which the names of files are made: "ed25519"
 */
const char *
fairlead_key_kind_get_word (FairleadKeyKind kind)
{
  return kinds[kind].word;
}

static const char *
find_group (guint bits)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    if (groups[i].bits == bits)
      return groups[i].group;
  return NULL;
}

static gboolean
check_bits (FairleadKeyKind   kind,
            guint             bits,
            GError          **error)
{
  if (kind == FAIRLEAD_KEY_KIND_ECDSA && find_group (bits) == NULL)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                          _("An ECDSA key has 256, 384 or 521 bits, not %u."), bits);
      return FALSE;
    }
  if (bits >= kinds[kind].min_bits && bits <= kinds[kind].max_bits)
    return TRUE;
  if (kind == FAIRLEAD_KEY_KIND_RSA)
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                        _("An RSA key has from %u to %u bits here, not %u."),
                        kinds[kind].min_bits, kinds[kind].max_bits, bits);
  else
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                        _("An Ed25519 key always has 256 bits: leave the size out."));
  return FALSE;
}

/* Called with each candidate for a prime. */
static int
go_on_cb (EVP_PKEY_CTX *context)
{
  return !g_cancellable_is_cancelled (EVP_PKEY_CTX_get_app_data (context));
}

static EVP_PKEY *
generate (FairleadKeyKind  kind,
          guint            bits,
          GCancellable    *cancellable)
{
  static const char *const names[] = { "ED25519", "RSA", "EC" };
  g_autoptr (EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name (NULL, names[kind], NULL);
  EVP_PKEY *pkey = NULL;

  if (context == NULL || EVP_PKEY_keygen_init (context) != 1)
    return NULL;
  if (kind == FAIRLEAD_KEY_KIND_RSA && EVP_PKEY_CTX_set_rsa_keygen_bits (context, (int) bits) != 1)
    return NULL;
  if (kind == FAIRLEAD_KEY_KIND_ECDSA
      && EVP_PKEY_CTX_set_group_name (context, find_group (bits)) != 1)
    return NULL;
  if (cancellable != NULL)
    {
      EVP_PKEY_CTX_set_app_data (context, cancellable);
      EVP_PKEY_CTX_set_cb (context, go_on_cb);
    }
  return EVP_PKEY_generate (context, &pkey) == 1 ? pkey : NULL;
}

/* A comment ends at the end of its line, in the .pub file and in authorized_keys. */
gboolean
fairlead_key_check_comment (const char  *comment,
                            GError     **error)
{
  for (const char *p = comment; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) && *p != '\t')
      {
        fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                            _("The comment of a key is one line without control characters."));
        return FALSE;
      }
  return TRUE;
}

/**
 * fairlead_key_generate:
 * @kind: which kind
 * @bits: its size; 0 for the usual one: 256, for RSA 4096
 * @comment: its comment, one line
 * @cancellable: (nullable): ends the search for primes with %G_IO_ERROR_CANCELLED
 * @error: %FAIRLEAD_ERROR_USAGE for a size or a comment that cannot be
 *
 * Makes a new key, in memory alone. Any thread; RSA takes some seconds, 16384 bits some minutes.
 *
 * Returns: (transfer full) (nullable): the key
 */
FairleadKey *
fairlead_key_generate (FairleadKeyKind   kind,
                       guint             bits,
                       const char       *comment,
                       GCancellable     *cancellable,
                       GError          **error)
{
  g_autoptr (EVP_PKEY) pkey = NULL;
  g_autoptr (GBytes) public_key = NULL;

  g_return_val_if_fail (kind < G_N_ELEMENTS (kinds) && comment != NULL, NULL);

  if (bits == 0)
    bits = kinds[kind].default_bits;
  if (!check_bits (kind, bits, error) || !fairlead_key_check_comment (comment, error))
    return NULL;
  pkey = generate (kind, bits, cancellable);
  ERR_clear_error ();
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (pkey != NULL)
    public_key = fairlead_key_evp_get_public (pkey);
  if (public_key == NULL || !fairlead_key_evp_is_whole (pkey))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("OpenSSL could not make a key of this kind on this machine."));
      return NULL;
    }
  return fairlead_key_new (pkey, public_key, comment);
}
