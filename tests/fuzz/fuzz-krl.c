/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-public-key.h"
#include "fairlead-revoked-keys.h"
#include "fuzz.h"

/* The bytes as the file of RevokedHostKeys: a KRL or a list of keys, about a key and a certificate. */

#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAIGkXUSqNL8tfrv8fJ9MkLc3ZUrxzfM6VUbG2iT7yHwtL"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GBytes) key = fairlead_public_key_from_base64 (KEY, sizeof KEY - 1);
  /* Of what a lookup compares; it is not verified once more. */
  FairleadCertificate certificate = {
    .serial = 7, .key_id = (char *) "box", .key = key, .authority = key,
  };
  gboolean revoked;

  fairlead_krl_lookup (data, size, key, NULL, &revoked);
  fairlead_krl_lookup (data, size, key, &certificate, &revoked);
  fairlead_revoked_keys_allow (fuzz_file (data, size), "box", key, &certificate, NULL);
  return 0;
}
