/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-log-find.h"
#include "fairlead-log-list.h"
#include "fairlead-log-page.h"
#include "ui-test.h"

typedef struct {
  FairleadLogModel *models[FAIRLEAD_N_LOG_SOURCES];
  GtkWidget *page;
  GtkWidget *list;
  GtkWidget *find;
  GtkWidget *window;
} Fixture;

/* Lines 0 to 1999; each hundredth is an error. */
static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < FAIRLEAD_N_LOG_SOURCES; i++)
    f->models[i] = fairlead_log_model_new (10000);
  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (text, "%s %u\n", i % 100 == 0 ? "ERROR" : "line", i);
  fairlead_log_model_append_data (f->models[0], text->str, text->len);
  fairlead_log_model_append_data (f->models[1], "SERVER_READY\n", strlen ("SERVER_READY\n"));
  f->page = g_object_ref_sink (g_object_new (FAIRLEAD_TYPE_LOG_PAGE, NULL));
  f->list = ui_test_child_of (f->page, "list");
  f->find = ui_test_child_of (f->page, "find");
  f->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (f->window), f->page);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 400, 500);
  gtk_window_present (GTK_WINDOW (f->window));
  fairlead_log_page_set_models (FAIRLEAD_LOG_PAGE (f->page), f->models, "gpu01");
  ui_test_settle ();
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  adw_window_set_content (ADW_WINDOW (f->window), NULL);
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_assert_finalize_object (f->page);
  for (guint i = 0; i < FAIRLEAD_N_LOG_SOURCES; i++)
    g_assert_finalize_object (f->models[i]);
}

static guint64
shown_line (Fixture *f)
{
  guint64 line = G_MAXUINT64;

  fairlead_log_list_get_shown (FAIRLEAD_LOG_LIST (f->list), &line);
  return line;
}

static void
type (Fixture    *f,
      const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (ui_test_child_of (f->find, "entry")), text);
}

static gboolean
count_is (Fixture    *f,
          const char *text)
{
  return g_str_equal (ui_test_label_of (f->find, "count"), text);
}

static void
test_sources (Fixture       *f,
              gconstpointer  data)
{
  GtkDropDown *source = GTK_DROP_DOWN (ui_test_child_of (f->page, "source"));

  g_assert_cmpstr (ui_test_label_of (f->page, "total"), ==, "2000 lines");
  gtk_drop_down_set_selected (source, FAIRLEAD_LOG_SOURCE_PROGRESS);
  g_assert_cmpstr (ui_test_label_of (f->page, "total"), ==, "1 line");
  gtk_drop_down_set_selected (source, FAIRLEAD_LOG_SOURCE_MESSAGES);
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (f->page, "empty")));
  fairlead_log_model_append_line (f->models[2], FAIRLEAD_LOG_PLAIN, "hello");
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (f->page, "empty")));
}

static void
test_errors (Fixture       *f,
             gconstpointer  data)
{
  GtkToggleButton *button = GTK_TOGGLE_BUTTON (ui_test_child_of (f->page, "errors_button"));

  gtk_toggle_button_set_active (button, TRUE);
  g_assert_cmpstr (ui_test_label_of (f->page, "total"), ==, "20 lines");
  /* The search looks at what is shown. */
  gtk_widget_activate_action (f->page, "log.find", NULL);
  type (f, "1");
  WAIT_FOR (count_is (f, "11 of 11"));
  g_assert_cmpuint (shown_line (f), ==, 1900);
}

static void
test_find (Fixture       *f,
           gconstpointer  data)
{
  gtk_widget_activate_action (f->page, "log.find", NULL);
  g_assert_true (gtk_widget_get_visible (f->find));
  /* One who reads the end begins there. */
  type (f, "Line 7");
  WAIT_FOR (count_is (f, "110 of 110"));
  g_assert_cmpuint (shown_line (f), ==, 799);
  g_assert_false (fairlead_log_list_get_following (FAIRLEAD_LOG_LIST (f->list)));
  gtk_widget_activate_action (f->page, "log.find-next", NULL);
  g_assert_true (count_is (f, "1 of 110"));
  g_assert_cmpuint (shown_line (f), ==, 7);
  gtk_widget_activate_action (f->page, "log.find-next", NULL);
  g_assert_cmpuint (shown_line (f), ==, 70);
  gtk_widget_activate_action (f->page, "log.find-previous", NULL);
  gtk_widget_activate_action (f->page, "log.find-previous", NULL);
  g_assert_cmpuint (shown_line (f), ==, 799);
  /* What is typed next is looked for from here on. */
  type (f, "line 8");
  WAIT_FOR (count_is (f, "12 of 110"));
  g_assert_cmpuint (shown_line (f), ==, 801);
  type (f, "nowhere");
  WAIT_FOR (count_is (f, "No match"));
  g_signal_emit_by_name (ui_test_child_of (f->find, "entry"), "stop-search");
  g_assert_false (gtk_widget_get_visible (f->find));
}

static void
copied_cb (GObject      *clipboard,
           GAsyncResult *result,
           gpointer      user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static void
test_copy (Fixture       *f,
           gconstpointer  data)
{
  GtkListView *list = GTK_LIST_VIEW (ui_test_child_of (f->list, "list"));
  GtkSelectionModel *selection = gtk_list_view_get_model (list);
  GdkClipboard *clipboard = gtk_widget_get_clipboard (f->page);
  g_autofree char *text = NULL;

  gdk_clipboard_set_text (clipboard, "before");
  gtk_selection_model_select_item (selection, 3, TRUE);
  gtk_selection_model_select_item (selection, 1999, FALSE);
  gtk_widget_activate_action (f->page, "log.copy", NULL);
  do
    {
      g_clear_pointer (&text, g_free);
      gdk_clipboard_read_text_async (clipboard, NULL, copied_cb, &text);
      WAIT_FOR (text != NULL);
    }
  while (g_str_equal (text, "before"));
  g_assert_cmpstr (text, ==, "line 3\nline 1999\n");
}

static void
test_partial (Fixture       *f,
              gconstpointer  data)
{
  GtkWidget *partial = ui_test_child_of (f->page, "partial");

  g_assert_false (gtk_widget_get_visible (partial));
  fairlead_log_model_append_data (f->models[0], " 10%\r 20%", strlen (" 10%\r 20%"));
  g_assert_true (gtk_widget_get_visible (partial));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (partial)), ==, " 20%");
  fairlead_log_model_append_data (f->models[0], "\n", 1);
  g_assert_false (gtk_widget_get_visible (partial));
}

static void
test_jump (Fixture       *f,
           gconstpointer  data)
{
  GtkWidget *jump = ui_test_child_of (f->list, "jump_button");

  fairlead_log_list_show_line (FAIRLEAD_LOG_LIST (f->list), 10);
  g_assert_false (gtk_widget_get_visible (jump));
  fairlead_log_model_append_data (f->models[0], "new\n", 4);
  g_assert_true (gtk_widget_get_visible (jump));
  g_assert_cmpuint (shown_line (f), ==, 10);
  g_signal_emit_by_name (jump, "clicked");
  g_assert_true (fairlead_log_list_get_following (FAIRLEAD_LOG_LIST (f->list)));
  g_assert_false (gtk_widget_get_visible (jump));
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

#define ADD(name) g_test_add ("/log-page/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (sources);
  ADD (errors);
  ADD (find);
  ADD (copy);
  ADD (partial);
  ADD (jump);
#undef ADD

  return g_test_run ();
}
