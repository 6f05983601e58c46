/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-error.h"
#include "fairlead-toml.h"

static char *
to_json (const char  *text,
         gsize        length,
         GError     **error)
{
  JsonObject *object = fairlead_toml_parse (text, length, error);
  g_autoptr (JsonNode) node = NULL;

  if (object == NULL)
    return NULL;
  node = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  return json_to_string (node, FALSE);
}

/* TOML, and the JSON of the same. */
static const struct { const char *toml; const char *json; } good[] = {
  { "", "{}" },
  { "\xef\xbb\xbf# comment\n\n", "{}" },
  { "a = 1", "{\"a\":1}" },
  { "a=1\r\nb=2\r\n", "{\"a\":1,\"b\":2}" },
  { " a\t= 1 # comment", "{\"a\":1}" },
  { "a-b_1 = 1\n1 = 2", "{\"a-b_1\":1,\"1\":2}" },
  { "\"a b\" = 1\n'c\"d' = 2\n\"\" = 3", "{\"a b\":1,\"c\\\"d\":2,\"\":3}" },
  { "a.b.c = 1\na . b . d = 2", "{\"a\":{\"b\":{\"c\":1,\"d\":2}}}" },
  { "a.\"b.c\" = 1", "{\"a\":{\"b.c\":1}}" },
  { "[a]\nb = 1\n[c]\nd = 2", "{\"a\":{\"b\":1},\"c\":{\"d\":2}}" },
  { "[ a . b ]\nc = 1\n[a]\nd = 2", "{\"a\":{\"b\":{\"c\":1},\"d\":2}}" },
  { "[\"a b\"]\nc = 1", "{\"a b\":{\"c\":1}}" },
  { "[GPU01 via command]\nc = 1", "{\"GPU01 via command\":{\"c\":1}}" },
  { "[gpu (lab) ]\n", "{\"gpu (lab)\":{}}" },
  { "[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3", "{\"a\":[{\"b\":1},{\"b\":2,\"c\":{\"d\":3}}]}" },
  { "[[a.b]]\n[[a.b]]", "{\"a\":{\"b\":[{},{}]}}" },
  { "a = \"\\b\\t\\n\\f\\r\\\"\\\\ \\u00e9 \\U0001F600\"",
    "{\"a\":\"\\b\\t\\n\\f\\r\\\"\\\\ \xc3\xa9 \xf0\x9f\x98\x80\"}" },
  { "a = 'C:\\Users\\me'", "{\"a\":\"C:\\\\Users\\\\me\"}" },
  { "a = \"C:\\\\Users\"", "{\"a\":\"C:\\\\Users\"}" },
  { "a = \"\"\n b = ''", "{\"a\":\"\",\"b\":\"\"}" },
  { "a = \"\"\"\nx\ny\"\"\"", "{\"a\":\"x\\ny\"}" },
  { "a = \"\"\"x \\\n\n   y\"\"\"", "{\"a\":\"x y\"}" },
  { "a = \"\"\"\"x\"\"\"\"", "{\"a\":\"\\\"x\\\"\"}" },
  { "a = \"\"\"x\"\"y\"\"\"\"\"", "{\"a\":\"x\\\"\\\"y\\\"\\\"\"}" },
  { "a = '''\nx\\n\r\ny'''", "{\"a\":\"x\\\\n\\ny\"}" },
  { "a = +99\nb = -17\nc = 1_000\nd = 0", "{\"a\":99,\"b\":-17,\"c\":1000,\"d\":0}" },
  { "a = 0xDEAD_beef\nb = 0o17\nc = 0b101", "{\"a\":3735928559,\"b\":15,\"c\":5}" },
  { "a = 9223372036854775807\nb = -9223372036854775808",
    "{\"a\":9223372036854775807,\"b\":-9223372036854775808}" },
  { "a = 1.5\nb = -2.5e3\nc = 1e2", "{\"a\":1.5,\"b\":-2500.0,\"c\":100.0}" },
  { "a = true\nb = false", "{\"a\":true,\"b\":false}" },
  { "a = 1979-05-27T07:32:00Z\nb = 1979-05-27\nc = 07:32:00.5\nd = 1979-05-27 07:32:00+01:00",
    "{\"a\":\"1979-05-27T07:32:00Z\",\"b\":\"1979-05-27\",\"c\":\"07:32:00.5\","
    "\"d\":\"1979-05-27 07:32:00+01:00\"}" },
  { "a = []\nb = [1, 'x', [2],]", "{\"a\":[],\"b\":[1,\"x\",[2]]}" },
  { "a = [ # one\n 1,\n\n 2 # two\n]", "{\"a\":[1,2]}" },
  { "a = {}\nb = { c = 1, d.e = 2, f = [{ g = 3 }] }",
    "{\"a\":{},\"b\":{\"c\":1,\"d\":{\"e\":2},\"f\":[{\"g\":3}]}}" },
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *json = to_json (good[i].toml, strlen (good[i].toml), &error);

      g_assert_no_error (error);
      g_assert_cmpstr (json, ==, good[i].json);
    }
}

/* What is no TOML, and the line that is named. */
static const struct { const char *toml; const char *line; } bad[] = {
  { "a", "Line 1:" },
  { "a = ", "Line 1:" },
  { "a = 1 2", "Line 1:" },
  { "a = 1\na = 2", "Line 2: “a” stands there twice." },
  { "= 1", "Line 1: A name is missing." },
  { "a b = 1", "Line 1:" },
  { "a. = 1", "Line 1:" },
  { "\"\"\"a\"\"\" = 1", "Line 1:" },
  { "[a]\n[a]", "Line 2: “a” stands there twice." },
  { "[a]\n[[a]]", "Line 2:" },
  { "[[a]]\n[a]", "Line 2:" },
  { "a = 1\n[a]", "Line 2:" },
  { "a = [1]\n[[a]]", "Line 2:" },
  { "a = {}\n[a.b]", "Line 2:" },
  { "a = {}\na.b = 1", "Line 2:" },
  { "[a.b]\n[c]\n[a]\nb.c = 1", "Line 4:" },
  { "a.b = 1\na = 2", "Line 2:" },
  { "[a\nb = 1", "Line 1: “]” is missing." },
  { "[[a]\n", "Line 1:" },
  { "[]\n", "Line 1:" },
  { "[a] b", "Line 1:" },
  { "a = \"x", "Line 1: The quotation mark is not closed." },
  { "a = \"x\ny\"", "Line 1:" },
  { "a = \"\\x\"", "Line 1:" },
  { "a = \"\\ud800\"", "Line 1:" },
  { "a = \"\\u12\"", "Line 1:" },
  { "a = \"\\u0000\"", "Line 1:" },
  { "a = \"x\001\"", "Line 1:" },
  { "a = '\033[31m'", "Line 1:" },
  { "a = 1 # \001", "Line 1:" },
  { "a = \"\"\"x", "Line 1:" },
  { "\n\na = bare", "Line 3: It is not a value." },
  { "a = 01", "Line 1:" },
  { "a = 1_", "Line 1:" },
  { "a = 1__2", "Line 1:" },
  { "a = .5", "Line 1:" },
  { "a = 1.", "Line 1:" },
  { "a = 1e", "Line 1:" },
  { "a = 0x", "Line 1:" },
  { "a = 9223372036854775808", "Line 1:" },
  { "a = True", "Line 1:" },
  { "a = [1 2]", "Line 1: “]” is missing." },
  { "a = [1", "Line 1:" },
  { "a = {b = 1", "Line 1:" },
  { "a = {b = 1,}", "Line 1:" },
  { "a = {b = 1\n}", "Line 1:" },
  { "a = \xff", "not UTF-8" },
};

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *json = to_json (bad[i].toml, strlen (bad[i].toml), &error);

      g_test_message ("row %u", i);
      g_assert_null (json);
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
      g_assert_nonnull (strstr (error->message, bad[i].line));
      g_assert_null (strpbrk (error->message, "\033\n"));
    }
  g_assert_null (to_json ("a = 1\0b", 7, NULL));
}

static void
append_many (GString    *text,
             const char *unit,
             guint       count)
{
  while (count-- > 0)
    g_string_append (text, unit);
}

/* Depth and size have bounds, whatever makes it deep. */
static void
test_bounds (void)
{
  static const struct { const char *begin; const char *unit; } units[] = {
    { "a = ", "[" }, { "a = ", "{a=" }, { "a", ".a" }, { "[a", ".a" }, { "a = ", "[{a.a=" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autoptr (GString) text = g_string_new (units[i].begin);
      g_autoptr (GError) error = NULL;

      append_many (text, units[i].unit, 100000);
      g_assert_null (to_json (text->str, text->len, &error));
      g_assert_nonnull (strstr (error->message, "too deeply"));
    }
  for (guint count = 60; count < 66; count += 5)
    {
      g_autoptr (GString) text = g_string_new ("a = ");
      g_autofree char *json = NULL;

      append_many (text, "[", count);
      append_many (text, "]", count);
      json = to_json (text->str, text->len, NULL);
      g_assert_true ((json != NULL) == (count == 60));
    }
}

/* With strict_string_checks (tests/lib/sanitize.sh) each search reads all of its text: there a small text will do. */
#if defined __SANITIZE_ADDRESS__
#define TIMED_SIZE (FAIRLEAD_TOML_MAX_SIZE / 16)
#else
#define TIMED_SIZE FAIRLEAD_TOML_MAX_SIZE
#endif

/* A megabyte takes a moment, however it is made. */
static void
test_time (void)
{
  static const char * const units[] = {
    "\n", "#\n", "[[a]]\n", "a", "\"", "[a.b.c]\n", "a.a.a=1\n", "x = [\n", "'", "\\", "= ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *json = NULL;
      gint64 begin = g_get_monotonic_time ();

      while (text->len + strlen (units[i]) <= TIMED_SIZE)
        g_string_append (text, units[i]);
      json = to_json (text->str, text->len, NULL);
      g_assert_cmpint (g_get_monotonic_time () - begin, <, 20 * G_USEC_PER_SEC);
      while (text->len <= FAIRLEAD_TOML_MAX_SIZE)
        g_string_append (text, "       ");
      g_assert_null (to_json (text->str, text->len, NULL));
    }
}

/* Many tables of many names, as a straight line. */
static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  JsonObject *object;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "[t%u]\nkey = %u\n", i, i);
  object = fairlead_toml_parse (text->str, text->len, NULL);
  g_assert_cmpuint (json_object_get_size (object), ==, 20000);
  json_object_unref (object);
}

static void
test_garbage (void)
{
  static const char alphabet[] = "ab.=[]{}\"'\\#\n\r\t ,01_-+:eTZxu\xc3";

  for (guint round = 0; round < 50000; round++)
    {
      char text[32];
      gsize length = g_test_rand_int_range (0, sizeof text);
      g_autoptr (GError) error = NULL;
      g_autofree char *json = NULL;

      for (gsize i = 0; i < length; i++)
        text[i] = alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)];
      json = to_json (text, length, &error);
      g_assert_true ((json == NULL) == (error != NULL));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/toml/good", test_good);
  g_test_add_func ("/toml/bad", test_bad);
  g_test_add_func ("/toml/bounds", test_bounds);
  g_test_add_func ("/toml/time", test_time);
  g_test_add_func ("/toml/many", test_many);
  g_test_add_func ("/toml/garbage", test_garbage);
  return g_test_run ();
}
