/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-page.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-fix.h"
#include "fairlead-last-known.h"
#include "fairlead-log-page.h"
#include "fairlead-log-view.h"
#include "fairlead-notice.h"
#include "fairlead-reconnect-banner.h"
#include "fairlead-solver-card.h"
#include "fairlead-steps-card.h"
#include "fairlead-transfers-card.h"
#include "fairlead-tunnel-card.h"
#include "fairlead-ui.h"

/**
 * FairleadRunPage:
 *
 * The Overview of one connection: what went wrong, the steps, the solver, the tunnels, the log's tail.
 * While the connection is made again they stay, dimmed where they may be out of date.
 */
struct _FairleadRunPage {
  AdwBin parent_instance;

  /* Template children */
  AdwStatusPage *idle_page;
  GtkWidget *tabs;
  GtkToggleButton *log_tab;
  FairleadLogPage *log_page;
  FairleadReconnectBanner *banner;
  GtkScrolledWindow *scroller;
  FairleadNotice *notice;
  FairleadStepsCard *steps_card;
  FairleadSolverCard *solver_card;
  FairleadTransfersCard *transfers_card;
  FairleadTunnelCard *tunnel_card;
  FairleadLogView *log_view;

  /* Owned */
  GSignalGroup *run;
  GError *shown_error;
};

G_DEFINE_FINAL_TYPE (FairleadRunPage, fairlead_run_page, ADW_TYPE_BIN)

/* The one thing to do about an error, by its code. */
static const struct {
  FairleadError code;
  const char *label;
  const char *action;
} remedies[] = {
  { FAIRLEAD_ERROR_USAGE, N_("_Edit Connection…"), "win.edit" },
  { FAIRLEAD_ERROR_CONFIG, N_("_Edit Connection…"), "win.edit" },
  { FAIRLEAD_ERROR_NETWORK, N_("_Connect Again"), "win.connect" },
  { FAIRLEAD_ERROR_HOST_KEY, N_("_Connect Again"), "win.connect" },
  { FAIRLEAD_ERROR_AUTH, N_("_Edit Connection…"), "win.edit" },
  { FAIRLEAD_ERROR_REMOTE, N_("_Start Solver"), "win.start-solver" },
  { FAIRLEAD_ERROR_NEEDS_PERSON, N_("_Connect Again"), "win.connect" },
};

static void
show_error (FairleadRunPage *self,
            FairleadRun     *run,
            const GError    *error)
{
  gboolean online = fairlead_run_get_link_state (run) == FAIRLEAD_LINK_ONLINE;
  const char *label = _("_Connect Again");
  const char *action = "win.connect";

  if (fairlead_run_get_exposure (run) == FAIRLEAD_EXPOSURE_EXPOSED)
    {
      fairlead_notice_show_error (self->notice, error, _("S_top Solver"), "win.stop-solver");
      return;
    }
  if (error->domain == FAIRLEAD_ERROR)
    for (gsize i = 0; i < G_N_ELEMENTS (remedies); i++)
      if ((int) remedies[i].code == error->code
          && (online || remedies[i].code != FAIRLEAD_ERROR_REMOTE))
        {
          label = _(remedies[i].label);
          action = remedies[i].action;
        }
  fairlead_notice_show_error (self->notice, error, label, action);
}

static void
apply_cb (FairleadRunPage *self,
          gboolean         keep)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);
  FairleadFix fix;

  if (run != NULL && fairlead_fix_from_error (self->shown_error, &fix))
    fairlead_run_apply_fix (run, &fix, keep);
}

static gboolean
same_error (const GError *a,
            const GError *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_error_matches (a, b->domain, b->code) && g_strcmp0 (a->message, b->message) == 0;
}

static void
refresh_error (FairleadRunPage *self,
               FairleadRun     *run)
{
  const GError *error = fairlead_run_get_error (run);

  /* Why a connection was lost stands in the banner, for as long as it is made again. */
  if (error != NULL && (fairlead_error_is_cancel (error) || fairlead_run_is_reconnecting (run)))
    error = NULL;
  if (same_error (error, self->shown_error))
    return;
  g_clear_error (&self->shown_error);
  if (error == NULL)
    {
      fairlead_notice_dismiss (self->notice);
      return;
    }
  self->shown_error = g_error_copy (error);
  show_error (self, run, error);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}

static void
set_dimmed (gpointer widget,
            gboolean dimmed)
{
  if (dimmed)
    gtk_widget_add_css_class (GTK_WIDGET (widget), "fairlead-away");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (widget), "fairlead-away");
}

/* Before the first connect there is nothing to show but what Connect will do. */
static gboolean
is_idle (FairleadRun *run)
{
  g_autoptr (FairleadStep) first = g_list_model_get_item (fairlead_run_get_steps (run), 0);

  return fairlead_run_get_link_state (run) == FAIRLEAD_LINK_OFFLINE
         && fairlead_run_get_error (run) == NULL && !fairlead_run_is_busy (run)
         && (first == NULL || fairlead_step_get_state (first) == FAIRLEAD_STEP_PENDING)
         && g_list_model_get_n_items (G_LIST_MODEL (fairlead_run_get_log (run))) == 0;
}

static void
refresh (FairleadRunPage *self)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);
  FairleadServerState server;
  gboolean online;
  gboolean away;
  gboolean past;
  gboolean known;
  gboolean idle;
  gboolean log;

  if (run == NULL)
    return;
  idle = is_idle (run);
  log = gtk_toggle_button_get_active (self->log_tab);
  server = fairlead_run_get_server_state (run);
  online = fairlead_run_get_link_state (run) == FAIRLEAD_LINK_ONLINE;
  past = fairlead_last_known_is_past (fairlead_last_known_of (run));
  away = fairlead_run_is_reconnecting (run) && !online;
  known = server != FAIRLEAD_SERVER_UNKNOWN || online || away || past;
  /* Not a GtkStack, here and elsewhere: its hidden pages are there for a screen reader. */
  gtk_widget_set_visible (GTK_WIDGET (self->idle_page), idle);
  gtk_widget_set_visible (self->tabs, !idle);
  gtk_widget_set_visible (GTK_WIDGET (self->scroller), !idle && !log);
  gtk_widget_set_visible (GTK_WIDGET (self->log_page), !idle && log);
  gtk_widget_set_visible (GTK_WIDGET (self->solver_card), known);
  gtk_widget_set_visible (
    GTK_WIDGET (self->log_view),
    known || g_list_model_get_n_items (G_LIST_MODEL (fairlead_run_get_log (run))) > 0);
  set_dimmed (self->solver_card, away || past);
  refresh_error (self, run);
}

static void
show_idle (FairleadRunPage *self,
           FairleadRun     *run)
{
  FairleadProfile *profile = fairlead_run_get_profile (run);
  const char *path = fairlead_profile_get_remote_path (profile);
  g_autofree char *text = NULL;
  g_autofree char *escaped = NULL;

  if (*path != '\0')
    text = g_strdup_printf (_("Connect starts the solver in %s and opens a tunnel to it that only you "
                              "can use."), path);
  else
    text = g_strdup (_("Connect signs in. To start a solver, edit the connection and say where it is."));
  escaped = g_markup_escape_text (text, -1);
  adw_status_page_set_description (self->idle_page, escaped);
}

static void
tab_cb (FairleadRunPage *self)
{
  refresh (self);
}

static void
log_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  gtk_toggle_button_set_active (FAIRLEAD_RUN_PAGE (widget)->log_tab, TRUE);
}

static void
show_logs (FairleadRunPage *self,
           FairleadRun     *run)
{
  FairleadLogModel * const models[] = {
    [FAIRLEAD_LOG_SOURCE_SERVER] = fairlead_run_get_log (run),
    [FAIRLEAD_LOG_SOURCE_PROGRESS] = fairlead_run_get_progress_log (run),
    [FAIRLEAD_LOG_SOURCE_MESSAGES] = fairlead_run_get_messages (run),
  };

  fairlead_log_view_set_model (self->log_view, fairlead_run_get_log (run));
  fairlead_log_page_set_models (self->log_page, models,
                                fairlead_profile_get_name (fairlead_run_get_profile (run)));
}

static void
run_bound_cb (FairleadRunPage *self,
              FairleadRun     *run)
{
  g_clear_error (&self->shown_error);
  fairlead_notice_dismiss (self->notice);
  fairlead_reconnect_banner_set_run (self->banner, run);
  fairlead_steps_card_set_run (self->steps_card, run);
  fairlead_solver_card_set_run (self->solver_card, run);
  fairlead_transfers_card_set_run (self->transfers_card, run);
  fairlead_tunnel_card_set_run (self->tunnel_card, run);
  show_logs (self, run);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  show_idle (self, run);
  refresh (self);
}

static void
run_unbound_cb (FairleadRunPage *self)
{
  fairlead_reconnect_banner_set_run (self->banner, NULL);
  fairlead_steps_card_set_run (self->steps_card, NULL);
  fairlead_solver_card_set_run (self->solver_card, NULL);
  fairlead_transfers_card_set_run (self->transfers_card, NULL);
  fairlead_tunnel_card_set_run (self->tunnel_card, NULL);
  fairlead_log_view_set_model (self->log_view, NULL);
  fairlead_log_page_set_models (self->log_page, NULL, NULL);
}

static void
fairlead_run_page_dispose (GObject *object)
{
  FairleadRunPage *self = FAIRLEAD_RUN_PAGE (object);

  g_clear_object (&self->run);
  g_clear_error (&self->shown_error);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_RUN_PAGE);

  G_OBJECT_CLASS (fairlead_run_page_parent_class)->dispose (object);
}

static void
fairlead_run_page_class_init (FairleadRunPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_run_page_dispose;

  g_type_ensure (FAIRLEAD_TYPE_LOG_PAGE);
  g_type_ensure (FAIRLEAD_TYPE_LOG_VIEW);
  g_type_ensure (FAIRLEAD_TYPE_NOTICE);
  g_type_ensure (FAIRLEAD_TYPE_RECONNECT_BANNER);
  g_type_ensure (FAIRLEAD_TYPE_SOLVER_CARD);
  g_type_ensure (FAIRLEAD_TYPE_STEPS_CARD);
  g_type_ensure (FAIRLEAD_TYPE_TRANSFERS_CARD);
  g_type_ensure (FAIRLEAD_TYPE_TUNNEL_CARD);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-run-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadRunPage, idle_page);
  gtk_widget_class_bind_template_child (widget_class, FairleadRunPage, tabs);
  gtk_widget_class_bind_template_child (widget_class, FairleadRunPage, log_tab);
  gtk_widget_class_bind_template_child (widget_class, FairleadRunPage, log_page);
  gtk_widget_class_bind_template_child (widget_class, FairleadRunPage, banner);
  gtk_widget_class_bind_template_child (widget_class, FairleadRunPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, FairleadRunPage, notice);
  gtk_widget_class_bind_template_child (widget_class, FairleadRunPage, steps_card);
  gtk_widget_class_bind_template_child (widget_class, FairleadRunPage, solver_card);
  gtk_widget_class_bind_template_child (widget_class, FairleadRunPage, transfers_card);
  gtk_widget_class_bind_template_child (widget_class, FairleadRunPage, tunnel_card);
  gtk_widget_class_bind_template_child (widget_class, FairleadRunPage, log_view);
  gtk_widget_class_bind_template_callback (widget_class, tab_cb);
  gtk_widget_class_install_action (widget_class, "page.log", NULL, log_action);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
}

static void
fairlead_run_page_init (FairleadRunPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->run = g_signal_group_new (FAIRLEAD_TYPE_RUN);
  g_signal_connect_object (self->run, "bind", G_CALLBACK (run_bound_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "unbind", G_CALLBACK (run_unbound_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->run, "notify", G_CALLBACK (refresh), self);
}

/**
 * fairlead_run_page_set_run:
 * @run: (nullable): the run to show
 */
void
fairlead_run_page_set_run (FairleadRunPage *self,
                           FairleadRun     *run)
{
  g_return_if_fail (FAIRLEAD_IS_RUN_PAGE (self));

  g_signal_group_set_target (self->run, run);
}

/**
 * fairlead_run_page_show_solve_error:
 * @error: (nullable): why the solver did not do what it was asked for; %NULL: that is over
 *
 * Says so where it was asked for.
 */
void
fairlead_run_page_show_solve_error (FairleadRunPage *self,
                                    const GError    *error)
{
  g_return_if_fail (FAIRLEAD_IS_RUN_PAGE (self));

  fairlead_solver_card_show_solve_error (self->solver_card, error);
}

/**
 * fairlead_run_page_find:
 *
 * Opens the search of the log, if that is shown.
 *
 * Returns: whether it is
 */
gboolean
fairlead_run_page_find (FairleadRunPage *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_RUN_PAGE (self), FALSE);

  if (!gtk_widget_get_mapped (GTK_WIDGET (self->log_page)))
    return FALSE;
  fairlead_log_page_find (self->log_page);
  return TRUE;
}
