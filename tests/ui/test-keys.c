/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "fairlead-field-row.h"
#include "fairlead-key-list.h"
#include "fairlead-key-row.h"
#include "fairlead-keys-window.h"
#include "fairlead-new-key-window.h"
#include "fairlead-secret-entry.h"
#include "ui-test.h"

typedef struct {
  char *folder;
  char *created;
} Fixture;

static char *
key_path (Fixture    *f,
          const char *name)
{
  return g_build_filename (f->folder, name, NULL);
}

static void
empty_folder (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = key_path (f, name);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->folder = g_build_filename (g_getenv ("FAIRLEAD_SSH_HOME"), ".ssh", NULL);
  g_assert_cmpint (g_mkdir_with_parents (f->folder, 0700), ==, 0);
  empty_folder (f);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  empty_folder (f);
  g_free (f->folder);
  g_free (f->created);
}

/* What a job in the pool holds comes back first. */
static void
let_go (GtkWindow *window)
{
  gtk_window_destroy (window);
  WAIT_FOR (G_OBJECT (window)->ref_count == 1);
  g_assert_finalize_object (window);
}

static void
created_cb (GtkWindow  *window,
            const char *path,
            Fixture    *f)
{
  f->created = g_strdup (path);
}

static GtkWindow *
open_new_key (Fixture *f)
{
  GtkWindow *window = g_object_ref_sink (fairlead_new_key_window_new (NULL));

  g_signal_connect (window, "created", G_CALLBACK (created_cb), f);
  gtk_window_present (window);
  WAIT_FOR (*fairlead_field_row_get_text (
              FAIRLEAD_FIELD_ROW (ui_test_child_of (window, "path_row"))) != '\0');
  return window;
}

static GtkEntry *
passphrase_entry (GtkWindow *window,
                  guint      index)
{
  GtkWidget *entry = gtk_widget_get_first_child (ui_test_child_of (window, "passphrases"));

  return fairlead_secret_entry_get_entry (
    FAIRLEAD_SECRET_ENTRY (index == 0 ? entry : gtk_widget_get_next_sibling (entry)));
}

static void
create (GtkWindow *window)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "new-key.create", NULL));
}

static void
test_new_key (Fixture       *f,
              gconstpointer  data)
{
  GtkWindow *window = open_new_key (f);
  g_autoptr (FairleadKeyInfo) info = NULL;
  g_autofree char *expected = key_path (f, "id_ed25519");

  g_assert_cmpstr (fairlead_field_row_get_text (
                     FAIRLEAD_FIELD_ROW (ui_test_child_of (window, "path_row"))), ==,
                   "~/.ssh/id_ed25519");
  gtk_editable_set_text (GTK_EDITABLE (passphrase_entry (window, 0)), "line of rope");
  gtk_editable_set_text (GTK_EDITABLE (passphrase_entry (window, 1)), "line of rope");
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (window, "strength")));
  create (window);
  WAIT_FOR (f->created != NULL);
  g_assert_cmpstr (f->created, ==, expected);
  info = fairlead_key_describe (f->created, NULL);
  g_assert_nonnull (info);
  g_assert_true (info->encrypted);
  g_assert_false (info->too_open);
  g_assert_cmpstr (info->word, ==, "ED25519");
  let_go (window);
}

static void
test_passphrases_differ (Fixture       *f,
                         gconstpointer  data)
{
  GtkWindow *window = open_new_key (f);

  gtk_editable_set_text (GTK_EDITABLE (passphrase_entry (window, 0)), "line of rope");
  create (window);
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (window, "error_box")));
  g_assert_null (f->created);
  let_go (window);
}

/* Neither the form nor the core below it writes over anything. */
static void
test_never_overwrites (Fixture       *f,
                       gconstpointer  data)
{
  g_autofree char *path = key_path (f, "id_mine");
  g_autofree char *text = NULL;
  GtkWindow *window = open_new_key (f);

  g_assert_true (g_file_set_contents (path, "precious", -1, NULL));
  fairlead_field_row_set_text (FAIRLEAD_FIELD_ROW (ui_test_child_of (window, "path_row")),
                               "~/.ssh/id_mine");
  create (window);
  WAIT_FOR (gtk_widget_get_visible (ui_test_child_of (window, "error_box")));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "precious");
  g_assert_null (f->created);
  let_go (window);
}

static char *
make_key (Fixture    *f,
          const char *name,
          int         mode)
{
  char *path = key_path (f, name);
  g_autoptr (FairleadKey) key = NULL;
  g_autoptr (GError) error = NULL;

  key = fairlead_key_generate (FAIRLEAD_KEY_KIND_ED25519, 0, "artist@desk", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fairlead_key_save (key, path, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
  return path;
}

static void
test_list (Fixture       *f,
           gconstpointer  data)
{
  g_autofree char *good = make_key (f, "id_b", 0600);
  g_autofree char *open = make_key (f, "id_a", 0644);
  g_autofree char *broken = key_path (f, "id_c");
  g_autofree char *other = key_path (f, "config");
  g_autoptr (GPtrArray) entries = NULL;
  const FairleadKeyEntry *entry;

  g_assert_true (g_file_set_contents (broken, "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n", -1, NULL));
  g_assert_true (g_file_set_contents (other, "Host gpu01\n", -1, NULL));
  entries = fairlead_key_list (f->folder, NULL);
  g_assert_cmpuint (entries->len, ==, 3);
  entry = entries->pdata[0];
  g_assert_cmpstr (entry->path, ==, open);
  g_assert_true (entry->info->too_open);
  entry = entries->pdata[1];
  g_assert_cmpstr (entry->path, ==, good);
  g_assert_false (entry->info->too_open);
  entry = entries->pdata[2];
  g_assert_null (entry->info);
  g_assert_nonnull (entry->problem);
}

static gboolean
is_private (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 && (info.st_mode & 077) == 0;
}

static void
test_fix_permissions (Fixture       *f,
                      gconstpointer  data)
{
  g_autofree char *open = make_key (f, "id_a", 0644);
  GtkWindow *window = g_object_ref_sink (fairlead_keys_window_new (NULL));

  gtk_window_present (window);
  WAIT_FOR (gtk_widget_get_visible (ui_test_child_of (window, "page")));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "keys.fix", "s", open));
  WAIT_FOR (is_private (open));
  let_go (window);
}

static void
test_no_keys (Fixture       *f,
              gconstpointer  data)
{
  GtkWindow *window = g_object_ref_sink (fairlead_keys_window_new (NULL));

  gtk_window_present (window);
  WAIT_FOR (gtk_widget_get_visible (ui_test_child_of (window, "empty")));
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (window, "page")));
  let_go (window);
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

#define ADD(name) g_test_add ("/keys/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (new_key);
  ADD (passphrases_differ);
  ADD (never_overwrites);
  ADD (list);
  ADD (fix_permissions);
  ADD (no_keys);
#undef ADD

  return g_test_run ();
}
