/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "fairlead-profile-store.h"
#include "fairlead-profile.h"

/* A file in a folder that does not exist yet. */
typedef struct {
  char *root;
  char *directory;
  char *path;
} Fixture;

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->root = g_dir_make_tmp ("fairlead-store-XXXXXX", NULL);
  self->directory = g_build_filename (self->root, "fairlead", NULL);
  self->path = g_build_filename (self->directory, "profiles.json", NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  remove_tree (self->root);
  g_free (self->root);
  g_free (self->directory);
  g_free (self->path);
}

static void
take_result_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
flush (FairleadProfileStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_profile_store_flush_async (store, NULL, take_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (fairlead_profile_store_flush_finish (store, result, &error));
  g_assert_no_error (error);
}

static FairleadProfileStore *
load (Fixture *self)
{
  FairleadProfileStore *store = fairlead_profile_store_new (self->path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_profile_store_load_async (store, NULL, take_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (fairlead_profile_store_load_finish (store, result, &error));
  g_assert_no_error (error);
  return store;
}

static void
add (FairleadProfileStore *store,
     const char           *name)
{
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();

  g_object_set (profile, "name", name, "host", name, NULL);
  fairlead_profile_store_add (store, profile);
}

static char *
read_text (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
write_text (Fixture    *self,
            const char *text,
            gssize      length)
{
  g_assert_cmpint (g_mkdir_with_parents (self->directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents (self->path, text, length, NULL));
}

static char *
find_aside (Fixture *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "profiles.json.unreadable-"))
      return g_build_filename (self->directory, name, NULL);
  return NULL;
}

static guint
mode_of (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  return info.st_mode & 07777;
}

static guint
count_files (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static void
test_round_trip (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr (FairleadProfileStore) store = load (self);
  g_autoptr (FairleadProfileStore) again = NULL;
  FairleadProfile *profile;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, 0);
  g_assert_null (fairlead_profile_store_get_notice (store));
  add (store, "one");
  add (store, "two");
  profile = fairlead_profile_store_find_name (store, "two");
  g_object_set (profile, "port", 7, NULL);
  flush (store);
  g_assert_cmpuint (mode_of (self->path), ==, 0600);
  g_assert_cmpuint (mode_of (self->directory), ==, 0700);
  g_assert_cmpuint (count_files (self->directory), ==, 1);

  again = load (self);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 2);
  profile = fairlead_profile_store_find_id (again, fairlead_profile_get_id (profile));
  g_assert_cmpuint (fairlead_profile_get_port (profile), ==, 7);
  g_assert_null (fairlead_profile_store_find_name (again, "three"));
}

/* A change is saved by itself, without a flush. */
static void
test_by_itself (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr (FairleadProfileStore) store = load (self);
  g_autofree char *text = NULL;
  FairleadProfile *profile;

  add (store, "one");
  while (!g_file_test (self->path, G_FILE_TEST_EXISTS))
    g_main_context_iteration (NULL, TRUE);
  flush (store);
  profile = fairlead_profile_store_find_name (store, "one");
  fairlead_profile_store_remove (store, profile);
  g_assert_true (fairlead_profile_store_flush (store, NULL));
  text = read_text (self->path);
  g_assert_null (strstr (text, "one"));
}

/* What is due while a save is on its way is written too. */
static void
test_during (Fixture       *self,
             gconstpointer  data)
{
  g_autoptr (FairleadProfileStore) store = load (self);
  g_autoptr (FairleadProfileStore) again = NULL;
  g_autoptr (GAsyncResult) first = NULL;

  add (store, "one");
  fairlead_profile_store_flush_async (store, NULL, take_result_cb, &first);
  add (store, "two");
  flush (store);
  g_assert_nonnull (first);
  again = load (self);
  g_assert_nonnull (fairlead_profile_store_find_name (again, "two"));
}

/* A blocking flush at the end is not undone by an older save that is still on its way. */
static void
test_order (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr (FairleadProfileStore) store = load (self);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = NULL;

  add (store, "one");
  fairlead_profile_store_flush_async (store, NULL, take_result_cb, &result);
  add (store, "two");
  g_assert_true (fairlead_profile_store_flush (store, NULL));
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  text = read_text (self->path);
  g_assert_nonnull (strstr (text, "two"));
}

static void
test_before_load (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr (FairleadProfileStore) store = fairlead_profile_store_new (self->path);

  write_text (self, "{\"version\":1,\"profiles\":[{\"id\":\"a\",\"name\":\"old\"}]}", -1);
  add (store, "new");
  g_assert_true (fairlead_profile_store_flush (store, NULL));
  g_assert_nonnull (fairlead_profile_store_find_name (store, "old"));
  g_clear_object (&store);
  store = load (self);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, 2);
}

static void
test_unknown (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (FairleadProfileStore) store = NULL;
  g_autofree char *text = NULL;
  const char *first;

  write_text (self, "{\"version\":1,\"theme\":{\"a\":[1]},\"profiles\":"
                    "[{\"id\":\"a\",\"colour\":\"red\"},{\"id\":\"a\"}]}", -1);
  store = load (self);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, 2);
  add (store, "one");
  flush (store);
  text = read_text (self->path);
  g_assert_nonnull (strstr (text, "\"colour\" : \"red\""));
  g_assert_nonnull (strstr (text, "\"theme\" : {"));
  first = strstr (text, "\"id\" : \"a\"");
  g_assert_nonnull (first);
  g_assert_null (strstr (first + 1, "\"id\" : \"a\""));
}

static const struct {
  const char *text;
  gssize      length;
} unreadable[] = {
  { "", 0 },
  { "{", 1 },
  { "\xff\x00\xfe", 3 },
  { "[]", 2 },
  { "{\"version\":1}", -1 },
  { "{\"profiles\":[]}", -1 },
  { "{\"version\":1,\"profiles\":[7]}", -1 },
  { "{\"version\":1,\"profiles\":{}}", -1 },
  { "{\"version\":2,\"profiles\":[]}", -1 },
};

static void
test_unreadable (Fixture       *self,
                 gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (unreadable); i++)
    {
      g_autoptr (FairleadProfileStore) store = NULL;
      g_autofree char *aside = NULL;
      g_autofree char *text = NULL;
      gsize length = unreadable[i].length < 0 ? strlen (unreadable[i].text)
                     : (gsize) unreadable[i].length;
      gsize kept;

      write_text (self, unreadable[i].text, length);
      store = load (self);
      aside = find_aside (self);
      g_assert_nonnull (aside);
      g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
      g_assert_nonnull (strstr (fairlead_profile_store_get_notice (store), aside));
      add (store, "one");
      flush (store);
      g_assert_true (g_file_get_contents (aside, &text, &kept, NULL));
      g_assert_cmpmem (text, kept, unreadable[i].text, length);
      remove_tree (self->directory);
    }
}

static void
test_symlink (Fixture       *self,
              gconstpointer  data)
{
  g_autofree char *elsewhere = g_build_filename (self->root, "elsewhere.json", NULL);
  g_autoptr (FairleadProfileStore) store = NULL;
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (elsewhere, "{\"version\":1,\"profiles\":[]}", -1, NULL));
  g_assert_cmpint (g_mkdir (self->directory, 0700), ==, 0);
  g_assert_cmpint (symlink (elsewhere, self->path), ==, 0);
  store = load (self);
  add (store, "one");
  flush (store);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_IS_SYMLINK));
  text = read_text (elsewhere);
  g_assert_nonnull (strstr (text, "one"));
}

/* A folder that cannot be made: said so, and the store lives on. */
static void
test_unwritable (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr (FairleadProfileStore) store = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  store = load (self);
  g_assert_true (g_file_set_contents (self->directory, "in the way", -1, NULL));
  add (store, "one");
  fairlead_profile_store_flush_async (store, NULL, take_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (fairlead_profile_store_flush_finish (store, result, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_nonnull (fairlead_profile_store_get_notice (store));

  g_assert_cmpint (g_remove (self->directory), ==, 0);
  flush (store);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_EXISTS));
  g_assert_null (fairlead_profile_store_get_notice (store));
}

#define ADD(name, func) \
  g_test_add ("/profile-store/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("by-itself", test_by_itself);
  ADD ("during", test_during);
  ADD ("order", test_order);
  ADD ("before-load", test_before_load);
  ADD ("unknown", test_unknown);
  ADD ("unreadable", test_unreadable);
  ADD ("symlink", test_symlink);
  ADD ("unwritable", test_unwritable);
  return g_test_run ();
}
