/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "fairlead-error.h"
#include "ssh-fixture.h"

/* The ssh layer over a command (ssh_config(5), ProxyCommand). CHAIN_… of tests/lib/chain.py say where the
 * hosts are. */

#define LAST "hop3"

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  static const char *answers[] = { NULL, NULL, NULL };

  answers[0] = answers[1] = g_getenv ("CHAIN_PASSPHRASE");
  fixture->directory = g_dir_make_tmp ("fairlead-proxy-XXXXXX", NULL);
  fixture->messages = g_string_new (NULL);
  fixture->person = g_object_new (TEST_TYPE_PERSON, NULL);
  fixture->person->passphrases = answers;
  fixture->person->forgets = TRUE;
}

/* The last host by @command, which stands in a file of the person's own unless it is @given. */
static void
use_command (Fixture    *fixture,
             const char *command,
             gboolean    given)
{
  FairleadTargetOptions options = { .config_file = g_getenv ("CHAIN_CONFIG") };
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTarget) target = fairlead_target_new_for_text (LAST, &options, &error);

  g_assert_no_error (error);
  target->proxy_command = g_strdup (command);
  target->proxy_command_source.kind = given ? FAIRLEAD_SOURCE_GIVEN : FAIRLEAD_SOURCE_FILE;
  target->proxy_command_source.file = "/nonexistent";
  target->given_config = FALSE;
  test_use_target (fixture, target);
}

/* ssh(1) itself, through the hosts before the last. */
static char *
way_command (void)
{
  return g_strdup_printf ("ssh -F %s -W 127.0.0.1:%s hop2", g_getenv ("CHAIN_COMMAND_CONFIG"),
                          g_getenv ("CHAIN_PORT_3"));
}

static guint
count_children (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", name, "children", NULL);
      g_autofree char *text = NULL;

      if (g_file_get_contents (path, &text, NULL, NULL))
        for (const char *p = text; (p = strchr (p, ' ')) != NULL; p++)
          n++;
    }
  return n;
}

static void
test_way (Fixture       *fixture,
          gconstpointer  data)
{
  g_autofree char *command = way_command ();
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (FairleadForward) forward = NULL;
  g_autoptr (GError) error = NULL;

  use_command (fixture, command, FALSE);
  test_connect (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->person->heard->str, ==, "passphrase hop3 → \n");
  forward = test_forward (fixture, 0, FALSE, echo_port (echo), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 20; i++)
    g_assert_true (test_exchange (fairlead_forward_get_local_port (forward), i));
  g_assert_cmpuint (count_children (), >, 0);
  test_close (fixture->remote);
  g_assert_cmpuint (count_children (), ==, 0);
}

static void
assert_fails (Fixture    *fixture,
              const char *command,
              const char *message)
{
  g_autoptr (GError) error = NULL;

  use_command (fixture, command, FALSE);
  g_assert_false (test_connect (fixture, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  if (strstr (error->message, message) == NULL)
    g_error ("“%s” says nothing of “%s”", error->message, message);
  g_assert_nonnull (fairlead_error_get_hint (error));
  WAIT_POLLING (count_children () == 0);
}

/* How it ended, and what it said last, is the reason. */
static void
test_fails (Fixture       *fixture,
            gconstpointer  data)
{
  assert_fails (fixture, "sh -c 'echo first >&2; echo no way >&2; exit 3'",
                "The proxy command of “" LAST "” ended with status 3: no way");
  g_assert_nonnull (strstr (fixture->messages->str, "Proxy command: first\n"));
  assert_fails (fixture, "false", "ended with status 1.");
  assert_fails (fixture, "/nonexistent", "ended with status 127: ");
  assert_fails (fixture, "sh -c 'kill -9 $$'", "was ended by signal 9.");
}

/* It ends well without a word: then it is the host that does not speak. */
static void
test_silent_end (Fixture       *fixture,
                 gconstpointer  data)
{
  assert_fails (fixture, "true", "closed the connection");
}

/* What it says is shown as it is, but inert; a line without end is cut. */
static void
test_says (Fixture       *fixture,
           gconstpointer  data)
{
  assert_fails (fixture, "sh -c 'printf \"a\\033[31mb\" >&2; exit 1'", "status 1: a");
  g_assert_null (strchr (fixture->messages->str, '\033'));
  assert_fails (fixture, "sh -c 'head -c 100000 /dev/zero | tr \"\\0\" x >&2; exit 1'", "status 1: xxx");
}

/* It has its two ends and its standard error, and nothing else of ours. */
static void
test_descriptors (Fixture       *fixture,
                  gconstpointer  data)
{
  /* The fourth is the folder that ls itself reads. */
  assert_fails (fixture, "sh -c 'exec ls /proc/self/fd >&2'", "closed the connection");
  g_assert_nonnull (strstr (fixture->messages->str,
                            "Proxy command: 0\nProxy command: 1\nProxy command: 2\nProxy command: 3\n"));
  g_assert_null (strstr (fixture->messages->str, "Proxy command: 4"));
}

/* A command that came with the target runs only once the person has allowed it, and then for good. */
static void
test_approval (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *mark = g_build_filename (fixture->directory, "ran", NULL);
  g_autofree char *command = g_strdup_printf ("sh -c 'touch %s; exit 1'", mark);
  g_autoptr (GError) error = NULL;

  use_command (fixture, command, TRUE);
  g_assert_false (test_connect (fixture, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS));
  g_assert_cmpstr (fixture->person->heard->str, ==, "command " LAST " → \n");

  fixture->person->approves = TRUE;
  for (guint i = 0; i < 2; i++)
    {
      g_clear_error (&error);
      use_command (fixture, command, TRUE);
      g_assert_false (test_connect (fixture, &error));
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
    }
  g_assert_true (g_file_test (mark, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (fixture->person->asked, ==, 2);
}

/* An open connection whose command ends is lost, and says why. */
static void
test_lost (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *way = way_command ();
  g_autofree char *pid_file = g_build_filename (fixture->directory, "pid", NULL);
  g_autofree char *command = g_strdup_printf ("sh -c 'echo $$ > %s; exec %s'", pid_file, way);
  g_autofree char *pid = NULL;
  g_autoptr (GError) error = NULL;

  use_command (fixture, command, FALSE);
  test_connect (fixture, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (pid_file, &pid, NULL, NULL));
  g_assert_no_errno (kill (g_ascii_strtoll (pid, NULL, 10), SIGKILL));
  WAIT_FOR (fairlead_remote_get_state (fixture->remote) == FAIRLEAD_SESSION_FAILED);
  g_assert_error (fairlead_remote_get_error (fixture->remote), FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_nonnull (strstr (fairlead_remote_get_error (fixture->remote)->message,
                            "was ended by signal 9"));
}

/* A command that neither speaks nor ends, nor minds SIGHUP: cancelled, it is gone, with all it started. */
static void
test_cancel (Fixture       *fixture,
             gconstpointer  command)
{
  for (guint drop = 0; drop < 2; drop++)
    {
      guint fds;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      FairleadRemote *remote;

      g_clear_object (&fixture->remote);
      g_string_truncate (fixture->messages, 0);
      fds = test_count_fds ();
      use_command (fixture, command, FALSE);
      remote = fixture->remote;
      fairlead_remote_connect_async (remote, cancellable, keep_result_cb, &result);
      WAIT_FOR (strstr (fixture->messages->str, "Proxy command: ready") != NULL);
      g_assert_null (result);
      g_assert_cmpuint (count_children (), ==, 1);
      if (drop)
        g_clear_object (&fixture->remote);
      g_cancellable_cancel (cancellable);
      WAIT_FOR (result != NULL);
      g_assert_false (fairlead_remote_connect_finish (remote, result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      if (!drop)
        test_close (remote);
      g_clear_object (&result);
      g_clear_object (&fixture->remote);
      WAIT_POLLING (count_children () == 0 && test_count_fds () <= fds);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *config_home = g_dir_make_tmp ("fairlead-config-XXXXXX", NULL);
  g_autofree char *approvals = g_build_filename (config_home, "fairlead", "approvals", NULL);
  g_autofree char *folder = g_build_filename (config_home, "fairlead", NULL);
  int code;

  g_setenv ("XDG_CONFIG_HOME", config_home, TRUE);
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("CHAIN_HOSTS") == NULL)
    {
      g_printerr ("run by tests/lib/chain.py, which says where the hosts are\n");
      return 2;
    }

#define NEW(path, data, func) g_test_add (path, Fixture, data, set_up, func, test_tear_down)
  NEW ("/proxy/way", NULL, test_way);
  NEW ("/proxy/fails", NULL, test_fails);
  NEW ("/proxy/silent-end", NULL, test_silent_end);
  NEW ("/proxy/says", NULL, test_says);
  NEW ("/proxy/descriptors", NULL, test_descriptors);
  NEW ("/proxy/approval", NULL, test_approval);
  NEW ("/proxy/lost", NULL, test_lost);
  NEW ("/proxy/cancel/plain", "sh -c 'echo ready >&2; exec sleep 1000'", test_cancel);
  NEW ("/proxy/cancel/stubborn", "sh -c 'trap \"\" HUP; echo ready >&2; sleep 1000 | sleep 1000'",
       test_cancel);
  code = g_test_run ();
  g_remove (approvals);
  g_rmdir (folder);
  g_rmdir (config_home);
  return code;
}
