/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "ssh-fixture.h"

/* Which of a host's addresses is connected to. */

/* ---- a resolver that knows one name ---- */

#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver {
  GResolver parent_instance;

  const char * const *addresses;
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static GList *
lookup (GResolver                 *resolver,
        const char                *name,
        GResolverNameLookupFlags   flags,
        GCancellable              *cancellable,
        GError                   **error)
{
  TestResolver *self = TEST_RESOLVER (resolver);
  GList *found = NULL;

  g_assert_cmpstr (name, ==, "many.example");
  for (guint i = 0; self->addresses[i] != NULL; i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (self->addresses[i]);
      gboolean is_v6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

      if (flags == G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT
          || is_v6 == (flags == G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY))
        found = g_list_append (found, g_steal_pointer (&address));
    }
  if (found == NULL)
    g_set_error_literal (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "none");
  return found;
}

static GList *
lookup_any (GResolver     *resolver,
            const char    *name,
            GCancellable  *cancellable,
            GError       **error)
{
  return lookup (resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, error);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  G_RESOLVER_CLASS (klass)->lookup_by_name = lookup_any;
  G_RESOLVER_CLASS (klass)->lookup_by_name_with_flags = lookup;
}

static void
test_resolver_init (TestResolver *self)
{
}

/* From now on that name has these addresses. */
static void
name_has (const char * const *addresses)
{
  static TestResolver *resolver;

  if (resolver == NULL)
    {
      resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);
      g_resolver_set_default (G_RESOLVER (resolver));
    }
  resolver->addresses = addresses;
}

/* ---- the tests ---- */

static FairleadTarget *
target_named (Fixture    *fixture,
              const char *host_name,
              guint       port,
              const char *config)
{
  g_autofree char *text = g_strdup_printf ("HostName %s\n%s", host_name, config ? config : "");

  return test_target (fixture, port, NULL, text);
}

static void
connect_to (Fixture        *fixture,
            FairleadTarget *target,
            GError        **error)
{
  fixture->person->answer = FAIRLEAD_HOST_KEY_ONCE;
  test_use_target (fixture, target);
  test_connect (fixture, error);
}

/* Takes the port of the sshd on another loopback address, and does not answer there. */
static void
black_hole_at (BlackHole  *hole,
               const char *address,
               guint       port)
{
  struct sockaddr_in native = { .sin_family = AF_INET, .sin_port = htons (port) };
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);

  memcpy (&native.sin_addr, g_inet_address_to_bytes (inet), sizeof native.sin_addr);
  hole->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_no_errno (bind (hole->fd, (struct sockaddr *) &native, sizeof native));
  g_assert_no_errno (listen (hole->fd, 0));
  for (guint i = 0; i < G_N_ELEMENTS (hole->fill); i++)
    {
      hole->fill[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      connect (hole->fill[i], (struct sockaddr *) &native, sizeof native);
    }
}

/* A silent address costs a quarter of a second, not the whole time limit. */
static void
test_silent_address (Fixture       *fixture,
                     gconstpointer  data)
{
  static const char *const addresses[] = { "127.0.0.2", "127.0.0.1", NULL };
  g_autoptr (FairleadTarget) target = target_named (fixture, "many.example", test_sshd_port (), NULL);
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  BlackHole hole;

  black_hole_at (&hole, "127.0.0.2", test_sshd_port ());
  name_has (addresses);
  connect_to (fixture, target, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
  g_assert_true (g_str_has_prefix (fixture->messages->str, "Connecting to 127.0.0.2, port"));
  g_assert_nonnull (strstr (fixture->messages->str, "\nConnecting to 127.0.0.1, port"));
  black_hole_stop (&hole);
}

/* Nobody at any of them: one family after the other, and each with its own fate. */
static void
test_none (Fixture       *fixture,
           gconstpointer  data)
{
  static const char *const addresses[] = { "127.0.0.2", "127.0.0.3", "::1", NULL };
  Echo *echo = echo_start ();
  guint port = echo_port (echo);
  g_autoptr (FairleadTarget) target = target_named (fixture, "many.example", port, NULL);
  g_autoptr (GError) error = NULL;

  echo_stop (echo);
  name_has (addresses);
  connect_to (fixture, target, &error);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_true (g_str_has_prefix (error->message, "Cannot connect to many.example, port"));
  g_assert_nonnull (strstr (error->message, "Connection refused"));
  g_assert_true (g_pattern_match_simple ("127.0.0.2: *\n::1: *\n127.0.0.3: *",
                                         fairlead_error_get_details (error)));
}

static void
test_family (Fixture       *fixture,
             gconstpointer  data)
{
  static const char *const addresses[] = { "::1", "127.0.0.1", NULL };
  g_autoptr (FairleadTarget) four = target_named (fixture, "many.example", test_sshd_port (),
                                                  "AddressFamily inet\n");
  g_autoptr (GError) error = NULL;

  name_has (addresses);
  connect_to (fixture, four, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (fixture->messages->str, "::1"));
}

/* A silent host is given up after ConnectTimeout, each address by itself. */
static void
test_timeout (Fixture       *fixture,
              gconstpointer  data)
{
  BlackHole hole;
  gint64 start = g_get_monotonic_time ();
  g_autoptr (FairleadTarget) target = NULL;
  g_autoptr (GError) error = NULL;

  black_hole_start (&hole);
  target = target_named (fixture, "127.0.0.1", hole.port, "ConnectTimeout 1\n");
  connect_to (fixture, target, &error);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
  black_hole_stop (&hole);
}

/* An address with its scope is an address, not a name. */
static void
test_scope (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (FairleadTarget) target = target_named (fixture, "fe80::1%%lo", test_sshd_port (), NULL);
  g_autoptr (GError) error = NULL;

  connect_to (fixture, target, &error);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_true (g_str_has_prefix (error->message, "Cannot connect to fe80::1%lo, port"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!test_ready ())
    return 2;

#define NEW(path, func) g_test_add (path, Fixture, NULL, test_set_up, func, test_tear_down)
  NEW ("/dial/silent-address", test_silent_address);
  NEW ("/dial/none", test_none);
  NEW ("/dial/family", test_family);
  NEW ("/dial/timeout", test_timeout);
  NEW ("/dial/scope", test_scope);
  return g_test_run ();
}
