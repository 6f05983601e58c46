/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-fingerprint.h"

#include <string.h>

#define WIDTH 17
#define HEIGHT 9

/* What a cell shows by how often the walk came by; the last two are its start and its end. */
static const char marks[] = " .o+=*BOX@%&#/^SE";

#define LAST (sizeof marks - 2)

typedef guint8 Field[HEIGHT][WIDTH];

/* The "drunken bishop": two bits a move, one diagonal cell each, along the wall at the edges. */
static void
walk (const guint8 *digest,
      gsize         length,
      Field         field)
{
  int x = WIDTH / 2, y = HEIGHT / 2;

  for (gsize move = 0; move < length * 4; move++)
    {
      guint bits = digest[move / 4] >> (2 * (move % 4));

      x = CLAMP (x + (bits & 1 ? 1 : -1), 0, WIDTH - 1);
      y = CLAMP (y + (bits & 2 ? 1 : -1), 0, HEIGHT - 1);
      if (field[y][x] < LAST - 2)
        field[y][x]++;
    }
  field[HEIGHT / 2][WIDTH / 2] = LAST - 1;
  field[y][x] = LAST;
}

static void
append_border (GString    *picture,
               const char *title)
{
  gsize length = strlen (title), before = (WIDTH - length) / 2;

  g_string_append_c (picture, '+');
  for (gsize i = 0; i < before; i++)
    g_string_append_c (picture, '-');
  g_string_append (picture, title);
  for (gsize i = before + length; i < WIDTH; i++)
    g_string_append_c (picture, '-');
  g_string_append_c (picture, '+');
}

/**
 * fairlead_fingerprint_picture:
 * @key: a public key
 *
 * Returns: (transfer full): the picture that `ssh-keygen -lv` draws of its SHA-256 fingerprint (in
 *   OpenSSH's sshkey.c fingerprint_randomart()): 11 lines of 19 characters, for a font of fixed
 *   width. Any thread.
 */
char *
fairlead_fingerprint_picture (GBytes *key)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  GString *picture = g_string_new (NULL);
  const char *word = fairlead_fingerprint_word (key);
  g_autofree char *title = g_strdup_printf ("[%s %u]", word, fairlead_fingerprint_bits (key));
  g_autofree char *short_title = g_strdup_printf ("[%s]", word);
  guint8 digest[32];
  gsize length, digest_length = sizeof digest;
  const guint8 *data = g_bytes_get_data (key, &length);
  Field field = { 0 };

  g_checksum_update (checksum, data, length);
  g_checksum_get_digest (checksum, digest, &digest_length);
  walk (digest, digest_length, field);
  append_border (picture, strlen (title) <= WIDTH ? title : short_title);
  for (guint y = 0; y < HEIGHT; y++)
    {
      g_string_append (picture, "\n|");
      for (guint x = 0; x < WIDTH; x++)
        g_string_append_c (picture, marks[field[y][x]]);
      g_string_append_c (picture, '|');
    }
  g_string_append_c (picture, '\n');
  append_border (picture, "[SHA256]");
  return g_string_free (picture, FALSE);
}
