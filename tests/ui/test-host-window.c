/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-check-page.h"
#include "fairlead-error.h"
#include "fairlead-finding-row.h"
#include "fairlead-host-page.h"
#include "fairlead-host-row.h"
#include "fairlead-notice.h"
#include "host-replies.h"
#include "ui-test.h"

/* The doctor's findings, and what there is on a host. */

typedef struct {
  GtkWidget *window;
  GtkWidget *page;
  char *said;
} Fixture;

static void
said_cb (GtkWidget  *page,
         const char *text,
         Fixture    *f)
{
  g_free (f->said);
  f->said = g_strdup (text);
}

static void
show_page (Fixture *f,
           GType    type)
{
  f->page = g_object_new (type, NULL);
  f->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (f->window), f->page);
  g_signal_connect (f->page, "said", G_CALLBACK (said_cb), f);
  gtk_window_present (GTK_WINDOW (f->window));
}

static void
set_up_check (Fixture       *f,
              gconstpointer  data)
{
  show_page (f, FAIRLEAD_TYPE_CHECK_PAGE);
}

static void
set_up_host (Fixture       *f,
             gconstpointer  data)
{
  show_page (f, FAIRLEAD_TYPE_HOST_PAGE);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gpointer page = f->page;

  g_object_add_weak_pointer (G_OBJECT (page), &page);
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_assert_null (page);
  g_clear_pointer (&f->said, g_free);
}

static guint
n_rows (Fixture    *f,
        const char *list)
{
  guint n = 0;

  while (gtk_list_box_get_row_at_index (GTK_LIST_BOX (ui_test_child_of (f->page, list)), (int) n) != NULL)
    n++;
  return n;
}

static void
show_checkup (Fixture            *f,
              const char * const *words)
{
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  g_autoptr (FairleadCheckup) checkup = NULL;

  g_object_set (profile, "name", "gpu01", "host", "gpu01", "remote-path", "~/x", NULL);
  checkup = host_replies_checkup (profile, words);
  fairlead_check_page_show (FAIRLEAD_CHECK_PAGE (f->page), checkup);
}

static void
test_findings (Fixture       *f,
               gconstpointer  data)
{
  GtkListBoxRow *first;

  show_checkup (f, NULL);
  g_assert_cmpstr (ui_test_label_of (f->page, "summary"), ==, "All is as it should be");
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (f->page, "wrong_group")));
  g_assert_cmpuint (n_rows (f, "right"), ==, 12);

  show_checkup (f, host_replies_bad);
  g_assert_cmpstr (ui_test_label_of (f->page, "summary"), ==, "5 problems");
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (f->page, "wrong_group")));
  g_assert_cmpuint (n_rows (f, "wrong"), ==, 5);
  first = gtk_list_box_get_row_at_index (GTK_LIST_BOX (ui_test_child_of (f->page, "wrong")), 0);
  g_assert_cmpstr (ui_test_label_of (first, "word"), ==, "Problem");
  g_assert_cmpstr (ui_test_label_of (first, "title"), ==, "Remote path");
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (first, "advice")));
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (first, "more")));
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_report (Fixture       *f,
             gconstpointer  data)
{
  g_autofree char *text = NULL;

  gtk_widget_activate_action (f->page, "check.copy", NULL);
  g_assert_null (f->said);       /* nothing is known yet */
  show_checkup (f, host_replies_bad);
  gtk_widget_activate_action (f->page, "check.copy", NULL);
  g_assert_nonnull (f->said);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (f->page), NULL, read_cb, &text);
  WAIT_FOR (text != NULL);
  g_assert_nonnull (strstr (text, "[Problem] Server port: 9090 is held by the account ACCOUNT"));
  g_assert_null (strstr (text, "bea"));
  g_assert_null (strstr (text, "artist"));
}

static void
test_failure (Fixture       *f,
              gconstpointer  data)
{
  g_autoptr (GError) error = fairlead_error_new (FAIRLEAD_ERROR_AUTH, "gpu01 refused <all> keys.");

  fairlead_error_set_hint (error, "Add one.");
  fairlead_check_page_show_error (FAIRLEAD_CHECK_PAGE (f->page), error);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (ui_test_child_of (f->page, "stack"))), ==, "failed");
  g_assert_cmpstr (adw_status_page_get_description (ADW_STATUS_PAGE (ui_test_child_of (f->page, "failure"))), ==,
                   "gpu01 refused &lt;all&gt; keys.\n\nAdd one.");
}

/* The rows of a group: its list, somewhere in it. */
static GtkListBoxRow *
row_in (GtkWidget *widget,
        int        position)
{
  GtkListBoxRow *found = NULL;

  if (GTK_IS_LIST_BOX (widget))
    return gtk_list_box_get_row_at_index (GTK_LIST_BOX (widget), position);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = row_in (child, position);
  return found;
}

static const char *
title_in (Fixture    *f,
          const char *group,
          int         position)
{
  GtkListBoxRow *row = row_in (ui_test_child_of (f->page, group), position);

  return row != NULL ? adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)) : NULL;
}

static FairleadHost *
show_host (Fixture            *f,
           FairleadHost       *known,
           const char * const *words)
{
  FairleadHost *host = known != NULL ? known : fairlead_host_new ();
  FairleadRemoteReply *reply = host_replies_new (words);

  fairlead_host_take_reply (host, reply);
  fairlead_remote_reply_free (reply);
  if (known == NULL)
    fairlead_host_page_show (FAIRLEAD_HOST_PAGE (f->page), host, 9090);
  return host;
}

static void
test_host (Fixture       *f,
           gconstpointer  data)
{
  static const char * const nothing[] = { "gpus", "", "smi", "", "solvers", "", "others", "", "port-free", "9090", NULL };
  g_autoptr (FairleadHost) host = show_host (f, NULL, host_replies_shared);
  GtkListBoxRow *first = row_in (ui_test_child_of (f->page, "solver_group"), 0);

  g_assert_cmpstr (title_in (f, "solver_group", 0), ==, "“drape” on port 9090");
  g_assert_cmpstr (title_in (f, "solver_group", 1), ==, "“flag” on port 9095");
  g_assert_cmpstr (title_in (f, "other_group", 0), ==, "Of bea");
  g_assert_cmpstr (title_in (f, "gpu_group", 1), ==, "1: NVIDIA GeForce RTX 4090");
  g_assert_nonnull (strstr (title_in (f, "user_group", 0), "Yours, 11.7"));
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (f->page, "use_button")));
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (ui_test_child_of (f->page, "free_row"))), ==,
                   "9091 is free");

  /* What is the same stays the same row; what is gone goes. */
  show_host (f, host, host_replies_shared);
  g_assert_true (row_in (ui_test_child_of (f->page, "solver_group"), 0) == first);
  show_host (f, host, nothing);
  g_assert_cmpstr (title_in (f, "solver_group", 0), ==, "None");
  g_assert_null (title_in (f, "solver_group", 1));
  g_assert_cmpstr (title_in (f, "other_group", 0), ==, "None is to be seen");
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (f->page, "user_group")));
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (f->page, "use_button")));
  show_host (f, host, host_replies_shared);
  g_assert_cmpstr (title_in (f, "solver_group", 1), ==, "“flag” on port 9095");
  g_assert_null (title_in (f, "solver_group", 2));
}

/* Names and command lines of others are no markup. */
static void
test_foreign_text (Fixture       *f,
                   gconstpointer  data)
{
  static const char * const words[] = {
    "others", "812\t<b>bea</b> & co\tno\t10\tpython3 server.py <i>\n", "solvers", "", NULL
  };
  g_autoptr (FairleadHost) host = show_host (f, NULL, words);

  g_assert_cmpstr (title_in (f, "other_group", 0), ==, "Of <b>bea</b> & co");
}

/* An error of the host leads to the check; one of the key does not, nor what a running solver refuses. */
static void
test_notice (void)
{
  g_autoptr (FairleadNotice) notice = g_object_ref_sink (g_object_new (FAIRLEAD_TYPE_NOTICE, NULL));
  g_autoptr (GError) remote = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "The solver ended.");
  g_autoptr (GError) auth = fairlead_error_new (FAIRLEAD_ERROR_AUTH, "gpu01 refused all keys.");

  fairlead_notice_show_error (notice, remote, "Start", "win.start-solver");
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (notice, "doctor_button")));
  fairlead_notice_show_error (notice, auth, "Connect", "win.connect");
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (notice, "doctor_button")));
  fairlead_notice_show_error (notice, remote, NULL, NULL);
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (notice, "doctor_button")));
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);

  g_test_add ("/host-window/findings", Fixture, NULL, set_up_check, test_findings, tear_down);
  g_test_add ("/host-window/report", Fixture, NULL, set_up_check, test_report, tear_down);
  g_test_add ("/host-window/failure", Fixture, NULL, set_up_check, test_failure, tear_down);
  g_test_add ("/host-window/host", Fixture, NULL, set_up_host, test_host, tear_down);
  g_test_add ("/host-window/foreign-text", Fixture, NULL, set_up_host, test_foreign_text, tear_down);
  g_test_add_func ("/host-window/notice", test_notice);

  return g_test_run ();
}
