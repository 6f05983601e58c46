/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-error.h"
#include "fairlead-json.h"
#include "fairlead-run-enums.h"
#include "fairlead-solver-protocol.h"

/* What the client encodes, which has to stand in a transcript of tests/demo/PROTOCOL.md: there the demo
 * is held to it. */
static GPtrArray *
read_client_lines (void)
{
  g_autofree char *file = g_test_build_filename (G_TEST_DIST, "..", "demo", "PROTOCOL.md", NULL);
  GPtrArray *lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *text = NULL;
  g_auto (GStrv) all = NULL;
  GError *error = NULL;

  g_file_get_contents (file, &text, NULL, &error);
  g_assert_no_error (error);
  all = g_strsplit (text, "\n", -1);
  for (gsize i = 0; all[i] != NULL; i++)
    {
      g_autofree char *wrapped = NULL;
      g_autoptr (JsonNode) node = NULL;
      g_autofree char *latin1 = NULL;
      const char *string;
      gsize length;

      /* A NUL within would end json-glib's string: it is carried as U+0100, which no byte is. */
      if (!g_str_has_prefix (all[i], "C \""))
        continue;
      wrapped = g_strdup_printf ("[%s]", all[i] + 2);
      for (char *nul = wrapped; (nul = strstr (nul, "\\u0000")) != NULL;)
        nul[3] = '1';
      node = json_from_string (wrapped, &error);
      g_assert_no_error (error);
      string = json_array_get_string_element (json_node_get_array (node), 0);
      latin1 = g_malloc (strlen (string) + 1);
      length = 0;
      for (const char *p = string; *p != '\0'; p = g_utf8_next_char (p))
        latin1[length++] = (char) g_utf8_get_char (p);
      g_ptr_array_add (lines, g_bytes_new (latin1, length));
    }
  return lines;
}

static void
assert_in_transcripts (GPtrArray *lines,
                       GBytes    *encoded)
{
  for (guint i = 0; i < lines->len; i++)
    if (g_bytes_equal (lines->pdata[i], encoded))
      return;
  g_error ("Not in PROTOCOL.md: %.*s", (int) g_bytes_get_size (encoded),
           (const char *) g_bytes_get_data (encoded, NULL));
}

static void
test_encode (void)
{
  g_autoptr (GPtrArray) lines = read_client_lines ();
  static const char * const requests[] = { NULL, "build", "cancel_build", "delete", "dance" };
  const FairleadSolverUpload upload = { "/p", "demo", 4, 3, "aa", "bb" };
  g_autoptr (GBytes) old = NULL;
  g_autoptr (GBytes) old_start = NULL;
  g_autoptr (GBytes) head = NULL;
  g_autoptr (GBytes) send = NULL;
  g_autoptr (GBytes) receive = NULL;

  g_assert_cmpuint (lines->len, >, 10);
  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (GBytes) command = NULL;

      command = fairlead_solver_encode_command (FAIRLEAD_SOLVER_FRAMING_LENGTH, "demo", requests[i], NULL);
      assert_in_transcripts (lines, command);
    }
  old = fairlead_solver_encode_command (FAIRLEAD_SOLVER_FRAMING_HALF_CLOSE, "demo", NULL, NULL);
  assert_in_transcripts (lines, old);
  old_start = fairlead_solver_encode_command (FAIRLEAD_SOLVER_FRAMING_HALF_CLOSE, "demo", "start", NULL);
  assert_in_transcripts (lines, old_start);
  head = fairlead_solver_encode_upload (&upload);
  assert_in_transcripts (lines, head);
  send = fairlead_solver_encode_send ("/p/x.bin", "demo", 5);
  assert_in_transcripts (lines, send);
  receive = fairlead_solver_encode_receive ("/p/x.bin", "demo");
  assert_in_transcripts (lines, receive);
}

static void
test_white_space (void)
{
  static const char * const names[] = { "", "a b", "a\tb", "a\nb", " a", "a ", "a\001b" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fairlead_solver_encode_command (FAIRLEAD_SOLVER_FRAMING_LENGTH, names[i], NULL, &error));
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
    }
}

/* Any answer, however odd, gives a status or an error, and never a crash or a value out of range. */
static const struct {
  const char *answer;
  gboolean solver;
  FairleadSolverState state;
  int frame;
  double progress;
} answers[] = {
  { "{\"protocol_version\":\"0.04\",\"status\":\"BUSY\",\"frame\":7,\"progress\":0.5}", TRUE,
    FAIRLEAD_SOLVER_BUSY, 7, 0.5 },
  { "{\"protocol_version\":\"0.04\",\"error\":\"Project name is missing.\"}", TRUE,
    FAIRLEAD_SOLVER_UNKNOWN, -1, -1 },
  { "{\"status\":\"SAVE_AND_QUIT\",\"frame\":\"7\",\"progress\":2}", TRUE,
    FAIRLEAD_SOLVER_SAVE_AND_QUIT, -1, -1 },
  { "{\"status\":null,\"frame\":-5,\"progress\":-0.1,\"hardware\":[],\"summary\":{\"a\":{},\"b\":1.5}}", TRUE,
    FAIRLEAD_SOLVER_UNKNOWN, -1, -1 },
  { "{\"status\":\"NEW_WORD\",\"frame\":1e300,\"hardware\":{\"GPU\":7}}", TRUE, FAIRLEAD_SOLVER_UNKNOWN, -1, -1 },
  { "{\"status\":\"READY\",\"frame\":99999999999}", TRUE, FAIRLEAD_SOLVER_READY, -1, -1 },
  { "{}", FALSE, 0, 0, 0 },
  { "{\"hello\":\"world\"}", FALSE, 0, 0, 0 },
  { "[]", FALSE, 0, 0, 0 },
  { "\"status\"", FALSE, 0, 0, 0 },
  { "", FALSE, 0, 0, 0 },
  { "HTTP/1.1 400 Bad Request", FALSE, 0, 0, 0 },
  { "{\"status\":\"READY\"", FALSE, 0, 0, 0 },
  { "{\"status\":\"\xff\"}", FALSE, 0, 0, 0 },
};

static void
test_decode (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (FairleadSolverStatus) status = NULL;
      g_autoptr (GError) error = NULL;
      int frame;
      double progress;

      g_test_message ("%s", answers[i].answer);
      status = fairlead_solver_decode_status ("demo", answers[i].answer, strlen (answers[i].answer), &error);
      g_assert_cmpint (status != NULL, ==, answers[i].solver);
      if (status == NULL)
        {
          g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
          continue;
        }
      g_assert_cmpint (fairlead_solver_status_get_state (status), ==, answers[i].state);
      g_object_get (status, "frame", &frame, "progress", &progress, NULL);
      g_assert_cmpint (frame, ==, answers[i].frame);
      g_assert_cmpfloat (progress, ==, answers[i].progress);
    }
}

static void
test_inert (void)
{
  const char *answer = "{\"status\":\"FAILED\",\"error\":\"\\u001b[31mred\\u202e!\","
                       "\"hardware\":{\"GPU\":\"a\\nb\"},\"summary\":{\"k\\n\":\"v\\u0007\"}}";
  g_autoptr (FairleadSolverStatus) status = NULL;
  g_autofree char *error = NULL;
  g_autofree char *gpu = NULL;
  g_autofree char *summary = NULL;

  status = fairlead_solver_decode_status (NULL, answer, strlen (answer), NULL);
  g_object_get (status, "error", &error, "gpu", &gpu, "summary", &summary, NULL);
  g_assert_cmpstr (error, ==, "red\357\277\275!");
  g_assert_cmpstr (gpu, ==, "a\357\277\275b");
  g_assert_cmpstr (summary, ==, "k\357\277\275: v\357\277\275");
}

static void
test_more_fields (void)
{
  const char *answer = "{\"protocol_version\":\"0.04\",\"status\":\"FAILED\",\"info\":\"cleaning\\u0007up\","
                       "\"gpu_memory\":{\"used\":9663676416,\"total\":25769803776},"
                       "\"violations\":[\"a\\nb\",{\"message\":\"c\"},{\"type\":\"t\",\"count\":3},7,null,{},\"\",[]]}";
  g_autoptr (FairleadSolverStatus) status = NULL;
  g_auto (GStrv) violations = NULL;
  g_autofree char *info = NULL;
  gint64 used, total;

  status = fairlead_solver_decode_status ("demo", answer, strlen (answer), NULL);
  g_object_get (status, "info", &info, "violations", &violations, "gpu-memory-used", &used,
                "gpu-memory-total", &total, NULL);
  g_assert_cmpstr (info, ==, "cleaning\357\277\275up");
  g_assert_cmpuint (g_strv_length (violations), ==, 3);
  g_assert_cmpstr (violations[0], ==, "a\357\277\275b");
  g_assert_cmpstr (violations[1], ==, "c");
  g_assert_cmpstr (violations[2], ==, "type: t, count: 3");
  g_assert_cmpint (used, ==, G_GINT64_CONSTANT (9663676416));
  g_assert_cmpint (total, ==, G_GINT64_CONSTANT (25769803776));
}

/* However many there are, and however long one is. */
static void
test_many_violations (void)
{
  g_autoptr (GString) answer = g_string_new ("{\"status\":\"FAILED\",\"gpu_memory\":{\"used\":5,\"total\":4},"
                                             "\"violations\":[\"");
  g_autoptr (FairleadSolverStatus) status = NULL;
  g_auto (GStrv) violations = NULL;
  gint64 used;

  for (guint i = 0; i < 5000; i++)
    g_string_append (answer, "\303\251");
  g_string_append_c (answer, '"');
  for (guint i = 0; i < 5000; i++)
    g_string_append (answer, ",\"x\"");
  g_string_append (answer, "]}");
  status = fairlead_solver_decode_status ("demo", answer->str, answer->len, NULL);
  g_object_get (status, "violations", &violations, "gpu-memory-used", &used, NULL);
  g_assert_cmpuint (g_strv_length (violations), ==, 500);
  g_assert_cmpuint (strlen (violations[0]), ==, 2000);
  g_assert_true (g_utf8_validate (violations[0], -1, NULL));
  g_assert_cmpint (used, ==, -1);
}

static void
test_versions (void)
{
  static const struct {
    const char *version;
    const char *note;          /* part of it; NULL: none */
  } versions[] = {
    { "\"0.03\"", NULL }, { "\"0.04\"", NULL }, { "\"0.11\"", NULL }, { "\"0.02\"", "older" },
    { "\"0.12\"", "newer" }, { "\"1.0\"", "newer" }, { "\"4\"", "does not know" },
    { "\"0.4.1\"", "does not know" }, { "\"-1.x\"", "does not know" }, { "\"99999999999.1\"", "does not know" },
    { "0.04", "does not say" }, { "null", "does not say" }, { "\"\"", "does not say" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autofree char *answer = g_strdup_printf ("{\"status\":\"READY\",\"protocol_version\":%s}",
                                                 versions[i].version);
      g_autoptr (FairleadSolverStatus) status = NULL;
      g_autofree char *note = NULL;
      gboolean said;

      g_test_message ("%s", answer);
      status = fairlead_solver_decode_status ("demo", answer, strlen (answer), NULL);
      g_object_get (status, "version-note", &note, NULL);
      if (versions[i].note == NULL)
        g_assert_cmpstr (note, ==, NULL);
      else
        g_assert_nonnull (strstr (note, versions[i].note));
      said = fairlead_solver_status_get_version (status) != NULL;
      g_assert_cmpint (fairlead_solver_status_allows (status, FAIRLEAD_SOLVER_REQUEST_START), ==, said);
    }
}

static void
test_allows (void)
{
  static const struct {
    const char *state;
    const char *allowed;       /* a letter for each request */
  } rows[] = {
    { "NO_DATA", "" }, { "NO_BUILD", "bd" }, { "BUILDING", "c" }, { "READY", "bsd" }, { "RESUMABLE", "bsrd" },
    { "FAILED", "bsrd" }, { "BUSY", "tq" }, { "SAVE_AND_QUIT", "t" }, { "?", "" },
  };
  static const char letters[] = "bcsrtqd";

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint request = 0; request < FAIRLEAD_SOLVER_N_REQUESTS; request++)
      {
        g_autofree char *answer = g_strdup_printf ("{\"protocol_version\":\"0.04\",\"status\":\"%s\"}",
                                                   rows[i].state);
        g_autoptr (FairleadSolverStatus) status = NULL;
        g_autoptr (FairleadSolverStatus) nameless = NULL;

        status = fairlead_solver_decode_status ("demo", answer, strlen (answer), NULL);
        nameless = fairlead_solver_decode_status (NULL, answer, strlen (answer), NULL);
        g_test_message ("%s in %s", answer, rows[i].state);
        g_assert_cmpint (fairlead_solver_status_allows (status, request), ==,
                         strchr (rows[i].allowed, letters[request]) != NULL);
        g_assert_false (fairlead_solver_status_allows (nameless, request));
      }
}

static void
test_ends (void)
{
  g_autoptr (GError) error = NULL;
  guint64 size = 0;

  g_assert_true (fairlead_solver_decode_ok ("OK\n", 3, NULL));
  g_assert_false (fairlead_solver_decode_ok ("{\"error\":\"disk full\"}\n", 22, &error));
  g_assert_nonnull (strstr (error->message, "disk full"));
  g_clear_error (&error);
  g_assert_false (fairlead_solver_decode_ok ("", 0, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_clear_error (&error);

  g_assert_true (fairlead_solver_decode_size ("{\"size\": 5}", 11, &size, NULL));
  g_assert_cmpuint (size, ==, 5);
  g_assert_false (fairlead_solver_decode_size ("{\"size\": -1}", 12, &size, &error));
  g_clear_error (&error);
  g_assert_false (fairlead_solver_decode_size ("{\"error\":\"No such file\"}", 24, &size, &error));
  g_assert_nonnull (strstr (error->message, "No such file"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/solver-protocol/encode", test_encode);
  g_test_add_func ("/solver-protocol/white-space", test_white_space);
  g_test_add_func ("/solver-protocol/decode", test_decode);
  g_test_add_func ("/solver-protocol/inert", test_inert);
  g_test_add_func ("/solver-protocol/more-fields", test_more_fields);
  g_test_add_func ("/solver-protocol/many-violations", test_many_violations);
  g_test_add_func ("/solver-protocol/versions", test_versions);
  g_test_add_func ("/solver-protocol/allows", test_allows);
  g_test_add_func ("/solver-protocol/ends", test_ends);
  return g_test_run ();
}
