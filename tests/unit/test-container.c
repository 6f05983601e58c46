/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-container.h"

static FairleadContainer *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  FairleadContainer *container = fairlead_container_new_from_json (text, &error);

  g_assert_no_error (error);
  return container;
}

static void
assert_publish (const FairleadPublish *publish,
                const char            *text)
{
  g_autofree char *where = publish != NULL ? fairlead_publish_dup_text (publish) : NULL;

  g_assert_cmpstr (where, ==, text);
}

static void
test_ports (void)
{
  g_autoptr (FairleadContainer) container = parse (
    "{\"Id\":\"53\",\"Name\":\"/box\",\"Image\":\"cuda\",\"Status\":\"running\",\"Ports\":{"
    "\"9090/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"9099\"}],"
    "\"9091/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"9091\"},{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"9091\"}],"
    "\"9092/tcp\":[{\"HostIp\":\"::1\",\"HostPort\":\"9092\"}],"
    "\"9093/udp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"9093\"}],\"9094/tcp\":null},"
    "\"Bindings\":{\"9095/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"9095\"}]}}");
  g_autofree char *safe = fairlead_container_dup_safe_ports (container);

  g_assert_cmpstr (fairlead_container_get_name (container), ==, "box");
  g_assert_true (fairlead_container_is_running (container));
  assert_publish (fairlead_container_find (container, 9090), "127.0.0.1:9099");
  assert_publish (fairlead_container_find_wide (container, 9090), NULL);
  assert_publish (fairlead_container_find (container, 9091), "127.0.0.1:9091");
  assert_publish (fairlead_container_find_wide (container, 9091), "0.0.0.0:9091");
  assert_publish (fairlead_container_find (container, 9092), "[::1]:9092");
  g_assert_null (fairlead_container_find (container, 9093));
  g_assert_null (fairlead_container_find (container, 9094));
  g_assert_null (fairlead_container_find (container, 9095));
  g_assert_cmpstr (safe, ==, "9090 9092");
}

/* Docker has no Ports for one that is stopped. */
static void
test_stopped (void)
{
  g_autoptr (FairleadContainer) container = parse (
    "{\"Status\":\"exited\",\"Ports\":{},\"Bindings\":{\"9090/tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"\"}]}}");

  g_assert_false (fairlead_container_is_running (container));
  assert_publish (fairlead_container_find (container, 9090), "0.0.0.0:0");
}

static void
test_network (void)
{
  g_autoptr (FairleadContainer) own = parse ("{\"Network\":\"container:53\"}");
  g_autoptr (FairleadContainer) host = parse ("{\"Network\":\"host\"}");
  g_autoptr (FairleadContainer) other = parse (
    "{\"Network\":\"bridge\",\"Ports\":{\"1/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"2\"}]}}");

  g_assert_true (fairlead_container_uses_host_network (host));
  fairlead_container_take_network (own, other);
  assert_publish (fairlead_container_find (own, 1), "127.0.0.1:2");
}

/* Whatever an engine may say instead. */
static void
test_odd (void)
{
  static const char * const odd[] = {
    "[]", "null", "{}", "{\"Ports\":[]}", "{\"Ports\":{\"9090/tcp\":{}}}", "{\"Ports\":{\"x\":[{}],\"\":[1]}}",
    "{\"Ports\":{\"9090/tcp\":[null,1,{\"HostIp\":1,\"HostPort\":9090},{\"HostPort\":\"70000\"}]}}",
    "{\"Name\":[\"a\"],\"Status\":7,\"PublishAll\":\"yes\"}",
  };
  g_autofree char *deep = g_strnfill (100000, '[');

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autoptr (FairleadContainer) container = parse (odd[i]);
      g_autofree char *ports = fairlead_container_dup_ports (container);

      g_assert_false (fairlead_container_is_running (container));
      g_assert_nonnull (ports);
    }
  g_assert_null (fairlead_container_new_from_json (deep, NULL));
  g_assert_null (fairlead_container_new_from_json ("", NULL));
}

static void
test_names (void)
{
  static const char * const names[] = { "box", "5", "a_b.c-d", "53899c37f311" };
  static const char * const others[] = { "", "-it", "--privileged", "a b", "a/b", "_a", ".a", "a;b", "$(id)", "é" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_true (fairlead_container_is_name (names[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (fairlead_container_is_name (others[i]));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/container/ports", test_ports);
  g_test_add_func ("/container/stopped", test_stopped);
  g_test_add_func ("/container/network", test_network);
  g_test_add_func ("/container/odd", test_odd);
  g_test_add_func ("/container/names", test_names);
  return g_test_run ();
}
