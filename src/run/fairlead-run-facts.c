/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-private.h"

/* What a run says of itself, and the options that it takes. */

FairleadProfile *
fairlead_run_get_profile (FairleadRun *self)
{
  return self->profile;
}

/**
 * fairlead_run_get_remote:
 *
 * Returns: (transfer none) (nullable): the host, while it is connected to
 */
FairleadRemote *
fairlead_run_get_remote (FairleadRun *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_RUN (self), NULL);

  return fairlead_link_get_state (self->link) == FAIRLEAD_LINK_ONLINE
         ? fairlead_link_get_remote (self->link) : NULL;
}

FairleadLinkState
fairlead_run_get_link_state (FairleadRun *self)
{
  return fairlead_link_get_state (self->link);
}

FairleadServerState
fairlead_run_get_server_state (FairleadRun *self)
{
  return fairlead_server_get_state (self->server);
}

FairleadExposure
fairlead_run_get_exposure (FairleadRun *self)
{
  return fairlead_server_get_exposure (self->server);
}

/**
 * fairlead_run_get_error:
 *
 * Returns: (nullable) (transfer none): why the link is FAILED, or why the server did not come up or ended
 */
const GError *
fairlead_run_get_error (FairleadRun *self)
{
  return self->error;
}

GListModel *
fairlead_run_get_steps (FairleadRun *self)
{
  return G_LIST_MODEL (self->steps);
}

/**
 * fairlead_run_get_tunnel:
 *
 * Returns: (transfer none) (nullable): the solver's tunnel, while it is open
 */
FairleadForward *
fairlead_run_get_tunnel (FairleadRun *self)
{
  return self->solver_tunnel != NULL ? fairlead_tunnel_get_forward (self->solver_tunnel) : NULL;
}

FairleadTunnelHealth
fairlead_run_get_health (FairleadRun *self)
{
  return self->solver_tunnel != NULL ? fairlead_tunnel_get_health (self->solver_tunnel)
                                     : FAIRLEAD_TUNNEL_CLOSED;
}

/**
 * fairlead_run_get_tunnels:
 *
 * Returns: (transfer none): a list of #FairleadTunnel, the same one always: the solver's first, then the
 *   others in their order. Empty while not connected, but not while a lost connection is made again
 */
GListModel *
fairlead_run_get_tunnels (FairleadRun *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_RUN (self), NULL);

  return fairlead_tunnel_list_get_model (self->tunnels);
}

/**
 * fairlead_run_get_traffic:
 *
 * Returns: (transfer none): that of all tunnels together, also of those that are gone
 */
FairleadTraffic *
fairlead_run_get_traffic (FairleadRun *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_RUN (self), NULL);

  return fairlead_tunnel_list_get_traffic (self->tunnels);
}

FairleadSolverStatus *
fairlead_run_get_solver (FairleadRun *self)
{
  return self->solver;
}

FairleadLogModel *
fairlead_run_get_log (FairleadRun *self)
{
  return self->log;
}

/**
 * fairlead_run_get_progress_log:
 *
 * Returns: (transfer none): the steps that the solver tells while it starts
 */
FairleadLogModel *
fairlead_run_get_progress_log (FairleadRun *self)
{
  return self->progress_log;
}

/**
 * fairlead_run_get_messages:
 *
 * Returns: (transfer none): what Fairlead did
 */
FairleadLogModel *
fairlead_run_get_messages (FairleadRun *self)
{
  return self->messages;
}

gboolean
fairlead_run_is_busy (FairleadRun *self)
{
  return self->job != NULL;
}

/**
 * fairlead_run_owns_solver:
 *
 * Returns: whether a solver that we launched or adopted runs behind the open link
 */
gboolean
fairlead_run_owns_solver (FairleadRun *self)
{
  return fairlead_server_is_ours (self->server);
}

/**
 * fairlead_run_is_reconnecting:
 *
 * Returns: whether the connection was lost and is made again
 */
gboolean
fairlead_run_is_reconnecting (FairleadRun *self)
{
  return fairlead_link_is_reconnecting (self->link);
}

/**
 * fairlead_run_get_link_error:
 *
 * Returns: (nullable) (transfer none): why the connection was lost, why the last attempt to make it again came
 *   to nothing, or why it has failed
 */
const GError *
fairlead_run_get_link_error (FairleadRun *self)
{
  return fairlead_link_get_error (self->link);
}

/**
 * fairlead_run_get_attempt:
 *
 * Returns: which attempt at a lost connection comes next or is under way, from 1; 0 where there is none
 */
guint
fairlead_run_get_attempt (FairleadRun *self)
{
  return fairlead_link_get_attempt (self->link);
}

/**
 * fairlead_run_get_retry_at:
 *
 * Returns: when the next attempt comes, in microseconds of g_get_monotonic_time(); 0 while none is planned
 */
gint64
fairlead_run_get_retry_at (FairleadRun *self)
{
  return fairlead_link_get_retry_at (self->link);
}

/**
 * fairlead_run_set_target_options:
 * @options: (nullable): what is given beside the profile; copied
 */
void
fairlead_run_set_target_options (FairleadRun                 *self,
                                 const FairleadTargetOptions *options)
{
  g_clear_pointer (&self->options, fairlead_target_options_free);
  self->options = fairlead_target_options_copy (options);
}

/**
 * fairlead_run_set_ready_timeout:
 * @seconds: how long a server has to get ready; 0 for the default of 16
 */
void
fairlead_run_set_ready_timeout (FairleadRun *self,
                                guint        seconds)
{
  self->ready_timeout = seconds > 0 ? seconds : FAIRLEAD_SERVER_READY_TIMEOUT;
}

/**
 * fairlead_run_set_reconnect:
 * @reconnect: whether a connection that is lost is made again; it is, by default
 */
void
fairlead_run_set_reconnect (FairleadRun *self,
                            gboolean     reconnect)
{
  fairlead_link_set_reconnect (self->link, reconnect);
}

/**
 * fairlead_run_set_stop_grace:
 * @seconds: how long a server has to end by itself when it is stopped, before it is killed
 */
void
fairlead_run_set_stop_grace (FairleadRun *self,
                             guint        seconds)
{
  fairlead_server_set_grace (self->server, seconds);
}

/**
 * fairlead_run_set_errand:
 * @errand: the run is there to ask a solver that runs already for something: fairlead_run_connect() finds it, but
 *   launches none, and opens no tunnel
 */
void
fairlead_run_set_errand (FairleadRun *self,
                         gboolean     errand)
{
  self->errand = errand;
  fairlead_server_set_adopt_only (self->server, errand);
}

/**
 * fairlead_run_set_refuse_waiting:
 * @refuse: while a lost connection is made again, clients of its tunnels are turned away; else they wait,
 *   as they do by default
 */
void
fairlead_run_set_refuse_waiting (FairleadRun *self,
                                 gboolean     refuse)
{
  self->refuse_waiting = refuse;
}
