/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <time.h>

#include "fairlead-log-list.h"
#include "fairlead-log-page.h"
#include "ui-test.h"

/* log-speed [LINES]: the log of a run, shown while it comes at full speed, then looked at here and there. Says how
 * much processor time the longest turn of the main loop took in each of these, and what memory the program has. Needs a display: tests/ui/xrun.sh build/tests/ui/log-speed 1000000 */

static FairleadLogModel *model;
static GtkWidget *page;

static double worst;

static double
cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1000.0 + now.tv_nsec / 1e6;
}

static void
take (double since)
{
  worst = MAX (worst, cpu_ms () - since);
}

static void
say_worst (const char *what)
{
  g_print ("%-28s %6.1f ms\n", what, worst);
  worst = 0;
}

static void
run_for (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    {
      double since = cpu_ms ();

      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
      take (since);
    }
}

/* As the follower does: 2 MiB at a time, ten times a second. */
static void
fill (guint lines)
{
  g_autoptr (GString) text = g_string_new (NULL);
  double since;

  for (guint i = 0; i < lines; i++)
    {
      g_string_append_printf (text, "%s %u: 14 newton steps, 412 contacts, 0.83 s, and so on and so on ...\n",
                              i % 100 == 0 ? "WARNING frame" : "frame", i);
      if (text->len < 2 * 1024 * 1024 && i + 1 < lines)
        continue;
      since = cpu_ms ();
      fairlead_log_model_append_data (model, text->str, text->len);
      take (since);
      g_string_truncate (text, 0);
      run_for (100);
    }
}

static void
look_around (guint lines)
{
  GtkWidget *list = ui_test_child_of (page, "list");

  for (guint i = 0; i < 50; i++)
    {
      fairlead_log_list_show_line (FAIRLEAD_LOG_LIST (list), (guint64) i * 7919 * 1000 % lines);
      run_for (50);
    }
}

static void
find (const char *text)
{
  GtkWidget *bar = ui_test_child_of (page, "find");

  gtk_widget_activate_action (page, "log.find", NULL);
  gtk_editable_set_text (GTK_EDITABLE (ui_test_child_of (bar, "entry")), text);
  run_for (3000);
}

static guint
memory (void)
{
  g_autofree char *rollup = NULL;
  const char *pss;

  g_file_get_contents ("/proc/self/smaps_rollup", &rollup, NULL, NULL);
  pss = rollup != NULL ? strstr (rollup, "\nPss:") : NULL;
  return pss != NULL ? g_ascii_strtoull (pss + strlen ("\nPss:"), NULL, 10) / 1024 : 0;
}

int
main (int   argc,
      char *argv[])
{
  FairleadLogModel *models[FAIRLEAD_N_LOG_SOURCES] = { NULL };
  guint lines = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 1000000;
  GtkWidget *window;

  gtk_init ();
  adw_init ();
  fairlead_ui_init ();
  window = adw_window_new ();
  model = models[0] = fairlead_log_model_new_spooled (G_GUINT64_CONSTANT (2) << 30);
  page = g_object_new (FAIRLEAD_TYPE_LOG_PAGE, NULL);
  adw_window_set_content (ADW_WINDOW (window), page);
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  gtk_window_present (GTK_WINDOW (window));
  fairlead_log_page_set_models (FAIRLEAD_LOG_PAGE (page), models, "gpu01");
  run_for (1000);
  say_worst ("the window comes");
  fill (lines);
  say_worst ("lines come");
  look_around (lines);
  say_worst ("looking here and there");
  find ("frame 77");
  say_worst ("search");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_test_child_of (page, "errors_button")), TRUE);
  run_for (1000);
  say_worst ("warnings only");
  g_print ("%-28s %6u MiB\n", "memory", memory ());
  return 0;
}
