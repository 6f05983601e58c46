/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <libsecret/secret.h>
#include <string.h>

#include "fairlead-keyring.h"

/* The keyring against a real gnome-keyring-daemon, on a bus and in a home of the test's own; and
 * against services that fail: none, one that hangs, one that is locked. */

#define PATH "/home/ada/.ssh/id_ed25519"
#define FINGERPRINT "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM"
#define OTHER_FINGERPRINT "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"
#define SERVICE "org.freedesktop.secrets"
#define LONG_LIMIT (20 * 1000)
#define SHORT_LIMIT 200

#if defined (__has_feature)
#define IS_ASAN __has_feature (address_sanitizer)
#elif defined (__SANITIZE_ADDRESS__)
#define IS_ASAN 1
#else
#define IS_ASAN 0
#endif

typedef struct {
  char *dir;
  GTestDBus *bus;
  GDBusConnection *connection;
  GSubprocess *daemon;           /* nullable */
  guint name_id;
} Fixture;

static gboolean
is_missing (const char *program)
{
  g_autofree char *path = g_find_program_in_path (program);
  g_autofree char *why = g_strdup_printf ("%s is not installed", program);

  if (path != NULL)
    return FALSE;
  g_test_skip (why);
  return TRUE;
}

static void
remove_dir (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_dir (child);
      else
        g_remove (child);
    }
  g_rmdir (path);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon");

  if (daemon == NULL)
    return;
  fixture->dir = g_dir_make_tmp ("fairlead-keyring-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->bus == NULL)
    return;
  if (fixture->name_id != 0)
    g_bus_unown_name (fixture->name_id);
  if (fixture->daemon != NULL)
    {
      g_subprocess_force_exit (fixture->daemon);
      g_assert_true (g_subprocess_wait (fixture->daemon, NULL, NULL));
      g_clear_object (&fixture->daemon);
    }
  g_clear_object (&fixture->connection);
  /* Also finds a connection that was leaked. */
  g_test_dbus_down (fixture->bus);
  g_clear_object (&fixture->bus);
  remove_dir (fixture->dir);
  g_free (fixture->dir);
}

static void
appeared_cb (GDBusConnection *connection,
             const char      *name,
             const char      *owner,
             gpointer         user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* Starts the daemon and unlocks it with a password; waits for its name on the bus. FALSE: skipped. */
static gboolean
start_daemon (Fixture *fixture)
{
  static const char password[] = "keyring";
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                               | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  gboolean appeared = FALSE;
  GOutputStream *input;
  guint id;

  if (fixture->bus == NULL)
    {
      g_test_skip ("dbus-daemon is not installed");
      return FALSE;
    }
  if (is_missing ("gnome-keyring-daemon"))
    return FALSE;
  g_subprocess_launcher_setenv (launcher, "HOME", fixture->dir, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", fixture->dir, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", fixture->dir, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_CACHE_HOME", fixture->dir, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_CONFIG_HOME", fixture->dir, TRUE);
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");   /* its warnings are its own */
  fixture->daemon = g_subprocess_launcher_spawn (launcher, &error, "gnome-keyring-daemon",
                                                 "--foreground", "--unlock", "--components=secrets",
                                                 NULL);
  g_assert_no_error (error);
  input = g_subprocess_get_stdin_pipe (fixture->daemon);
  g_assert_true (g_output_stream_write_all (input, password, strlen (password), NULL, NULL, &error));
  g_assert_true (g_output_stream_close (input, NULL, &error));
  id = g_bus_watch_name_on_connection (fixture->connection, SERVICE, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                       appeared_cb, NULL, &appeared, NULL);
  while (!appeared)
    g_main_context_iteration (NULL, TRUE);
  g_bus_unwatch_name (id);
  return TRUE;
}

static char *
look_up (FairleadPassphraseStore *keyring,
         const char              *path,
         const char              *fingerprint)
{
  g_autoptr (FairleadSecret) passphrase = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_passphrase_store_lookup (keyring, path, fingerprint, &passphrase, NULL, &error);
  g_assert_no_error (error);
  return passphrase != NULL ? g_strdup (fairlead_secret_get_text (passphrase)) : NULL;
}

#define assert_remembers(keyring, path, fingerprint, text)                       \
  G_STMT_START                                                                   \
  {                                                                              \
    g_autofree char *remembered_ = look_up (keyring, path, fingerprint);         \
    g_assert_cmpstr (remembered_, ==, text);                                     \
  }                                                                              \
  G_STMT_END

static void
store (FairleadPassphraseStore *keyring,
       const char              *path,
       const char              *fingerprint,
       const char              *text)
{
  g_autoptr (FairleadSecret) passphrase = fairlead_secret_new (text);
  g_autoptr (GError) error = NULL;

  fairlead_passphrase_store_store (keyring, path, fingerprint, passphrase, NULL, &error);
  g_assert_no_error (error);
}

/* Read by a program that knows nothing of ours: how the item is called, and where it belongs. */
static void
assert_label (const char *expected)
{
  g_autoptr (GHashTable) attributes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  GList *found;

  g_hash_table_insert (attributes, (gpointer) "key-path", (gpointer) PATH);
  g_hash_table_insert (attributes, (gpointer) "fingerprint", (gpointer) FINGERPRINT);
  found = secret_service_search_sync (NULL, NULL, attributes, SECRET_SEARCH_ALL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_length (found), ==, 1);
  {
    g_autofree char *label = secret_item_get_label (found->data);

    g_assert_cmpstr (label, ==, expected);
  }
  g_list_free_full (found, g_object_unref);
  secret_service_disconnect ();
}

static void
test_remember (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (FairleadPassphraseStore) keyring = fairlead_keyring_new (LONG_LIMIT, LONG_LIMIT);
  g_autoptr (GError) error = NULL;

  if (!start_daemon (fixture))
    return;
  assert_remembers (keyring, PATH, FINGERPRINT, NULL);
  store (keyring, PATH, FINGERPRINT, "früher");
  store (keyring, PATH, FINGERPRINT, "später");
  store (keyring, PATH, NULL, "nameless");
  assert_remembers (keyring, PATH, FINGERPRINT, "später");
  assert_remembers (keyring, PATH, NULL, "nameless");
  assert_remembers (keyring, PATH, OTHER_FINGERPRINT, NULL);
  assert_remembers (keyring, PATH ".old", FINGERPRINT, NULL);
  assert_label ("Passphrase of id_ed25519 for Fairlead");

  fairlead_passphrase_store_forget (keyring, PATH, FINGERPRINT, NULL, &error);
  g_assert_no_error (error);
  assert_remembers (keyring, PATH, FINGERPRINT, NULL);
  assert_remembers (keyring, PATH, NULL, "nameless");
  fairlead_passphrase_store_forget (keyring, PATH, FINGERPRINT, NULL, &error);
  g_assert_no_error (error);
}

static void
lock (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service =
    secret_service_open_sync (SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_NONE, NULL, &error);
  g_autoptr (SecretCollection) collection =
    secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL,
                                      &error);
  GList list = { collection, NULL, NULL };

  g_assert_no_error (error);
  g_assert_cmpint (secret_service_lock_sync (service, &list, NULL, NULL, &error), ==, 1);
  g_assert_no_error (error);
}

/* Nobody is there to unlock it. A key that nothing is remembered of needs nobody. */
static void
test_locked (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (FairleadPassphraseStore) keyring = fairlead_keyring_new (LONG_LIMIT, SHORT_LIMIT);

  if (!start_daemon (fixture))
    return;
  store (keyring, PATH, FINGERPRINT, "later");
  lock ();
  assert_remembers (keyring, PATH, OTHER_FINGERPRINT, NULL);
}

/* What is remembered is not had, and nothing waits for ever. */
static void
test_stays_locked (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (FairleadPassphraseStore) keyring = fairlead_keyring_new (LONG_LIMIT, SHORT_LIMIT);
  g_autoptr (FairleadSecret) passphrase = NULL;
  g_autoptr (FairleadSecret) other = fairlead_secret_new ("other");
  g_autoptr (GError) error = NULL;

#if IS_ASAN
  g_test_skip ("libsecret 0.20 leaks the answer to its prompt");
  return;
#endif
  if (!start_daemon (fixture))
    return;
  store (keyring, PATH, FINGERPRINT, "later");
  lock ();
  fairlead_passphrase_store_lookup (keyring, PATH, FINGERPRINT, &passphrase, NULL, NULL);
  g_assert_null (passphrase);
  g_assert_false (fairlead_passphrase_store_store (keyring, PATH, OTHER_FINGERPRINT, other, NULL,
                                                   &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
}

static void
test_none (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (FairleadPassphraseStore) keyring = fairlead_keyring_new (LONG_LIMIT, LONG_LIMIT);
  g_autoptr (FairleadSecret) passphrase = NULL;
  g_autoptr (GError) error = NULL;

  if (fixture->bus == NULL)
    {
      g_test_skip ("dbus-daemon is not installed");
      return;
    }
  g_assert_false (fairlead_passphrase_store_lookup (keyring, PATH, FINGERPRINT, &passphrase, NULL,
                                                    &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN);
  g_assert_null (strstr (error->message, "GDBus.Error"));
}

static void
acquired_cb (GDBusConnection *connection,
             const char      *name,
             gpointer         user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* The name is owned by us, who never answer. */
static void
hang (Fixture *fixture)
{
  gboolean owned = FALSE;

  fixture->name_id = g_bus_own_name_on_connection (fixture->connection, SERVICE,
                                                   G_BUS_NAME_OWNER_FLAGS_NONE, acquired_cb, NULL,
                                                   &owned, NULL);
  while (!owned)
    g_main_context_iteration (NULL, TRUE);
}

/* Takes in every message, so that no method call is answered. */
static GDBusMessage *
swallow (GDBusConnection *connection,
         GDBusMessage    *message,
         gboolean         incoming,
         gpointer         user_data)
{
  if (incoming && g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    g_clear_object (&message);
  return message;
}

static void
test_hangs (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (FairleadPassphraseStore) keyring = fairlead_keyring_new (SHORT_LIMIT, LONG_LIMIT);
  g_autoptr (FairleadSecret) passphrase = fairlead_secret_new ("passphrase");
  g_autoptr (FairleadSecret) remembered = NULL;
  g_autoptr (GError) error = NULL;
  guint filter;

  if (fixture->bus == NULL)
    {
      g_test_skip ("dbus-daemon is not installed");
      return;
    }
  hang (fixture);
  filter = g_dbus_connection_add_filter (fixture->connection, swallow, NULL, NULL);
  g_assert_false (fairlead_passphrase_store_lookup (keyring, PATH, FINGERPRINT, &remembered, NULL,
                                                    &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (fairlead_passphrase_store_store (keyring, PATH, FINGERPRINT, passphrase, NULL,
                                                   &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_dbus_connection_remove_filter (fixture->connection, filter);
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

/* Cancelled before the time is up: the test itself would take longer than its runner allows. */
static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (FairleadPassphraseStore) keyring = fairlead_keyring_new (G_MAXINT, G_MAXINT);
  g_autoptr (FairleadSecret) passphrase = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint filter;
  GThread *thread;

  if (fixture->bus == NULL)
    {
      g_test_skip ("dbus-daemon is not installed");
      return;
    }
  hang (fixture);
  filter = g_dbus_connection_add_filter (fixture->connection, swallow, NULL, NULL);
  thread = g_thread_new ("cancel", cancel_thread, cancellable);
  g_assert_false (fairlead_passphrase_store_lookup (keyring, PATH, FINGERPRINT, &passphrase,
                                                    cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_dbus_connection_remove_filter (fixture->connection, filter);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/keyring/remember", Fixture, NULL, set_up, test_remember, tear_down);
  g_test_add ("/keyring/locked", Fixture, NULL, set_up, test_locked, tear_down);
  g_test_add ("/keyring/stays-locked", Fixture, NULL, set_up, test_stays_locked, tear_down);
  g_test_add ("/keyring/none", Fixture, NULL, set_up, test_none, tear_down);
  g_test_add ("/keyring/hangs", Fixture, NULL, set_up, test_hangs, tear_down);
  g_test_add ("/keyring/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  return g_test_run ();
}
