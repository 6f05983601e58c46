/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-async.h"
#include "fairlead-error.h"
#include "fairlead-step-private.h"
#include "fairlead-tunnel-probe.h"

/* The work of each step. The task is the step's: an int, FAIRLEAD_STEP_NEXT or _ENOUGH, or an error. */

/* Takes @error; NULL goes on to the next step. */
static void
end_step (GTask  *task,
          GError *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, FAIRLEAD_STEP_NEXT);
}

/* What is written about a step while it runs. */
static void
set_detail (GTask          *task,
            FairleadStepId  id,
            const char     *detail)
{
  FairleadRun *self = g_task_get_source_object (task);

  if (g_task_get_cancellable (task) == self->job)
    fairlead_step_set (fairlead_run_get_step (self, id), FAIRLEAD_STEP_RUNNING, detail);
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  g_autoptr (FairleadTarget) target = NULL;
  g_autofree char *detail = NULL;
  GError *error = NULL;

  target = fairlead_target_resolve_finish (result, &error);
  if (target != NULL && g_task_get_cancellable (task) == self->job)
    {
      detail = g_strdup_printf ("%s@%s:%u", target->user, target->host_name, target->port);
      set_detail (task, FAIRLEAD_STEP_RESOLVE, detail);
      g_clear_pointer (&self->target, fairlead_target_unref);
      self->target = g_steal_pointer (&target);
    }
  end_step (task, error);
}

void
fairlead_run_resolve (FairleadRun *self,
                      GTask       *task)
{
  FairleadTargetOptions options = { 0 };

  if (self->options != NULL)
    options = *self->options;
  options.interaction = fairlead_link_get_interaction (self->link);
  fairlead_target_resolve_async (self->profile, &options, g_task_get_cancellable (task),
                                 resolved_cb, task);
}

static void
linked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!fairlead_link_connect_finish (FAIRLEAD_LINK (source), result, &error))
    {
      end_step (task, error);
      return;
    }
  fairlead_run_use_link (self, g_steal_pointer (&task));
}

/* The link stands: what is to be had of it without the solver. */
void
fairlead_run_use_link (FairleadRun *self,
                       GTask       *task)
{
  fairlead_server_set_remote (self->server, fairlead_link_get_remote (self->link), self->target->name);
  if (self->errand)
    {
      g_task_return_int (task, FAIRLEAD_STEP_NEXT);
      g_object_unref (task);
      return;
    }
  fairlead_run_forwards_link_up (self, task);
}

void
fairlead_run_make_link (FairleadRun *self,
                        GTask       *task)
{
  fairlead_link_connect_async (self->link, self->target, g_task_get_cancellable (task),
                               linked_cb, task);
}

static void
checked_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadServer *server = FAIRLEAD_SERVER (source);
  GError *error = NULL;

  if (fairlead_server_check_finish (server, result, &error))
    {
      g_autofree char *interpreter = fairlead_server_dup_interpreter_text (server);

      set_detail (task, FAIRLEAD_STEP_CHECK_PATH, interpreter);
    }
  end_step (task, error);
}

static void
may_forward_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  stream = fairlead_place_open_tcp_finish (FAIRLEAD_PLACE (source), result, &error);
  /* That nothing answers yet is as it should be. */
  if (stream == NULL && !g_error_matches (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE))
    {
      end_step (task, g_steal_pointer (&error));
      return;
    }
  if (g_task_get_cancellable (task) == self->job)
    fairlead_server_check_async (self->server, self->restart, g_task_get_cancellable (task), checked_cb,
                                 g_object_ref (task));
  else
    end_step (task, NULL);
}

/* First whether the host would forward to the solver at all: none is started that could not be reached. */
void
fairlead_run_check_path (FairleadRun *self,
                         GTask       *task)
{
  if (self->resume != FAIRLEAD_RESUME_ALL)
    {
      g_task_return_int (task, self->resume == FAIRLEAD_RESUME_SERVER ? FAIRLEAD_STEP_NEXT
                                                                      : FAIRLEAD_STEP_ENOUGH);
      g_object_unref (task);
      return;
    }
  if (!fairlead_run_wants_solver (self))
    {
      set_detail (task, FAIRLEAD_STEP_CHECK_PATH, _("No remote path is set: no solver is started"));
      g_task_return_int (task, FAIRLEAD_STEP_ENOUGH);
      g_object_unref (task);
      return;
    }
  self->port_tries = 0;
  fairlead_place_open_tcp_async (fairlead_server_get_place (self->server),
                                 fairlead_run_get_server_port (self),
                                 g_task_get_cancellable (task), may_forward_cb, task);
}

static void launch (FairleadRun *self,
                    GTask       *task);

static void
launched_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  FairleadServer *server = FAIRLEAD_SERVER (source);
  GError *error = NULL;

  if (fairlead_server_launch_finish (server, result, &error))
    {
      if (fairlead_server_is_adopted (server) && fairlead_run_end_found (self, task))
        {
          g_steal_pointer (&task);
          return;
        }
      if (fairlead_server_is_adopted (server))
        set_detail (task, FAIRLEAD_STEP_START_SERVER, _("It was running already"));
      if (fairlead_server_get_warning (server) != NULL)
        fairlead_run_say (self, FAIRLEAD_LOG_WARNING, fairlead_server_get_warning (server));
    }
  else if (g_task_get_cancellable (task) == self->job && fairlead_run_take_offered_port (self, error))
    {
      g_clear_error (&error);
      launch (self, g_steal_pointer (&task));
      return;
    }
  end_step (task, error);
}

static void
rejoined_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  FairleadServer *server = FAIRLEAD_SERVER (source);
  gboolean found = FALSE;
  GError *error = NULL;

  if (!fairlead_server_rejoin_finish (server, result, &found, &error))
    {
      end_step (task, error);
      return;
    }
  if (!found)
    {
      launch (self, g_steal_pointer (&task));
      return;
    }
  set_detail (task, FAIRLEAD_STEP_START_SERVER, _("It was running already"));
  end_step (task, NULL);
}

static void
launch (FairleadRun *self,
        GTask       *task)
{
  fairlead_server_launch_async (self->server, fairlead_link_get_interaction (self->link),
                                g_task_get_cancellable (task), launched_cb, task);
}

void
fairlead_run_start_server (FairleadRun *self,
                           GTask       *task)
{
  fairlead_run_pause_solver (self);
  if (self->resume == FAIRLEAD_RESUME_SERVER)
    fairlead_server_rejoin_async (self->server, g_task_get_cancellable (task), rejoined_cb, task);
  else
    launch (self, task);
}

static void
waited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  fairlead_server_wait_finish (FAIRLEAD_SERVER (source), result, &error);
  end_step (task, error);
}

void
fairlead_run_wait_ready (FairleadRun *self,
                         GTask       *task)
{
  fairlead_server_wait_async (self->server, self->ready_timeout, g_task_get_cancellable (task),
                              waited_cb, task);
}

/* A launch command may start what it wants: its port answers, and that is all that is known of it. */
static void
take_other_service (FairleadRun *self,
                    GTask       *task)
{
  if (g_task_get_cancellable (task) == self->job)
    {
      self->other_service = TRUE;
      fairlead_run_leave_solver (self);
      fairlead_run_say (self, FAIRLEAD_LOG_NOTICE,
                        _("The port of the launch command answers, but not as a solver does: there is a "
                          "tunnel to it, and nothing is shown of it."));
    }
  end_step (task, NULL);
}

static void
queried_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  g_autoptr (FairleadSolverStatus) status = NULL;
  GError *error = NULL;

  status = fairlead_solver_client_query_finish (FAIRLEAD_SOLVER_CLIENT (source), result, &error);
  if (g_task_get_cancellable (task) == self->job)
    {
      fairlead_server_answered (self->server,
                                status != NULL || fairlead_server_is_ready_by_port (self->server));
      if (status != NULL)
        fairlead_run_take_status (self, status);
    }
  /* An error with a hint of its own is not about the answer: there was no way to ask. */
  if (error == NULL || error->domain != FAIRLEAD_ERROR || fairlead_error_get_hint (error) != NULL)
    {
      end_step (task, error);
      return;
    }
  if (fairlead_server_is_ready_by_port (self->server))
    {
      take_other_service (self, task);
      g_clear_error (&error);
      return;
    }
  g_prefix_error (&error, "%s ", _("The solver says that it is ready, but its answer is not right."));
  fairlead_error_set_hint (error, _("Something else may listen on its port, or it speaks another "
                                    "protocol."));
  fairlead_server_fail (self->server, task, error);
}

static void
exposure_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!fairlead_server_check_exposure_finish (FAIRLEAD_SERVER (source), result, &error)
      || g_task_get_cancellable (task) != self->job)
    {
      end_step (task, error);
      return;
    }
  set_detail (task, FAIRLEAD_STEP_CHECK_EXPOSURE, fairlead_server_get_bound_to (self->server));
  self->other_service = FALSE;
  g_clear_object (&self->client);
  self->client = fairlead_solver_client_new_in (fairlead_server_get_place (self->server),
                                                fairlead_server_get_port (self->server),
                                                fairlead_profile_get_project_name (self->profile));
  fairlead_solver_client_query_async (self->client, g_task_get_cancellable (task), queried_cb,
                                      g_object_ref (task));
}

/* Only loopback may reach it; and then it has to answer, over a channel of its own: no listener of ours
 * is open before that. */
void
fairlead_run_check_exposure (FairleadRun *self,
                             GTask       *task)
{
  fairlead_server_check_exposure_async (self->server, g_task_get_cancellable (task), exposure_cb, task);
}

static void
probed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  FairleadSolverClient *probe = FAIRLEAD_SOLVER_CLIENT (source);
  g_autoptr (FairleadSolverStatus) status = NULL;
  g_autoptr (GError) error = NULL;

  status = fairlead_solver_client_query_finish (probe, result, &error);
  if (g_task_get_cancellable (task) == self->job)
    {
      fairlead_run_set_health (self, fairlead_solver_client_get_verdict (probe));
      fairlead_run_watch_solver (self);
    }
  /* The tunnel stands, whatever the probe proved. */
  end_step (task, error != NULL && fairlead_error_is_cancel (error) ? g_steal_pointer (&error) : NULL);
}

static void
say_port (FairleadRun *self,
          GTask       *task)
{
  guint wanted = fairlead_tunnel_get_spec (self->solver_tunnel)->listen.port;
  guint port = fairlead_tunnel_get_local_port (self->solver_tunnel);
  g_autofree char *address = fairlead_tunnel_dup_local (self->solver_tunnel);
  g_autofree char *detail = NULL;

  self->local_port = port;
  if (wanted == port || wanted == 0)
    {
      set_detail (task, FAIRLEAD_STEP_OPEN_TUNNEL, address);
      return;
    }
  detail = g_strdup_printf (_("%s: port %u is taken on this computer"), address, wanted);
  set_detail (task, FAIRLEAD_STEP_OPEN_TUNNEL, detail);
  fairlead_run_say (self, FAIRLEAD_LOG_NOTICE, detail);
}

static void
port_probed_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (fairlead_tunnel_probe_finish (FAIRLEAD_TUNNEL (source), result, &error)
      && g_task_get_cancellable (task) == self->job)
    fairlead_run_set_health (self, FAIRLEAD_TUNNEL_ANSWERED);
  end_step (task, error != NULL && fairlead_error_is_cancel (error) ? g_steal_pointer (&error) : NULL);
}

static void
tunnel_opened_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  FairleadTunnel *tunnel = FAIRLEAD_TUNNEL (source);
  g_autoptr (FairleadSolverClient) probe = NULL;
  GError *error = NULL;

  if (!fairlead_tunnel_open_finish (tunnel, result, &error)
      || g_task_get_cancellable (task) != self->job)
    {
      end_step (task, error);
      return;
    }
  say_port (self, task);
  if (self->other_service)
    {
      fairlead_tunnel_probe_async (tunnel, fairlead_link_get_remote (self->link),
                                   g_task_get_cancellable (task), port_probed_cb, g_object_ref (task));
      return;
    }
  probe = fairlead_solver_client_new_local (self->local_port,
                                            fairlead_profile_get_project_name (self->profile),
                                            fairlead_solver_client_get_framing (self->client));
  fairlead_solver_client_query_async (probe, g_task_get_cancellable (task), probed_cb,
                                      g_object_ref (task));
}

/* Whether the profile says what to start. */
gboolean
fairlead_run_wants_solver (FairleadRun *self)
{
  return *fairlead_profile_get_solver_path (self->profile) != '\0'
         || *fairlead_profile_get_launch_command (self->profile) != '\0';
}

/* The profile's port, or the next free one; no port of the profile's: the server's number, if it is free
 * here, which is kept for the session. */
static FairleadTunnel *
wish_for_tunnel (FairleadRun *self)
{
  guint server_port = fairlead_server_get_port (self->server);
  guint wanted = fairlead_profile_get_local_port (self->profile);
  FairleadPlace *place = fairlead_server_get_place (self->server);
  g_autoptr (FairleadForwardSpec) spec = NULL;

  if (wanted == 0)
    wanted = self->local_port ? self->local_port : server_port;
  spec = fairlead_forward_spec_new_local (0, fairlead_place_get_server_host (place),
                                          fairlead_place_get_server_port (place, server_port));
  /* Ports below 1024 are not for us to listen on. */
  spec->listen.port = wanted >= 1024 ? wanted : 0;
  spec->or_next_free = TRUE;
  return fairlead_tunnel_new (FAIRLEAD_TUNNEL_ORIGIN_SOLVER, spec, _("Solver"), NULL);
}

/* The server may have come to another address with a place that was made ready again. */
static gboolean
leads_elsewhere (FairleadRun *self)
{
  FairleadPlace *place = fairlead_server_get_place (self->server);
  guint server_port = fairlead_server_get_port (self->server);
  const FairleadForwardSpec *spec = fairlead_tunnel_get_spec (self->solver_tunnel);

  return g_strcmp0 (spec->to.host, fairlead_place_get_server_host (place)) != 0
         || spec->to.port != fairlead_place_get_server_port (place, server_port);
}

/* After a link that was lost, it is there already, with the port that it had. */
void
fairlead_run_open_tunnel (FairleadRun *self,
                          GTask       *task)
{
  if (self->errand)
    {
      fairlead_step_set (fairlead_run_get_step (self, FAIRLEAD_STEP_OPEN_TUNNEL), FAIRLEAD_STEP_SKIPPED, NULL);
      g_task_return_int (task, FAIRLEAD_STEP_ENOUGH);
      g_object_unref (task);
      return;
    }
  if (self->solver_tunnel != NULL && leads_elsewhere (self))
    fairlead_run_set_solver_tunnel (self, NULL);
  if (self->solver_tunnel == NULL)
    {
      g_autoptr (FairleadTunnel) tunnel = wish_for_tunnel (self);

      fairlead_run_set_solver_tunnel (self, tunnel);
    }
  fairlead_tunnel_open_async (self->solver_tunnel,
                              fairlead_place_get_remote (fairlead_server_get_place (self->server)),
                              g_task_get_cancellable (task), tunnel_opened_cb, task);
}
