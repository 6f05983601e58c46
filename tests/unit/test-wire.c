/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-wire.h"

#include <string.h>

/* The mpints of RFC 4251 §5 that are not negative. */
static const struct {
  const char *magnitude;
  gsize length;
  const char *wire;
  gsize wire_length;
} mpints[] = {
  { "", 0, "\0\0\0\0", 4 },
  { "\0\0", 2, "\0\0\0\0", 4 },
  { "\x09\xa3\x78\xf9\xb2\xe3\x32\xa7", 8, "\0\0\0\x08\x09\xa3\x78\xf9\xb2\xe3\x32\xa7", 12 },
  { "\x80", 1, "\0\0\0\x02\0\x80", 6 },
  { "\0\0\x80", 3, "\0\0\0\x02\0\x80", 6 },
};

static void
test_mpint (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (mpints); i++)
    {
      g_autoptr (GByteArray) array = g_byte_array_new ();
      FairleadWireReader reader;
      const guint8 *data;
      gsize length;

      fairlead_wire_append_mpint (array, (const guint8 *) mpints[i].magnitude, mpints[i].length);
      g_assert_cmpmem (array->data, array->len, mpints[i].wire, mpints[i].wire_length);

      reader = (FairleadWireReader) FAIRLEAD_WIRE_READER_INIT (array->data, array->len);
      g_assert_true (fairlead_wire_read_mpint (&reader, &data, &length));
      g_assert_cmpuint (reader.left, ==, 0);
      g_byte_array_set_size (array, 0);
      fairlead_wire_append_mpint (array, data, length);
      g_assert_cmpmem (array->data, array->len, mpints[i].wire, mpints[i].wire_length);
    }
}

static void
test_negative_mpint (void)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT ((const guint8 *) "\0\0\0\x02\xed\xcc", 6);
  const guint8 *data;
  gsize length;

  g_assert_false (fairlead_wire_read_mpint (&reader, &data, &length));
  g_assert_cmpuint (reader.left, ==, 6);
}

static void
test_round_trip (void)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  FairleadWireReader reader;
  const guint8 *data;
  gsize length;
  guint32 number;
  guint8 byte;

  fairlead_wire_append_u8 (array, 7);
  fairlead_wire_append_u32 (array, 0xfedcba98);
  fairlead_wire_append_text (array, "ssh-ed25519");
  fairlead_wire_append_string (array, "a\0b", 3);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&array));

  fairlead_wire_reader_init_bytes (&reader, bytes);
  g_assert_true (fairlead_wire_read_u8 (&reader, &byte));
  g_assert_cmpuint (byte, ==, 7);
  g_assert_true (fairlead_wire_read_u32 (&reader, &number));
  g_assert_cmphex (number, ==, 0xfedcba98);
  text = fairlead_wire_dup_string (&reader);
  g_assert_cmpstr (text, ==, "ssh-ed25519");
  g_assert_null (fairlead_wire_dup_string (&reader));
  g_assert_true (fairlead_wire_read_string (&reader, &data, &length));
  g_assert_cmpmem (data, length, "a\0b", 3);
  g_assert_false (fairlead_wire_read_u8 (&reader, &byte));
}

/* Each cut of a message is refused, and the reader stays where it was. */
static void
test_truncated (void)
{
  static const guint8 wire[] = { 0, 0, 0, 3, 'a', 'b', 'c' };

  for (gsize cut = 0; cut < sizeof wire; cut++)
    {
      g_autofree guint8 *copy = g_memdup2 (wire, cut);
      FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT (copy, cut);
      const guint8 *data;
      gsize length;

      g_assert_false (fairlead_wire_read_string (&reader, &data, &length));
      g_assert_false (fairlead_wire_read_mpint (&reader, &data, &length));
      g_assert_null (fairlead_wire_dup_string (&reader));
      g_assert_cmpuint (reader.left, ==, cut);
      g_assert_true (reader.data == copy);
    }
}

static void
test_huge_length (void)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT ((const guint8 *) "\xff\xff\xff\xff""x", 5);
  const guint8 *data;
  gsize length;

  g_assert_false (fairlead_wire_read_string (&reader, &data, &length));
  g_assert_cmpuint (reader.left, ==, 5);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/mpint", test_mpint);
  g_test_add_func ("/wire/negative-mpint", test_negative_mpint);
  g_test_add_func ("/wire/round-trip", test_round_trip);
  g_test_add_func ("/wire/truncated", test_truncated);
  g_test_add_func ("/wire/huge-length", test_huge_length);
  return g_test_run ();
}
