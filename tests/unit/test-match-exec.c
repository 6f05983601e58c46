/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The commands of Match exec: asked for, run, ended. */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fairlead-approvals.h"
#include "fairlead-async.h"
#include "fairlead-error.h"
#include "fairlead-profile.h"
#include "fairlead-ssh-config.h"
#include "fairlead-target.h"
#include "own-config.h"

/* Answers an approval question with what the test says. */
#define TYPE_JUDGE (judge_get_type ())
G_DECLARE_FINAL_TYPE (Judge, judge, TEST, JUDGE, FairleadInteraction)

struct _Judge {
  FairleadInteraction parent_instance;

  gboolean approves;
  GString *asked;
};

G_DEFINE_FINAL_TYPE (Judge, judge, FAIRLEAD_TYPE_INTERACTION)

static void
judge_ask_async (FairleadInteraction *interaction,
                 FairleadQuestion    *question,
                 GCancellable        *cancellable,
                 GAsyncReadyCallback  callback,
                 gpointer             user_data)
{
  Judge *self = TEST_JUDGE (interaction);
  FairleadApprovalQuestion *approval = FAIRLEAD_APPROVAL_QUESTION (question);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *origin = g_path_get_basename (approval->origin);

  g_assert_cmpint (approval->kind, ==, FAIRLEAD_COMMAND_MATCH_EXEC);
  g_string_append_printf (self->asked, "%s %s %s;",
                          fairlead_question_get_connection (question), origin, approval->command);
  approval->approved = self->approves;
  g_task_return_boolean (task, TRUE);
}

static gboolean
judge_ask_finish (FairleadInteraction  *interaction,
                  GAsyncResult         *result,
                  GError              **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
judge_finalize (GObject *object)
{
  g_string_free (TEST_JUDGE (object)->asked, TRUE);
  G_OBJECT_CLASS (judge_parent_class)->finalize (object);
}

static void
judge_class_init (JudgeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = judge_finalize;
  FAIRLEAD_INTERACTION_CLASS (klass)->ask_async = judge_ask_async;
  FAIRLEAD_INTERACTION_CLASS (klass)->ask_finish = judge_ask_finish;
}

static void
judge_init (Judge *self)
{
  self->asked = g_string_new (NULL);
}

typedef struct {
  char *directory;
  char *config;
  Judge *judge;
  FairleadProfile *profile;
  GCancellable *cancellable;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = g_dir_make_tmp ("fairlead-match-XXXXXX", NULL);
  self->config = g_build_filename (self->directory, "config", NULL);
  self->judge = g_object_new (TYPE_JUDGE, NULL);
  self->profile = fairlead_profile_new ();
  self->cancellable = g_cancellable_new ();
  g_object_set (self->profile, "name", "Lab", "host", "gpu", NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *made = g_build_filename (self->directory, "made", NULL);

  g_unlink (made);
  g_unlink (self->config);
  g_rmdir (self->directory);
  g_free (self->directory);
  g_free (self->config);
  g_object_unref (self->judge);
  g_object_unref (self->profile);
  g_object_unref (self->cancellable);
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
begin (Fixture       *self,
       gboolean       with_person,
       GAsyncResult **result)
{
  const FairleadTargetOptions options = {
    .config_file = self->config,
    .interaction = with_person ? FAIRLEAD_INTERACTION (self->judge) : NULL,
  };

  fairlead_target_resolve_async (self->profile, &options, self->cancellable, resolved_cb, result);
}

static FairleadTarget *
resolve (Fixture     *self,
         gboolean     with_person,
         GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  begin (self, with_person, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return fairlead_target_resolve_finish (result, error);
}

static void
write_config (Fixture    *self,
              const char *format)
{
  g_autoptr (GString) text = g_string_new (format);

  g_string_replace (text, "DIR", self->directory, 0);
  g_assert_true (g_file_set_contents (self->config, text->str, -1, NULL));
}

static void
test_decides (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTarget) target = NULL;
  g_autoptr (FairleadTarget) again = NULL;

  self->judge->approves = TRUE;
  write_config (self, "Match exec \"test %n = other\"\nPort 1\n"
                      "Match exec \"read line\"\nPort 2\n" /* from nothing */
                      "Match exec \"echo noise; test %h = gpu\"\nPort 3\n");
  target = resolve (self, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (target->port, ==, 3);
  g_assert_cmpstr (self->judge->asked->str, ==,
                   "Lab config:1 test gpu = other;Lab config:3 read line;"
                   "Lab config:5 echo noise; test gpu = gpu;");
  again = resolve (self, TRUE, &error); /* not asked a second time */
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (self->judge->asked->str, "5 echo noise; test gpu = gpu;"));
}

static void
test_denied (Fixture       *self,
             gconstpointer  data)
{
  g_autofree char *made = g_build_filename (self->directory, "made", NULL);
  g_autoptr (GError) error = NULL;

  write_config (self, "Match exec \"touch DIR/made\"\nPort 1\n");
  g_assert_null (resolve (self, TRUE, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_nonnull (strstr (error->message, made));
  g_assert_false (g_file_test (made, G_FILE_TEST_EXISTS));
}

/* The editor resolves while one types: nothing is run, not even what is allowed. */
static void
test_without_person (Fixture       *self,
                     gconstpointer  data)
{
  g_autofree char *made = g_build_filename (self->directory, "made", NULL);
  g_autofree char *command = g_strdup_printf ("touch %s", made);
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTarget) target = NULL;

  g_assert_true (fairlead_approvals_add (FAIRLEAD_COMMAND_MATCH_EXEC, command, &error));
  write_config (self, "Match !exec \"touch DIR/made\"\nPort 1\nMatch exec \"touch DIR/made\"\nPort 2\n");
  target = resolve (self, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (target->port, ==, 22);
  g_assert_cmpuint (target->notes->len, ==, 2);
  g_assert_false (g_file_test (made, G_FILE_TEST_EXISTS));
}

/* A signal is no answer. */
static void
test_killed (Fixture       *self,
             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  self->judge->approves = TRUE;
  write_config (self, "\nMatch exec \"kill -9 $$\"\nPort 1\n");
  g_assert_null (resolve (self, TRUE, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_nonnull (strstr (error->message, "config:2: "));
}

/* The command and what it started end; it holds the pipe open as long as it lives. */
static void
test_cancelled (Fixture       *self,
                gconstpointer  data)
{
  g_autofree char *made = g_build_filename (self->directory, "made", NULL);
  g_autofree char *command = g_strdup_printf ("(sleep 600; :) >%s", made);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char byte;
  int fd;

  g_assert_cmpint (mkfifo (made, 0600), ==, 0);
  g_assert_true (fairlead_approvals_add (FAIRLEAD_COMMAND_MATCH_EXEC, command, &error));
  write_config (self, "Match exec \"(sleep 600; :) >DIR/made\"\nPort 1\n");
  begin (self, TRUE, &result);
  fd = open (made, O_RDONLY); /* waits until the command has begun */
  g_assert_cmpint (fd, >=, 0);
  g_cancellable_cancel (self->cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (fairlead_target_resolve_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (read (fd, &byte, 1), ==, 0); /* waits until all of it has ended */
  close (fd);
}

#define ADD(name, func) \
  g_test_add ("/match-exec/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  char *own = own_config_new ();
  int result;

  g_setenv ("FAIRLEAD_SSH_HOME", "/nonexistent", TRUE);
  g_setenv ("SHELL", "/bin/sh", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("decides", test_decides);
  ADD ("denied", test_denied);
  ADD ("without-person", test_without_person);
  ADD ("killed", test_killed);
  ADD ("cancelled", test_cancelled);
  result = g_test_run ();
  own_config_remove (own);
  return result;
}
