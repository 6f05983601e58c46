/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tunnel CONFIG HOST LOCAL-PORT PORT: signs in to HOST as the ssh_config(5) CONFIG says, forwards LOCAL-PORT of
 * 127.0.0.1 to PORT of the far end's, and holds it until its standard input ends. Says "signed-in", then "open". What
 * the benchmarks measure with it is src/ssh, without a solver in between. */
#include "config.h"

#include <glib-unix.h>
#include <stdlib.h>

#include "fairlead-ssh-session.h"

/* Nobody is asked: the host is known, and the key has no passphrase. */
#define NOBODY_TYPE (nobody_get_type ())
G_DECLARE_FINAL_TYPE (Nobody, nobody, NOBODY, INTERACTION, FairleadInteraction)

struct _Nobody {
  FairleadInteraction parent_instance;
};

G_DEFINE_FINAL_TYPE (Nobody, nobody, FAIRLEAD_TYPE_INTERACTION)

static void
nobody_ask_async (FairleadInteraction *interaction,
                  FairleadQuestion    *question,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  g_task_report_new_error (interaction, callback, user_data, nobody_ask_async, G_IO_ERROR,
                           G_IO_ERROR_FAILED, "there is nobody to ask");
}

static gboolean
nobody_ask_finish (FairleadInteraction  *interaction,
                   GAsyncResult         *result,
                   GError              **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
nobody_class_init (NobodyClass *klass)
{
  FAIRLEAD_INTERACTION_CLASS (klass)->ask_async = nobody_ask_async;
  FAIRLEAD_INTERACTION_CLASS (klass)->ask_finish = nobody_ask_finish;
}

static void
nobody_init (Nobody *self)
{
}

static void
keep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
check (const GError *error)
{
  if (error == NULL)
    return;
  g_printerr ("%s\n", error->message);
  exit (1);
}

static FairleadForward *
forward (FairleadRemote *remote,
         guint           local_port,
         guint           port)
{
  g_autoptr (FairleadForwardSpec) spec =
    fairlead_forward_spec_new_local (local_port, "127.0.0.1", port);
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GAsyncResult) forwarded = NULL;
  g_autoptr (GError) error = NULL;
  FairleadForward *made;

  fairlead_remote_connect_async (remote, NULL, keep_cb, &connected);
  fairlead_remote_connect_finish (remote, wait_for (&connected), &error);
  check (error);
  g_print ("signed-in\n");
  fairlead_remote_forward_async (remote, spec, NULL, keep_cb, &forwarded);
  made = fairlead_remote_forward_finish (remote, wait_for (&forwarded), &error);
  check (error);
  return made;
}

static gboolean
input_cb (gint         fd,
          GIOCondition condition,
          gpointer     user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

int
main (int    argc,
      char **argv)
{
  FairleadTargetOptions options = { .config_file = argv[1] };
  g_autoptr (FairleadInteraction) nobody = g_object_new (NOBODY_TYPE, NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (FairleadTarget) target = NULL;
  g_autoptr (FairleadRemote) remote = NULL;
  g_autoptr (FairleadForward) made = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert (argc == 5);
  target = fairlead_target_new_for_text (argv[2], &options, &error);
  check (error);
  remote = fairlead_ssh_session_new (target, nobody);
  made = forward (remote, atoi (argv[3]), atoi (argv[4]));
  g_print ("open\n");
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, input_cb, loop);
  g_main_loop_run (loop);
  fairlead_remote_close_async (remote, NULL, keep_cb, &closed);
  wait_for (&closed);
  return 0;
}
