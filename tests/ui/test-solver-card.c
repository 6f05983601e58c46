/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-last-known.h"
#include "fairlead-run-page.h"
#include "fairlead-solve-words.h"
#include "fairlead-solver-card.h"
#include "fake-run.h"
#include "ui-test.h"

typedef struct {
  FairleadProfile *profile;
  FairleadRun *run;
  FairleadSolverCard *card;
  GtkWidget *solve;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->profile = fairlead_profile_new ();
  g_object_set (f->profile, "name", "gpu01", "host", "gpu01", NULL);
  f->run = fake_run_new (f->profile);
  f->card = g_object_ref_sink (g_object_new (FAIRLEAD_TYPE_SOLVER_CARD, NULL));
  f->solve = ui_test_child_of (f->card, "solve");
  fairlead_solver_card_set_run (f->card, f->run);
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  fake_run_set_server (f->run, FAIRLEAD_SERVER_READY);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_assert_finalize_object (f->card);
  g_assert_finalize_object (f->run);
  g_assert_finalize_object (f->profile);
}

static const char *
fact (Fixture    *f,
      const char *id)
{
  GtkWidget *fact = ui_test_child_of (f->card, id);
  GtkWidget *box = gtk_widget_get_first_child (fact);

  return gtk_widget_get_visible (fact) ? gtk_label_get_label (GTK_LABEL (gtk_widget_get_last_child (box)))
                                       : NULL;
}

static gboolean
shows (Fixture    *f,
       const char *id)
{
  return gtk_widget_get_visible (ui_test_child_of (f->solve, id));
}

static void
say (Fixture    *f,
     const char *json)
{
  fake_run_take_solver (f->run, fake_solver_new_for_json (json));
}

/* Before it has said anything there is no solve to show, nor a line above it. */
static void
test_silent (Fixture       *f,
             gconstpointer  data)
{
  g_assert_cmpstr (ui_test_label_of (f->card, "state_label"), ==, "Solver ready");
  g_assert_false (gtk_widget_get_visible (f->solve));
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (f->card, "separator")));
}

static void
test_solving (Fixture       *f,
              gconstpointer  data)
{
  fake_run_take_solver (f->run, fake_solver_new (124, 300, .419));
  g_assert_true (gtk_widget_get_visible (f->solve));
  g_assert_cmpstr (ui_test_label_of (f->solve, "project"), ==, "drape");
  g_assert_cmpstr (ui_test_label_of (f->solve, "state_label"), ==, "Solving");
  g_assert_cmpstr (ui_test_label_of (f->solve, "frame_label"), ==, "Frame 124 of 300");
  g_assert_cmpstr (ui_test_label_of (f->solve, "percent_label"), ==, "41 %");
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (ui_test_child_of (f->solve, "bar"))),
                     ==, .419);
  g_assert_cmpstr (fact (f, "gpu"), ==, "NVIDIA RTX 4090");
  g_assert_cmpstr (fact (f, "memory"), ==, "24 GB");
  g_assert_cmpstr (fact (f, "cuda"), ==, "12.4 · compute capability 8.9");
  g_assert_cmpstr (fact (f, "cpu"), ==, "Ryzen 9 7950X");
  g_assert_cmpstr (fact (f, "ram"), ==, "128 GB");
  g_assert_cmpstr (fact (f, "version"), ==, "Protocol 0.04");
}

/* Each state has its word and its icon, and none is "Unknown" to a person who waits for a solve. */
static void
test_states (Fixture       *f,
             gconstpointer  data)
{
  static const struct {
    const char *word;
    const char *text;
  } states[] = {
    { "NO_DATA", "No scene sent yet" }, { "NO_BUILD", "Scene not built yet" }, { "BUILDING", "Building" },
    { "READY", "Ready to solve" }, { "RESUMABLE", "Paused—can be resumed" }, { "FAILED", "Solve failed" },
    { "BUSY", "Solving" }, { "SAVE_AND_QUIT", "Saving" }, { "ON_FIRE", "State not known" },
  };
  g_autoptr (GHashTable) texts = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"status\": \"%s\"}", states[i].word);
      GtkImage *icon = GTK_IMAGE (ui_test_child_of (f->solve, "state_icon"));

      say (f, json);
      g_assert_cmpstr (ui_test_label_of (f->solve, "state_label"), ==, states[i].text);
      g_assert_nonnull (gtk_image_get_icon_name (icon));
      g_assert_true (g_hash_table_add (texts, (gpointer) states[i].text));
      g_assert_false (shows (f, "progress_box"));
    }
}

/* What a solver says may be anything: it is shown as it is, with no markup and no control sequence. */
static void
test_error (Fixture       *f,
            gconstpointer  data)
{
  say (f, "{\"status\": \"FAILED\", \"frame\": 7, \"error\": \"<b>\\u001b[31mdiverged\\u202e\"}");
  g_assert_true (shows (f, "error_box"));
  g_assert_false (gtk_label_get_use_markup (GTK_LABEL (ui_test_child_of (f->solve, "error_label"))));
  g_assert_nonnull (strstr (ui_test_label_of (f->solve, "error_label"), "<b>"));
  g_assert_null (strchr (ui_test_label_of (f->solve, "error_label"), '\033'));
  g_assert_null (strstr (ui_test_label_of (f->solve, "error_label"), "\u202e"));
  g_assert_cmpstr (ui_test_label_of (f->solve, "frame_label"), ==, "Frame 7");
  g_assert_false (shows (f, "bar"));

  say (f, "{\"status\": \"READY\", \"frame\": 0, \"progress\": 0}");
  g_assert_false (shows (f, "error_box"));
  g_assert_false (shows (f, "progress_box"));
}

/* While the connection is away, what was known last stays, and when that was. */
static void
test_past (Fixture       *f,
           gconstpointer  data)
{
  GtkWidget *as_of = ui_test_child_of (f->card, "as_of");
  GtkWidget *state = ui_test_child_of (f->card, "state_label");
  g_autofree char *before = NULL;

  fake_run_take_solver (f->run, fake_solver_new (124, 300, .419));
  g_assert_false (gtk_widget_get_visible (as_of));
  g_assert_true (gtk_widget_has_css_class (state, "success"));

  before = fairlead_format_clock (g_get_real_time ());
  fake_run_take_solver (f->run, NULL);
  fake_run_set_server (f->run, FAIRLEAD_SERVER_UNKNOWN);
  fake_run_set_link (f->run, FAIRLEAD_LINK_BACKOFF, "Reconnecting");
  g_assert_cmpstr (ui_test_label_of (f->card, "state_label"), ==, "Solver ready");
  g_assert_true (gtk_widget_get_visible (as_of));
  g_assert_true (g_str_has_prefix (gtk_label_get_label (GTK_LABEL (as_of)), "as of "));
  g_assert_cmpuint (strlen (gtk_label_get_label (GTK_LABEL (as_of))), ==, strlen ("as of ") + strlen (before));
  g_assert_false (gtk_widget_has_css_class (state, "success"));
  g_assert_cmpstr (ui_test_label_of (f->solve, "frame_label"), ==, "Frame 124 of 300");
  g_assert_cmpstr (fact (f, "gpu"), ==, "NVIDIA RTX 4090");

  fake_run_set_server (f->run, FAIRLEAD_SERVER_READY);
  g_assert_false (gtk_widget_get_visible (as_of));
  g_assert_cmpstr (ui_test_label_of (f->solve, "frame_label"), ==, "Frame 124 of 300");
  fake_run_set_server (f->run, FAIRLEAD_SERVER_STOPPED);
  g_assert_false (gtk_widget_get_visible (f->solve));
}

/* A person who disconnects has done with it. */
static void
test_forgets (Fixture       *f,
              gconstpointer  data)
{
  FairleadLastKnown *known = fairlead_last_known_of (f->run);

  fake_run_take_solver (f->run, fake_solver_new (1, 2, .5));
  g_assert_nonnull (fairlead_last_known_get_solver (known));
  fake_run_take_solver (f->run, NULL);
  fake_run_set_server (f->run, FAIRLEAD_SERVER_UNKNOWN);
  g_assert_true (fairlead_last_known_is_past (known));
  fake_run_set_link (f->run, FAIRLEAD_LINK_OFFLINE, "Not connected");
  g_assert_false (fairlead_last_known_is_past (known));
  g_assert_null (fairlead_last_known_get_solver (known));
}

static void
test_words (void)
{
  static const struct {
    gint64 seconds;
    const char *spoken;
    const char *left;
  } times[] = {
    { 0, "0 seconds", "Less than a minute left" },
    { 59, "59 seconds", "Less than a minute left" },
    { 60, "1 minute", "About 1 minute left" },
    { 89, "1 minute", "About 1 minute left" },
    { 725, "12 minutes", "About 12 minutes left" },
    { 3599, "1 hour", "About 1 hour left" },
    { 4860, "1 hour 21 minutes", "About 1 hour 20 minutes left" },
    { 86400, "1 day", "About 1 day left" },
    { 183600, "2 days 3 hours", "About 2 days 3 hours left" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *spoken = fairlead_format_spoken_time (times[i].seconds);
      g_autofree char *left = fairlead_format_time_left (times[i].seconds);

      g_assert_cmpstr (spoken, ==, times[i].spoken);
      g_assert_cmpstr (left, ==, times[i].left);
    }
  g_assert_null (fairlead_format_time_left (-1));
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

#define ADD(name) g_test_add ("/solver-card/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (silent);
  ADD (solving);
  ADD (states);
  ADD (error);
  ADD (past);
  ADD (forgets);
#undef ADD
  g_test_add_func ("/solver-card/words", test_words);

  return g_test_run ();
}
