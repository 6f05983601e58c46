/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-socks.h"
#include "fuzz.h"

/* A client's handshake: the first byte says in which pieces the others come. However they come, they mean
 * the same. */

static FairleadSocksStep
handshake (const uint8_t *data,
           size_t         size,
           size_t         piece,
           FairleadSocks *socks,
           size_t        *begin,
           GByteArray    *reply)
{
  FairleadSocksStep step = FAIRLEAD_SOCKS_MORE;
  size_t end = 0;

  while (step == FAIRLEAD_SOCKS_MORE && end < size)
    {
      gsize used;

      end = MIN (end + piece, size);
      step = fairlead_socks_read (socks, data + *begin, end - *begin, &used, reply);
      *begin += used;
      g_assert (*begin <= end);
    }
  /* What is bounded is so by the parser itself. */
  g_assert (step != FAIRLEAD_SOCKS_MORE || end - *begin < FAIRLEAD_SOCKS_MAX_INPUT);
  return step;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  FairleadSocks once = { 0 };
  FairleadSocks pieces = { 0 };
  g_autoptr (GByteArray) once_reply = g_byte_array_new ();
  g_autoptr (GByteArray) pieces_reply = g_byte_array_new ();
  size_t once_used = 0;
  size_t pieces_used = 0;
  FairleadSocksStep step;

  if (size < 1)
    return 0;
  step = handshake (data + 1, size - 1, size, &once, &once_used, once_reply);
  g_assert (step == handshake (data + 1, size - 1, data[0] % 16 + 1, &pieces, &pieces_used, pieces_reply));
  g_assert (step != FAIRLEAD_SOCKS_REQUEST || (once.host != NULL && once.port > 0 && *once.host != '\0'));
  g_assert (g_strcmp0 (once.host, pieces.host) == 0 && once.port == pieces.port);
  g_assert (once_used == pieces_used || step != FAIRLEAD_SOCKS_REQUEST);
  fairlead_socks_clear (&once);
  fairlead_socks_clear (&pieces);
  return 0;
}
