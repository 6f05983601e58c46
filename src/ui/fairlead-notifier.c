/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-notifier.h"

#include <glib/gi18n-lib.h>

#include "fairlead-solve-words.h"

/* A connection that is away no longer than this comes back before anyone has to know. */
#define PATIENCE 120 /* s */

/* Nobody waits before the window for a transfer that takes longer. */
#define LONG_TRANSFER 30 /* s */

/**
 * FairleadNotifier:
 *
 * Tells the desktop what a person would want to know of who looks elsewhere: that a connection is lost, that a solve or a long transfer has
 * ended.
 * One notification for each connection and matter, which is taken back once it is not so any more, or has
 * been seen. Pressing it is the action `app.show-connection` with the connection's id. Main thread.
 */
struct _FairleadNotifier {
  GObject parent_instance;

  FairleadNotifierSeesFunc sees;
  gpointer user_data;
  guint patience;

  /* Borrowed: it holds this */
  GApplication *application;

  /* Owned */
  GListModel *runs;
  GHashTable *watches;         /* FairleadRun → Watch */
};

G_DEFINE_FINAL_TYPE (FairleadNotifier, fairlead_notifier, G_TYPE_OBJECT)

/* What is remembered of a run. */
typedef struct {
  FairleadNotifier *self;      /* borrowed: it holds this */
  FairleadRun *run;            /* owned */
  gboolean stood;              /* it was connected, and the person has not ended that */
  gboolean told_away;          /* that it is lost for now was told */
  gboolean ran;                /* its solver was READY when it was last known */
  guint away_id;               /* until it has been away for long */
} Watch;

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  g_clear_handle_id (&watch->away_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (watch->run, watch);
  g_object_unref (watch->run);
  g_free (watch);
}

static const char *
name_of (FairleadRun *run)
{
  return fairlead_profile_get_name (fairlead_run_get_profile (run));
}

static char *
dup_id (FairleadRun *run,
        const char  *matter)
{
  return g_strdup_printf ("%s-%s", matter, fairlead_profile_get_id (fairlead_run_get_profile (run)));
}

static void
withdraw (FairleadNotifier *self,
          FairleadRun      *run,
          const char       *matter)
{
  g_autofree char *id = dup_id (run, matter);

  g_application_withdraw_notification (self->application, id);
}

/* Whether or not the person sees the run. */
static void
send_anyway (FairleadNotifier      *self,
             FairleadRun           *run,
             const char            *matter,
             const char            *title,
             const char            *body,
             GNotificationPriority  priority)
{
  g_autoptr (GNotification) notification = g_notification_new (title);
  g_autofree char *id = dup_id (run, matter);

  if (body != NULL)
    g_notification_set_body (notification, body);
  g_notification_set_priority (notification, priority);
  g_notification_set_default_action_and_target (
    notification, "app.show-connection", "s", fairlead_profile_get_id (fairlead_run_get_profile (run)));
  g_application_send_notification (self->application, id, notification);
}

static void
send (FairleadNotifier      *self,
      FairleadRun           *run,
      const char            *matter,
      const char            *title,
      const char            *body,
      GNotificationPriority  priority)
{
  if (!self->sees (run, self->user_data))
    send_anyway (self, run, matter, title, body, priority);
}

/* ------------------------------------------------------------------ a lost connection */

static gboolean
away_cb (gpointer user_data)
{
  Watch *watch = user_data;
  const GError *error = fairlead_run_get_link_error (watch->run);
  g_autofree char *title = g_strdup_printf (_("Connection to “%s” lost"), name_of (watch->run));
  g_autofree char *body = NULL;

  watch->away_id = 0;
  watch->told_away = TRUE;
  if (error != NULL)
    /* Translators: why it was lost, as a sentence. */
    body = g_strdup_printf (_("%s Fairlead goes on trying; the solver is not affected."), error->message);
  else
    body = g_strdup (_("Fairlead goes on trying; the solver is not affected."));
  send (watch->self, watch->run, "link", title, body, G_NOTIFICATION_PRIORITY_HIGH);
  return G_SOURCE_REMOVE;
}

static void
lost_for_good (Watch *watch)
{
  const GError *error = fairlead_run_get_link_error (watch->run);
  g_autofree char *title = g_strdup_printf (_("Connection to “%s” lost for good"), name_of (watch->run));
  g_autofree char *body = NULL;

  if (error != NULL)
    /* Translators: why it was lost, as a sentence. */
    body = g_strdup_printf (_("%s Connect again to see how the solver is."), error->message);
  else
    body = g_strdup (_("Connect again to see how the solver is."));
  send (watch->self, watch->run, "link", title, body, G_NOTIFICATION_PRIORITY_HIGH);
}

static void
link_state_cb (Watch *watch)
{
  FairleadLinkState state = fairlead_run_get_link_state (watch->run);

  if (state == FAIRLEAD_LINK_ONLINE || state == FAIRLEAD_LINK_OFFLINE)
    {
      watch->stood = state == FAIRLEAD_LINK_ONLINE;
      watch->told_away = FALSE;
      g_clear_handle_id (&watch->away_id, g_source_remove);
      withdraw (watch->self, watch->run, "link");
    }
  else if (state == FAIRLEAD_LINK_FAILED)
    {
      g_clear_handle_id (&watch->away_id, g_source_remove);
      if (watch->stood)
        lost_for_good (watch);
      watch->stood = FALSE;
    }
  else if (watch->stood && !watch->told_away && watch->away_id == 0)
    watch->away_id = g_timeout_add_seconds (watch->self->patience, away_cb, watch);
}

/* ------------------------------------------------------------------ a solve that ended */

/* What became of it, by what it was before. Nobody waits for a build that takes a moment. */
static const struct {
  gboolean build;
  FairleadSolverState state;
  const char *title;
  int at_least;                /* s */
  GNotificationPriority priority;
} endings[] = {
  { TRUE, FAIRLEAD_SOLVER_READY, N_("Scene built"), 30, G_NOTIFICATION_PRIORITY_NORMAL },
  { TRUE, FAIRLEAD_SOLVER_FAILED, N_("Build failed"), 0, G_NOTIFICATION_PRIORITY_HIGH },
  { FALSE, FAIRLEAD_SOLVER_READY, N_("Solve finished"), 0, G_NOTIFICATION_PRIORITY_NORMAL },
  { FALSE, FAIRLEAD_SOLVER_RESUMABLE, N_("Solve stopped—it can be resumed"), 0,
    G_NOTIFICATION_PRIORITY_NORMAL },
  { FALSE, FAIRLEAD_SOLVER_FAILED, N_("Solve failed"), 0, G_NOTIFICATION_PRIORITY_HIGH },
};

/* "drape on gpu01: 300 frames in 2 hours 5 minutes", and what the solver says of it. */
static char *
dup_outcome (FairleadRun          *run,
             FairleadSolverStatus *status,
             int                   elapsed,
             gboolean              frames)
{
  const char *error = fairlead_solver_status_get_error (status);
  g_autofree char *time = fairlead_format_spoken_time (MAX (elapsed, 0));
  g_autofree char *project = NULL;
  g_autofree char *done = NULL;
  g_autofree char *text = NULL;
  int frame = -1;

  g_object_get (status, "project", &project, "frame", &frame, NULL);
  if (frames && frame >= 0)
    done = g_strdup_printf (ngettext ("%d frame", "%d frames", frame), frame);
  if (done != NULL && elapsed >= 0)
    /* Translators: a project, its connection, so many frames, in so long a time: "drape on gpu01: 300
     * frames in 2 hours 5 minutes". */
    text = g_strdup_printf (_("%s on %s: %s in %s"), project, name_of (run), done, time);
  else
    /* Translators: a project, its connection, and how many frames or how long: "drape on gpu01: 300 frames". */
    text = g_strdup_printf (_("%s on %s: %s"), project, name_of (run), done != NULL ? done : time);
  if (error == NULL || *error == '\0')
    return g_steal_pointer (&text);
  return g_strdup_printf ("%s\n%s", text, error);
}

static void
solve_ended_cb (Watch                *watch,
                FairleadSolverStatus *status)
{
  FairleadSolverState previous = FAIRLEAD_SOLVER_UNKNOWN;
  int elapsed = -1;
  gboolean build;

  g_object_get (status, "previous-state", &previous, "elapsed", &elapsed, NULL);
  build = previous == FAIRLEAD_SOLVER_BUILDING;
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (endings[i].build == build && endings[i].state == fairlead_solver_status_get_state (status)
        && (endings[i].at_least == 0 || elapsed >= endings[i].at_least))
      {
        g_autofree char *body = dup_outcome (watch->run, status, elapsed, !build);

        send (watch->self, watch->run, "solve", _(endings[i].title), body, endings[i].priority);
      }
}

/* The solver itself has ended, and not because it was told to. */
static void
server_state_cb (Watch *watch)
{
  FairleadServerState state = fairlead_run_get_server_state (watch->run);
  const GError *error = fairlead_run_get_error (watch->run);
  g_autofree char *title = NULL;

  if (state == FAIRLEAD_SERVER_EXITED && watch->ran)
    {
      title = g_strdup_printf (_("The solver of “%s” ended"), name_of (watch->run));
      send (watch->self, watch->run, "solve", title, error != NULL ? error->message : NULL,
            G_NOTIFICATION_PRIORITY_HIGH);
    }
  /* While the connection is away it runs on, for all that is known. */
  if (state != FAIRLEAD_SERVER_UNKNOWN)
    watch->ran = state == FAIRLEAD_SERVER_READY;
}

/* ------------------------------------------------------------------ a long transfer */

/* Whose it is: there are few of either. */
static FairleadRun *
find_run (FairleadNotifier *self,
          FairleadTransfer *transfer)
{
  GHashTableIter iter;
  gpointer run;

  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, &run, NULL))
    {
      GListModel *transfers = fairlead_run_get_transfers (run);

      for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
        {
          g_autoptr (FairleadTransfer) candidate = g_list_model_get_item (transfers, i);

          if (candidate == transfer)
            return run;
        }
    }
  return NULL;
}

static void
tell_transfer (FairleadNotifier *self,
               FairleadRun      *run,
               FairleadTransfer *transfer,
               const char       *time)
{
  const char *title = fairlead_transfer_get_title (transfer);
  const GError *error = fairlead_transfer_get_error (transfer);
  gboolean upload = fairlead_transfer_get_direction (transfer) == FAIRLEAD_TRANSFER_UPLOAD;
  g_autofree char *size = g_format_size (fairlead_transfer_get_total (transfer));
  g_autofree char *body = NULL;

  if (fairlead_transfer_get_state (transfer) == FAIRLEAD_TRANSFER_DONE)
    {
      /* Translators: a file, a connection, a size and a length of time. */
      body = g_strdup_printf (upload ? _("%s to %s: %s in %s") : _("%s from %s: %s in %s"), title,
                              name_of (run), size, time);
      send (self, run, "transfer", upload ? _("Upload finished") : _("Fetch finished"), body,
            G_NOTIFICATION_PRIORITY_NORMAL);
      return;
    }
  body = g_strdup_printf (_("%s: %s"), title, error != NULL ? error->message : name_of (run));
  send (self, run, "transfer", upload ? _("Upload failed") : _("Fetch failed"), body,
        G_NOTIFICATION_PRIORITY_HIGH);
}

static void
transfer_state_cb (FairleadTransfer *transfer,
                   GParamSpec       *pspec,
                   FairleadNotifier *self)
{
  FairleadTransferState state = fairlead_transfer_get_state (transfer);
  FairleadRun *run = find_run (self, transfer);
  g_autofree char *time = NULL;
  int elapsed = -1;

  g_object_get (transfer, "elapsed", &elapsed, NULL);
  if (run == NULL || elapsed < LONG_TRANSFER
      || (state != FAIRLEAD_TRANSFER_DONE && state != FAIRLEAD_TRANSFER_FAILED))
    return;
  time = fairlead_format_spoken_time (elapsed);
  tell_transfer (self, run, transfer, time);
}

static void
transfers_changed_cb (FairleadNotifier *self,
                      guint             position,
                      guint             removed,
                      guint             added,
                      GListModel       *transfers)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (FairleadTransfer) transfer = g_list_model_get_item (transfers, i);

      g_signal_connect_object (transfer, "notify::state", G_CALLBACK (transfer_state_cb), self, 0);
    }
}

/* ------------------------------------------------------------------ whom it watches */

static void
watch (FairleadNotifier *self,
       FairleadRun      *run)
{
  Watch *added = g_new0 (Watch, 1);

  added->self = self;
  added->run = g_object_ref (run);
  added->ran = fairlead_run_get_server_state (run) == FAIRLEAD_SERVER_READY;
  added->stood = fairlead_run_get_link_state (run) == FAIRLEAD_LINK_ONLINE;
  g_signal_connect_swapped (run, "notify::link-state", G_CALLBACK (link_state_cb), added);
  g_signal_connect_swapped (run, "notify::server-state", G_CALLBACK (server_state_cb), added);
  g_signal_connect_swapped (run, "solve-ended", G_CALLBACK (solve_ended_cb), added);
  g_signal_connect_object (fairlead_run_get_transfers (run), "items-changed",
                           G_CALLBACK (transfers_changed_cb), self, G_CONNECT_SWAPPED);
  g_hash_table_insert (self->watches, run, added);
}

static void
runs_changed_cb (FairleadNotifier *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (self->runs); i++)
    {
      g_autoptr (FairleadRun) run = g_list_model_get_item (self->runs, i);

      if (!g_hash_table_contains (self->watches, run))
        watch (self, run);
    }
}

static void
fairlead_notifier_dispose (GObject *object)
{
  FairleadNotifier *self = FAIRLEAD_NOTIFIER (object);

  g_clear_pointer (&self->watches, g_hash_table_unref);
  g_clear_object (&self->runs);

  G_OBJECT_CLASS (fairlead_notifier_parent_class)->dispose (object);
}

static void
fairlead_notifier_class_init (FairleadNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fairlead_notifier_dispose;
}

static void
fairlead_notifier_init (FairleadNotifier *self)
{
  self->patience = PATIENCE;
  self->watches = g_hash_table_new_full (NULL, NULL, NULL, watch_free);
}

/**
 * fairlead_notifier_new:
 * @application: sends the notifications; outlives this
 * @runs: a list of #FairleadRun, which only grows
 * @sees: whether a run is before the person's eyes
 */
FairleadNotifier *
fairlead_notifier_new (GApplication             *application,
                       GListModel               *runs,
                       FairleadNotifierSeesFunc  sees,
                       gpointer                  user_data)
{
  FairleadNotifier *self;

  g_return_val_if_fail (G_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (G_IS_LIST_MODEL (runs), NULL);

  self = g_object_new (FAIRLEAD_TYPE_NOTIFIER, NULL);
  self->application = application;
  self->runs = g_object_ref (runs);
  self->sees = sees;
  self->user_data = user_data;
  g_signal_connect_object (runs, "items-changed", G_CALLBACK (runs_changed_cb), self, G_CONNECT_SWAPPED);
  runs_changed_cb (self);
  return self;
}

/**
 * fairlead_notifier_set_patience:
 * @seconds: how long a connection may be away before that is told; 2 minutes by default
 */
void
fairlead_notifier_set_patience (FairleadNotifier *self,
                                guint             seconds)
{
  g_return_if_fail (FAIRLEAD_IS_NOTIFIER (self));

  self->patience = seconds;
}

/**
 * fairlead_notifier_seen:
 * @run: a run that the person looks at
 *
 * Takes back what was told of it.
 */
void
fairlead_notifier_seen (FairleadNotifier *self,
                        FairleadRun      *run)
{
  static const char * const matters[] = { "link", "solve", "transfer" };

  g_return_if_fail (FAIRLEAD_IS_NOTIFIER (self));

  for (gsize i = 0; i < G_N_ELEMENTS (matters); i++)
    withdraw (self, run, matters[i]);
}

/**
 * fairlead_notifier_idle:
 * @run: a run that is connected and does nothing
 * @minutes: for how long; 0: not any more, which takes back what was told
 *
 * Also told where the person sees the run: a window that has been open for so long is no sign that anybody is there.
 */
void
fairlead_notifier_idle (FairleadNotifier *self,
                        FairleadRun      *run,
                        guint             minutes)
{
  g_autofree char *title = NULL;

  g_return_if_fail (FAIRLEAD_IS_NOTIFIER (self));

  if (minutes == 0)
    {
      withdraw (self, run, "idle");
      return;
    }
  title = g_strdup_printf (ngettext ("“%s” has been idle for %u minute", "“%s” has been idle for %u minutes",
                                     minutes), name_of (run), minutes);
  send_anyway (self, run, "idle", title, _("No solve is running there. A rented host costs money while it runs."),
               G_NOTIFICATION_PRIORITY_NORMAL);
}
