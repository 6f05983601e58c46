/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-socks.h"

#include <string.h>

#define BYTES(text) text, sizeof text - 1
#define NAME_50 "a123456789b123456789c123456789d123456789e123456789"
#define NAME_250 NAME_50 NAME_50 NAME_50 NAME_50 NAME_50
#define V5_OK "\x05\x00"
#define V5_ERROR(code) "\x05" code "\x00\x01\0\0\0\0\0\0"
#define V4_ERROR "\x00\x5b\0\0\0\0\0\0"

/* What a client says, all of it; what it is answered before the outcome, where it wants to go, and what is
 * left of what it said. */
static const struct {
  const char *name;
  const char *input;
  gsize input_length;
  FairleadSocksStep step;
  const char *reply;
  gsize reply_length;
  const char *host;
  guint port;
  gsize left;
} rows[] = {
  { "v4", BYTES ("\x04\x01\x1f\x90\x7f\x00\x00\x01me\0"), FAIRLEAD_SOCKS_REQUEST, BYTES (""), "127.0.0.1", 8080, 0 },
  { "v4, nobody", BYTES ("\x04\x01\x1f\x90\x7f\x00\x00\x01\0"), FAIRLEAD_SOCKS_REQUEST, BYTES (""), "127.0.0.1", 8080, 0 },
  { "v4, with data", BYTES ("\x04\x01\x1f\x90\x7f\x00\x00\x01\0GET"), FAIRLEAD_SOCKS_REQUEST, BYTES (""), "127.0.0.1", 8080, 3 },
  { "v4, the network's address", BYTES ("\x04\x01\x1f\x90\x00\x00\x00\x00\0"), FAIRLEAD_SOCKS_REQUEST, BYTES (""), "0.0.0.0", 8080, 0 },
  { "v4, bind", BYTES ("\x04\x02\x1f\x90\x7f\x00\x00\x01\0"), FAIRLEAD_SOCKS_BAD, BYTES (V4_ERROR), NULL, 0, 9 },
  { "v4, no port", BYTES ("\x04\x01\0\0\x7f\x00\x00\x01\0"), FAIRLEAD_SOCKS_BAD, BYTES (V4_ERROR), "127.0.0.1", 0, 0 },
  { "v4, an endless user", BYTES ("\x04\x01\x1f\x90\x7f\x00\x00\x01" NAME_250 "123456"), FAIRLEAD_SOCKS_BAD, BYTES (V4_ERROR), NULL, 0, 264 },
  { "v4a", BYTES ("\x04\x01\x1f\x90\0\0\0\x01me\0gpu.lab\0"), FAIRLEAD_SOCKS_REQUEST, BYTES (""), "gpu.lab", 8080, 0 },
  { "v4a, no name", BYTES ("\x04\x01\x1f\x90\0\0\0\x01me\0\0"), FAIRLEAD_SOCKS_BAD, BYTES (V4_ERROR), NULL, 8080, 0 },
  { "v4a, an endless name", BYTES ("\x04\x01\x1f\x90\0\0\0\x01\0" NAME_250 "123456"), FAIRLEAD_SOCKS_BAD, BYTES (V4_ERROR), NULL, 0, 265 },
  { "v4a, a foul name", BYTES ("\x04\x01\x1f\x90\0\0\0\x01\0a\nb\0"), FAIRLEAD_SOCKS_BAD, BYTES (V4_ERROR), NULL, 8080, 0 },
  { "v5, name", BYTES ("\x05\x01\0\x05\x01\0\x03\x07gpu.lab\0\x50"), FAIRLEAD_SOCKS_REQUEST, BYTES (V5_OK), "gpu.lab", 80, 0 },
  { "v5, IPv4", BYTES ("\x05\x03\x02\x01\0\x05\x01\0\x01\x0a\0\0\x01\0\x50"), FAIRLEAD_SOCKS_REQUEST, BYTES (V5_OK), "10.0.0.1", 80, 0 },
  { "v5, IPv6, with data", BYTES ("\x05\x01\0\x05\x01\0\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\xff\xffhello"),
    FAIRLEAD_SOCKS_REQUEST, BYTES (V5_OK), "2001:db8::1", 65535, 5 },
  { "v5, only with a password", BYTES ("\x05\x01\x02"), FAIRLEAD_SOCKS_BAD, BYTES ("\x05\xff"), NULL, 0, 0 },
  { "v5, no method", BYTES ("\x05\x00"), FAIRLEAD_SOCKS_BAD, BYTES ("\x05\xff"), NULL, 0, 0 },
  { "v5, UDP", BYTES ("\x05\x01\0\x05\x03\0\x01\x0a\0\0\x01\0\x50"), FAIRLEAD_SOCKS_BAD, BYTES (V5_OK V5_ERROR ("\x07")), NULL, 0, 10 },
  { "v5, another kind of address", BYTES ("\x05\x01\0\x05\x01\0\x02\x0a\0\0\x01\0\x50"), FAIRLEAD_SOCKS_BAD,
    BYTES (V5_OK V5_ERROR ("\x08")), NULL, 0, 10 },
  { "v5, an empty name", BYTES ("\x05\x01\0\x05\x01\0\x03\0\0\x50"), FAIRLEAD_SOCKS_BAD, BYTES (V5_OK V5_ERROR ("\x01")), NULL, 80, 0 },
  { "v5, a name with a NUL", BYTES ("\x05\x01\0\x05\x01\0\x03\x03" "a\0b\0\x50"), FAIRLEAD_SOCKS_BAD, BYTES (V5_OK V5_ERROR ("\x01")), NULL, 80, 0 },
  { "v5, then not", BYTES ("\x05\x01\0\x04\x01\0\x01\x0a\0\0\x01\0\x50"), FAIRLEAD_SOCKS_BAD, BYTES (V5_OK V5_ERROR ("\x01")), NULL, 0, 10 },
  { "half", BYTES ("\x05\x01\0\x05\x01\0\x03\x07gpu.lab\0"), FAIRLEAD_SOCKS_MORE, BYTES (V5_OK), NULL, 0, 13 },
  { "nothing", BYTES (""), FAIRLEAD_SOCKS_MORE, BYTES (""), NULL, 0, 0 },
  { "http", BYTES ("GET / HTTP/1.1\r\n"), FAIRLEAD_SOCKS_BAD, BYTES (""), NULL, 0, 16 },
};

/* In pieces of @piece bytes, as a network may deliver it. */
static void
check_row (guint row,
           gsize piece)
{
  FairleadSocks socks = { 0 };
  g_autoptr (GByteArray) reply = g_byte_array_new ();
  FairleadSocksStep step = FAIRLEAD_SOCKS_MORE;
  gsize begin = 0;
  gsize end = 0;

  while (step == FAIRLEAD_SOCKS_MORE && end < rows[row].input_length)
    {
      gsize used;

      end = MIN (end + piece, rows[row].input_length);
      step = fairlead_socks_read (&socks, (const guint8 *) rows[row].input + begin, end - begin, &used, reply);
      begin += used;
    }
  g_assert_cmpint (step, ==, rows[row].step);
  g_assert_cmpmem (reply->data, reply->len, rows[row].reply, rows[row].reply_length);
  g_assert_cmpstr (socks.host, ==, rows[row].host);
  g_assert_cmpuint (socks.port, ==, rows[row].port);
  g_assert_cmpuint (rows[row].input_length - begin, ==, rows[row].left);
  fairlead_socks_clear (&socks);
}

static void
test_rows (void)
{
  for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
    for (gsize piece = 1; piece < 300; piece = piece < 4 ? piece + 1 : piece * 2)
      {
        g_test_message ("%s, in pieces of %u", rows[row].name, (guint) piece);
        check_row (row, piece);
      }
}

static void
test_answers (void)
{
  static const struct {
    guint version;
    FairleadSocksOutcome outcome;
    const char *answer;
    gsize length;
  } answers[] = {
    { 4, FAIRLEAD_SOCKS_REACHED, BYTES ("\x00\x5a\0\0\0\0\0\0") },
    { 4, FAIRLEAD_SOCKS_NOBODY_ANSWERS, BYTES (V4_ERROR) },
    { 5, FAIRLEAD_SOCKS_REACHED, BYTES (V5_ERROR ("\x00")) },
    { 5, FAIRLEAD_SOCKS_NOT_ALLOWED, BYTES (V5_ERROR ("\x02")) },
    { 5, FAIRLEAD_SOCKS_NOBODY_ANSWERS, BYTES (V5_ERROR ("\x05")) },
    { 0, FAIRLEAD_SOCKS_FAILED, BYTES ("") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      FairleadSocks socks = { .version = answers[i].version };
      g_autoptr (GByteArray) reply = g_byte_array_new ();

      fairlead_socks_answer (&socks, answers[i].outcome, reply);
      g_assert_cmpmem (reply->data, reply->len, answers[i].answer, answers[i].length);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/socks/rows", test_rows);
  g_test_add_func ("/socks/answers", test_answers);
  return g_test_run ();
}
