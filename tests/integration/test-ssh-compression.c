/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ssh-fixture.h"

/* Compression of ssh_config(5), against an sshd that has it or not; meson.build says which test is for
 * which. */

enum { SIZE = 8 * MIB };

/* To the sshd of this run, over @relay. */
static void
connect_over (Fixture    *fixture,
              Relay      *relay,
              const char *config)
{
  g_autofree char *text = g_strdup_printf ("HostName 127.0.0.1\n%s\n", config);
  g_autoptr (FairleadTarget) target = test_target (fixture, relay_get_port (relay), NULL, text);
  g_autoptr (GError) error = NULL;

  g_string_truncate (fixture->messages, 0);
  fixture->person->answer = FAIRLEAD_HOST_KEY_ONCE;
  test_use_target (fixture, target);
  test_connect (fixture, &error);
  g_assert_no_error (error);
}

/* Bytes that compress well, badly, and by turns. */
static GBytes *
make_content (gboolean zeros,
              gboolean noise)
{
  g_autofree guint8 *content = g_malloc0 (SIZE);
  guint32 seed = 1;

  for (gsize i = 0; noise && i < SIZE; i++)
    if (!zeros || i / 50000 % 2 == 0)
      content[i] = (seed = seed * 1664525 + 1013904223) >> 24;
  return g_bytes_new_take (g_steal_pointer (&content), SIZE);
}

static void
check_cat (Fixture *fixture,
           GBytes  *content)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_remote_run_async (fixture->remote, "cat", content, SIZE + 1, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_run_finish (fixture->remote, result, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (out, content));
}

static gpointer
write_thread (gpointer data)
{
  gpointer *way = data;
  GOutputStream *stream = g_io_stream_get_output_stream (way[0]);
  gsize size;
  const void *content = g_bytes_get_data (way[1], &size);
  gboolean written = g_output_stream_write_all (stream, content, size, NULL, NULL, NULL);

  return GINT_TO_POINTER (written && g_output_stream_close (stream, NULL, NULL));
}

/* Through a tunnel to a server that answers with all of it, twice. */
static void
check_tunnel (Fixture *fixture,
              GBytes  *content)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = g_malloc (2 * SIZE + 1);
  gpointer way[2];
  GThread *thread;
  gsize n = 0;

  fairlead_remote_open_tcp_async (fixture->remote, "127.0.0.1", echo_port (echo), NULL, keep_result_cb,
                                  &result);
  WAIT_FOR (result != NULL);
  stream = fairlead_remote_open_tcp_finish (fixture->remote, result, &error);
  g_assert_no_error (error);
  way[0] = stream;
  way[1] = content;
  thread = g_thread_new ("write", write_thread, way);
  g_input_stream_read_all (g_io_stream_get_input_stream (stream), answer, 2 * SIZE + 1, &n, NULL, NULL);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  g_assert_cmpuint (n, ==, 2 * SIZE);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (memcmp (answer + i * SIZE, g_bytes_get_data (content, NULL), SIZE), ==, 0);
}

static void
check_exchange (Fixture *fixture)
{
  for (guint i = 1; i <= 3; i++)
    {
      g_autoptr (GBytes) content = make_content (i & 1, i & 2);

      check_cat (fixture, content);
      check_tunnel (fixture, content);
    }
}

static void
check_said (Fixture    *fixture,
            const char *text,
            gboolean    said)
{
  if ((strstr (fixture->messages->str, text) != NULL) != said)
    g_error ("%s “%s” in: %s", said ? "not" : "but", text, fixture->messages->str);
}

/* What is compressed is less on the wire, and nothing is without being asked for. */
static void
test_wire (Fixture       *fixture,
           gconstpointer  data)
{
  static const struct { const char *config; gboolean compressed; } rows[] = {
    { "Compression yes", TRUE }, { "Compression no", FALSE }, { "", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Relay) relay = relay_start (test_sshd_port ());
      g_autoptr (GBytes) zeros = make_content (TRUE, FALSE);

      connect_over (fixture, relay, rows[i].config);
      check_said (fixture, ", compressed\n", rows[i].compressed);
      check_said (fixture, "Not compressed", FALSE);
      check_cat (fixture, zeros);
      if (rows[i].compressed)
        g_assert_cmpuint (relay_get_down (relay), <, SIZE / 20);
      else
        g_assert_cmpuint (relay_get_down (relay), >, SIZE);
      test_close (fixture->remote);
    }
}

static void
test_exchange_all (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (Relay) relay = relay_start (test_sshd_port ());

  connect_over (fixture, relay, "Compression yes");
  check_said (fixture, ", compressed\n", TRUE);
  check_exchange (fixture);
  test_close (fixture->remote);
}

/* The host decides as well. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (Relay) relay = relay_start (test_sshd_port ());

  connect_over (fixture, relay, "Compression yes");
  check_said (fixture, ", compressed\n", FALSE);
  check_said (fixture, "Not compressed: the host does not offer it\n", TRUE);
  check_exchange (fixture);
  test_close (fixture->remote);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!test_ready ())
    return 2;

#define NEW(path, func) g_test_add (path, Fixture, NULL, test_set_up, func, test_tear_down)
  NEW ("/compression/yes/wire", test_wire);
  NEW ("/compression/yes/exchange", test_exchange_all);
  NEW ("/compression/rekey", test_exchange_all);
  NEW ("/compression/refused", test_refused);
  return g_test_run ();
}
