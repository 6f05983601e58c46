/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-connection-row.h"
#include "fake-run.h"
#include "ui-test.h"

typedef struct {
  FairleadProfile *profile;
  FairleadRun *run;
  FairleadConnectionRow *row;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->profile = fairlead_profile_new ();
  g_object_set (f->profile, "name", "the box", "host", "gpu01", "user", "artist", "port", 2222, NULL);
  f->run = fake_run_new (f->profile);
  f->row = FAIRLEAD_CONNECTION_ROW (g_object_ref_sink (fairlead_connection_row_new (f->run)));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_assert_finalize_object (f->row);
  g_assert_finalize_object (f->run);
  g_assert_finalize_object (f->profile);
}

static void
test_names (Fixture       *f,
            gconstpointer  data)
{
  g_assert_cmpstr (ui_test_label_of (f->row, "name"), ==, "the box");
  g_assert_cmpstr (ui_test_label_of (f->row, "address"), ==, "artist@gpu01:2222");
  g_object_set (f->profile, "name", "", "port", 0, NULL);
  g_assert_cmpstr (ui_test_label_of (f->row, "name"), ==, "artist@gpu01");
}

/* A state is an icon and a word, each state its own. */
static void
test_states (Fixture       *f,
             gconstpointer  data)
{
  static const char * const words[] = {
    "Offline", "Connecting", "Needs you", "Connected", "Reconnecting", "Waiting for network", "Failed",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      GtkImage *icon = GTK_IMAGE (ui_test_child_of (f->row, "state_icon"));

      fake_run_set_link (f->run, i, NULL);
      g_assert_cmpstr (ui_test_label_of (f->row, "state_label"), ==, words[i]);
      g_assert_nonnull (gtk_image_get_icon_name (icon));
    }

  fake_run_set_retry (f->run, TRUE, 2, 0);
  fake_run_set_link (f->run, FAIRLEAD_LINK_CONNECTING, NULL);
  g_assert_cmpstr (ui_test_label_of (f->row, "state_label"), ==, "Reconnecting");
}

/* Connected and Solver ready are two things; what is not known of the solver is not said. */
static void
test_solver (Fixture       *f,
             gconstpointer  data)
{
  GtkWidget *server = ui_test_child_of (f->row, "server_box");

  g_assert_false (gtk_widget_get_visible (server));
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, NULL);
  g_assert_false (gtk_widget_get_visible (server));
  fake_run_set_server (f->run, FAIRLEAD_SERVER_READY);
  g_assert_true (gtk_widget_get_visible (server));
  g_assert_cmpstr (ui_test_label_of (f->row, "state_label"), ==, "Connected");
  g_assert_cmpstr (ui_test_label_of (f->row, "server_label"), ==, "Solver ready");
  fake_run_take_solver (f->run, fake_solver_new (129, 300, .43));
  g_assert_cmpstr (ui_test_label_of (f->row, "server_label"), ==, "Solving 43 %");
  fake_run_take_solver (f->run, fake_solver_new_for_json ("{\"status\": \"NO_BUILD\"}"));
  g_assert_cmpstr (ui_test_label_of (f->row, "server_label"), ==, "Solver ready");
  fake_run_set_link (f->run, FAIRLEAD_LINK_FAILED, NULL);
  g_assert_false (gtk_widget_get_visible (server));
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

#define ADD(name) g_test_add ("/connection-row/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (names);
  ADD (states);
  ADD (solver);
#undef ADD

  return g_test_run ();
}
