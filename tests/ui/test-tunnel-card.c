/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"
#include "fairlead-field-row.h"
#include "fairlead-forward-option.h"
#include "fairlead-rate-plot.h"
#include "fairlead-tunnel-card.h"
#include "fairlead-tunnel-edit.h"
#include "fairlead-tunnel-private.h"
#include "fairlead-tunnel-row.h"
#include "fake-run.h"
#include "ui-test.h"

#define NBSP "\302\240"

static void
set_up (FakeRunView   *f,
        gconstpointer  data)
{
  fake_run_view_show (f, FAIRLEAD_TYPE_TUNNEL_CARD);
  fairlead_tunnel_card_set_run (FAIRLEAD_TUNNEL_CARD (f->view), f->run);
}

static void
tear_down (FakeRunView   *f,
           gconstpointer  data)
{
  fake_run_view_end (f);
}

static FairleadTunnel *
add (FakeRunView          *f,
     FairleadTunnelOrigin  origin,
     const char           *option,
     const GError         *error)
{
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_parse_option (option, NULL);

  return fake_run_add_tunnel (f->run, origin, spec,
                              origin == FAIRLEAD_TUNNEL_ORIGIN_SOLVER ? "Solver" : NULL,
                              origin == FAIRLEAD_TUNNEL_ORIGIN_CONFIG ? "~/.ssh/config:12" : NULL, error);
}

static GtkWidget *
row_at (FakeRunView *f,
        int          position)
{
  GtkListBox *list = GTK_LIST_BOX (ui_test_child_of (f->view, "list"));

  return GTK_WIDGET (gtk_list_box_get_row_at_index (list, position));
}

static gboolean
is_visible (gpointer    widget,
            const char *id)
{
  return gtk_widget_get_visible (ui_test_child_of (widget, id));
}

/* There from the moment one could add a tunnel. */
static void
test_empty (FakeRunView   *f,
            gconstpointer  data)
{
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (f->view)));
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (f->view)));
  g_assert_null (row_at (f, 0));
}

static const struct {
  FairleadTunnelOrigin origin;
  const char *option;
  const char *title;
  const char *from;
  const char *address;
  const char *destination;
  gboolean to_all;
  gboolean browser;
} rows[] = {
  { FAIRLEAD_TUNNEL_ORIGIN_SOLVER, "-L 9191:127.0.0.1:9090", "Solver", "", "127.0.0.1:9191",
    "leads to 127.0.0.1:9090 on gpu01", FALSE, TRUE },
  { FAIRLEAD_TUNNEL_ORIGIN_PROFILE, "-L *:8080:localhost:80", "Forward", "kept in the connection", "*:8080",
    "leads to localhost:80 on gpu01", TRUE, TRUE },
  { FAIRLEAD_TUNNEL_ORIGIN_CONFIG, "-D 1080", "SOCKS Proxy", "~/.ssh/config:12", "127.0.0.1:1080",
    "leads to all that gpu01 reaches", FALSE, FALSE },
  { FAIRLEAD_TUNNEL_ORIGIN_SESSION, "-R 8000:localhost:80", "Reverse Forward", "until you disconnect",
    "127.0.0.1:8000", "on the host, leads to localhost:80 of this computer", FALSE, FALSE },
  { FAIRLEAD_TUNNEL_ORIGIN_SESSION, "-R 1081", "Reverse Forward", "until you disconnect", "127.0.0.1:1081",
    "on the host, leads to all that this computer reaches", FALSE, FALSE },
  { FAIRLEAD_TUNNEL_ORIGIN_SESSION, "-L /tmp/a.sock:/run/b.sock", "Forward", "until you disconnect",
    "/tmp/a.sock", "leads to /run/b.sock on gpu01", FALSE, FALSE },
};

static void
test_rows (FakeRunView   *f,
           gconstpointer  data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GtkWidget *row;

      add (f, rows[i].origin, rows[i].option, NULL);
      row = row_at (f, i);
      g_assert_cmpstr (ui_test_label_of (row, "title"), ==, rows[i].title);
      g_assert_cmpstr (ui_test_label_of (row, "origin"), ==, rows[i].from);
      g_assert_cmpstr (ui_test_label_of (row, "address"), ==, rows[i].address);
      g_assert_cmpstr (ui_test_label_of (row, "destination"), ==, rows[i].destination);
      g_assert_true (is_visible (row, "open_to_all") == rows[i].to_all);
      g_assert_true (is_visible (row, "browser_button") == rows[i].browser);
      g_assert_true (is_visible (f->view, "total_box") == (i > 0));
    }
}

/* Never green on a listener alone; each state with its word. */
static void
test_states (FakeRunView   *f,
             gconstpointer  data)
{
  FairleadTunnel *tunnel = add (f, FAIRLEAD_TUNNEL_ORIGIN_SESSION, "-L 8080:localhost:80", NULL);
  g_autoptr (GError) error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "Port 8080 is in use.");
  GtkWidget *row = row_at (f, 0);

  g_assert_cmpstr (ui_test_label_of (row, "state_label"), ==, "Open, not yet tried");
  g_assert_false (gtk_widget_has_css_class (ui_test_child_of (row, "state_label"), "success"));
  fairlead_tunnel_set_health (tunnel, FAIRLEAD_TUNNEL_REACHED, NULL);
  g_assert_cmpstr (ui_test_label_of (row, "state_label"), ==, "Reached");
  g_assert_true (gtk_widget_has_css_class (ui_test_child_of (row, "state_label"), "success"));
  fairlead_tunnel_set_health (tunnel, FAIRLEAD_TUNNEL_NO_ANSWER, "localhost:80 refuses the connection.");
  g_assert_cmpstr (ui_test_label_of (row, "state_label"), ==, "No answer");
  g_assert_cmpstr (ui_test_label_of (row, "reason"), ==, "localhost:80 refuses the connection.");

  fairlead_tunnel_lose (tunnel, FALSE);
  g_assert_cmpstr (ui_test_label_of (row, "state_label"), ==, "Waiting for the connection");
  g_assert_true (is_visible (row, "copy_button"));
  fairlead_tunnel_fail (tunnel, error);
  g_assert_cmpstr (ui_test_label_of (row, "state_label"), ==, "Failed");
  g_assert_cmpstr (ui_test_label_of (row, "reason"), ==, "Port 8080 is in use.");
  g_assert_false (is_visible (row, "copy_button"));
}

static void
test_traffic (FakeRunView   *f,
              gconstpointer  data)
{
  FairleadForwardCounters counters = { .open = 2, .total = 14, .reached = 14, .refused = 1 };
  FairleadTunnel *tunnel;
  GtkWidget *row;
  GtkWidget *traffic;

  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  tunnel = add (f, FAIRLEAD_TUNNEL_ORIGIN_SOLVER, "-L 9191:127.0.0.1:9090", NULL);
  row = row_at (f, 0);
  traffic = ui_test_child_of (row, "traffic");
  WAIT_FOR (gtk_widget_get_mapped (traffic));
  g_assert_cmpstr (ui_test_label_of (traffic, "received"), ==, "0 bytes");
  g_assert_cmpstr (ui_test_label_of (row, "connections"), ==, "0 open, 0 in all");

  fake_run_move (f->run, tunnel, &counters, G_USEC_PER_SEC);
  counters.received = 12400000;
  counters.sent = 1500;
  fake_run_move (f->run, tunnel, &counters, 2 * G_USEC_PER_SEC);
  g_assert_cmpstr (ui_test_label_of (row, "connections"), ==, "2 open, 14 in all");
  g_assert_cmpstr (ui_test_label_of (traffic, "received"), ==, "12.4" NBSP "MB/s");
  g_assert_cmpstr (ui_test_label_of (traffic, "sent"), ==, "1.5" NBSP "kB/s");
  gtk_test_accessible_assert_property (ui_test_child_of (traffic, "plot"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "12.4" NBSP "MB/s received, 1.5" NBSP "kB/s sent");
  g_assert_true (is_visible (row, "refused"));

  /* A minute later the totals are what there is to say. */
  for (guint i = 3; i < 3 + FAIRLEAD_RATE_PLOT_SAMPLES; i++)
    fake_run_move (f->run, tunnel, &counters, i * G_USEC_PER_SEC);
  g_assert_cmpstr (ui_test_label_of (traffic, "received"), ==, "12.4" NBSP "MB");
}

/* A port that is taken: the row says who has it, and offers the next one. */
static void
test_retry (FakeRunView   *f,
            gconstpointer  data)
{
  g_autoptr (GError) error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "Port 8080 is in use by “jupyter”.");
  GtkWidget *row;
  GtkWidget *button;

  fairlead_error_set_hint (error, "Choose another local port.");
  fairlead_error_set_free_port (error, 8081);
  add (f, FAIRLEAD_TUNNEL_ORIGIN_PROFILE, "-L 8080:localhost:80", error);
  row = row_at (f, 0);
  button = ui_test_child_of (row, "retry_button");
  g_assert_cmpstr (ui_test_label_of (row, "reason"), ==, "Port 8080 is in use by “jupyter”.");
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, "_Use 8081");
  gtk_widget_activate_action (row, "tunnel.retry", NULL);
  g_assert_cmpstr (fake_run_get_asked (f->run), ==, "retry-tunnel");
  g_assert_cmpstr (ui_test_label_of (row, "address"), ==, "127.0.0.1:8081");
  g_assert_false (gtk_widget_get_visible (button));
}

static void
test_remove (FakeRunView   *f,
             gconstpointer  data)
{
  add (f, FAIRLEAD_TUNNEL_ORIGIN_PROFILE, "-L 8080:localhost:80", NULL);
  add (f, FAIRLEAD_TUNNEL_ORIGIN_SESSION, "-L 8081:localhost:80", NULL);
  gtk_widget_activate_action (row_at (f, 0), "tunnel.remove", NULL);
  g_assert_cmpstr (fake_run_get_asked (f->run), ==, "remove-tunnel-for-good");
  gtk_widget_activate_action (row_at (f, 0), "tunnel.remove", NULL);
  g_assert_cmpstr (fake_run_get_asked (f->run), ==, "remove-tunnel");
  g_assert_null (row_at (f, 0));
}

static void
test_test (FakeRunView   *f,
           gconstpointer  data)
{
  GtkWidget *row;

  add (f, FAIRLEAD_TUNNEL_ORIGIN_SESSION, "-D 1080", NULL);
  row = row_at (f, 0);
  gtk_widget_activate_action (row, "tunnel.test", NULL);
  WAIT_FOR (g_str_equal (ui_test_label_of (row, "state_label"), "Reached"));
}

/* The form stays, with all that was typed, until the tunnel is open. */
static void
test_edit (FakeRunView   *f,
           gconstpointer  data)
{
  GtkWindow *dialog = fairlead_tunnel_edit (GTK_WINDOW (f->window), f->run, NULL);
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "Port 8080 is in use.");
  FairleadTunnelRow *row;

  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
  fairlead_error_set_free_port (error, 8081);
  fake_run_take_tunnel_error (f->run, error);
  fairlead_field_row_set_text (FAIRLEAD_FIELD_ROW (ui_test_child_of (dialog, "to_row")), "80");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "tunnel-dialog.apply", NULL);
  WAIT_FOR (gtk_widget_get_visible (ui_test_child_of (dialog, "free_port_button")));
  g_assert_null (row_at (f, 0));
  g_signal_emit_by_name (ui_test_child_of (dialog, "free_port_button"), "clicked");
  WAIT_FOR (dialog == NULL);
  row = FAIRLEAD_TUNNEL_ROW (row_at (f, 0));
  g_assert_cmpstr (ui_test_label_of (row, "address"), ==, "127.0.0.1:8081");
}

/* Closed before the answer is there. */
static void
test_closed_form (FakeRunView   *f,
                  gconstpointer  data)
{
  GtkWindow *dialog = fairlead_tunnel_edit (GTK_WINDOW (f->window), f->run, NULL);

  fake_run_take_tunnel_error (f->run, fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "Port 8080 is in use."));
  fairlead_field_row_set_text (FAIRLEAD_FIELD_ROW (ui_test_child_of (dialog, "to_row")), "80");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "tunnel-dialog.apply", NULL);
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
  gtk_window_destroy (dialog);
  WAIT_FOR (dialog == NULL);
}

static void
test_ssh (FakeRunView   *f,
          gconstpointer  data)
{
  GtkWidget *row;

  fairlead_run_open_ssh_tunnel_async (f->run, NULL, NULL, NULL);
  row = row_at (f, 0);
  g_assert_cmpstr (ui_test_label_of (row, "title"), ==, "SSH for other tools");
  g_assert_false (is_visible (row, "browser_button"));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (ui_test_child_of (row, "copy_button")), ==,
                   "Copy ssh Command");
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

#define ADD(name) g_test_add ("/tunnel-card/" #name, FakeRunView, NULL, set_up, test_##name, tear_down)
  ADD (empty);
  ADD (rows);
  ADD (states);
  ADD (traffic);
  ADD (retry);
  ADD (remove);
  ADD (test);
  ADD (edit);
  ADD (closed_form);
  ADD (ssh);
#undef ADD

  return g_test_run ();
}
