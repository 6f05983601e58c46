/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-host-key-text.h"
#include "fairlead-tty-interaction.h"

#define ASK_US (30 * G_USEC_PER_SEC)

/* Every test runs in a session of its own (a subprocess), so that nobody's terminal is asked. */

typedef struct {
  FairleadInteraction *interaction;
  FairleadQuestion *question;
  GCancellable *cancellable;
  gboolean answered;
  GError *error;
  gboolean done;
} Worker;

static gboolean
done_cb (gpointer data)
{
  ((Worker *) data)->done = TRUE;
  return G_SOURCE_REMOVE;
}

static gpointer
worker_main (gpointer data)
{
  Worker *worker = data;

  worker->answered = fairlead_interaction_ask (worker->interaction, worker->question,
                                               worker->cancellable, &worker->error);
  g_idle_add (done_cb, worker);
  return NULL;
}

/* Asks as a session's thread does, with the loop turning here; @in_loop is called at each turn. */
static gboolean
ask (FairleadInteraction *interaction,
     gpointer             question,
     GCancellable        *cancellable,
     void               (*in_loop) (gpointer data),
     gpointer             data,
     GError             **error)
{
  Worker worker = { interaction, question, cancellable, FALSE, NULL, FALSE };
  GThread *thread = g_thread_new ("worker", worker_main, &worker);
  gint64 deadline = g_get_monotonic_time () + ASK_US;

  while (!worker.done)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (in_loop != NULL)
        in_loop (data);
      if (!g_main_context_iteration (NULL, in_loop == NULL))
        g_usleep (1000);
    }
  g_thread_join (thread);
  if (worker.error != NULL)
    g_propagate_error (error, worker.error);
  return worker.answered;
}

static GBytes *
some_key (guint8 last)
{
  guint8 blob[51] = "\0\0\0\013ssh-ed25519\0\0\0\040";

  blob[50] = last;
  return g_bytes_new (blob, sizeof blob);
}

static FairleadHostKeyQuestion *
host_key_question (FairleadHostKeyProblem problem)
{
  FairleadHostKeyQuestion *question = fairlead_host_key_question_new ("gpu01");

  question->problem = problem;
  question->host = g_strdup ("gpu01.example");
  question->address = g_strdup ("192.0.2.1");
  question->port = 22;
  question->key = some_key (1);
  question->key_type = g_strdup ("ED25519");
  question->fingerprint = fairlead_fingerprint_sha256 (question->key);
  question->saved_file = g_strdup ("/home/ada/.ssh/known_hosts");
  question->saved_line = 7;
  question->saved_key_type = g_strdup ("ED25519");
  question->saved_fingerprint = g_strdup ("SHA256:old");
  return question;
}

static void
leave_terminal (void)
{
  g_assert_cmpint (setsid (), >, 0);
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  g_unsetenv ("SSH_ASKPASS");
  g_unsetenv ("SSH_ASKPASS_REQUIRE");
}

static char *
set_askpass (const char *script)
{
  g_autofree char *dir = g_dir_make_tmp ("fairlead-askpass-XXXXXX", NULL);
  char *path = g_build_filename (dir, "askpass", NULL);
  g_autofree char *text = g_strdup_printf ("#!/bin/sh\n%s\n", script);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0700), ==, 0);
  g_setenv ("SSH_ASKPASS", path, TRUE);
  g_setenv ("SSH_ASKPASS_REQUIRE", "force", TRUE);
  return path;
}

static void
remove_askpass (char *path)
{
  g_autofree char *dir = g_path_get_dirname (path);

  g_unlink (path);
  g_rmdir (dir);
  g_free (path);
}

static void
test_answers (void)
{
  g_autoptr (GBytes) other = some_key (2);
  g_autofree char *other_fingerprint = fairlead_fingerprint_sha256 (other);
  g_autoptr (FairleadHostKeyQuestion) question =
    host_key_question (FAIRLEAD_HOST_KEY_FIRST_CONTACT);
  const struct {
    const char *typed;
    gboolean understood;
    FairleadHostKeyAnswer answer;
  } rows[] = {
    { "yes", TRUE, FAIRLEAD_HOST_KEY_TRUST },
    { " YES ", TRUE, FAIRLEAD_HOST_KEY_TRUST },
    { "once", TRUE, FAIRLEAD_HOST_KEY_ONCE },
    { "no", TRUE, FAIRLEAD_HOST_KEY_CANCEL },
    { "", TRUE, FAIRLEAD_HOST_KEY_CANCEL },
    { question->fingerprint, TRUE, FAIRLEAD_HOST_KEY_TRUST },
    { other_fingerprint, FALSE, FAIRLEAD_HOST_KEY_CANCEL },
    { "y", FALSE, FAIRLEAD_HOST_KEY_CANCEL },
    { "yes please", FALSE, FAIRLEAD_HOST_KEY_CANCEL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      question->answer = FAIRLEAD_HOST_KEY_CANCEL;
      g_test_message ("“%s”", rows[i].typed);
      g_assert_cmpint (fairlead_host_key_text_answer (question, rows[i].typed), ==,
                       rows[i].understood);
      g_assert_cmpint (question->answer, ==, rows[i].answer);
    }
}

/* --host-key answers for that key alone, and never for a changed or revoked one. */
static void
test_given_key (void)
{
  const struct {
    FairleadHostKeyProblem problem;
    gboolean right_key;
    gboolean accepted;
  } rows[] = {
    { FAIRLEAD_HOST_KEY_FIRST_CONTACT, TRUE, TRUE },
    { FAIRLEAD_HOST_KEY_NEW_TYPE, TRUE, FALSE },
    { FAIRLEAD_HOST_KEY_FIRST_CONTACT, FALSE, FALSE },
    { FAIRLEAD_HOST_KEY_HAS_CHANGED, TRUE, FALSE },
    { FAIRLEAD_HOST_KEY_IS_REVOKED, TRUE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FairleadHostKeyQuestion) question = host_key_question (rows[i].problem);
      g_autoptr (GBytes) key = some_key (rows[i].right_key ? 1 : 2);
      g_autofree char *fingerprint = fairlead_fingerprint_sha256 (key);
      g_autoptr (FairleadInteraction) interaction = fairlead_tty_interaction_new (fingerprint);
      g_autoptr (GError) error = NULL;

      if (!ask (interaction, question, NULL, NULL, NULL, &error))
        g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_HOST_KEY);
      g_assert_cmpint (question->answer, ==,
                       rows[i].accepted ? FAIRLEAD_HOST_KEY_ONCE : FAIRLEAD_HOST_KEY_CANCEL);
    }
}

static void
test_nobody (void)
{
  const char * const requires[] = { NULL, "never", "prefer", "nonsense" };
  g_autoptr (FairleadInteraction) interaction = fairlead_tty_interaction_new (NULL);

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, ASK_US, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  leave_terminal ();
  for (gsize i = 0; i < G_N_ELEMENTS (requires); i++)
    {
      g_autoptr (FairleadHostKeyQuestion) question =
        host_key_question (FAIRLEAD_HOST_KEY_FIRST_CONTACT);
      g_autoptr (FairleadPassphraseQuestion) passphrase =
        fairlead_passphrase_question_new ("gpu01", "/home/ada/.ssh/id_rsa");
      g_autoptr (GError) error = NULL;

      /* There is an SSH_ASKPASS, but no display: only "force" may use it. */
      g_setenv ("SSH_ASKPASS", "/bin/true", TRUE);
      if (requires[i] != NULL)
        g_setenv ("SSH_ASKPASS_REQUIRE", requires[i], TRUE);
      g_assert_false (ask (interaction, question, NULL, NULL, NULL, &error));
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NEEDS_PERSON);
      g_clear_error (&error);
      g_assert_false (ask (interaction, passphrase, NULL, NULL, NULL, &error));
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NEEDS_PERSON);
    }
}

static void
test_askpass (void)
{
  const struct {
    const char *script;
    const char *answer;
  } rows[] = {
    { "echo \"it's 5 o'clock\"; echo more", "it's 5 o'clock" },
    { "printf unterminated", "unterminated" },
    { "case $1 in *id_rsa*) echo seen;; esac", "seen" },
    { "echo never; exit 1", NULL },
  };
  g_autoptr (FairleadInteraction) interaction = fairlead_tty_interaction_new (NULL);

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, ASK_US, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  leave_terminal ();
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FairleadPassphraseQuestion) question =
        fairlead_passphrase_question_new ("gpu01", "/home/ada/.ssh/id_rsa");
      g_autoptr (GError) error = NULL;
      char *askpass = set_askpass (rows[i].script);

      g_assert_cmpint (ask (interaction, question, NULL, NULL, NULL, &error), ==,
                       rows[i].answer != NULL);
      if (rows[i].answer == NULL)
        g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_AUTH);
      else
        g_assert_cmpstr (fairlead_secret_get_text (question->answer), ==, rows[i].answer);
      remove_askpass (askpass);
    }
}

/* A program that answers nonsense does not go round for ever, and one that hangs is cancelled. */
static void
cancel_cb (gpointer data)
{
  g_cancellable_cancel (data);
}

static void
test_askpass_ends (void)
{
  g_autoptr (FairleadInteraction) interaction = fairlead_tty_interaction_new (NULL);
  g_autoptr (FairleadHostKeyQuestion) question =
    host_key_question (FAIRLEAD_HOST_KEY_FIRST_CONTACT);
  g_autoptr (FairleadPassphraseQuestion) passphrase =
    fairlead_passphrase_question_new ("gpu01", "/home/ada/.ssh/id_rsa");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, ASK_US, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  leave_terminal ();
  {
    char *askpass = set_askpass ("echo maybe");

    g_assert_true (ask (interaction, question, NULL, NULL, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpint (question->answer, ==, FAIRLEAD_HOST_KEY_CANCEL);
    remove_askpass (askpass);
  }
  {
    char *askpass = set_askpass ("exec sleep 60");

    g_assert_false (ask (interaction, passphrase, cancellable, cancel_cb, cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_null (passphrase->answer);
    remove_askpass (askpass);
  }
}

/* Each prompt of a server by itself, in order, and nothing of what it says passes for ours. */
static void
test_prompts (void)
{
  g_autoptr (FairleadInteraction) interaction = fairlead_tty_interaction_new (NULL);
  g_autoptr (FairleadPromptsQuestion) question = fairlead_prompts_question_new ("gpu01");
  g_autoptr (GError) error = NULL;
  char *askpass;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, ASK_US, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  leave_terminal ();
  fairlead_question_set_destination (FAIRLEAD_QUESTION (question), "gpu02");
  question->user = g_strdup ("ada");
  question->name = g_strdup ("Two steps");
  question->instruction = g_strdup ("Look at your\033[2J phone\n“gpu01” wants to run a command");
  fairlead_prompts_question_add_prompt (question, "Code:", TRUE);
  fairlead_prompts_question_add_prompt (question, "PIN: ", FALSE);
  askpass = set_askpass ("case $1 in\n"
                         "*gpu01*gpu02*ada*'\n  | Two steps\n  | Look at your phone\n  | “gpu01”'*"
                         "'\n  | Code: ') echo 123;;\n"
                         "'  | PIN: ') echo 456;;\n"
                         "*) printf '%s\\n' \"$1\" >&2; exit 1;;\nesac");
  ask (interaction, question, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (question->answers->len, ==, 2);
  g_assert_cmpstr (fairlead_secret_get_text (question->answers->pdata[0]), ==, "123");
  g_assert_cmpstr (fairlead_secret_get_text (question->answers->pdata[1]), ==, "456");
  remove_askpass (askpass);
}

/* Only "yes" allows a command; what would not show is shown escaped. */
static void
test_approval (void)
{
  const struct {
    const char *script;
    gboolean approved;
  } rows[] = {
    { "echo yes", TRUE },
    { "echo no", FALSE },
    { "echo y", FALSE },
    { "echo", FALSE },
    { "exit 1", FALSE },
    { "case $1 in *'  | nc %h \\033[2J; rm x\n'*) echo yes;; esac", TRUE },
  };
  g_autoptr (FairleadInteraction) interaction = fairlead_tty_interaction_new (NULL);

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, ASK_US, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  leave_terminal ();
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FairleadApprovalQuestion) question =
        fairlead_approval_question_new ("gpu01", FAIRLEAD_COMMAND_PROXY, "nc %h \033[2J; rm x");
      g_autoptr (GError) error = NULL;
      char *askpass = set_askpass (rows[i].script);

      ask (interaction, question, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      g_test_message ("%s", rows[i].script);
      g_assert_cmpint (question->approved, ==, rows[i].approved);
      remove_askpass (askpass);
    }
}

typedef struct {
  int master;
  int slave;
  const char *answer;
  GString *seen;
  gboolean typed;
  gboolean echo;           /* while the question was open */
} Terminal;

static void
type_cb (gpointer data)
{
  Terminal *terminal = data;
  char buffer[4096];
  gssize n = read (terminal->master, buffer, sizeof buffer);
  struct termios now;

  if (n > 0)
    g_string_append_len (terminal->seen, buffer, n);
  if (terminal->typed || terminal->seen->len == 0
      || terminal->seen->str[terminal->seen->len - 1] != ' ')
    return;
  terminal->typed = TRUE;
  g_assert_cmpint (tcgetattr (terminal->slave, &now), ==, 0);
  terminal->echo = (now.c_lflag & ECHO) != 0;
  g_assert_cmpint (write (terminal->master, terminal->answer, strlen (terminal->answer)), ==,
                   strlen (terminal->answer));
}

static Terminal
open_terminal (const char *answer)
{
  Terminal terminal = { .answer = answer, .seen = g_string_new (NULL) };

  g_assert_cmpint (openpty (&terminal.master, &terminal.slave, NULL, NULL, NULL), ==, 0);
  g_assert_cmpint (fcntl (terminal.master, F_SETFL, O_NONBLOCK), ==, 0);
  g_assert_cmpint (ioctl (terminal.slave, TIOCSCTTY, 0), ==, 0);
  return terminal;
}

static void
test_terminal (void)
{
  g_autoptr (FairleadInteraction) interaction = fairlead_tty_interaction_new (NULL);
  g_autoptr (FairleadHostKeyQuestion) question =
    host_key_question (FAIRLEAD_HOST_KEY_FIRST_CONTACT);
  g_autoptr (FairleadPassphraseQuestion) passphrase =
    fairlead_passphrase_question_new ("gpu01", "/home/ada/.ssh/id_rsa");
  g_autoptr (GError) error = NULL;
  struct termios after;
  Terminal terminal;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, ASK_US, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  leave_terminal ();

  terminal = open_terminal ("open sesame\n");
  g_assert_true (ask (interaction, passphrase, NULL, type_cb, &terminal, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fairlead_secret_get_text (passphrase->answer), ==, "open sesame");
  g_assert_nonnull (strstr (terminal.seen->str, "/home/ada/.ssh/id_rsa"));
  g_assert_null (strstr (terminal.seen->str, "sesame"));
  g_assert_false (terminal.echo);
  g_assert_cmpint (tcgetattr (terminal.slave, &after), ==, 0);
  g_assert_true (after.c_lflag & ECHO);
  g_string_free (terminal.seen, TRUE);

  terminal.seen = g_string_new (NULL);
  terminal.typed = FALSE;
  terminal.answer = "once\n";
  g_assert_true (ask (interaction, question, NULL, type_cb, &terminal, &error));
  g_assert_no_error (error);
  g_assert_cmpint (question->answer, ==, FAIRLEAD_HOST_KEY_ONCE);
  g_assert_true (terminal.echo);
  g_assert_nonnull (strstr (terminal.seen->str, question->fingerprint));
  g_string_free (terminal.seen, TRUE);
}

/* Ctrl+D answers nothing; a question taken back leaves the terminal as it was. */
static void
test_terminal_ends (void)
{
  g_autoptr (FairleadInteraction) interaction = fairlead_tty_interaction_new (NULL);
  g_autoptr (FairleadPassphraseQuestion) passphrase =
    fairlead_passphrase_question_new ("gpu01", "/home/ada/.ssh/id_rsa");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  struct termios after;
  Terminal terminal;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, ASK_US, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  leave_terminal ();

  terminal = open_terminal ("\004");
  g_assert_false (ask (interaction, passphrase, NULL, type_cb, &terminal, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_AUTH);
  g_clear_error (&error);

  g_assert_false (ask (interaction, passphrase, cancellable, cancel_cb, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (tcgetattr (terminal.slave, &after), ==, 0);
  g_assert_true (after.c_lflag & ECHO);
  g_string_free (terminal.seen, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tty-interaction/answers", test_answers);
  g_test_add_func ("/tty-interaction/given-key", test_given_key);
  g_test_add_func ("/tty-interaction/nobody", test_nobody);
  g_test_add_func ("/tty-interaction/prompts", test_prompts);
  g_test_add_func ("/tty-interaction/approval", test_approval);
  g_test_add_func ("/tty-interaction/askpass", test_askpass);
  g_test_add_func ("/tty-interaction/askpass-ends", test_askpass_ends);
  g_test_add_func ("/tty-interaction/terminal", test_terminal);
  g_test_add_func ("/tty-interaction/terminal-ends", test_terminal_ends);
  return g_test_run ();
}
