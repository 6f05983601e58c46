/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh-fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fairlead-ssh-session.h"

G_DEFINE_FINAL_TYPE (TestPerson, test_person, FAIRLEAD_TYPE_INTERACTION)

static void
answer_passphrase (TestPerson                 *self,
                   FairleadPassphraseQuestion *question)
{
  self->asked_passphrase++;
  g_assert_nonnull (self->passphrases);
  if (*self->passphrases != NULL)
    question->answer = fairlead_secret_new (*self->passphrases++);
  if (self->forgets)
    question->keep_until_quit = FALSE;
}

/**
 * test_person_answer:
 *
 * Answers the question that the person thinks about.
 */
void
test_person_answer (TestPerson *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->pending);
  FairleadQuestion *question = g_task_get_task_data (task);

  if (FAIRLEAD_IS_PASSPHRASE_QUESTION (question))
    answer_passphrase (self, FAIRLEAD_PASSPHRASE_QUESTION (question));
  else if (FAIRLEAD_IS_APPROVAL_QUESTION (question))
    FAIRLEAD_APPROVAL_QUESTION (question)->approved = self->approves;
  else
    FAIRLEAD_HOST_KEY_QUESTION (question)->answer = self->answer;
  g_task_return_boolean (task, TRUE);
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  TestPerson *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->pending);

  if (task != NULL)
    g_task_return_error_if_cancelled (task);
}

static const char *
kind_of (FairleadQuestion *question)
{
  if (FAIRLEAD_IS_PASSPHRASE_QUESTION (question))
    return "passphrase";
  return FAIRLEAD_IS_APPROVAL_QUESTION (question) ? "command" : "key";
}

static void
test_person_ask_async (FairleadInteraction *interaction,
                       FairleadQuestion    *question,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  TestPerson *self = TEST_PERSON (interaction);

  g_assert_null (self->pending);
  self->pending = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (self->pending, g_object_ref (question), g_object_unref);
  self->asked++;
  g_string_append_printf (self->heard, "%s %s → %s\n", kind_of (question),
                          fairlead_question_get_connection (question),
                          fairlead_question_get_destination (question)
                          ? fairlead_question_get_destination (question) : "");
  if (FAIRLEAD_IS_HOST_KEY_QUESTION (question))
    {
      g_free (self->fingerprint);
      self->fingerprint = g_strdup (FAIRLEAD_HOST_KEY_QUESTION (question)->fingerprint);
    }
  if (!self->thinks)
    test_person_answer (self);
  else if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (cancelled_cb), self, 0);
}

static gboolean
test_person_ask_finish (FairleadInteraction  *interaction,
                        GAsyncResult         *result,
                        GError              **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_person_finalize (GObject *object)
{
  g_free (TEST_PERSON (object)->fingerprint);
  g_string_free (TEST_PERSON (object)->heard, TRUE);
  G_OBJECT_CLASS (test_person_parent_class)->finalize (object);
}

static void
test_person_class_init (TestPersonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_person_finalize;
  FAIRLEAD_INTERACTION_CLASS (klass)->ask_async = test_person_ask_async;
  FAIRLEAD_INTERACTION_CLASS (klass)->ask_finish = test_person_ask_finish;
}

static void
test_person_init (TestPerson *self)
{
  self->heard = g_string_new (NULL);
}

gboolean
test_give_up_cb (gpointer what)
{
  g_error ("gave up waiting for %s", (const char *) what);
  return G_SOURCE_REMOVE;
}

void
keep_result_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

guint
test_sshd_port (void)
{
  return g_ascii_strtoull (g_getenv ("SSHD_PORT"), NULL, 10);
}

/**
 * test_target:
 * @known_hosts: (nullable): a file; %NULL for an empty one of the fixture
 * @config: (nullable): lines of ssh_config(5)
 *
 * Returns: (transfer full): the sshd of this run, or another port of this machine
 */
FairleadTarget *
test_target (Fixture    *fixture,
             guint       port,
             const char *known_hosts,
             const char *config)
{
  const char *identities[] = { g_getenv ("SSHD_KEY"), NULL };
  g_autofree char *config_file = g_build_filename (fixture->directory, "config", NULL);
  g_autofree char *empty = g_build_filename (fixture->directory, "known_hosts", NULL);
  FairleadTargetOptions options = {
    .config_file = config_file,
    .home = g_getenv ("SSHD_HOME"),
    .known_hosts_file = known_hosts ? known_hosts : empty,
    .identity_files = identities,
    .user = g_getenv ("SSHD_USER"),
    .port = port,
  };
  g_autoptr (GError) error = NULL;
  FairleadTarget *target;

  if (config != NULL && strstr (config, "IdentityFile") != NULL)
    options.identity_files = NULL;
  g_assert_true (g_file_set_contents (config_file, config ? config : "", -1, NULL));
  target = fairlead_target_new_for_text (g_getenv ("SSHD_HOST"), &options, &error);
  g_assert_no_error (error);
  return target;
}

static void
message_cb (FairleadRemote *remote,
            const char     *text,
            gpointer        user_data)
{
  g_string_append_printf (user_data, "%s\n", text);
}

/**
 * test_use_target:
 *
 * Gives the fixture a session to @target, in place of the one it has.
 */
void
test_use_target (Fixture        *fixture,
                 FairleadTarget *target)
{
  g_clear_object (&fixture->remote);
  fixture->remote = fairlead_ssh_session_new (target, FAIRLEAD_INTERACTION (fixture->person));
  g_signal_connect (fixture->remote, "message", G_CALLBACK (message_cb), fixture->messages);
}

/**
 * test_set_up:
 * @known: (nullable): "known": the sshd's key is in known_hosts
 */
void
test_set_up (Fixture       *fixture,
             gconstpointer  known)
{
  g_autoptr (FairleadTarget) target = NULL;

  fixture->directory = g_dir_make_tmp ("fairlead-ssh-XXXXXX", NULL);
  fixture->messages = g_string_new (NULL);
  fixture->person = g_object_new (TEST_TYPE_PERSON, NULL);
  target = test_target (fixture, test_sshd_port (), known ? g_getenv ("SSHD_KNOWN_HOSTS") : NULL,
                        NULL);
  test_use_target (fixture, target);
}

gboolean
test_connect (Fixture  *fixture,
              GError  **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_remote_connect_async (fixture->remote, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  return fairlead_remote_connect_finish (fixture->remote, result, error);
}

void
test_set_up_open (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  test_set_up (fixture, "known");
  test_connect (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->person->asked, ==, 0);
}

/* Its thread has been joined when this returns. */
void
test_close (FairleadRemote *remote)
{
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_remote_close_async (remote, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  g_assert_true (fairlead_remote_close_finish (remote, result, NULL));
}

void
test_tear_down (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GDir) directory = g_dir_open (fixture->directory, 0, NULL);
  const char *name;

  if (fixture->remote != NULL)
    {
      test_close (fixture->remote);
      g_assert_finalize_object (fixture->remote);
    }
  /* A session that was dropped lets go of the person once its thread has been joined. */
  WAIT_FOR (g_atomic_int_get ((gint *) &G_OBJECT (fixture->person)->ref_count) == 1);
  g_assert_finalize_object (fixture->person);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->directory, name, NULL);

      g_remove (path);
    }
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
  g_string_free (fixture->messages, TRUE);
}

/**
 * test_run:
 *
 * Returns: (transfer full): what @command said on standard output
 */
char *
test_run (Fixture     *fixture,
          const char  *command,
          GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (GBytes) out = NULL;

  fairlead_remote_run_async (fixture->remote, command, NULL, 16 * MIB, NULL, keep_result_cb,
                             &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_run_finish (fixture->remote, result, &out, NULL, error);
  return process ? g_strndup (g_bytes_get_data (out, NULL), g_bytes_get_size (out)) : NULL;
}

FairleadForward *
test_forward (Fixture  *fixture,
              guint     local_port,
              gboolean  or_next_free,
              guint     remote_port,
              GError  **error)
{
  g_autoptr (FairleadForwardSpec) spec =
    fairlead_forward_spec_new_local (local_port, "127.0.0.1", remote_port);
  g_autoptr (GAsyncResult) result = NULL;

  spec->or_next_free = or_next_free;
  fairlead_remote_forward_async (fixture->remote, spec, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  return fairlead_remote_forward_finish (fixture->remote, result, error);
}

/* Lets the sshd of this run take one more key. */
void
test_authorize (const char *public_key)
{
  g_autofree char *directory = g_path_get_dirname (g_getenv ("SSHD_LOG"));
  g_autofree char *path = g_build_filename (directory, "authorized_keys", NULL);
  g_autofree char *line = NULL;
  FILE *file = g_fopen (path, "a");

  g_assert_nonnull (file);
  g_assert_true (g_file_get_contents (public_key, &line, NULL, NULL));
  g_assert_cmpint (fputs (line, file), >=, 0);
  fclose (file);
}

/**
 * test_make_key:
 * @bits: (nullable): as in ssh-keygen -b
 *
 * Returns: (transfer full): the path of a new key of the fixture
 */
char *
test_make_key (Fixture    *fixture,
               const char *name,
               const char *type,
               const char *bits,
               const char *passphrase)
{
  char *path = g_build_filename (fixture->directory, name, NULL);
  const char *argv[] = { "ssh-keygen", "-q", "-t", type, "-N", passphrase, "-f", path,
                         bits ? "-b" : NULL, bits, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return path;
}

guint
test_count_fds (void)
{
  g_autoptr (GDir) directory = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (directory) != NULL)
    n++;
  return n;
}

/* The sshd process that serves the fixture's connection. */
GPid
test_connection_pid (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *out = test_run (fixture, "echo $PPID", &error);

  g_assert_no_error (error);
  return g_ascii_strtoll (out, NULL, 10);
}

/* Returns a blocking connection to a port of 127.0.0.1, or -1. */
int
test_dial (guint port)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

gboolean
test_ready (void)
{
  if (g_getenv ("SSHD_PORT") == NULL)
    g_printerr ("run by tests/lib/sshd.py, which says where the sshd is\n");
  return g_getenv ("SSHD_PORT") != NULL;
}
