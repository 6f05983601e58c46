/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <openssl/err.h>
#include <string.h>

#include "fairlead-key-private.h"
#include "fairlead-wire.h"
#include "fuzz.h"

/* The bytes as a private key file of any form, with a passphrase and without. */

#define PASSPHRASE "open sesame"

/* A file may ask for minutes of key derivation, and is to be given them. Here that would hide what the
 * parsers do: such a file is opened without a passphrase alone. */
#define MAX_BCRYPT_ROUNDS 1
#define MAX_ARGON2_MEMORY 256
#define MAX_ARGON2_OTHER 4
#define MAX_ITERATIONS 4096

static gboolean
openssh_is_cheap (const char *text)
{
  const char *begin = strstr (text, "-----BEGIN OPENSSH PRIVATE KEY-----");
  g_autofree guint8 *blob = NULL;
  gsize length;
  FairleadWireReader reader, options;
  const guint8 *data;
  gsize data_length;
  guint32 rounds;

  if (begin == NULL)
    return TRUE;
  blob = g_base64_decode (begin + strlen ("-----BEGIN OPENSSH PRIVATE KEY-----"), &length);
  reader = (FairleadWireReader) FAIRLEAD_WIRE_READER_INIT (blob, length);
  if (!fairlead_wire_read_data (&reader, strlen ("openssh-key-v1") + 1, &data)
      || !fairlead_wire_read_string (&reader, &data, &data_length)
      || !fairlead_wire_read_string (&reader, &data, &data_length)
      || !fairlead_wire_read_string (&reader, &data, &data_length))
    return TRUE;
  options = (FairleadWireReader) FAIRLEAD_WIRE_READER_INIT (data, data_length);
  return !fairlead_wire_read_string (&options, &data, &data_length)
         || !fairlead_wire_read_u32 (&options, &rounds) || rounds <= MAX_BCRYPT_ROUNDS;
}

static gboolean
ppk_is_cheap (const char *text)
{
  static const char *const numbers[] = { "Argon2-Memory", "Argon2-Passes", "Argon2-Parallelism" };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    for (const char *at = strstr (text, numbers[i]); at != NULL; at = strstr (at + 1, numbers[i]))
      {
        const char *number = at + strlen (numbers[i]);
        guint64 limit = i == 0 ? MAX_ARGON2_MEMORY : MAX_ARGON2_OTHER;

        number += strcspn (number, "0123456789");
        if (g_ascii_strtoull (number, NULL, 10) > limit)
          return FALSE;
      }
  return TRUE;
}

static void
use (FairleadKey *key)
{
  static const char *const algorithms[] = { "ssh-ed25519", "rsa-sha2-256", "ecdsa-sha2-nistp256" };

  if (key == NULL)
    return;
  fairlead_key_get_public (key);
  fairlead_key_get_comment (key);
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      g_autoptr (GBytes) signature = fairlead_key_sign (key, algorithms[i], (const guint8 *) "x", 1, NULL);
    }
  fairlead_key_unref (key);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *path = fuzz_file (data, size);
  g_autofree char *text = fuzz_text (data, size);
  g_autoptr (GBytes) public_key = NULL;
  g_autofree char *comment = NULL;
  gboolean encrypted;

  use (fairlead_key_load (path, NULL, NULL));
  public_key = fairlead_key_load_public (path, &comment, NULL);
  fairlead_key_is_encrypted (path, &encrypted, NULL);
  if (strlen (text) == size && openssh_is_cheap (text) && ppk_is_cheap (text)
      && fairlead_key_pem_get_iterations (text) <= MAX_ITERATIONS)
    {
      g_autoptr (FairleadSecret) passphrase = fairlead_secret_new (PASSPHRASE);

      use (fairlead_key_load (path, passphrase, NULL));
    }
  ERR_clear_error ();
  return 0;
}
