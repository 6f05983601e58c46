/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-hold.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>

#include "fairlead-cli-private.h"
#include "fairlead-cli-report.h"

/* How long closing may take before the program ends without it (DESIGN: Threads). */
#define CLOSE_SECONDS 3

typedef enum {
  PHASE_CONNECTING,
  PHASE_HOLDING,           /* the tunnel is open */
  PHASE_LEAVING,           /* stopping the solver if asked to, closing the connection */
} Phase;

typedef struct {
  FairleadRun *run;
  FairleadCliReport *report;
  const FairleadCliHoldOptions *options;
  GMainLoop *loop;
  Phase phase;
  gboolean begun;          /* the run was seen at work */
  gboolean was_up;         /* the tunnel was open */
  int signal;              /* the one that came last, 0 */
  GError *error;           /* why it ends, NULL */
  guint waited;            /* seconds of the timeout gone */
  guint update_id;
  guint tick_id;
  guint close_id;
  gboolean solver_runs;
  gboolean solver_stopped;
} Hold;

static void
disconnected_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  Hold *hold = user_data;

  /* What it could say is not worth more than the reason for leaving. */
  fairlead_run_disconnect_finish (FAIRLEAD_RUN (source), result, NULL);
  g_main_loop_quit (hold->loop);
}

static gboolean
close_overdue_cb (gpointer user_data)
{
  Hold *hold = user_data;

  hold->close_id = 0;
  g_main_loop_quit (hold->loop);
  return G_SOURCE_REMOVE;
}

static void
close_connection (Hold *hold)
{
  hold->close_id = g_timeout_add_seconds (CLOSE_SECONDS, close_overdue_cb, hold);
  fairlead_run_disconnect_async (hold->run, NULL, disconnected_cb, hold);
}

static void
stopped_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Hold *hold = user_data;
  GError *error = NULL;

  hold->solver_stopped = fairlead_run_stop_solver_finish (FAIRLEAD_RUN (source), result, &error);
  hold->solver_runs = !hold->solver_stopped;
  if (hold->error == NULL)
    hold->error = error;
  else
    g_clear_error (&error);
  close_connection (hold);
}

static gboolean
has_tunnel (FairleadRun *run)
{
  FairleadForward *tunnel = fairlead_run_get_tunnel (run);

  return tunnel != NULL && fairlead_forward_is_open (tunnel);
}

static void
leave (Hold   *hold,
       GError *error)
{
  if (hold->phase == PHASE_LEAVING)
    {
      g_clear_error (&error);
      return;
    }
  hold->phase = PHASE_LEAVING;
  hold->was_up = hold->was_up || has_tunnel (hold->run);
  hold->error = error;
  hold->solver_runs = fairlead_run_owns_solver (hold->run);
  if (fairlead_run_is_busy (hold->run))
    fairlead_run_cancel (hold->run);
  if (hold->options->stop_on_exit && hold->solver_runs
      && fairlead_run_get_link_state (hold->run) == FAIRLEAD_LINK_ONLINE)
    fairlead_run_stop_solver_async (hold->run, NULL, stopped_cb, hold);
  else
    close_connection (hold);
}

static GError *
solver_ended (Hold *hold)
{
  g_autofree char *tail = fairlead_log_model_dup_tail (fairlead_run_get_log (hold->run), 20);
  FairleadProfile *profile = fairlead_run_get_profile (hold->run);
  g_autofree char *name = NULL;
  GError *error = NULL;

  g_object_get (profile, "name", &name, NULL);
  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("The solver on “%s” has ended."), name);
  fairlead_error_set_details (error, tail);
  return error;
}

static GError *
ended_without_tunnel (Hold *hold)
{
  const GError *error = fairlead_run_get_error (hold->run);

  return error != NULL
         ? g_error_copy (error)
         : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("It was cancelled."));
}

static void
update_connecting (Hold *hold)
{
  gboolean busy = fairlead_run_is_busy (hold->run);

  hold->begun = hold->begun || busy || fairlead_run_get_error (hold->run) != NULL;
  if (!hold->begun || busy || fairlead_run_is_reconnecting (hold->run))
    return;
  if (!has_tunnel (hold->run))
    {
      leave (hold, ended_without_tunnel (hold));
    }
  else
    {
      hold->phase = PHASE_HOLDING;
      hold->was_up = TRUE;
      g_clear_handle_id (&hold->tick_id, g_source_remove);
      fairlead_cli_report_open (hold->report, !hold->options->detach);
      if (hold->options->detach)
        leave (hold, NULL);
    }
}

/* The connection was lost and stands again, but what it carried could not be taken up. */
static gboolean
is_worse_than_before (Hold *hold)
{
  return fairlead_run_get_error (hold->run) != NULL && !has_tunnel (hold->run)
         && !fairlead_run_is_reconnecting (hold->run);
}

static void
update_holding (Hold *hold)
{
  FairleadServerState server = fairlead_run_get_server_state (hold->run);

  if (fairlead_run_get_link_state (hold->run) == FAIRLEAD_LINK_FAILED)
    leave (hold, g_error_copy (fairlead_run_get_error (hold->run)));
  else if (fairlead_run_is_busy (hold->run))
    return;
  else if (server == FAIRLEAD_SERVER_EXITED || server == FAIRLEAD_SERVER_STOPPED)
    leave (hold, fairlead_run_get_error (hold->run) != NULL
                 ? g_error_copy (fairlead_run_get_error (hold->run)) : solver_ended (hold));
  else if (is_worse_than_before (hold))
    leave (hold, g_error_copy (fairlead_run_get_error (hold->run)));
  else if (!fairlead_cli_report_has_reader (hold->report))
    leave (hold, NULL);
}

/* Looked at when all properties that belong together have their new values. */
static gboolean
update_cb (gpointer user_data)
{
  Hold *hold = user_data;

  hold->update_id = 0;
  if (hold->phase == PHASE_CONNECTING)
    update_connecting (hold);
  else if (hold->phase == PHASE_HOLDING)
    update_holding (hold);
  return G_SOURCE_REMOVE;
}

static void
run_changed_cb (Hold *hold)
{
  if (hold->update_id == 0)
    hold->update_id = g_idle_add (update_cb, hold);
}

static gboolean
tick_cb (gpointer user_data)
{
  Hold *hold = user_data;
  gboolean online = fairlead_run_get_link_state (hold->run) == FAIRLEAD_LINK_ONLINE;

  if (fairlead_run_get_link_state (hold->run) == FAIRLEAD_LINK_NEEDS_YOU)
    return G_SOURCE_CONTINUE;
  if (++hold->waited < hold->options->timeout)
    return G_SOURCE_CONTINUE;
  hold->tick_id = 0;
  leave (hold, fairlead_error_new (online ? FAIRLEAD_ERROR_REMOTE : FAIRLEAD_ERROR_NETWORK,
                                   _("The tunnel was not open within %u s (--timeout)."),
                                   hold->options->timeout));
  return G_SOURCE_REMOVE;
}

static void
take_signal (Hold *hold,
             int   number)
{
  /* Who says it twice does not want to wait for the end of it. */
  if (hold->phase == PHASE_LEAVING && hold->signal != 0)
    g_main_loop_quit (hold->loop);
  hold->signal = number;
  leave (hold, NULL);
}

static gboolean
sighup_cb (gpointer user_data)
{
  take_signal (user_data, SIGHUP);
  return G_SOURCE_CONTINUE;
}

static gboolean
sigint_cb (gpointer user_data)
{
  take_signal (user_data, SIGINT);
  return G_SOURCE_CONTINUE;
}

static gboolean
sigterm_cb (gpointer user_data)
{
  take_signal (user_data, SIGTERM);
  return G_SOURCE_CONTINUE;
}

static const struct {
  int number;
  GSourceFunc callback;
} signals[] = {
  { SIGHUP, sighup_cb },
  { SIGINT, sigint_cb },
  { SIGTERM, sigterm_cb },
};

/* A signal that is ignored from the start (nohup) stays so. */
static gboolean
is_ignored (int number)
{
  struct sigaction action;

  return sigaction (number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void
watch (Hold  *hold,
       guint *signal_ids)
{
  static const char * const details[] = {
    "notify::busy", "notify::error", "notify::link-state", "notify::reconnecting",
    "notify::server-state", "notify::solver", "notify::tunnel", "notify::tunnel-health",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (details); i++)
    g_signal_connect_swapped (hold->run, details[i], G_CALLBACK (run_changed_cb), hold);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    if (!is_ignored (signals[i].number))
      signal_ids[i] = g_unix_signal_add (signals[i].number, signals[i].callback, hold);
  if (hold->options->timeout > 0)
    hold->tick_id = g_timeout_add_seconds (1, tick_cb, hold);
}

static int
exit_code (Hold *hold)
{
  if (hold->error != NULL)
    return fairlead_cli_exit_for_error (hold->error);
  if (hold->signal != 0 && !hold->was_up)
    return FAIRLEAD_CLI_EXIT_SIGNAL + hold->signal;
  return FAIRLEAD_CLI_EXIT_OK;
}

/**
 * fairlead_cli_hold:
 * @run: a run that has not been started; nothing else turns its context
 * @options: how to go about it
 *
 * Connects, holds the tunnel until a signal or a failure, says all of it, and leaves in order. Main
 * thread.
 *
 * Returns: the exit code
 */
int
fairlead_cli_hold (FairleadRun                  *run,
                   const FairleadCliHoldOptions *options)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (FairleadCliReport) report = fairlead_cli_report_new (run, options->json, options->traffic);
  guint signal_ids[G_N_ELEMENTS (signals)] = { 0, };
  Hold hold = { .run = run, .report = report, .options = options, .loop = loop };
  int code;

  watch (&hold, signal_ids);
  fairlead_run_set_reconnect (run, !options->no_reconnect);
  fairlead_run_connect (run);
  run_changed_cb (&hold);
  g_main_loop_run (loop);

  g_signal_handlers_disconnect_by_data (run, &hold);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_clear_handle_id (&signal_ids[i], g_source_remove);
  g_clear_handle_id (&hold.update_id, g_source_remove);
  g_clear_handle_id (&hold.tick_id, g_source_remove);
  g_clear_handle_id (&hold.close_id, g_source_remove);

  code = exit_code (&hold);
  fairlead_cli_report_end (report, hold.error, code, hold.solver_runs, hold.solver_stopped);
  g_clear_error (&hold.error);
  return code;
}
