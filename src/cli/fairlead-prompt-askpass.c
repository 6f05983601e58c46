/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-prompt.h"

#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <string.h>

#include "fairlead-error.h"

#define MAX_ANSWER 1024

typedef struct {
  GSubprocess *program;
  gulong cancelled_id;
  char answer[MAX_ANSWER];
  gsize length;
} Askpass;

static void
askpass_free (Askpass *askpass)
{
  g_clear_object (&askpass->program);
  OPENSSL_cleanse (askpass->answer, sizeof askpass->answer);
  g_free (askpass);
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Askpass *askpass = g_task_get_task_data (task);
  gboolean said_yes = g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, NULL);

  g_cancellable_disconnect (g_task_get_cancellable (task), askpass->cancelled_id);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!said_yes)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                               _("No answer was given."));
      return;
    }
  askpass->answer[strcspn (askpass->answer, "\r\n")] = '\0';
  g_task_return_pointer (task, fairlead_secret_new (askpass->answer),
                         (GDestroyNotify) fairlead_secret_unref);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Askpass *askpass = g_task_get_task_data (task);
  GInputStream *output = G_INPUT_STREAM (source);
  gsize room;
  gssize n;

  n = g_input_stream_read_finish (output, result, NULL);
  if (n > 0)
    askpass->length += n;
  room = MAX_ANSWER - 1 - askpass->length;
  if (n <= 0 || room == 0)
    {
      /* Nothing more is read: a program that goes on writing gets SIGPIPE, not a hang. */
      g_input_stream_close (output, NULL, NULL);
      g_subprocess_wait_check_async (askpass->program, NULL, ended_cb, g_steal_pointer (&task));
      return;
    }
  g_input_stream_read_async (output, askpass->answer + askpass->length, room, G_PRIORITY_DEFAULT,
                             NULL, read_cb, g_steal_pointer (&task));
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_subprocess_force_exit (user_data);
}

/**
 * fairlead_prompt_askpass:
 * @task: returns a #FairleadSecret
 * @program: the program that asks
 * @text: what to ask
 *
 * Asks through SSH_ASKPASS (ssh(1)): the question is its argument, the first line of its output the
 * answer, and a status other than 0 means that the person gave none.
 */
void
fairlead_prompt_askpass (GTask      *task,
                         const char *program,
                         const char *text)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) error = NULL;
  GCancellable *cancellable = g_task_get_cancellable (task);
  Askpass *askpass = g_new0 (Askpass, 1);

  g_task_set_task_data (task, askpass, (GDestroyNotify) askpass_free);
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  /* Set, it would turn the entry into a yes-or-no question. */
  g_subprocess_launcher_unsetenv (launcher, "SSH_ASKPASS_PROMPT");
  askpass->program = g_subprocess_launcher_spawn (launcher, &error, program, text, NULL);
  if (askpass->program == NULL)
    {
      g_task_return_new_error (task, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NEEDS_PERSON,
                               _("This needs a person, and SSH_ASKPASS cannot be run: %s"),
                               error->message);
      return;
    }
  if (cancellable != NULL)
    askpass->cancelled_id =
      g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb),
                             g_object_ref (askpass->program), g_object_unref);
  g_input_stream_read_async (g_subprocess_get_stdout_pipe (askpass->program), askpass->answer,
                             MAX_ANSWER - 1, G_PRIORITY_DEFAULT, NULL, read_cb,
                             g_object_ref (task));
}
