/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-wake.h"

#define S ((gint64) G_USEC_PER_SEC)

static void
test_clocks (void)
{
  static const struct {
    FairleadClocks passed;
    gboolean slept;
  } cases[] = {
    { { 100 * S, 100 * S, 100 * S }, FALSE },
    { { 3600 * S, 5 * S, 3600 * S }, TRUE },           /* asleep for most of an hour */
    { { 101 * S, 100 * S, 100 * S }, FALSE },          /* the time was corrected by a second */
    { { -3600 * S, 100 * S, 100 * S }, FALSE },        /* and set back by an hour */
    { { 3700 * S, 100 * S, 100 * S }, TRUE },          /* a virtual machine goes on */
    { { 10 * S, 9 * S + S / 2, 10 * S }, FALSE },      /* half a second is no sleep */
    { { 60 * S, 57 * S, 60 * S }, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const FairleadClocks before = { 1700000000 * S, 1000 * S, 5000 * S };
      const FairleadClocks after = {
        before.realtime + cases[i].passed.realtime,
        before.monotonic + cases[i].passed.monotonic,
        before.boottime + cases[i].passed.boottime,
      };

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (fairlead_clocks_tell_of_sleep (&before, &after), ==, cases[i].slept);
    }
}

static void
count_cb (FairleadWake *wake,
          guint        *count)
{
  (*count)++;
}

static GDBusConnection *
connect_to (GTestDBus *bus)
{
  GError *error = NULL;
  GDBusConnection *connection;

  connection = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                       | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                       NULL, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

static void
owned_cb (GDBusConnection *bus,
          const char      *name,
          gpointer         user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
say (GDBusConnection *logind,
     const char      *signal,
     GVariant        *parameters)
{
  GError *error = NULL;

  g_dbus_connection_emit_signal (logind, NULL, "/org/freedesktop/login1",
                                 "org.freedesktop.login1.Manager", signal, parameters, &error);
  g_assert_no_error (error);
}

/* What was said to @bus before this has been heard after it. */
static void
round_trip (GDBusConnection *bus)
{
  g_autoptr (GVariant) id = NULL;

  id = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                    "org.freedesktop.DBus", "GetId", NULL, NULL, G_DBUS_CALL_FLAGS_NONE,
                                    -1, NULL, NULL);
  g_assert_nonnull (id);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* On a bus of the test's own, with something that calls itself logind. */
static void
test_logind (void)
{
  g_autoptr (GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GDBusConnection) logind = NULL;
  g_autoptr (GDBusConnection) ours = NULL;
  g_autoptr (GDBusConnection) somebody = NULL;
  FairleadWake *wake;
  gboolean owned = FALSE;
  guint count = 0;
  guint name;

  g_test_dbus_up (bus);
  logind = connect_to (bus);
  somebody = connect_to (bus);
  ours = connect_to (bus);
  name = g_bus_own_name_on_connection (logind, "org.freedesktop.login1", G_BUS_NAME_OWNER_FLAGS_NONE,
                                       owned_cb, NULL, &owned, NULL);
  while (!owned)
    g_main_context_iteration (NULL, TRUE);
  wake = fairlead_wake_new (ours);
  g_signal_connect (wake, "woke", G_CALLBACK (count_cb), &count);
  round_trip (ours);

  say (logind, "PrepareForSleep", g_variant_new ("(b)", TRUE));
  round_trip (logind);
  round_trip (ours);
  g_assert_cmpuint (count, ==, 0);
  say (logind, "PrepareForSleep", g_variant_new ("(b)", FALSE));
  while (count == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count, ==, 1);

  /* Nobody else, and nothing else. */
  say (somebody, "PrepareForSleep", g_variant_new ("(b)", FALSE));
  say (logind, "PrepareForSleep", g_variant_new ("(s)", "no"));
  say (logind, "PrepareForShutdown", g_variant_new ("(b)", FALSE));
  round_trip (somebody);
  round_trip (logind);
  round_trip (ours);
  g_assert_cmpuint (count, ==, 1);

  g_assert_finalize_object (wake);
  say (logind, "PrepareForSleep", g_variant_new ("(b)", FALSE));
  round_trip (logind);
  round_trip (ours);
  g_assert_cmpuint (count, ==, 1);
  g_bus_unown_name (name);
  g_dbus_connection_close_sync (logind, NULL, NULL);
  g_dbus_connection_close_sync (somebody, NULL, NULL);
  g_dbus_connection_close_sync (ours, NULL, NULL);
  g_test_dbus_down (bus);
}

/* Where there is no bus. */
static void
test_no_bus (void)
{
  FairleadWake *wake;

  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  wake = fairlead_wake_new (NULL);
  while (G_OBJECT (wake)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (wake);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wake/clocks", test_clocks);
  g_test_add_func ("/wake/logind", test_logind);
  g_test_add_func ("/wake/no-bus", test_no_bus);
  return g_test_run ();
}
