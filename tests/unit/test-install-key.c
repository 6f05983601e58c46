/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "fairlead-install-key.h"
#include "fairlead-key-file.h"
#include "run-fixture.h"

/* The script that adds a key, by each shell that a remote may have. */
typedef struct {
  char *root;
  char *bin;
  char *home;
  char *ssh;
  char *file;
  char *line;
  FakePerson *person;
  FairleadRemote *remote;
} Host;

static const char *const shells[] = { "dash", "bash", "busybox" };

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_assert_true (fairlead_remote_connect_finish (FAIRLEAD_REMOTE (source), result, NULL));
}

static char *
make_line (const char *comment)
{
  g_autoptr (FairleadKey) key = fairlead_key_generate (FAIRLEAD_KEY_KIND_ED25519, 0, comment, NULL,
                                                       NULL);

  return fairlead_key_to_line (fairlead_key_get_public (key), comment);
}

static void
host_set_up (Host          *host,
             gconstpointer  data)
{
  FakeRemoteSetup setup = { 0 };
  g_autofree char *shell = g_find_program_in_path (data);
  g_autofree char *sh = NULL;

  host->root = g_dir_make_tmp ("fairlead-install-XXXXXX", NULL);
  host->bin = g_build_filename (host->root, "bin", NULL);
  host->home = g_build_filename (host->root, "a home", NULL);
  host->ssh = g_build_filename (host->home, ".ssh", NULL);
  host->file = g_build_filename (host->ssh, "authorized_keys", NULL);
  host->line = make_line ("it's $(mine) “Küste” \\ `x`");
  g_assert_cmpint (g_mkdir (host->bin, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (host->home, 0700), ==, 0);
  sh = g_build_filename (host->bin, "sh", NULL);
  if (shell != NULL)
    g_assert_cmpint (symlink (shell, sh), ==, 0);
  host->person = fake_person_new ();
  setup.home = host->home;
  setup.path = host->bin;
  host->remote = fake_remote_new (&setup, FAIRLEAD_INTERACTION (host->person));
  fairlead_remote_connect_async (host->remote, NULL, opened_cb, NULL);
  wait_until (fairlead_remote_get_state (host->remote) == FAIRLEAD_SESSION_OPEN);
}

static void
host_tear_down (Host          *host,
                gconstpointer  data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", host->root);

  g_object_unref (host->remote);
  g_object_unref (host->person);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (host->root);
  g_free (host->bin);
  g_free (host->home);
  g_free (host->ssh);
  g_free (host->file);
  g_free (host->line);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static FairleadInstalledKey *
install (Host        *host,
         const char  *line,
         GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_install_key_async (host->remote, line, NULL, done_cb, &result);
  wait_until (result != NULL);
  return fairlead_install_key_finish (host->remote, result, error);
}

static void
assert_installs (Host                     *host,
                 FairleadInstallKeyResult  expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadInstalledKey) installed = install (host, host->line, &error);

  g_assert_no_error (error);
  g_assert_cmpint (installed->result, ==, expected);
  g_assert_cmpstr (installed->file, ==, host->file);
  g_assert_false (installed->home_is_writable);
}

static void
assert_text (Host       *host,
             const char *before,
             gboolean    and_line)
{
  g_autofree char *expected = and_line ? g_strconcat (before, host->line, "\n", NULL)
                                       : g_strdup (before);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (host->file, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static guint
get_mode (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  return info.st_mode & 07777;
}

static void
write_keys (Host       *host,
            const char *text,
            guint       mode)
{
  g_mkdir (host->ssh, 0700);
  g_remove (host->file);
  g_assert_true (g_file_set_contents (host->file, text, -1, NULL));
  g_assert_cmpint (g_chmod (host->file, (int) mode), ==, 0);
}

static gboolean
have_shell (gconstpointer data)
{
  g_autofree char *found = g_find_program_in_path (data);

  if (found == NULL)
    g_test_skip (data);
  return found != NULL;
}

static void
test_missing (Host          *host,
              gconstpointer  data)
{
  if (!have_shell (data))
    return;
  assert_installs (host, FAIRLEAD_INSTALL_KEY_ADDED);
  assert_text (host, "", TRUE);
  g_assert_cmpint (get_mode (host->ssh), ==, 0700);
  g_assert_cmpint (get_mode (host->file), ==, 0600);
  assert_installs (host, FAIRLEAD_INSTALL_KEY_PRESENT);
  assert_text (host, "", TRUE);
}

static void
test_others (Host          *host,
             gconstpointer  data)
{
  g_autofree char *other = make_line ("other");
  g_autofree char *ended = g_strdup_printf ("# a note\n\n%s\n\\n %%s not a key\r\n", other);
  g_autofree char *open_end = g_strndup (ended, strlen (ended) - 2);
  g_autofree char *closed = g_strconcat (open_end, "\n", NULL);
  g_autofree char *noted = g_strdup_printf ("# %s\n", host->line);

  if (!have_shell (data))
    return;
  write_keys (host, ended, 0664);
  g_assert_cmpint (g_chmod (host->ssh, 0775), ==, 0);
  assert_installs (host, FAIRLEAD_INSTALL_KEY_ADDED);
  assert_text (host, ended, TRUE);
  g_assert_cmpint (get_mode (host->file), ==, 0644);
  g_assert_cmpint (get_mode (host->ssh), ==, 0755);

  write_keys (host, open_end, 0600);
  assert_installs (host, FAIRLEAD_INSTALL_KEY_ADDED);
  assert_text (host, closed, TRUE);

  write_keys (host, noted, 0600);
  assert_installs (host, FAIRLEAD_INSTALL_KEY_ADDED);
  assert_text (host, noted, TRUE);
}

static void
test_present (Host          *host,
              gconstpointer  data)
{
  g_auto (GStrv) words = g_strsplit (host->line, " ", 3);
  g_autofree char *another_comment = g_strdup_printf ("%s %s\r\n", words[0], words[1]);
  g_autofree char *limited = g_strdup_printf ("restrict,command=\"echo \\\"x y\\\"\" %s\n", host->line);
  g_autofree char *prefix = g_strdup_printf ("%s %sA\n", words[0], words[1]);

  if (!have_shell (data))
    return;
  write_keys (host, another_comment, 0600);
  assert_installs (host, FAIRLEAD_INSTALL_KEY_PRESENT);
  assert_text (host, another_comment, FALSE);
  write_keys (host, limited, 0600);
  assert_installs (host, FAIRLEAD_INSTALL_KEY_LIMITED);
  assert_text (host, limited, FALSE);
  write_keys (host, prefix, 0600);
  assert_installs (host, FAIRLEAD_INSTALL_KEY_ADDED);
  assert_text (host, prefix, TRUE);
}

static void
test_link (Host          *host,
           gconstpointer  data)
{
  g_autofree char *real = g_build_filename (host->home, "keys", NULL);
  GStatBuf info;

  if (!have_shell (data))
    return;
  g_assert_cmpint (g_mkdir (host->ssh, 0700), ==, 0);
  g_assert_cmpint (symlink (real, host->file), ==, 0);
  assert_installs (host, FAIRLEAD_INSTALL_KEY_ADDED);
  assert_text (host, "", TRUE);
  assert_installs (host, FAIRLEAD_INSTALL_KEY_PRESENT);
  g_assert_cmpint (g_lstat (host->file, &info), ==, 0);
  g_assert_true (S_ISLNK (info.st_mode));
  g_assert_cmpint (get_mode (real), ==, 0600);
}

static void
test_failures (Host          *host,
               gconstpointer  data)
{
  g_autoptr (FairleadInstalledKey) installed = NULL;
  g_autoptr (GError) error = NULL;

  if (!have_shell (data))
    return;
  g_assert_cmpint (g_chmod (host->home, 0770), ==, 0);
  installed = install (host, host->line, &error);
  g_assert_no_error (error);
  g_assert_true (installed->home_is_writable);

  g_assert_cmpint (g_remove (host->file), ==, 0);
  g_assert_cmpint (g_mkdir (host->file, 0700), ==, 0);
  g_assert_null (install (host, host->line, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_clear_error (&error);
  g_assert_cmpint (g_rmdir (host->file), ==, 0);
  g_assert_cmpint (g_rmdir (host->ssh), ==, 0);
  g_assert_true (g_file_set_contents (host->ssh, "a file", -1, NULL));
  g_assert_null (install (host, host->line, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_nonnull (strstr (fairlead_error_get_details (error), ".ssh"));
  g_clear_error (&error);
  g_assert_null (install (host, "ssh-ed25519 AAAA x", &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
}

static const struct {
  const char *name;
  void (*run) (Host *, gconstpointer);
} tests[] = {
  { "missing", test_missing },
  { "others", test_others },
  { "present", test_present },
  { "link", test_link },
  { "failures", test_failures },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    for (guint j = 0; j < G_N_ELEMENTS (shells); j++)
      {
        g_autofree char *name = g_strdup_printf ("/install-key/%s/%s", tests[i].name, shells[j]);

        g_test_add (name, Host, shells[j], host_set_up, tests[i].run, host_tear_down);
      }
  return g_test_run ();
}
