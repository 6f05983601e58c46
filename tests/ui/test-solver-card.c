/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"
#include "fairlead-last-known.h"
#include "fairlead-solve-steps.h"
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
fact_value (GtkWidget *fact)
{
  GtkWidget *title = gtk_widget_get_first_child (gtk_widget_get_first_child (fact));

  return gtk_label_get_label (GTK_LABEL (gtk_widget_get_next_sibling (title)));
}

static const char *
fact (Fixture    *f,
      const char *id)
{
  GtkWidget *fact = ui_test_child_of (f->card, id);

  return gtk_widget_get_visible (fact) ? fact_value (fact) : NULL;
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

/* Time left in words, while it is estimated and the solve is under way. */
static void
test_time_left (Fixture       *f,
                gconstpointer  data)
{
  FairleadSolverStatus *solver = fake_solver_new (124, 300, .419);

  fake_solver_set_time_left (solver, 725);
  fake_run_take_solver (f->run, solver);
  g_assert_cmpstr (ui_test_label_of (f->solve, "percent_label"), ==, "41 % · About 12 minutes left");
}

/* The one button is what comes next; where nothing can be asked for, there is no menu either. */
static void
test_next_step (Fixture       *f,
                gconstpointer  data)
{
  static const struct {
    const char *word;
    const char *label;
    const char *action;
    gboolean suggested;
  } steps[] = {
    { "NO_DATA", "_Upload Scene…", "win.upload-scene", TRUE },
    { "NO_BUILD", "_Build Scene", "win.solve-build", TRUE },
    { "BUILDING", "_Cancel Build", "win.solve-cancel-build", FALSE },
    { "READY", "Start _Solve", "win.solve-start", TRUE },
    { "BUSY", "Save and _Quit Solve", "win.solve-save-and-quit", FALSE },
    { "RESUMABLE", "Re_sume Solve", "win.solve-resume", TRUE },
    { "FAILED", "_Build Again", "win.solve-build", TRUE },
    { "SAVE_AND_QUIT", NULL, NULL, FALSE },
  };
  GtkWidget *button = ui_test_child_of (f->solve, "next_button");

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *json =
        g_strdup_printf ("{\"protocol_version\": \"0.04\", \"status\": \"%s\"}", steps[i].word);

      say (f, json);
      g_assert_cmpint (gtk_widget_get_visible (button), ==, steps[i].label != NULL);
      if (steps[i].label == NULL)
        continue;
      g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, steps[i].label);
      g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (button)), ==, steps[i].action);
      g_assert_cmpint (gtk_widget_has_css_class (button, "suggested-action"), ==, steps[i].suggested);
    }
  say (f, "{\"protocol_version\": \"0.04\", \"status\": \"READY\"}");
  g_assert_true (shows (f, "menu_button"));
  say (f, "{\"protocol_version\": \"0.04\", \"status\": \"NO_DATA\"}");
  g_assert_false (shows (f, "menu_button"));
}

/* Only what destroys something is asked about. */
static void
test_questions (void)
{
  g_assert_nonnull (fairlead_solve_question (FAIRLEAD_SOLVER_READY, FAIRLEAD_SOLVER_REQUEST_DELETE));
  g_assert_nonnull (fairlead_solve_question (FAIRLEAD_SOLVER_FAILED, FAIRLEAD_SOLVER_REQUEST_DELETE));
  g_assert_nonnull (fairlead_solve_question (FAIRLEAD_SOLVER_BUSY, FAIRLEAD_SOLVER_REQUEST_TERMINATE));
  g_assert_nonnull (fairlead_solve_question (FAIRLEAD_SOLVER_RESUMABLE, FAIRLEAD_SOLVER_REQUEST_START));
  g_assert_null (fairlead_solve_question (FAIRLEAD_SOLVER_READY, FAIRLEAD_SOLVER_REQUEST_START));
  g_assert_null (fairlead_solve_question (FAIRLEAD_SOLVER_RESUMABLE, FAIRLEAD_SOLVER_REQUEST_RESUME));
  g_assert_null (fairlead_solve_question (FAIRLEAD_SOLVER_BUSY, FAIRLEAD_SOLVER_REQUEST_SAVE_AND_QUIT));
}

static void
test_found (Fixture       *f,
            gconstpointer  data)
{
  GtkWidget *violations = ui_test_child_of (f->solve, "violations");
  GtkWidget *list = ui_test_child_of (violations, "list");
  GString *json = g_string_new ("{\"status\": \"FAILED\", \"violations\": [");
  g_autofree char *text = NULL;
  guint n = 0;

  say (f, "{\"status\": \"FAILED\", \"info\": \"assembling\", \"violations\": [\"one <b>\", {\"message\": \"two\"}]}");
  g_assert_true (gtk_widget_get_visible (violations));
  g_assert_cmpstr (ui_test_label_of (violations, "title"), ==, "The solver found 2 violations in the scene");
  g_assert_cmpstr (ui_test_label_of (f->solve, "info_label"), ==, "assembling");
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (violations, "scroller")));
  gtk_expander_set_expanded (GTK_EXPANDER (ui_test_child_of (violations, "expander")), TRUE);
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (violations, "scroller")));

  for (guint i = 0; i < 250; i++)
    g_string_append_printf (json, "%s\"face %u\"", i > 0 ? "," : "", i);
  g_string_append (json, "]}");
  text = g_string_free (json, FALSE);
  say (f, text);
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL; row = gtk_widget_get_next_sibling (row))
    n++;
  g_assert_cmpuint (n, ==, 101);
  say (f, "{\"status\": \"READY\"}");
  g_assert_false (gtk_widget_get_visible (violations));
}

/* What was refused is said in the card, until something else is the case. */
static void
test_refused (Fixture       *f,
              gconstpointer  data)
{
  GtkWidget *notice = ui_test_child_of (f->solve, "notice");
  g_autoptr (GError) error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "The solver refused to build.");

  say (f, "{\"status\": \"NO_BUILD\"}");
  fairlead_solver_card_show_solve_error (f->card, error);
  g_assert_true (gtk_widget_get_visible (notice));
  g_assert_cmpstr (ui_test_label_of (notice, "title"), ==, "The solver refused to build.");
  say (f, "{\"status\": \"NO_BUILD\"}");
  g_assert_true (gtk_widget_get_visible (notice));
  say (f, "{\"status\": \"BUILDING\"}");
  g_assert_false (gtk_widget_get_visible (notice));
}

static void
test_memory_and_version (Fixture       *f,
                         gconstpointer  data)
{
  GtkWidget *memory = ui_test_child_of (f->card, "memory");
  GtkWidget *bar = gtk_widget_get_last_child (gtk_widget_get_first_child (memory));

  say (f, "{\"status\": \"BUSY\", \"protocol_version\": \"0.04\", \"hardware\": {\"VRAM\": \"24 GB\"},"
          " \"gpu_memory\": {\"used\": 9663676416, \"total\": 25769803776}}");
  g_assert_true (GTK_IS_LEVEL_BAR (bar));
  g_assert_true (gtk_widget_get_visible (bar));
  g_assert_cmpfloat (gtk_level_bar_get_value (GTK_LEVEL_BAR (bar)), ==, .375);
  g_assert_cmpstr (fact_value (memory), ==, "9.0\u00a0GiB of 24.0\u00a0GiB");
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (f->card, "version_box")));

  say (f, "{\"status\": \"BUSY\", \"protocol_version\": \"0.99\", \"hardware\": {\"VRAM\": \"24 GB\"}}");
  g_assert_false (gtk_widget_get_visible (bar));
  g_assert_cmpstr (fact (f, "memory"), ==, "24 GB");
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (f->card, "version_box")));
  g_assert_nonnull (strstr (ui_test_label_of (f->card, "version_note"), "0.99"));
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
  ADD (time_left);
  ADD (next_step);
  ADD (found);
  ADD (refused);
  ADD (memory_and_version);
  ADD (past);
  ADD (forgets);
#undef ADD
  g_test_add_func ("/solver-card/questions", test_questions);
  g_test_add_func ("/solver-card/words", test_words);

  return g_test_run ();
}
