/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-list.h"
#include "fairlead-log-view.h"
#include "ui-test.h"

typedef struct {
  FairleadLogModel *model;
  FairleadLogView *view;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->model = fairlead_log_model_new (1000);
  f->view = g_object_ref_sink (g_object_new (FAIRLEAD_TYPE_LOG_VIEW, NULL));
  f->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (f->window), GTK_WIDGET (f->view));
  gtk_window_set_default_size (GTK_WINDOW (f->window), 400, 300);
  gtk_window_present (GTK_WINDOW (f->window));
  fairlead_log_view_set_model (f->view, f->model);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  adw_window_set_content (ADW_WINDOW (f->window), NULL);
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_assert_finalize_object (f->view);
  g_assert_finalize_object (f->model);
}

static void
append (Fixture *f,
        guint    from,
        guint    to)
{
  for (guint i = from; i < to; i++)
    {
      g_autofree char *line = g_strdup_printf ("line %u\n", i);

      fairlead_log_model_append_data (f->model, line, strlen (line));
    }
}

static FairleadLogList *
list_of (Fixture *f)
{
  return FAIRLEAD_LOG_LIST (ui_test_child_of (f->view, "list"));
}

static GtkAdjustment *
adjustment_of (Fixture *f)
{
  return gtk_scrolled_window_get_vadjustment (
    GTK_SCROLLED_WINDOW (ui_test_child_of (list_of (f), "scroller")));
}

static gboolean
at_end (Fixture *f)
{
  GtkAdjustment *adjustment = adjustment_of (f);

  return gtk_adjustment_get_upper (adjustment) > gtk_adjustment_get_page_size (adjustment)
         && gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
            >= gtk_adjustment_get_upper (adjustment) - 4;
}

static void
test_empty (Fixture       *f,
            gconstpointer  data)
{
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (f->view, "empty")));
  g_assert_false (gtk_widget_get_sensitive (ui_test_child_of (f->view, "copy_button")));
  append (f, 0, 1);
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (f->view, "empty")));
  g_assert_true (gtk_widget_get_sensitive (ui_test_child_of (f->view, "copy_button")));
}

static void
test_follows (Fixture       *f,
              gconstpointer  data)
{
  append (f, 0, 100);
  WAIT_FOR (at_end (f));
  append (f, 100, 200);
  WAIT_FOR (at_end (f));
  g_assert_true (fairlead_log_list_get_following (list_of (f)));
}

static void
test_stays_where_one_reads (Fixture       *f,
                            gconstpointer  data)
{
  append (f, 0, 200);
  WAIT_FOR (at_end (f));
  gtk_adjustment_set_value (adjustment_of (f), 0);
  g_assert_false (fairlead_log_list_get_following (list_of (f)));
  append (f, 200, 300);
  ui_test_settle ();
  g_assert_false (at_end (f));
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (list_of (f), "jump_button")));

  fairlead_log_list_set_following (list_of (f), TRUE);
  WAIT_FOR (at_end (f));
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

#define ADD(name) g_test_add ("/log-view/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (empty);
  ADD (follows);
  ADD (stays_where_one_reads);
#undef ADD

  return g_test_run ();
}
