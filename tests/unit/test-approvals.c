/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "fairlead-approvals.h"
#include "fairlead-error.h"
#include "own-config.h"

/* Answers an approval question with what the test says, and counts. */
#define TYPE_JUDGE (judge_get_type ())
G_DECLARE_FINAL_TYPE (Judge, judge, TEST, JUDGE, FairleadInteraction)

struct _Judge {
  FairleadInteraction parent_instance;

  gboolean approves;
  guint n_asked;
  char *seen;
  char *origin;
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

  self->n_asked++;
  g_free (self->seen);
  self->seen = g_strdup (approval->command);
  g_free (self->origin);
  self->origin = g_strdup (approval->origin);
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
  g_free (TEST_JUDGE (object)->seen);
  g_free (TEST_JUDGE (object)->origin);

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
}

typedef struct {
  Judge *judge;
  const char *command;
  GError *error;
  gboolean allowed;
  gint done;
} Case;

static gpointer
require_on_worker (gpointer data)
{
  Case *this = data;

  this->allowed = fairlead_approvals_require (FAIRLEAD_INTERACTION (this->judge), "gpu01", NULL,
                                              FAIRLEAD_COMMAND_PROXY, this->command,
                                              "/etc/x line 3", NULL, &this->error);
  g_atomic_int_set (&this->done, TRUE);
  g_main_context_wakeup (NULL);
  return data;
}

static gboolean
require (Judge       *judge,
         const char  *command,
         GError     **error)
{
  Case this = { judge, command };
  GThread *thread = g_thread_new ("worker", require_on_worker, &this);

  while (!g_atomic_int_get (&this.done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  if (this.error != NULL)
    g_propagate_error (error, this.error);
  return this.allowed;
}

static void
test_bound_to_text (void)
{
  g_autoptr (Judge) judge = g_object_new (TYPE_JUDGE, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (g_get_user_config_dir (), "fairlead", "approvals", NULL);
  g_autofree char *text = NULL;
  struct stat info;

  g_assert_false (require (judge, "nc %h 22", &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_nonnull (strstr (error->message, "nc %h 22"));
  g_clear_error (&error);
  g_assert_cmpstr (judge->origin, ==, "/etc/x line 3");
  g_assert_false (fairlead_approvals_contain (FAIRLEAD_COMMAND_PROXY, "nc %h 22"));

  judge->approves = TRUE;
  g_assert_true (require (judge, "nc %h 22", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (judge->n_asked, ==, 2);
  g_assert_true (require (judge, "nc %h 22", &error));
  g_assert_cmpuint (judge->n_asked, ==, 2);

  /* One byte more, or another purpose, is another command. */
  g_assert_false (fairlead_approvals_contain (FAIRLEAD_COMMAND_PROXY, "nc %h 22 "));
  g_assert_false (fairlead_approvals_contain (FAIRLEAD_COMMAND_MATCH_EXEC, "nc %h 22"));
  g_assert_true (fairlead_approvals_add (FAIRLEAD_COMMAND_MATCH_EXEC, "nc %h 22", &error));
  g_assert_true (fairlead_approvals_contain (FAIRLEAD_COMMAND_PROXY, "nc %h 22"));

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_null (strstr (text, "nc %h"));
}

static void
test_nobody (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (fairlead_approvals_require (NULL, "gpu01", NULL, FAIRLEAD_COMMAND_PROXY, "other",
                                              NULL, NULL, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NEEDS_PERSON);
}

int
main (int    argc,
      char **argv)
{
  char *own = own_config_new ();
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/approvals/bound-to-text", test_bound_to_text);
  g_test_add_func ("/approvals/nobody", test_nobody);
  result = g_test_run ();
  own_config_remove (own);
  return result;
}
