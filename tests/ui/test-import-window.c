/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-import-window.h"
#include "ui-test.h"

static const char toml[] =
  "[lab]\ntype = \"SSH\"\nhost = \"gpu01\"\nusername = \"artist\"\nremote_path = \"/opt/a\"\n"
  "[farm]\ntype = \"SSH\"\nhost = \"farm\"\nusername = \"artist\"\nremote_path = \"/opt/b\"\n"
  "[here]\ntype = \"Local\"\nlocal_path = \"/opt/solver\"\n";

typedef struct {
  FairleadProfileStore *store;
  GtkWindow *window;
  guint imported;
} Fixture;

static void
imported_cb (GtkWindow *window,
             guint      n,
             Fixture   *f)
{
  f->imported = n;
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  FairleadImport *plan = fairlead_import_parse (toml, strlen (toml), "connections.toml", &error);

  g_assert_no_error (error);
  f->store = fairlead_profile_store_new (NULL);
  f->window = g_object_ref_sink (fairlead_import_window_new (NULL, f->store, plan));
  g_signal_connect (f->window, "imported", G_CALLBACK (imported_cb), f);
  gtk_window_present (f->window);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (f->window);
  WAIT_FOR (G_OBJECT (f->window)->ref_count == 1);
  g_assert_finalize_object (f->window);
  g_object_unref (f->store);
}

static void
activate (Fixture    *f,
          const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), action, NULL));
}

/* The box of the connection called @name, wherever it is in the window. */
static GtkCheckButton *
find_check (GtkWidget  *widget,
            const char *name)
{
  if (ADW_IS_ACTION_ROW (widget))
    {
      const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget));

      return g_str_equal (title, name)
             ? GTK_CHECK_BUTTON (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (widget)))
             : NULL;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkCheckButton *found = find_check (child, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_only_what_was_chosen (Fixture       *f,
                           gconstpointer  data)
{
  g_autoptr (FairleadProfile) profile = NULL;

  /* Nothing before the person says so. */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->store)), ==, 0);
  gtk_check_button_set_active (find_check (GTK_WIDGET (f->window), "lab"), FALSE);
  activate (f, "import.apply");
  g_assert_cmpuint (f->imported, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->store)), ==, 1);
  profile = g_list_model_get_item (G_LIST_MODEL (f->store), 0);
  g_assert_cmpstr (fairlead_profile_get_host (profile), ==, "farm");
}

static void
test_all_and_none (Fixture       *f,
                   gconstpointer  data)
{
  GtkCheckButton *lab = find_check (GTK_WIDGET (f->window), "lab");
  GtkCheckButton *farm = find_check (GTK_WIDGET (f->window), "farm");

  g_assert_true (gtk_check_button_get_active (lab));
  activate (f, "import.all");
  g_assert_false (gtk_check_button_get_active (lab));
  g_assert_false (gtk_check_button_get_active (farm));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (ui_test_child_of (f->window, "all_button"))),
                   ==, "Choose All");
  activate (f, "import.all");
  g_assert_true (gtk_check_button_get_active (lab));
}

/* What is not over SSH is listed too, and cannot be chosen. */
static void
test_not_imported (Fixture       *f,
                   gconstpointer  data)
{
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (f->window, "refused")));
  g_assert_null (find_check (GTK_WIDGET (f->window), "here"));
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

#define ADD(name) g_test_add ("/import-window/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (only_what_was_chosen);
  ADD (all_and_none);
  ADD (not_imported);
#undef ADD

  return g_test_run ();
}
