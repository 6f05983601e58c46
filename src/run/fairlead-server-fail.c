/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-server-private.h"

#include <string.h>

#include "fairlead-error.h"
#include "fairlead-explain.h"
#include "fairlead-exposure.h"

/* A failure is told with what the server wrote since its start: a port that is taken, for one, is reported
 * only there. */

/* Lines of each log that are looked at, and that an error of ours shows. */
#define READ_LINES 400
#define SHOWN_LINES 20

typedef struct {
  GTask *task;
  GError *error;               /* NULL: to be made out of @facts */
  FairleadExplainFacts facts;
  char *reported;
} Fail;

static void
fail_free (Fail *fail)
{
  g_clear_object (&fail->task);
  g_clear_error (&fail->error);
  g_free (fail->reported);
  g_free (fail);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fail, fail_free)

/* The last lines of @text. */
static const char *
get_end (const char *text,
         guint       n_lines)
{
  const char *p = text + strlen (text);

  if (p > text && p[-1] == '\n')
    p--;
  while (p > text && !(p[-1] == '\n' && --n_lines == 0))
    p--;
  return p;
}

static void
add_details (GError     *error,
             const char *log)
{
  const char *end = get_end (log, SHOWN_LINES);
  g_autofree char *details = fairlead_make_inert_lines (end, strlen (end));

  if (*details != '\0')
    fairlead_error_set_details (error, details);
}

static GError *
explain (FairleadServer      *self,
         Fail                *fail,
         FairleadRemoteReply *reply)
{
  FairleadExplainFacts facts = fail->facts;
  g_autofree char *listens = NULL;

  facts.host = self->host;
  facts.path = self->path;
  facts.python = self->python;
  facts.port = fairlead_profile_get_server_port (self->profile);
  facts.reported = fail->reported;
  facts.free_kib = reply != NULL ? fairlead_remote_reply_get_int (reply, "free", -1) : -1;
  if (reply != NULL)
    {
      facts.log = fairlead_remote_reply_get (reply, "tail");
      facts.progress = fairlead_remote_reply_get (reply, "progress");
      if (*fairlead_remote_reply_get (reply, "looked") != '\0')
        {
          fairlead_exposure_judge (fairlead_remote_reply_get (reply, "sockets"), facts.port, &listens);
          facts.listens = listens != NULL ? listens : "";
        }
    }
  return fairlead_explain (&facts);
}

static void
tail_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Fail) fail = user_data;
  FairleadServer *self = FAIRLEAD_SERVER (source);
  g_autoptr (FairleadRemoteReply) reply = fairlead_server_run_finish (self, result, NULL);

  if (fail->error == NULL)
    fail->error = explain (self, fail, reply);
  else if (reply != NULL)
    add_details (fail->error, fairlead_remote_reply_get (reply, "tail"));
  g_task_return_error (fail->task, g_steal_pointer (&fail->error));
}

static void
look (FairleadServer *self,
      Fail           *fail /* taken */)
{
  g_autoptr (FairleadRemoteScript) script = fairlead_remote_script_new ("tail");

  fairlead_remote_script_set (script, "FL_PATH", self->path);
  fairlead_remote_script_set (script, "FL_DIR", self->record);
  fairlead_remote_script_set (script, "FL_TOKEN", self->token);
  fairlead_remote_script_set_int (script, "FL_OFFSET", self->log_offset);
  fairlead_remote_script_set_int (script, "FL_LINES", READ_LINES);
  fairlead_server_run_async (self, script, FAIRLEAD_SERVER_LOOK_TIMEOUT,
                             g_task_get_cancellable (fail->task), tail_cb, fail);
}

/**
 * fairlead_server_fail:
 * @task: a task of whatever source, to be returned
 * @error: (transfer full): what it fails with
 *
 * Returns @error from @task, once the end of server.log is in its details.
 */
void
fairlead_server_fail (FairleadServer *self,
                      GTask          *task,
                      GError         *error)
{
  Fail *fail;

  if (self->remote == NULL || self->path == NULL || fairlead_error_is_cancel (error))
    {
      g_task_return_error (task, error);
      return;
    }
  fail = g_new0 (Fail, 1);
  fail->task = g_object_ref (task);
  fail->error = error;
  look (self, fail);
}

/**
 * fairlead_server_fail_explained:
 * @task: a task of whatever source, to be returned
 * @facts: when it failed, its exit code, how long it was waited for, what it reported; the rest is found out
 *
 * Returns from @task why the server failed, made out from its logs.
 */
void
fairlead_server_fail_explained (FairleadServer             *self,
                                GTask                      *task,
                                const FairleadExplainFacts *facts)
{
  Fail *fail = g_new0 (Fail, 1);

  fail->task = g_object_ref (task);
  fail->facts = *facts;
  fail->reported = g_strdup (facts->reported);
  if (self->remote != NULL && self->path != NULL)
    {
      look (self, fail);
      return;
    }
  g_task_return_error (task, explain (self, fail, NULL));
  fail_free (fail);
}
