/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-private.h"

#include "fairlead-error.h"
#include "fairlead-explain.h"
#include "fairlead-step-private.h"

/* Lines of the log that may tell why it ended: not those of long before. */
#define LOOKED_AT 60

/* What happens by itself, without a step: the session's progress, a lost link, a solver that ends. */

static void
session_state_cb (FairleadRun *self)
{
  static const struct {
    FairleadSessionState state;
    FairleadStepId step;
  } steps[] = {
    { FAIRLEAD_SESSION_CONNECTING, FAIRLEAD_STEP_CONNECT },
    { FAIRLEAD_SESSION_HANDSHAKING, FAIRLEAD_STEP_CONNECT },
    { FAIRLEAD_SESSION_VERIFYING, FAIRLEAD_STEP_VERIFY },
    { FAIRLEAD_SESSION_AUTHENTICATING, FAIRLEAD_STEP_SIGN_IN },
  };
  FairleadSessionState state = fairlead_link_get_session_state (self->link);

  gboolean under_way = self->job != NULL || fairlead_link_is_reconnecting (self->link);

  for (gsize i = 0; under_way && i < G_N_ELEMENTS (steps); i++)
    {
      if (steps[i].state != state)
        continue;
      for (guint id = FAIRLEAD_STEP_CONNECT; id < steps[i].step; id++)
        fairlead_step_set (fairlead_run_get_step (self, id), FAIRLEAD_STEP_DONE, NULL);
      fairlead_step_set (fairlead_run_get_step (self, steps[i].step), FAIRLEAD_STEP_RUNNING, NULL);
      /* A server that hung up while a person decided is connected to again. */
      for (guint id = steps[i].step + 1; id <= FAIRLEAD_STEP_SIGN_IN; id++)
        fairlead_step_set (fairlead_run_get_step (self, id), FAIRLEAD_STEP_PENDING, NULL);
    }
  if (state == FAIRLEAD_SESSION_OPEN)
    for (guint id = FAIRLEAD_STEP_CONNECT; id <= FAIRLEAD_STEP_SIGN_IN; id++)
      fairlead_step_set (fairlead_run_get_step (self, id), FAIRLEAD_STEP_DONE, NULL);
  fairlead_run_status_changed (self);
}

/* A connection that is made again has another state. */
static void
take_up (FairleadRun       *self,
         FairleadLinkState  state)
{
  if (state == FAIRLEAD_LINK_BACKOFF || state == FAIRLEAD_LINK_WAITING_FOR_NETWORK)
    fairlead_run_link_lost (self);
  else if (state == FAIRLEAD_LINK_ONLINE)
    fairlead_run_link_back (self);
}

static void
link_state_cb (FairleadRun *self)
{
  FairleadLinkState state = fairlead_link_get_state (self->link);
  const GError *error = fairlead_link_get_error (self->link);

  if (fairlead_link_is_reconnecting (self->link))
    take_up (self, state);
  if (state == FAIRLEAD_LINK_FAILED)
    {
      fairlead_run_end_steps (self, FAIRLEAD_STEP_FAILED, error->message);
      fairlead_run_end_job (self, FAIRLEAD_STEP_FAILED, error->message);
      if (self->error == NULL || !g_str_equal (self->error->message, error->message))
        {
          fairlead_run_say (self, FAIRLEAD_LOG_ERROR, error->message);
          fairlead_run_take_error (self, g_error_copy (error));
        }
    }
  if (state == FAIRLEAD_LINK_FAILED || state == FAIRLEAD_LINK_OFFLINE)
    {
      self->away = FALSE;
      fairlead_run_let_go (self);
      fairlead_run_forwards_close (self);
      fairlead_server_set_remote (self->server, NULL, NULL);
    }
  fairlead_run_count_down (self, state == FAIRLEAD_LINK_BACKOFF);
  g_object_notify (G_OBJECT (self), "link-state");
  fairlead_run_status_changed (self);
}

/* Those of the link's properties that are ours too. */
static void
retry_cb (FairleadLink *link,
          GParamSpec   *pspec,
          FairleadRun  *self)
{
  g_object_notify (G_OBJECT (self), pspec->name);
  fairlead_run_status_changed (self);
}

static void
solver_ended (FairleadRun *self)
{
  g_autofree char *tail = fairlead_log_model_dup_tail (self->log, LOOKED_AT);
  const FairleadExplainFacts facts = {
    .when = FAIRLEAD_EXPLAIN_RUNNING,
    .code = fairlead_server_get_exit_code (self->server),
    .port = fairlead_profile_get_server_port (self->profile),
    .free_kib = -1,
    .host = fairlead_place_get_name (fairlead_server_get_place (self->server)),
    .path = fairlead_profile_get_solver_path (self->profile),
    .python = fairlead_server_get_interpreter (self->server),
    .log = tail,
  };
  const GError *known = fairlead_server_get_end_error (self->server);
  GError *error = known != NULL ? g_error_copy (known) : fairlead_explain (&facts);

  if (known != NULL)
    fairlead_error_set_details (error, tail);
  fairlead_run_let_go (self);
  fairlead_run_say (self, FAIRLEAD_LOG_ERROR, error->message);
  fairlead_run_take_error (self, error);
}

/* Its properties are ours too, but for the state's name. */
static void
server_notify_cb (FairleadServer *server,
                  GParamSpec     *pspec,
                  FairleadRun    *self)
{
  if (!g_str_equal (pspec->name, "state"))
    {
      g_object_notify (G_OBJECT (self), pspec->name);
      return;
    }
  /* While the job runs, its step tells. */
  if (fairlead_server_get_state (server) == FAIRLEAD_SERVER_EXITED && self->job == NULL)
    solver_ended (self);
  g_object_notify (G_OBJECT (self), "server-state");
}

static void
message_cb (FairleadLink *link,
            const char   *text,
            FairleadRun  *self)
{
  fairlead_run_say (self, FAIRLEAD_LOG_PLAIN, text);
}

/* What the solver says while it starts stands beside the step that waits for it; that it is ready, the step
 * itself says. */
static void
progress_line_cb (FairleadFollow *follow,
                  const char     *line,
                  FairleadRun    *self)
{
  FairleadStep *step = fairlead_run_get_step (self, FAIRLEAD_STEP_WAIT_READY);
  g_autofree char *inert = NULL;

  if (fairlead_step_get_state (step) != FAIRLEAD_STEP_RUNNING || strstr (line, "SERVER_READY") != NULL)
    return;
  inert = fairlead_make_inert (line, -1);
  fairlead_step_set (step, FAIRLEAD_STEP_RUNNING, g_strstrip (inert));
}

void
fairlead_run_watch (FairleadRun *self)
{
  static const char * const retry[] = { "notify::reconnecting", "notify::attempt", "notify::retry-at" };

  for (gsize i = 0; i < G_N_ELEMENTS (retry); i++)
    g_signal_connect_object (self->link, retry[i], G_CALLBACK (retry_cb), self, 0);
  g_signal_connect_object (self->link, "notify::state", G_CALLBACK (link_state_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->link, "notify::session-state", G_CALLBACK (session_state_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->link, "message", G_CALLBACK (message_cb), self, 0);
  g_signal_connect_object (self->follow, "progress-line", G_CALLBACK (progress_line_cb), self, 0);
  g_signal_connect_object (self->server, "notify", G_CALLBACK (server_notify_cb), self, 0);
}

/* Lets go of what stands on a running solver: tunnel, polling, its last answer. */
void
fairlead_run_let_go (FairleadRun *self)
{
  fairlead_run_forget_solver (self);
  fairlead_run_set_solver_tunnel (self, NULL);
}
