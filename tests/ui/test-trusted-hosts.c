/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "fairlead-known-hosts-list.h"
#include "fairlead-trusted-host-row.h"
#include "fairlead-trusted-hosts-window.h"
#include "ui-test.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"

typedef struct {
  char *path;
  GtkWindow *window;
} Fixture;

static void
open_window (Fixture    *f,
             const char *known_hosts)
{
  g_assert_true (g_file_set_contents (f->path, known_hosts, -1, NULL));
  f->window = g_object_ref_sink (fairlead_trusted_hosts_window_new (NULL));
  gtk_window_present (f->window);
  WAIT_FOR (gtk_widget_get_visible (ui_test_child_of (f->window, "content"))
            || gtk_widget_get_visible (ui_test_child_of (f->window, "empty")));
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  g_autofree char *folder = g_build_filename (g_getenv ("FAIRLEAD_SSH_HOME"), ".ssh", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  f->path = g_build_filename (folder, "known_hosts", NULL);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (f->window);
  WAIT_FOR (G_OBJECT (f->window)->ref_count == 1);
  g_assert_finalize_object (f->window);
  g_remove (f->path);
  g_free (f->path);
}

static GListModel *
shown (Fixture *f)
{
  return G_LIST_MODEL (
    gtk_list_view_get_model (GTK_LIST_VIEW (ui_test_child_of (f->window, "list"))));
}

static gboolean
file_is (Fixture    *f,
         const char *text)
{
  g_autofree char *found = NULL;

  return g_file_get_contents (f->path, &found, NULL, NULL) && g_str_equal (found, text);
}

static void
test_empty (Fixture       *f,
            gconstpointer  data)
{
  open_window (f, "# nothing yet\n");
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (f->window, "empty")));
}

static void
test_search (Fixture       *f,
             gconstpointer  data)
{
  GtkEditable *search;

  open_window (f, "gpu01 " KEY "\ngpu02 " KEY "\n@revoked gate " KEY "\n");
  search = GTK_EDITABLE (ui_test_child_of (f->window, "search"));
  g_assert_cmpuint (g_list_model_get_n_items (shown (f)), ==, 3);
  gtk_editable_set_text (search, "gpu02");
  WAIT_FOR (g_list_model_get_n_items (shown (f)) == 1);
  gtk_editable_set_text (search, "elsewhere");
  WAIT_FOR (gtk_widget_get_visible (ui_test_child_of (f->window, "no_match")));
}

static GtkWidget *
find_row (GtkWidget *widget)
{
  GtkWidget *found = NULL;

  if (FAIRLEAD_IS_TRUSTED_HOST_ROW (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_row (child);
  return found;
}

static GtkWidget *
find_undo (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_undo (child);

      if (found != NULL)
        return found;
      if (GTK_IS_BUTTON (child)
          && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (child)), "_Undo") == 0)
        return child;
    }
  return NULL;
}

/* A line that goes comes back to the byte. */
static void
test_remove_and_undo (Fixture       *f,
                      gconstpointer  data)
{
  const char *before = "# mine\ngpu01 " KEY "\tnote \n\ngpu02 " KEY "\n";
  GtkWidget *row;

  open_window (f, before);
  WAIT_FOR (find_row (GTK_WIDGET (f->window)) != NULL);
  row = find_row (GTK_WIDGET (f->window));
  g_assert_cmpstr (ui_test_label_of (row, "name"), ==, "gpu01");
  g_assert_cmpstr (ui_test_label_of (row, "origin"), ==, "~/.ssh/known_hosts, line 2");
  g_signal_emit_by_name (ui_test_child_of (row, "remove_button"), "clicked");
  WAIT_FOR (g_list_model_get_n_items (shown (f)) == 1);
  g_assert_true (file_is (f, "# mine\n\ngpu02 " KEY "\n"));
  WAIT_FOR (find_undo (GTK_WIDGET (f->window)) != NULL);
  g_signal_emit_by_name (find_undo (GTK_WIDGET (f->window)), "clicked");
  WAIT_FOR (g_list_model_get_n_items (shown (f)) == 2);
  g_assert_true (file_is (f, before));
}

static void
test_line_that_cannot_be_read (Fixture       *f,
                               gconstpointer  data)
{
  GtkWidget *row;

  open_window (f, "gpu01 ssh-ed25519 AAAA\n");
  WAIT_FOR (find_row (GTK_WIDGET (f->window)) != NULL);
  row = find_row (GTK_WIDGET (f->window));
  g_assert_cmpstr (ui_test_label_of (row, "name"), ==, "A line that cannot be read");
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (row, "meaning")));
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

#define ADD(name) \
  g_test_add ("/trusted-hosts/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (empty);
  ADD (search);
  ADD (remove_and_undo);
  ADD (line_that_cannot_be_read);
#undef ADD

  return g_test_run ();
}
