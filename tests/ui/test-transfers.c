/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "fairlead-error.h"
#include "fairlead-fetch-dialog.h"
#include "fairlead-field-row.h"
#include "fairlead-file-row.h"
#include "fairlead-transfers-card.h"
#include "fairlead-upload-dialog.h"
#include "fake-run.h"
#include "fake-transfer.h"
#include "ui-test.h"

typedef struct {
  FairleadProfile *profile;
  FairleadRun *run;
  FairleadTransfersCard *card;
  GtkWidget *list;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->profile = fairlead_profile_new ();
  g_object_set (f->profile, "name", "gpu01", "host", "gpu01", "remote-path", "/opt/solver", "project-name",
                "drape", NULL);
  f->run = fake_run_new (f->profile);
  f->card = g_object_ref_sink (g_object_new (FAIRLEAD_TYPE_TRANSFERS_CARD, NULL));
  f->list = ui_test_child_of (f->card, "list");
  f->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (f->window), GTK_WIDGET (f->card));
  fairlead_transfers_card_set_run (f->card, f->run);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  adw_window_set_content (ADW_WINDOW (f->window), NULL);
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_assert_finalize_object (f->card);
  g_assert_finalize_object (f->run);
  g_assert_finalize_object (f->profile);
}

static FairleadTransfer *
add (Fixture                   *f,
     FairleadTransferDirection  direction)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/home/artist/cache.bin");
  g_autoptr (FairleadTransfer) transfer = fake_transfer_new (direction, "cache.bin", "/p/drape/cache.bin", file);

  fake_run_add_transfer (f->run, transfer);
  return transfer;
}

static GtkWidget *
row_at (Fixture *f,
        int      i)
{
  return GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (f->list), i));
}

static gboolean
has (GtkWidget  *row,
     const char *id)
{
  return gtk_widget_get_visible (ui_test_child_of (row, id));
}

/* There while files could be sent, or have been. */
static void
test_there (Fixture       *f,
            gconstpointer  data)
{
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (f->card)));
  fake_run_set_server (f->run, FAIRLEAD_SERVER_READY);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (f->card)));
  g_assert_false (gtk_widget_get_visible (f->list));
  add (f, FAIRLEAD_TRANSFER_UPLOAD);
  fake_run_set_server (f->run, FAIRLEAD_SERVER_UNKNOWN);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (f->card)));
  g_assert_true (gtk_widget_get_visible (f->list));
}

static void
test_under_way (Fixture       *f,
                gconstpointer  data)
{
  FairleadTransfer *transfer = add (f, FAIRLEAD_TRANSFER_UPLOAD);
  GtkWidget *row = row_at (f, 0);

  g_assert_cmpstr (ui_test_label_of (row, "title"), ==, "cache.bin");
  g_assert_cmpstr (ui_test_label_of (row, "place"), ==, "to /p/drape/cache.bin");
  g_assert_cmpstr (ui_test_label_of (row, "state_label"), ==, "Waiting");

  fake_transfer_set (transfer, FAIRLEAD_TRANSFER_HASHING, 500000000, 2000000000);
  g_assert_cmpstr (ui_test_label_of (row, "state_label"), ==, "Reading: 500.0\u00a0MB of 2.0\u00a0GB");
  fake_transfer_set (transfer, FAIRLEAD_TRANSFER_RUNNING, 500000000, 2000000000);
  fake_transfer_set_speed (transfer, 12400000, 121, 40);
  g_assert_cmpstr (ui_test_label_of (row, "state_label"), ==,
                   "500.0\u00a0MB of 2.0\u00a0GB · 12.4\u00a0MB/s · About 2 minutes left");
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (ui_test_child_of (row, "bar"))), ==, .25);
  g_assert_true (has (row, "cancel_button"));
  g_assert_false (has (row, "retry_button"));
  g_assert_false (has (row, "remove_button"));
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (f->card, "clear_button")));

  gtk_widget_activate_action (row, "transfer.cancel", NULL);
  g_assert_cmpstr (ui_test_label_of (row, "state_label"), ==, "Cancelled");
  g_assert_false (has (row, "cancel_button"));
  g_assert_false (has (row, "bar"));
  g_assert_true (has (row, "retry_button"));
  gtk_widget_activate_action (row, "transfer.retry", NULL);
  g_assert_cmpstr (ui_test_label_of (row, "state_label"), ==, "Waiting");
}

static void
test_over (Fixture       *f,
           gconstpointer  data)
{
  FairleadTransfer *fetched = add (f, FAIRLEAD_TRANSFER_FETCH);
  FairleadTransfer *failed = add (f, FAIRLEAD_TRANSFER_UPLOAD);
  FairleadTransfer *running = add (f, FAIRLEAD_TRANSFER_UPLOAD);
  GtkWidget *clear = ui_test_child_of (f->card, "clear_button");
  GtkWidget *row = row_at (f, 2);
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "The connection was lost.");

  fake_transfer_set (running, FAIRLEAD_TRANSFER_RUNNING, 1, 2);
  fake_transfer_set_speed (fetched, 0, -1, 25);
  fake_transfer_set (fetched, FAIRLEAD_TRANSFER_DONE, 2000000000, 2000000000);
  g_assert_cmpstr (ui_test_label_of (row, "place"), ==, "from /p/drape/cache.bin");
  g_assert_cmpstr (ui_test_label_of (row, "state_label"), ==, "Done: 2.0\u00a0GB in 25 seconds");
  g_assert_true (has (row, "show_button"));
  g_assert_false (has (row, "retry_button"));

  row = row_at (f, 1);
  fairlead_error_set_hint (error, "Try again.");
  fake_transfer_take_error (failed, error);
  fake_transfer_set (failed, FAIRLEAD_TRANSFER_FAILED, 1, 2);
  g_assert_cmpstr (ui_test_label_of (row, "state_label"), ==, "The connection was lost.");
  g_assert_cmpstr (ui_test_label_of (row, "hint"), ==, "Try again.");
  g_assert_true (has (row, "retry_button"));
  g_assert_false (has (row, "show_button"));

  g_assert_true (gtk_widget_get_visible (clear));
  g_signal_emit_by_name (clear, "clicked");
  g_assert_cmpuint (g_list_model_get_n_items (fairlead_run_get_transfers (f->run)), ==, 1);
  g_assert_null (row_at (f, 1));
  g_assert_false (gtk_widget_get_visible (clear));
}

static void
type_into (gpointer    dialog,
           const char *id,
           const char *text)
{
  fairlead_field_row_set_text (FAIRLEAD_FIELD_ROW (ui_test_child_of (dialog, id)), text);
}

static gboolean
can_apply (gpointer dialog)
{
  return gtk_widget_get_sensitive (ui_test_child_of (dialog, "apply_button"));
}

static void
test_upload (Fixture       *f,
             gconstpointer  data)
{
  GtkWindow *dialog = fairlead_upload_dialog_new (NULL, f->run);
  g_autoptr (GFile) file = g_file_new_for_path ("/home/artist/data.pickle");
  FairleadFileRow *row = FAIRLEAD_FILE_ROW (ui_test_child_of (dialog, "data_row"));
  FairleadFieldRow *name = FAIRLEAD_FIELD_ROW (ui_test_child_of (dialog, "name_row"));

  gtk_window_present (dialog);
  g_assert_cmpstr (fairlead_field_row_get_text (name), ==, "drape");
  g_assert_cmpstr (fairlead_field_row_get_text (FAIRLEAD_FIELD_ROW (ui_test_child_of (dialog, "path_row"))), ==,
                   "/opt/solver/projects/drape");
  g_assert_false (can_apply (dialog));
  fairlead_file_row_set_file (row, file);
  g_assert_true (can_apply (dialog));
  type_into (dialog, "name_row", "two words");
  g_assert_false (can_apply (dialog));
  g_assert_nonnull (fairlead_field_row_get_error (name));
  type_into (dialog, "name_row", "drape");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "dialog.apply", NULL);
  g_assert_cmpstr (fake_run_get_asked (f->run), ==, "upload /opt/solver/projects/drape drape data.pickle -");
}

static GtkWindow *
find_question (GtkWindow *parent)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window) && gtk_window_get_transient_for (window) == parent)
        return window;
    }
  return NULL;
}

/* A file that is there is replaced only after a question. */
static void
test_fetch (Fixture       *f,
            gconstpointer  data)
{
  g_autofree char *folder = g_dir_make_tmp ("fairlead-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "cache.bin", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GtkWindow *dialog = fairlead_fetch_dialog_new (NULL, f->run);
  FairleadFileRow *to = FAIRLEAD_FILE_ROW (ui_test_child_of (dialog, "to_row"));
  g_autofree char *expected = g_strdup_printf ("fetch /p/cache.bin drape %s replace", path);

  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  gtk_window_present (dialog);
  g_assert_false (can_apply (dialog));
  type_into (dialog, "path_row", "/p/cache.bin");
  g_assert_true (can_apply (dialog));
  g_assert_true (g_str_has_suffix (g_file_peek_path (fairlead_file_row_get_file (to)), "/cache.bin"));
  type_into (dialog, "path_row", "/p/");
  g_assert_false (can_apply (dialog));
  fairlead_file_row_set_file (to, file);
  type_into (dialog, "path_row", "/p/cache.bin");

  gtk_widget_activate_action (GTK_WIDGET (dialog), "dialog.apply", NULL);
  WAIT_FOR (find_question (dialog) != NULL);
  g_assert_null (fake_run_get_asked (f->run));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (find_question (dialog)), "replace");
  WAIT_FOR (fake_run_get_asked (f->run) != NULL);
  g_assert_cmpstr (fake_run_get_asked (f->run), ==, expected);
  ui_test_settle ();
  g_remove (path);
  g_rmdir (folder);
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

#define ADD(name) g_test_add ("/transfers/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (there);
  ADD (under_way);
  ADD (over);
  ADD (upload);
  ADD (fetch);
#undef ADD

  return g_test_run ();
}
