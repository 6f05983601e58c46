/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-error.h"
#include "fairlead-ssh-hop.h"
#include "fairlead-ssh-session-private.h"

/* A sign of life, asked for at once because there is a reason to doubt the connection. What counts is
 * whatever arrives after the question: what had come before may have lain there through a sleep. */

/* How long the answer may take; behind jump hosts longer, as for the last of the keepalives. */
#define PATIENCE (5 * G_USEC_PER_SEC)

/* On the way back to the main thread. */
typedef struct {
  GTask *task;
  GError *error;
} Answer;

static void
answered (FairleadSshLoop *self,
          gpointer         data)
{
  g_autofree Answer *answer = data;
  g_autoptr (GTask) task = answer->task;

  if (answer->error != NULL)
    g_task_return_error (task, answer->error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
tell (FairleadSshLoop *self,
      GTask           *task,
      GError          *error)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->task = task;
  answer->error = error;
  fairlead_ssh_loop_reply (self, answered, answer);
}

static void
tell_all (FairleadSshLoop *self,
          gboolean         alive)
{
  for (guint i = 0; i < self->checks->len; i++)
    tell (self, self->checks->pdata[i], alive ? NULL : fairlead_ssh_error_closed (self));
  g_ptr_array_set_size (self->checks, 0);
  self->check_since = 0;
}

/**
 * fairlead_ssh_check_begin:
 * @task: (nullable): who wants to know; returned on the main thread
 *
 * The I/O thread: the question is asked in this turn, once all that had arrived has been taken in.
 */
void
fairlead_ssh_check_begin (FairleadSshLoop *self,
                          gpointer         task)
{
  if (self->state != FAIRLEAD_SESSION_OPEN)
    {
      if (task != NULL)
        tell (self, task, fairlead_ssh_error_closed (self));
      return;
    }
  if (task != NULL)
    g_ptr_array_add (self->checks, task);
  self->check_wanted = TRUE;
  fairlead_ssh_hop_check (self);
}

/**
 * fairlead_ssh_check_tend:
 *
 * The I/O thread, with nothing left to be taken in: asks, or looks for the answer.
 *
 * Returns: when to look again
 */
gint64
fairlead_ssh_check_tend (FairleadSshLoop *self,
                         gint64           now)
{
  if (self->broken)
    return G_MAXINT64;
  if (self->check_wanted)
    {
      self->check_wanted = FALSE;
      self->check_since = now;
      fairlead_ssh_schedule_probe (self);
    }
  else if (self->check_since != 0 && self->last_received > self->check_since)
    {
      tell_all (self, TRUE);
    }
  if (self->check_since == 0)
    return G_MAXINT64;
  return fairlead_ssh_schedule_give_up (self,
                                        self->check_since + PATIENCE + fairlead_ssh_schedule_grace (self),
                                        now);
}

/**
 * fairlead_ssh_check_end:
 *
 * The I/O thread, at its end: whoever still waits hears of it, after the state.
 */
void
fairlead_ssh_check_end (FairleadSshLoop *self)
{
  tell_all (self, FALSE);
}

void
fairlead_ssh_session_check_async (FairleadRemote      *remote,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  FairleadSshLoop *loop = fairlead_ssh_session_get_loop (FAIRLEAD_SSH_SESSION (remote));
  GTask *task = g_task_new (remote, cancellable, callback, user_data);

  g_task_set_source_tag (task, fairlead_ssh_session_check_async);
  if (fairlead_ssh_loop_post (loop, fairlead_ssh_check_begin, task))
    return;
  g_task_return_error (task, fairlead_ssh_error_closed (loop));
  g_object_unref (task);
}

gboolean
fairlead_ssh_session_check_finish (FairleadRemote  *remote,
                                   GAsyncResult    *result,
                                   GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, remote), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
