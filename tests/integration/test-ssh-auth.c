/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "fairlead-ssh-agent.h"
#include "ssh-fixture.h"

/* Signing in, with every kind of key. */

static void
use_config (Fixture    *fixture,
            const char *format,
            const char *value)
{
  g_autofree char *config = NULL;
  g_autoptr (FairleadTarget) target = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  config = g_strdup_printf (format, value);
#pragma GCC diagnostic pop
  target = test_target (fixture, test_sshd_port (), g_getenv ("SSHD_KNOWN_HOSTS"), config);
  test_use_target (fixture, target);
}

static char *
make_authorized_key (Fixture    *fixture,
                     const char *type,
                     const char *bits,
                     const char *passphrase)
{
  char *key = test_make_key (fixture, type, type, bits, passphrase);
  g_autofree char *public_key = g_strconcat (key, ".pub", NULL);

  test_authorize (public_key);
  return key;
}

typedef struct {
  const char *type;
  const char *bits;
  const char *passphrase;
} Kind;

static void
test_key (Fixture       *fixture,
          gconstpointer  data)
{
  static const char *const passphrases[] = { "wrong", "also wrong", "open sesame", NULL };
  const Kind *kind = data;
  g_autofree char *key = make_authorized_key (fixture, kind->type, kind->bits, kind->passphrase);
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;

  fixture->person->passphrases = passphrases;
  use_config (fixture, "IdentityFile %s\n", key);
  g_assert_true (test_connect (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->person->asked_passphrase, ==, *kind->passphrase ? 3 : 0);
  out = test_run (fixture, "echo in", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (out, ==, "in\n");
}

/* The host does not take the key: its passphrase is not asked for. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *key = test_make_key (fixture, "id", "ed25519", NULL, "secret");
  g_autoptr (GError) error = NULL;

  use_config (fixture, "IdentityFile %s\n", key);
  g_assert_false (test_connect (fixture, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_AUTH);
  g_assert_nonnull (fairlead_error_get_hint (error));
  g_assert_cmpuint (fixture->person->asked, ==, 0);
}

/* ---- agents ---- */

/* Returns the pid; ssh-agent in the foreground, with a key for each of @keys. */
static GPid
start_agent (const char         *path,
             const char * const *keys)
{
  const char *argv[] = { "ssh-agent", "-D", "-a", path, NULL };
  g_auto (GStrv) env = g_environ_setenv (g_get_environ (), "SSH_AUTH_SOCK", path, TRUE);
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async (NULL, (char **) argv, NULL,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                 &pid, &error);
  g_assert_no_error (error);
  WAIT_POLLING (g_file_test (path, G_FILE_TEST_EXISTS));
  for (guint i = 0; keys[i] != NULL; i++)
    {
      const char *add[] = { "ssh-add", "-q", keys[i], NULL };
      int status;

      g_spawn_sync (NULL, (char **) add, env, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                    &error);
      g_assert_no_error (error);
      g_assert_cmpint (status, ==, 0);
    }
  return pid;
}

static void
test_agent (Fixture       *fixture,
            gconstpointer  type)
{
  g_autofree char *path = g_build_filename (fixture->directory, "agent", NULL);
  g_autofree char *other = test_make_key (fixture, "other", "ed25519", NULL, "");
  g_autofree char *key = make_authorized_key (fixture, type, NULL, "");
  const char *keys[] = { other, key, NULL };
  GPid agent = start_agent (path, keys);
  g_autoptr (GError) error = NULL;

  /* No key file at all. */
  use_config (fixture, "IdentityFile none\nIdentityAgent %s\n", path);
  test_connect (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->person->asked, ==, 0);
  kill (agent, SIGTERM);
}

/* The agent takes a question and never answers: the key file is used then. */
static void
test_mute_agent (Fixture       *fixture,
                 gconstpointer  data)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofree char *path = g_build_filename (fixture->directory, "agent", NULL);
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autoptr (GError) error = NULL;

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_no_errno (bind (fd, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (fd, 5));
  use_config (fixture, "IdentityAgent %s\n", path);
  test_connect (fixture, &error);
  g_assert_no_error (error);
  close (fd);
}

/* What the window and the command line do with the agent: list, add for a time, remove. */
static void
test_agent_keys (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "agent", NULL);
  g_autofree char *other = test_make_key (fixture, "other", "ecdsa", NULL, "");
  g_autofree char *file = test_make_key (fixture, "id", "ed25519", NULL, "");
  const char *keys[] = { other, NULL };
  GPid pid = start_agent (path, keys);
  g_autoptr (FairleadAgent) agent = fairlead_ssh_agent_new (path);
  g_autoptr (FairleadKey) key = NULL;
  g_autoptr (GPtrArray) held = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 deadline;

  key = fairlead_key_load (file, NULL, &error);
  g_assert_no_error (error);
  fairlead_agent_add_async (agent, file, key, "for a moment", 1, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  g_assert_true (fairlead_agent_add_finish (agent, result, &error));
  g_assert_no_error (error);
  deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  do
    {
      g_clear_object (&result);
      g_clear_pointer (&held, g_ptr_array_unref);
      fairlead_agent_list_async (agent, NULL, keep_result_cb, &result);
      WAIT_FOR (result != NULL);
      held = fairlead_agent_list_finish (agent, result, &error);
      g_assert_no_error (error);
      if (held->len == 2)
        g_assert_cmpstr (((FairleadAgentKey *) held->pdata[1])->comment, ==, "for a moment");
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  while (held->len > 1);                        /* its time is over */

  g_clear_object (&result);
  fairlead_agent_remove_async (agent, ((FairleadAgentKey *) held->pdata[0])->key, NULL,
                               keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  g_assert_true (fairlead_agent_remove_finish (agent, result, &error));
  g_assert_no_error (error);
  g_clear_pointer (&held, g_ptr_array_unref);
  held = fairlead_agent_list (agent, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (held->len, ==, 0);

  kill (pid, SIGTERM);
  WAIT_POLLING (!g_file_test (path, G_FILE_TEST_EXISTS));
  g_clear_pointer (&held, g_ptr_array_unref);
  held = fairlead_agent_list (agent, NULL, &error);
  g_assert_null (held);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
}

int
main (int   argc,
      char *argv[])
{
  static const Kind kinds[] = {
    { "ed25519", NULL, "" },
    { "rsa", "2048", "" },
    { "rsa", "4096", "" },
    { "ecdsa", "256", "" },
    { "ecdsa", "521", "" },
    { "ed25519", NULL, "open sesame" },
    { "rsa", "2048", "open sesame" },
    { "ecdsa", "384", "open sesame" },
  };

  g_test_init (&argc, &argv, NULL);
  if (!test_ready ())
    return 2;

#define NEW(path, data, func) g_test_add (path, Fixture, data, test_set_up, func, test_tear_down)
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/auth/key/%s%s%s", kinds[i].type,
                                               kinds[i].bits ? kinds[i].bits : "",
                                               *kinds[i].passphrase ? "-locked" : "");

      NEW (path, &kinds[i], test_key);
    }
  NEW ("/auth/refused", NULL, test_refused);
  NEW ("/auth/agent/ed25519", "ed25519", test_agent);
  NEW ("/auth/agent/rsa", "rsa", test_agent);
  NEW ("/auth/agent/ecdsa", "ecdsa", test_agent);
  NEW ("/auth/agent/mute", NULL, test_mute_agent);
  NEW ("/auth/agent/keys", NULL, test_agent_keys);
  return g_test_run ();
}
