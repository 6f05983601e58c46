/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-error.h"
#include "fairlead-json.h"

static const struct {
  const char *text;
  gboolean    good;
} texts[] = {
  { "{}", TRUE },
  { " [1, 2.5e3, -4, true, false, null, \"a\\\"b]\"] ", TRUE },
  { "\"\"", TRUE },
  { "{\"a\": {\"b\": [\"}}}}\"]}}", TRUE },
  { "", FALSE },
  { "  ", FALSE },
  { "{", FALSE },
  { "}", FALSE },
  { "{]", FALSE },
  { "[\"", FALSE },
  { "[1", FALSE },
  { "/* \" */ []", FALSE },
  { "// x\n[]", FALSE },
  { "var x = [];", FALSE },
  { "['a']", FALSE },
  { "[NaN]", FALSE },
  { "-0.5E+1", TRUE },
  { "[[], {}, [{\"a\": []}]]", TRUE },
  { "[\"\\u00e9\\n\\/\"]", TRUE },
  { "[1] [2]", FALSE },
  { "-0{\"a\": 1}", FALSE },
  { "1 2", FALSE },
  { "[1 2]", FALSE },
  { "[1,]", FALSE },
  { "[,1]", FALSE },
  { "{\"a\":1,}", FALSE },
  { "{\"a\" 1}", FALSE },
  { "{1: 2}", FALSE },
  { "[01]", FALSE },
  { "[1.]", FALSE },
  { "[1e]", FALSE },
  { "[-]", FALSE },
  { "[\"\\x\"]", FALSE },
  { "[\"\\u12g4\"]", FALSE },
  { "[\"\\ud83d\\ude00\"]", TRUE },
  { "[\"\\ud83d\"]", FALSE },
  { "[\"\\ud83d\\ud83d\"]", FALSE },
  { "[\"\\ude00\"]", FALSE },
  { "nul", FALSE },
  { "\xff", FALSE },
  { "[\"\xc3\x28\"]", FALSE },
};

static void
test_texts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = fairlead_json_parse (texts[i].text, -1, 1000, &error);

      g_test_message ("%s", texts[i].text);
      if (texts[i].good)
        g_assert_no_error (error);
      else
        g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
      g_assert_true ((node != NULL) == texts[i].good);
    }
}

static JsonNode *
parse_nested (guint    depth,
              GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, '[');
  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, ']');
  return fairlead_json_parse (text->str, text->len, G_MAXSIZE, error);
}

static void
test_bounds (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) at = parse_nested (FAIRLEAD_JSON_MAX_DEPTH, &error);

  g_assert_no_error (error);
  g_assert_nonnull (at);
  g_assert_null (parse_nested (FAIRLEAD_JSON_MAX_DEPTH + 1, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_clear_error (&error);
  g_assert_null (parse_nested (200000, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_clear_error (&error);
  g_assert_null (fairlead_json_parse ("[1,2,3]", -1, 6, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_clear_error (&error);
  g_assert_null (fairlead_json_parse ("[]\0[]", 5, 100, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
}

static void
test_members (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = fairlead_json_parse (
    "{\"s\":\"x\",\"i\":7,\"d\":2.5,\"w\":3.0,\"b\":true,\"n\":null,\"o\":{\"k\":1},"
    "\"a\":[\"p\",1,\"q\"],\"h\":1e300}", -1, 1000, &error);
  JsonObject *object;
  g_auto (GStrv) strv = NULL;
  g_auto (GStrv) none = NULL;

  g_assert_no_error (error);
  object = json_node_get_object (node);
  g_assert_cmpstr (fairlead_json_get_string (object, "s", "f"), ==, "x");
  g_assert_cmpint (fairlead_json_get_int (object, "i", -1), ==, 7);
  g_assert_cmpint (fairlead_json_get_int (object, "w", -1), ==, 3);
  g_assert_cmpint (fairlead_json_get_int (object, "d", -1), ==, -1);
  g_assert_cmpint (fairlead_json_get_int (object, "h", -1), ==, -1);
  g_assert_cmpfloat (fairlead_json_get_double (object, "i", 0), ==, 7);
  g_assert_cmpfloat (fairlead_json_get_double (object, "d", 0), ==, 2.5);
  g_assert_true (fairlead_json_get_boolean (object, "b", FALSE));
  g_assert_nonnull (fairlead_json_get_object (object, "o"));
  for (const char *name = "sidwbnoaz"; *name != '\0'; name++)
    {
      const char key[] = { *name, '\0' };

      if (strchr ("s", *name) == NULL)
        g_assert_cmpstr (fairlead_json_get_string (object, key, "f"), ==, "f");
      if (strchr ("iw", *name) == NULL)
        g_assert_cmpint (fairlead_json_get_int (object, key, -1), ==, -1);
      if (strchr ("o", *name) == NULL)
        g_assert_null (fairlead_json_get_object (object, key));
      if (strchr ("a", *name) == NULL)
        g_assert_null (fairlead_json_get_array (object, key));
    }
  strv = fairlead_json_dup_strv (object, "a");
  g_assert_cmpuint (g_strv_length (strv), ==, 2);
  none = fairlead_json_dup_strv (NULL, "a");
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/texts", test_texts);
  g_test_add_func ("/json/bounds", test_bounds);
  g_test_add_func ("/json/members", test_members);
  return g_test_run ();
}
