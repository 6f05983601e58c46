/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-report.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

#include "fairlead-cli-events.h"
#include "fairlead-cli-private.h"

/* Says what happens in a run while it happens: as events on standard output, or to a person on
 * standard error. */
struct _FairleadCliReport {
  FairleadRun *run;
  gboolean json;
  gboolean traffic;         /* counters are told, too */
  gboolean has_reader;      /* nothing failed to be written to standard output */
  gboolean has_watcher;     /* somebody looks at standard error while it happens */
  char *last_server;
  char *last_tunnel;
  char *last_solver;
  GPtrArray *tunnels;       /* that are watched */
};

static void
wrote (FairleadCliReport *self,
       gboolean           written)
{
  self->has_reader = self->has_reader && written;
}

static void
link_state_cb (FairleadCliReport *self)
{
  wrote (self, fairlead_cli_event_link (self->run));
}

static void
server_cb (FairleadCliReport *self)
{
  wrote (self, fairlead_cli_event_server (self->run, &self->last_server));
}

static void
tunnel_cb (FairleadCliReport *self)
{
  wrote (self, fairlead_cli_event_tunnel (self->run, &self->last_tunnel));
}

static void
solver_cb (FairleadCliReport *self)
{
  wrote (self, fairlead_cli_event_solver (self->run, &self->last_solver));
}

static const struct {
  const char *signal;
  void (*report) (FairleadCliReport *self);
} watched[] = {
  { "notify::link-state", link_state_cb },
  { "notify::server-state", server_cb },
  { "notify::exposure", server_cb },
  { "notify::shared-host", server_cb },
  { "notify::tunnel", tunnel_cb },
  { "notify::tunnel-health", tunnel_cb },
  { "notify::solver", solver_cb },
};

/* What is about to be opened is told when it has come to something. */
static void
forward_cb (FairleadCliReport *self,
            GParamSpec        *pspec,
            FairleadTunnel    *tunnel)
{
  g_autofree char *last = g_object_steal_data (G_OBJECT (tunnel), "last-event");

  if (fairlead_tunnel_get_state (tunnel) != FAIRLEAD_TUNNEL_STATE_OPENING)
    wrote (self, fairlead_cli_event_forward (tunnel, &last));
  g_object_set_data_full (G_OBJECT (tunnel), "last-event", g_steal_pointer (&last), g_free);
}

/* Nothing is written for a second in which nothing moved. */
static void
sampled_cb (FairleadCliReport *self,
            FairleadTunnel    *tunnel)
{
  g_autofree char *last = g_object_steal_data (G_OBJECT (tunnel), "last-counters");

  wrote (self, fairlead_cli_event_counters (tunnel, &last));
  g_object_set_data_full (G_OBJECT (tunnel), "last-counters", g_steal_pointer (&last), g_free);
}

/* The solver's tunnel has an event of its own. */
static void
watch_tunnel (FairleadCliReport *self,
              FairleadTunnel    *tunnel)
{
  static const char * const signals[] = { "notify::state", "notify::health", "notify::local" };

  g_ptr_array_add (self->tunnels, g_object_ref (tunnel));
  if (self->traffic)
    g_signal_connect_swapped (tunnel, "sampled", G_CALLBACK (sampled_cb), self);
  if (fairlead_tunnel_get_origin (tunnel) == FAIRLEAD_TUNNEL_ORIGIN_SOLVER)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_swapped (tunnel, signals[i], G_CALLBACK (forward_cb), self);
}

static void
tunnels_changed_cb (FairleadCliReport *self,
                    guint              position,
                    guint              removed,
                    guint              added,
                    GListModel        *tunnels)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (FairleadTunnel) tunnel = g_list_model_get_item (tunnels, i);

      watch_tunnel (self, tunnel);
    }
}

static void
lines_added_cb (FairleadCliReport *self,
                guint              position,
                guint              removed,
                guint              added,
                GListModel        *log)
{
  const char *source = g_object_get_data (G_OBJECT (log), "source");

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (FairleadLogLine) line = g_list_model_get_item (log, i);

      wrote (self, fairlead_cli_event_log (source, line));
    }
}

static const struct {
  const char *property;
  const char *source;
} logs[] = {
  { "log", "server" },
  { "progress-log", "progress" },
  { "messages", "fairlead" },
};

static void
step_event_cb (FairleadCliReport *self,
               GParamSpec        *pspec,
               FairleadStep      *step)
{
  if (fairlead_step_is_needed (step))
    wrote (self, fairlead_cli_event_step (step));
}

/* What is waited for, and how far that is. */
static void
waiting_event_cb (FairleadCliReport *self,
                  GParamSpec        *pspec,
                  FairleadStep      *step)
{
  if (fairlead_step_get_state (step) == FAIRLEAD_STEP_RUNNING)
    step_event_cb (self, pspec, step);
}

static void
waiting_text_cb (FairleadCliReport *self,
                 GParamSpec        *pspec,
                 FairleadStep      *step)
{
  if (fairlead_step_get_state (step) == FAIRLEAD_STEP_RUNNING && fairlead_step_get_detail (step) != NULL)
    g_printerr ("… %s\n", fairlead_step_get_detail (step));
}

static void
step_text_cb (FairleadCliReport *self,
              GParamSpec        *pspec,
              FairleadStep      *step)
{
  double seconds = fairlead_step_get_duration (step) / (double) G_USEC_PER_SEC;
  const char *title = fairlead_step_get_title (step);
  const char *detail = fairlead_step_get_detail (step);

  if (!fairlead_step_is_needed (step))
    return;
  switch (fairlead_step_get_state (step))
    {
    case FAIRLEAD_STEP_DONE:
      if (detail != NULL)
        g_printerr (_("✓ %s (%.1f s): %s\n"), title, seconds, detail);
      else
        g_printerr (_("✓ %s (%.1f s)\n"), title, seconds);
      break;
    case FAIRLEAD_STEP_FAILED:
      g_printerr (_("✗ %s\n"), title);
      break;
    case FAIRLEAD_STEP_PENDING:
    case FAIRLEAD_STEP_RUNNING:
    case FAIRLEAD_STEP_SKIPPED:
    default:
      break;
    }
}

/* A connection that is lost and made again, for a person. */
static void
retry_text_cb (FairleadCliReport *self)
{
  FairleadLinkState state = fairlead_run_get_link_state (self->run);
  const GError *error = fairlead_run_get_link_error (self->run);
  g_autofree char *status = NULL;

  if (!fairlead_run_is_reconnecting (self->run))
    return;
  g_object_get (self->run, "status-text", &status, NULL);
  if (state == FAIRLEAD_LINK_BACKOFF && error != NULL)
    g_printerr ("%s\n%s\n", error->message, status);
  else if (state == FAIRLEAD_LINK_WAITING_FOR_NETWORK)
    g_printerr ("%s\n", status);
  else if (state == FAIRLEAD_LINK_ONLINE)
    g_printerr ("%s\n", _("Connected again."));
}

static void
watch_steps (FairleadCliReport *self,
             GCallback          callback,
             GCallback          waiting)
{
  GListModel *steps = fairlead_run_get_steps (self->run);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (FairleadStep) step = g_list_model_get_item (steps, i);

      g_signal_connect_swapped (step, "notify::state", callback, self);
      if (i == FAIRLEAD_STEP_PREPARE)
        g_signal_connect_swapped (step, "notify::detail", waiting, self);
    }
}

static void
unwatch_steps (FairleadCliReport *self)
{
  GListModel *steps = fairlead_run_get_steps (self->run);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (FairleadStep) step = g_list_model_get_item (steps, i);

      g_signal_handlers_disconnect_by_data (step, self);
    }
}

static void
watch_events (FairleadCliReport *self)
{
  watch_steps (self, G_CALLBACK (step_event_cb), G_CALLBACK (waiting_event_cb));
  for (gsize i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_swapped (self->run, watched[i].signal, G_CALLBACK (watched[i].report), self);
  for (gsize i = 0; i < G_N_ELEMENTS (logs); i++)
    {
      g_autoptr (GListModel) log = NULL;

      g_object_get (self->run, logs[i].property, &log, NULL);
      g_object_set_data (G_OBJECT (log), "source", (gpointer) logs[i].source);
      g_signal_connect_swapped (log, "items-changed", G_CALLBACK (lines_added_cb), self);
    }
  g_signal_connect_swapped (fairlead_run_get_tunnels (self->run), "items-changed",
                            G_CALLBACK (tunnels_changed_cb), self);
}

/**
 * fairlead_cli_report_new:
 * @run: a run that has not been started
 * @json: write events (EVENTS.md) to standard output
 * @traffic: with @json: the counters, too
 */
FairleadCliReport *
fairlead_cli_report_new (FairleadRun *run,
                         gboolean     json,
                         gboolean     traffic)
{
  FairleadCliReport *self = g_new0 (FairleadCliReport, 1);

  self->run = g_object_ref (run);
  self->json = json;
  self->traffic = traffic;
  self->has_reader = TRUE;
  self->tunnels = g_ptr_array_new_with_free_func (g_object_unref);
  /* On one terminal, steps between events would be in the way. */
  self->has_watcher = isatty (STDERR_FILENO) && !(json && isatty (STDOUT_FILENO));
  if (json)
    watch_events (self);
  if (self->has_watcher)
    {
      watch_steps (self, G_CALLBACK (step_text_cb), G_CALLBACK (waiting_text_cb));
      g_signal_connect_swapped (run, "notify::link-state", G_CALLBACK (retry_text_cb), self);
    }
  return self;
}

void
fairlead_cli_report_free (FairleadCliReport *self)
{
  unwatch_steps (self);
  g_signal_handlers_disconnect_by_data (self->run, self);
  g_signal_handlers_disconnect_by_data (fairlead_run_get_tunnels (self->run), self);
  for (guint i = 0; i < self->tunnels->len; i++)
    g_signal_handlers_disconnect_by_data (self->tunnels->pdata[i], self);
  g_clear_pointer (&self->tunnels, g_ptr_array_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (logs); i++)
    {
      g_autoptr (GListModel) log = NULL;

      g_object_get (self->run, logs[i].property, &log, NULL);
      g_signal_handlers_disconnect_by_data (log, self);
    }
  g_clear_object (&self->run);
  g_clear_pointer (&self->last_server, g_free);
  g_clear_pointer (&self->last_tunnel, g_free);
  g_clear_pointer (&self->last_solver, g_free);
  g_free (self);
}

/**
 * fairlead_cli_report_has_reader:
 *
 * Returns: %FALSE once nobody reads standard output any more
 */
gboolean
fairlead_cli_report_has_reader (FairleadCliReport *self)
{
  return self->has_reader;
}

/**
 * fairlead_cli_report_open:
 * @held: the command goes on and holds the tunnel
 *
 * The tunnel is open: gives the result, its local address.
 */
void
fairlead_cli_report_open (FairleadCliReport *self,
                          gboolean           held)
{
  g_autofree char *address =
    fairlead_forward_dup_local_address (fairlead_run_get_tunnel (self->run));

  if (!self->json && held)
    wrote (self, puts (address) >= 0 && fflush (stdout) == 0);
  if (self->has_watcher && held)
    g_printerr ("%s\n", _("The tunnel is open. Ctrl+C closes it."));
}

/**
 * fairlead_cli_report_end:
 * @error: (nullable): what ended the command
 * @exit_code: its exit code
 * @solver_runs: a solver of ours is left running
 * @solver_stopped: the command stopped it
 *
 * The last words.
 */
void
fairlead_cli_report_end (FairleadCliReport *self,
                         const GError      *error,
                         int                exit_code,
                         gboolean           solver_runs,
                         gboolean           solver_stopped)
{
  if (error != NULL)
    fairlead_cli_print_error (error);
  if (self->has_watcher && solver_runs)
    g_printerr ("%s\n", _("The solver keeps running; the next connect finds it again."));
  if (!self->json)
    return;
  if (error != NULL)
    wrote (self, fairlead_cli_event_error (error));
  wrote (self, fairlead_cli_event_exit (exit_code,
                                        solver_stopped ? FAIRLEAD_CLI_SOLVER_STOPPED
                                        : solver_runs ? FAIRLEAD_CLI_SOLVER_RUNNING
                                        : FAIRLEAD_CLI_SOLVER_NONE));
}
