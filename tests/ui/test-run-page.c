/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"
#include "fairlead-fix.h"
#include "fairlead-run-page.h"
#include "fake-run.h"
#include "ui-test.h"

static void
set_up (FakeRunView   *f,
        gconstpointer  data)
{
  fake_run_view_show (f, FAIRLEAD_TYPE_RUN_PAGE);
  fairlead_run_page_set_run (FAIRLEAD_RUN_PAGE (f->view), f->run);
}

static void
tear_down (FakeRunView   *f,
           gconstpointer  data)
{
  fake_run_view_end (f);
}

static gboolean
is_visible (FakeRunView *f,
            const char  *id)
{
  return gtk_widget_get_visible (ui_test_child_of (f->view, id));
}

static void
test_idle (FakeRunView   *f,
           gconstpointer  data)
{
  g_assert_true (is_visible (f, "idle_page"));
  g_assert_false (is_visible (f, "scroller"));
}

static void
test_ready (FakeRunView   *f,
            gconstpointer  data)
{
  GtkWidget *solver = ui_test_child_of (f->view, "solver_card");

  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  fake_run_set_server (f->run, FAIRLEAD_SERVER_READY);
  fake_run_set_place (f->run, FAIRLEAD_EXPOSURE_LOOPBACK, "127.0.0.1:9090", "/usr/bin/python3",
                      FALSE);
  fake_run_take_solver (f->run, fake_solver_new (12, 48, .25));
  fairlead_log_model_append_line (fairlead_run_get_log (f->run), FAIRLEAD_LOG_PLAIN, "hello");
  ui_test_settle ();

  g_assert_false (is_visible (f, "idle_page"));
  g_assert_cmpstr (ui_test_label_of (solver, "state_label"), ==, "Solver ready");
  g_assert_cmpstr (ui_test_label_of (solver, "exposure_label"), ==,
                   "Not reachable from the network");
  g_assert_cmpstr (ui_test_label_of (ui_test_child_of (solver, "solve"), "state_label"), ==, "Solving");
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (solver, "stop_button")));
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (solver, "start_button")));
}

static void
test_error (FakeRunView   *f,
            gconstpointer  data)
{
  GtkWidget *notice = ui_test_child_of (f->view, "notice");
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_AUTH, "gpu01 refused all 2 keys.");

  fairlead_error_set_hint (error, "Add one to its authorized_keys.");
  fake_run_take_error (f->run, error);
  fake_run_set_link (f->run, FAIRLEAD_LINK_FAILED, "Failed");
  g_assert_true (gtk_widget_get_visible (notice));
  g_assert_cmpstr (ui_test_label_of (notice, "title"), ==, "gpu01 refused all 2 keys.");
  g_assert_cmpstr (ui_test_label_of (notice, "hint"), ==, "Add one to its authorized_keys.");
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (notice, "details_button")));
  g_assert_cmpstr (gtk_actionable_get_action_name (
                     GTK_ACTIONABLE (ui_test_child_of (notice, "action_button"))), ==, "win.edit");

  fake_run_take_error (f->run, NULL);
  g_assert_false (gtk_widget_get_visible (notice));
}

static void
copied_cb (GObject      *clipboard,
           GAsyncResult *result,
           gpointer      user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

/* Whoever was refused gets the line that the host needs. */
static void
test_copy_public_key (FakeRunView   *f,
                      gconstpointer  data)
{
  GtkWidget *notice = ui_test_child_of (f->view, "notice");
  GtkWidget *button = ui_test_child_of (notice, "copy_key_button");
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_AUTH, "gpu01 refused all 2 keys.");
  g_autofree char *copied = NULL;

  fairlead_error_set_remedy (error, FAIRLEAD_REMEDY_COPY_PUBLIC_KEY, "ssh-ed25519 AAAA id_ed25519");
  fake_run_take_error (f->run, error);
  g_assert_true (gtk_widget_get_visible (button));
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (notice, "action_button")));
  g_signal_emit_by_name (button, "clicked");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (button), NULL, copied_cb, &copied);
  WAIT_FOR (copied != NULL);
  g_assert_cmpstr (copied, ==, "ssh-ed25519 AAAA id_ed25519");
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, "Public Key Copied");

  fake_run_take_error (f->run, fairlead_error_new (FAIRLEAD_ERROR_AUTH, "Something else."));
  g_assert_false (gtk_widget_get_visible (button));
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (notice, "action_button")));
}

/* What the run can do about it is one button, and a check for keeping it. */
static void
test_fix (FakeRunView   *f,
          gconstpointer  data)
{
  GtkWidget *notice = ui_test_child_of (f->view, "notice");
  GtkWidget *button = ui_test_child_of (notice, "apply_button");
  GtkWidget *check = ui_test_child_of (notice, "keep_check");
  guint kept = fairlead_profile_get_server_port (f->profile);

  for (guint i = 0; i < 2; i++)
    {
      GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "Port 9090 is taken, %u.", i);

      fairlead_fix_attach (error, FAIRLEAD_REMEDY_USE_PORT, 9091 + i, NULL);
      fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
      fake_run_take_error (f->run, error);
      g_assert_true (gtk_widget_get_visible (button));
      g_assert_false (gtk_widget_get_visible (ui_test_child_of (notice, "action_button")));
      g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==,
                       i == 0 ? "_Use Port 9091" : "_Use Port 9092");
      g_assert_false (gtk_check_button_get_active (GTK_CHECK_BUTTON (check)));
      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), i == 1);
      g_signal_emit_by_name (button, "clicked");
      g_assert_cmpuint (fairlead_run_get_server_port (f->run), ==, 9091 + i);
      g_assert_cmpuint (fairlead_profile_get_server_port (f->profile), ==, i == 0 ? kept : 9092);
      g_assert_cmpstr (fake_run_get_asked (f->run), ==, "start-solver");
    }
  fake_run_take_error (f->run, fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "Something else."));
  g_assert_false (gtk_widget_get_visible (button));
  g_assert_false (gtk_widget_get_visible (check));
}

/* Cancelling is not an error: nothing is shown. */
static void
test_cancelled (FakeRunView   *f,
                gconstpointer  data)
{
  fake_run_take_error (f->run, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled"));
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (f->view, "notice")));
}

static void
test_exposed (FakeRunView   *f,
              gconstpointer  data)
{
  GtkWidget *notice = ui_test_child_of (f->view, "notice");

  fake_run_set_place (f->run, FAIRLEAD_EXPOSURE_EXPOSED, "0.0.0.0:9090", NULL, TRUE);
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  fake_run_take_error (f->run, fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "It is exposed."));
  g_assert_cmpstr (gtk_actionable_get_action_name (
                     GTK_ACTIONABLE (ui_test_child_of (notice, "action_button"))), ==,
                   "win.stop-solver");
  g_assert_true (gtk_widget_get_visible (
    ui_test_child_of (ui_test_child_of (f->view, "solver_card"), "shared_box")));
}

static void
test_steps (FakeRunView   *f,
            gconstpointer  data)
{
  GtkWidget *card = ui_test_child_of (f->view, "steps_card");
  AdwExpanderRow *expander = ADW_EXPANDER_ROW (ui_test_child_of (card, "expander"));
  GtkProgressBar *progress = GTK_PROGRESS_BAR (ui_test_child_of (card, "progress"));

  fake_run_set_busy (f->run, TRUE);
  fake_run_set_link (f->run, FAIRLEAD_LINK_CONNECTING, "Connecting (Connect)");
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (expander)), ==,
                   "Connecting (Connect)");
  g_assert_true (adw_expander_row_get_expanded (expander));
  for (guint i = 0; i < 3; i++)
    fake_run_set_step (f->run, i, FAIRLEAD_STEP_DONE, .1, NULL);
  g_assert_cmpfloat_with_epsilon (gtk_progress_bar_get_fraction (progress), 3 / 9.0, .001);

  for (guint i = 3; i < FAIRLEAD_N_STEPS; i++)
    fake_run_set_step (f->run, i, FAIRLEAD_STEP_DONE, .1, NULL);
  fake_run_set_busy (f->run, FALSE);
  g_assert_false (adw_expander_row_get_expanded (expander));
  g_assert_cmpstr (ui_test_label_of (card, "total"), ==, "0.9 s");
}

/* A lost connection is said at the head of the page, and the cards stay. */
static void
test_reconnecting (FakeRunView   *f,
                   gconstpointer  data)
{
  GtkWidget *banner = ui_test_child_of (f->view, "banner");
  GtkRevealer *revealer = GTK_REVEALER (ui_test_child_of (banner, "revealer"));
  GtkWidget *retry = ui_test_child_of (banner, "retry_button");

  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  fake_run_set_server (f->run, FAIRLEAD_SERVER_READY);
  g_assert_false (gtk_widget_get_visible (banner));

  fake_run_set_server (f->run, FAIRLEAD_SERVER_UNKNOWN);
  fake_run_take_error (f->run, fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "gpu01 does not answer."));
  fake_run_set_retry (f->run, TRUE, 2, 1);
  fake_run_set_link (f->run, FAIRLEAD_LINK_BACKOFF, "Reconnecting in 10 s (attempt 2)");
  g_assert_true (gtk_revealer_get_reveal_child (revealer));
  g_assert_cmpstr (ui_test_label_of (banner, "title"), ==, "Reconnecting in 10 s (attempt 2)");
  g_assert_cmpstr (ui_test_label_of (banner, "reason"), ==, "gpu01 does not answer.");
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (f->view, "notice")));
  g_assert_true (is_visible (f, "solver_card"));
  g_assert_true (gtk_widget_has_css_class (ui_test_child_of (f->view, "solver_card"), "fairlead-away"));
  g_signal_emit_by_name (retry, "clicked");
  g_assert_cmpstr (fake_run_get_asked (f->run), ==, "retry-now");

  fake_run_set_link (f->run, FAIRLEAD_LINK_CONNECTING, "Connecting (Sign in)");
  g_assert_cmpstr (ui_test_label_of (banner, "title"), ==, "Reconnecting (attempt 2)");
  g_assert_true (gtk_spinner_get_spinning (GTK_SPINNER (ui_test_child_of (banner, "spinner"))));
  g_assert_false (gtk_widget_get_sensitive (retry));
  g_signal_emit_by_name (ui_test_child_of (banner, "stop_button"), "clicked");
  g_assert_cmpstr (fake_run_get_asked (f->run), ==, "stop-reconnecting");

  fake_run_take_error (f->run, NULL);
  fake_run_set_retry (f->run, FALSE, 0, 0);
  fake_run_set_server (f->run, FAIRLEAD_SERVER_READY);
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  g_assert_false (gtk_revealer_get_reveal_child (revealer));
  g_assert_false (gtk_widget_has_css_class (ui_test_child_of (f->view, "solver_card"), "fairlead-away"));
  WAIT_FOR (!gtk_widget_get_visible (banner));
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

#define ADD(name) g_test_add ("/run-page/" #name, FakeRunView, NULL, set_up, test_##name, tear_down)
  ADD (idle);
  ADD (ready);
  ADD (error);
  ADD (copy_public_key);
  ADD (fix);
  ADD (cancelled);
  ADD (exposed);
  ADD (steps);
  ADD (reconnecting);
#undef ADD

  return g_test_run ();
}
