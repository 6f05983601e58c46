/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-certificate.h"
#include "fairlead-fingerprint.h"
#include "fairlead-public-key.h"
#include "fuzz.h"

/* The bytes as a public key or certificate: as it goes over the wire, and as a line of a .pub file. */

static void
look_at (GBytes *key)
{
  g_autofree char *type = fairlead_public_key_get_type (key);
  g_autofree char *base64 = fairlead_public_key_to_base64 (key);
  g_autofree char *sha256 = fairlead_fingerprint_sha256 (key);
  g_autofree char *md5 = fairlead_fingerprint_md5 (key);
  g_autofree char *kind = fairlead_fingerprint_type (key);
  g_autofree char *picture = fairlead_fingerprint_picture (key);
  g_autoptr (FairleadCertificate) certificate = fairlead_certificate_new (key, NULL);

  fairlead_fingerprint_bits (key);
  fairlead_fingerprint_word (key);
  if (certificate == NULL)
    return;
  fairlead_certificate_has_principal (certificate, "gpu.example.com");
  fairlead_certificate_check_user (certificate, 1700000000, NULL);
  fairlead_certificate_check_host (certificate, "gpu.example.com", 1700000000, NULL, NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *line = fuzz_text (data, size);
  g_autofree char *comment = NULL;
  g_autoptr (GBytes) blob = g_bytes_new (data, size);
  g_autoptr (GBytes) key = fairlead_public_key_parse_line (line, &comment);

  look_at (blob);
  if (key != NULL)
    look_at (key);
  return 0;
}
