/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-events.h"

#include <stdio.h>

#include "fairlead-cli-json.h"
#include "fairlead-cli-private.h"

/* The words of EVENTS.md. They are a contract with scripts, so they stand here and do not follow
 * the names of the enums. */
static const char * const step_words[FAIRLEAD_N_STEPS] = {
  [FAIRLEAD_STEP_RESOLVE] = "resolve",
  [FAIRLEAD_STEP_CONNECT] = "connect",
  [FAIRLEAD_STEP_VERIFY] = "verify",
  [FAIRLEAD_STEP_SIGN_IN] = "sign-in",
  [FAIRLEAD_STEP_PREPARE] = "prepare",
  [FAIRLEAD_STEP_CHECK_PATH] = "check-path",
  [FAIRLEAD_STEP_START_SERVER] = "start-server",
  [FAIRLEAD_STEP_WAIT_READY] = "wait-ready",
  [FAIRLEAD_STEP_CHECK_EXPOSURE] = "check-exposure",
  [FAIRLEAD_STEP_OPEN_TUNNEL] = "open-tunnel",
};
static const char * const step_state_words[] = {
  [FAIRLEAD_STEP_PENDING] = "pending",
  [FAIRLEAD_STEP_RUNNING] = "running",
  [FAIRLEAD_STEP_DONE] = "done",
  [FAIRLEAD_STEP_SKIPPED] = "skipped",
  [FAIRLEAD_STEP_FAILED] = "failed",
};
static const char * const link_words[] = {
  [FAIRLEAD_LINK_OFFLINE] = "offline",
  [FAIRLEAD_LINK_CONNECTING] = "connecting",
  [FAIRLEAD_LINK_NEEDS_YOU] = "needs-you",
  [FAIRLEAD_LINK_ONLINE] = "online",
  [FAIRLEAD_LINK_BACKOFF] = "backoff",
  [FAIRLEAD_LINK_WAITING_FOR_NETWORK] = "waiting-for-network",
  [FAIRLEAD_LINK_FAILED] = "failed",
};
static const char * const server_words[] = {
  [FAIRLEAD_SERVER_UNKNOWN] = "unknown",
  [FAIRLEAD_SERVER_STOPPED] = "stopped",
  [FAIRLEAD_SERVER_LAUNCHING] = "launching",
  [FAIRLEAD_SERVER_WAITING] = "waiting",
  [FAIRLEAD_SERVER_READY] = "ready",
  [FAIRLEAD_SERVER_STOPPING] = "stopping",
  [FAIRLEAD_SERVER_EXITED] = "exited",
  [FAIRLEAD_SERVER_UNRESPONSIVE] = "unresponsive",
};
static const char * const exposure_words[] = {
  [FAIRLEAD_EXPOSURE_UNKNOWN] = "unknown",
  [FAIRLEAD_EXPOSURE_LOOPBACK] = "loopback",
  [FAIRLEAD_EXPOSURE_EXPOSED] = "exposed",
};
static const char * const forward_kind_words[] = {
  [FAIRLEAD_FORWARD_LOCAL] = "local",
  [FAIRLEAD_FORWARD_REMOTE] = "remote",
  [FAIRLEAD_FORWARD_DYNAMIC] = "dynamic",
};
static const char * const tunnel_state_words[] = {
  [FAIRLEAD_TUNNEL_STATE_CLOSED] = "closed",
  [FAIRLEAD_TUNNEL_STATE_OPENING] = "opening",
  [FAIRLEAD_TUNNEL_STATE_OPEN] = "open",
  [FAIRLEAD_TUNNEL_STATE_WAITING] = "waiting",
  [FAIRLEAD_TUNNEL_STATE_FAILED] = "failed",
};
static const char * const origin_words[] = {
  [FAIRLEAD_TUNNEL_ORIGIN_SOLVER] = "solver",
  [FAIRLEAD_TUNNEL_ORIGIN_PROFILE] = "profile",
  [FAIRLEAD_TUNNEL_ORIGIN_CONFIG] = "config",
  [FAIRLEAD_TUNNEL_ORIGIN_SESSION] = "session",
};
static const char * const health_words[] = {
  [FAIRLEAD_TUNNEL_CLOSED] = "closed",
  [FAIRLEAD_TUNNEL_LISTENER_ONLY] = "listener-only",
  [FAIRLEAD_TUNNEL_REACHED] = "reached",
  [FAIRLEAD_TUNNEL_WRONG_SERVICE] = "wrong-service",
  [FAIRLEAD_TUNNEL_NO_ANSWER] = "no-answer",
  [FAIRLEAD_TUNNEL_ANSWERED] = "answered",
};
static const char * const solver_words[] = {
  [FAIRLEAD_SOLVER_UNKNOWN] = "unknown",
  [FAIRLEAD_SOLVER_NO_DATA] = "no-data",
  [FAIRLEAD_SOLVER_NO_BUILD] = "no-build",
  [FAIRLEAD_SOLVER_BUILDING] = "building",
  [FAIRLEAD_SOLVER_READY] = "ready",
  [FAIRLEAD_SOLVER_RESUMABLE] = "resumable",
  [FAIRLEAD_SOLVER_FAILED] = "failed",
  [FAIRLEAD_SOLVER_BUSY] = "busy",
  [FAIRLEAD_SOLVER_SAVE_AND_QUIT] = "save-and-quit",
};
static const char * const level_words[] = {
  [FAIRLEAD_LOG_PLAIN] = "plain",
  [FAIRLEAD_LOG_NOTICE] = "notice",
  [FAIRLEAD_LOG_WARNING] = "warning",
  [FAIRLEAD_LOG_ERROR] = "error",
};
static const char * const left_words[] = {
  [FAIRLEAD_CLI_SOLVER_NONE] = "none",
  [FAIRLEAD_CLI_SOLVER_RUNNING] = "running",
  [FAIRLEAD_CLI_SOLVER_STOPPED] = "stopped",
};

static const char * const transfer_direction_words[] = {
  [FAIRLEAD_TRANSFER_UPLOAD] = "upload",
  [FAIRLEAD_TRANSFER_FETCH] = "fetch",
};
static const char * const transfer_words[] = {
  [FAIRLEAD_TRANSFER_WAITING] = "waiting",
  [FAIRLEAD_TRANSFER_HASHING] = "hashing",
  [FAIRLEAD_TRANSFER_RUNNING] = "running",
  [FAIRLEAD_TRANSFER_DONE] = "done",
  [FAIRLEAD_TRANSFER_FAILED] = "failed",
  [FAIRLEAD_TRANSFER_CANCELLED] = "cancelled",
};

static void
set_count (JsonObject *event,
           const char *field,
           gint64      count)
{
  if (count < 0)
    json_object_set_null_member (event, field);
  else
    json_object_set_int_member (event, field, count);
}

/* Copies text properties to the fields of the same name, but for "-" and "_". */
static void
set_texts (JsonObject         *event,
           GObject            *object,
           const char * const *fields)
{
  for (guint i = 0; fields[i] != NULL; i++)
    {
      g_autofree char *property = g_strdelimit (g_strdup (fields[i]), "_", '-');
      g_autofree char *text = NULL;

      g_object_get (object, property, &text, NULL);
      fairlead_cli_json_set_text (event, fields[i], text);
    }
}

static gboolean
write_line (const char *line)
{
  return puts (line) >= 0 && fflush (stdout) == 0;
}

/* The same for an event that tells a state: not written when it is the one written last. */
static gboolean
write_news (JsonObject  *event,
            char       **last)
{
  g_autofree char *line = fairlead_cli_json_to_line (event);

  if (g_strcmp0 (line, *last) == 0)
    return TRUE;
  g_free (*last);
  *last = g_steal_pointer (&line);
  return write_line (*last);
}

/**
 * fairlead_cli_event_step:
 * @step: a step whose state changed
 *
 * Writes the event; as all of these, on the main thread.
 *
 * Returns: %FALSE when nobody reads standard output any more
 */
gboolean
fairlead_cli_event_step (FairleadStep *step)
{
  JsonObject *event = fairlead_cli_json_new ("step");

  fairlead_cli_json_set_text (event, "step", step_words[fairlead_step_get_id (step)]);
  fairlead_cli_json_set_text (event, "state", step_state_words[fairlead_step_get_state (step)]);
  json_object_set_int_member (event, "duration_ms", fairlead_step_get_duration (step) / 1000);
  fairlead_cli_json_set_text (event, "detail", fairlead_step_get_detail (step));
  return fairlead_cli_json_write (event);
}

/**
 * fairlead_cli_event_link:
 * @run: a run
 *
 * Writes the event; as all of these, on the main thread.
 *
 * Returns: %FALSE when nobody reads standard output any more
 */
gboolean
fairlead_cli_event_link (FairleadRun *run)
{
  JsonObject *event = fairlead_cli_json_new ("link");
  gint64 retry_at = fairlead_run_get_retry_at (run);
  gint64 left = retry_at - g_get_monotonic_time ();
  guint attempt = fairlead_run_get_attempt (run);
  const GError *error = fairlead_run_get_link_error (run);

  fairlead_cli_json_set_text (event, "state", link_words[fairlead_run_get_link_state (run)]);
  set_count (event, "attempt", attempt > 0 ? (gint64) attempt : -1);
  set_count (event, "retry_in_ms", retry_at > 0 ? MAX (left, 0) / 1000 : -1);
  fairlead_cli_json_set_text (event, "reason", error != NULL ? error->message : NULL);
  return fairlead_cli_json_write (event);
}

/**
 * fairlead_cli_event_server:
 * @run: a run
 * @last: (inout): the line of this event that was written last; nothing is written when it would be
 *   the same
 */
gboolean
fairlead_cli_event_server (FairleadRun  *run,
                           char        **last)
{
  static const char * const texts[] = { "bound_to", "interpreter", NULL };
  JsonObject *event = fairlead_cli_json_new ("server");
  gboolean adopted = FALSE;
  gboolean shared = FALSE;

  g_object_get (run, "adopted", &adopted, "shared-host", &shared, NULL);
  fairlead_cli_json_set_text (event, "state", server_words[fairlead_run_get_server_state (run)]);
  json_object_set_boolean_member (event, "adopted", adopted);
  fairlead_cli_json_set_text (event, "exposure", exposure_words[fairlead_run_get_exposure (run)]);
  set_texts (event, G_OBJECT (run), texts);
  json_object_set_boolean_member (event, "shared_host", shared);
  return write_news (event, last);
}

/**
 * fairlead_cli_event_tunnel:
 * @run: a run
 * @last: (inout): as in fairlead_cli_event_server()
 */
gboolean
fairlead_cli_event_tunnel (FairleadRun  *run,
                           char        **last)
{
  JsonObject *event = fairlead_cli_json_new ("tunnel");
  FairleadForward *tunnel = fairlead_run_get_tunnel (run);
  gboolean open = tunnel != NULL && fairlead_forward_is_open (tunnel);
  g_autofree char *local = open ? fairlead_forward_dup_local_address (tunnel) : NULL;
  g_autofree char *remote = NULL;
  FairleadTunnelHealth health = FAIRLEAD_TUNNEL_CLOSED;

  g_object_get (run, "tunnel-health", &health, NULL);
  /* Both properties change, one after the other. */
  if (!open)
    health = FAIRLEAD_TUNNEL_CLOSED;
  else if (health == FAIRLEAD_TUNNEL_CLOSED)
    health = FAIRLEAD_TUNNEL_LISTENER_ONLY;
  if (open)
    remote = fairlead_forward_dup_remote_address (tunnel);
  fairlead_cli_json_set_text (event, "state", open ? "open" : "closed");
  fairlead_cli_json_set_text (event, "local", local);
  set_count (event, "local_port", open ? (gint64) fairlead_forward_get_local_port (tunnel) : -1);
  fairlead_cli_json_set_text (event, "remote", remote);
  fairlead_cli_json_set_text (event, "health", health_words[health]);
  return write_news (event, last);
}

/**
 * fairlead_cli_event_forward:
 * @tunnel: a tunnel, not the solver's
 * @last: (inout): as in fairlead_cli_event_server()
 */
gboolean
fairlead_cli_event_forward (FairleadTunnel  *tunnel,
                            char           **last)
{
  JsonObject *event = fairlead_cli_json_new ("forward");
  const FairleadForwardSpec *spec = fairlead_tunnel_get_spec (tunnel);
  const GError *error = fairlead_tunnel_get_error (tunnel);
  g_autofree char *local = fairlead_tunnel_dup_local (tunnel);
  g_autofree char *destination = fairlead_tunnel_dup_destination (tunnel);
  g_autofree char *inert = destination != NULL ? fairlead_make_inert (destination, -1) : NULL;

  fairlead_cli_json_set_text (event, "kind", forward_kind_words[spec->kind]);
  fairlead_cli_json_set_text (event, "state", tunnel_state_words[fairlead_tunnel_get_state (tunnel)]);
  fairlead_cli_json_set_text (event, "local", local);
  set_count (event, "local_port", spec->listen.path != NULL ? -1
                                  : (gint64) fairlead_tunnel_get_local_port (tunnel));
  fairlead_cli_json_set_text (event, "remote", inert);
  fairlead_cli_json_set_text (event, "health", health_words[fairlead_tunnel_get_health (tunnel)]);
  fairlead_cli_json_set_text (event, "origin", origin_words[fairlead_tunnel_get_origin (tunnel)]);
  fairlead_cli_json_set_text (event, "source", fairlead_tunnel_get_source (tunnel));
  fairlead_cli_json_set_text (event, "error", error != NULL ? error->message : NULL);
  return write_news (event, last);
}

/**
 * fairlead_cli_event_counters:
 * @tunnel: any tunnel
 * @last: (inout): as in fairlead_cli_event_server()
 */
gboolean
fairlead_cli_event_counters (FairleadTunnel  *tunnel,
                             char           **last)
{
  JsonObject *event = fairlead_cli_json_new ("counters");
  FairleadTraffic *traffic = FAIRLEAD_TRAFFIC (tunnel);
  g_autofree char *local = fairlead_tunnel_dup_local (tunnel);
  FairleadForwardCounters counters;

  fairlead_traffic_get_counters (traffic, &counters);
  fairlead_cli_json_set_text (event, "kind", forward_kind_words[fairlead_tunnel_get_spec (tunnel)->kind]);
  fairlead_cli_json_set_text (event, "local", local);
  fairlead_cli_json_set_text (event, "origin", origin_words[fairlead_tunnel_get_origin (tunnel)]);
  json_object_set_int_member (event, "open", counters.open);
  json_object_set_int_member (event, "total", (gint64) counters.total);
  json_object_set_int_member (event, "reached", (gint64) counters.reached);
  json_object_set_int_member (event, "failed", (gint64) counters.failed);
  json_object_set_int_member (event, "refused", (gint64) counters.refused);
  json_object_set_int_member (event, "received", (gint64) counters.received);
  json_object_set_int_member (event, "sent", (gint64) counters.sent);
  json_object_set_int_member (event, "received_rate", (gint64) fairlead_traffic_get_received_rate (traffic));
  json_object_set_int_member (event, "sent_rate", (gint64) fairlead_traffic_get_sent_rate (traffic));
  return write_news (event, last);
}

/**
 * fairlead_cli_event_solver:
 * @run: a run; nothing is written before its solver has answered
 * @last: (inout): as in fairlead_cli_event_server()
 */
gboolean
fairlead_cli_event_solver (FairleadRun  *run,
                           char        **last)
{
  static const char * const texts[] = {
    "protocol_version", "version_note", "project", "info", "error", "summary", "gpu", "vram", "cuda", "cpu", "ram",
    NULL
  };
  static const char * const counts[] = { "gpu_memory_used", "gpu_memory_total" };
  JsonObject *event = NULL;
  FairleadSolverStatus *solver = fairlead_run_get_solver (run);
  FairleadSolverState state = FAIRLEAD_SOLVER_UNKNOWN;
  double progress = -1;
  int frame = -1;
  int frames = -1;
  int time_left = -1;
  g_auto (GStrv) violations = NULL;
  g_autofree char *lines = NULL;

  if (solver == NULL)
    return TRUE;
  event = fairlead_cli_json_new ("solver");
  g_object_get (solver, "state", &state, "frame", &frame, "frames", &frames, "progress", &progress,
                "time-left", &time_left, "violations", &violations, NULL);
  fairlead_cli_json_set_text (event, "state", solver_words[state]);
  set_texts (event, G_OBJECT (solver), texts);
  set_count (event, "frame", frame);
  set_count (event, "frames", frames);
  if (progress < 0)
    json_object_set_null_member (event, "progress");
  else
    json_object_set_double_member (event, "progress", progress);
  set_count (event, "time_left", time_left);
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *property = g_strdelimit (g_strdup (counts[i]), "_", '-');
      gint64 count;

      g_object_get (solver, property, &count, NULL);
      set_count (event, counts[i], count);
    }
  lines = violations != NULL ? g_strjoinv ("\n", violations) : NULL;
  fairlead_cli_json_set_text (event, "violations", lines);
  return write_news (event, last);
}

/**
 * fairlead_cli_event_transfer:
 * @transfer: an upload or a fetch
 * @last: (inout): as in fairlead_cli_event_server()
 */
gboolean
fairlead_cli_event_transfer (FairleadTransfer  *transfer,
                             char             **last)
{
  static const char * const texts[] = { "title", "path", "name", NULL };
  JsonObject *event = fairlead_cli_json_new ("transfer");
  GFile *local = fairlead_transfer_get_file (transfer);
  g_autofree char *file = local != NULL ? g_file_get_path (local) : NULL;
  int time_left;
  double rate;

  g_object_get (transfer, "rate", &rate, "time-left", &time_left, NULL);
  fairlead_cli_json_set_text (event, "direction",
                              transfer_direction_words[fairlead_transfer_get_direction (transfer)]);
  fairlead_cli_json_set_text (event, "state", transfer_words[fairlead_transfer_get_state (transfer)]);
  set_texts (event, G_OBJECT (transfer), texts);
  fairlead_cli_json_set_text (event, "file", file);
  json_object_set_int_member (event, "done", (gint64) fairlead_transfer_get_done (transfer));
  json_object_set_int_member (event, "total", (gint64) fairlead_transfer_get_total (transfer));
  json_object_set_int_member (event, "rate", (gint64) rate);
  set_count (event, "time_left", time_left);
  return write_news (event, last);
}

/**
 * fairlead_cli_event_log:
 * @source: which log: "server", "progress" or "fairlead"
 * @line: the line
 */
gboolean
fairlead_cli_event_log (const char      *source,
                        FairleadLogLine *line)
{
  JsonObject *event = fairlead_cli_json_new ("log");

  fairlead_cli_json_set_text (event, "source", source);
  fairlead_cli_json_set_text (event, "level", level_words[fairlead_log_line_get_level (line)]);
  fairlead_cli_json_set_text (event, "text", fairlead_log_line_get_text (line));
  return fairlead_cli_json_write (event);
}

/**
 * fairlead_cli_event_error:
 * @error: what ends the command
 *
 * Writes the event; as all of these, on the main thread.
 *
 * Returns: %FALSE when nobody reads standard output any more
 */
gboolean
fairlead_cli_event_error (const GError *error)
{
  JsonObject *event = fairlead_cli_json_new ("error");
  guint free_port = fairlead_error_get_free_port (error);

  fairlead_cli_json_set_text (event, "kind", fairlead_cli_name_of_exit (fairlead_cli_exit_for_error (error)));
  fairlead_cli_json_set_text (event, "message", error->message);
  fairlead_cli_json_set_text (event, "hint", fairlead_error_get_hint (error));
  fairlead_cli_json_set_text (event, "details", fairlead_error_get_details (error));
  set_count (event, "free_port", free_port > 0 ? (gint64) free_port : -1);
  return fairlead_cli_json_write (event);
}

/**
 * fairlead_cli_event_exit:
 * @exit_code: the exit code
 * @solver: what has become of the solver
 *
 * Writes the last event.
 */
gboolean
fairlead_cli_event_exit (int               exit_code,
                         FairleadCliSolver solver)
{
  JsonObject *event = fairlead_cli_json_new ("exit");

  json_object_set_int_member (event, "code", exit_code);
  fairlead_cli_json_set_text (event, "solver", left_words[solver]);
  return fairlead_cli_json_write (event);
}
