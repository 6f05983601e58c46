/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-random.h"

#include <openssl/rand.h>

/**
 * fairlead_random_hex:
 * @n_bytes: how many random bytes, at most 64
 *
 * For tokens and markers that nobody must guess. Any thread.
 *
 * Returns: (transfer full): 2 × @n_bytes hexadecimal digits
 */
char *
fairlead_random_hex (gsize n_bytes)
{
  guchar bytes[64];
  GString *hex = g_string_new (NULL);

  g_assert (n_bytes <= sizeof bytes);
  if (RAND_bytes (bytes, (int) n_bytes) != 1)
    g_error ("No random bytes can be had");
  for (gsize i = 0; i < n_bytes; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}
