/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fairlead-log-filter.h"
#include "fairlead-log-reader.h"
#include "fairlead-log-search.h"

#define MIB (1024 * 1024)

/* Lines of which each hundredth is an error; long enough that most of many are on the disk. */
static void
append (FairleadLogModel *model,
        guint             from,
        guint             to)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = from; i < to; i++)
    g_string_append_printf (text, "%s %u ........................\n", i % 100 == 0 ? "ERROR" : "line", i);
  fairlead_log_model_append_data (model, text->str, text->len);
  while (fairlead_log_model_get_backlog (model) > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
run_search (FairleadLogSearch *search)
{
  while (!fairlead_log_search_is_done (search))
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (fairlead_log_search_get_error (search));
}

static void
test_search (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new_spooled (256 * MIB);
  g_autoptr (FairleadLogSearch) search = NULL;
  g_autoptr (FairleadLogSearch) none = NULL;

  append (model, 0, 500000);
  search = fairlead_log_search_new (model, FAIRLEAD_LOG_PLAIN, "eRRor 4");
  run_search (search);
  /* 400, 4000…4900, 40000…49900, 400000…499900 */
  g_assert_cmpuint (fairlead_log_search_get_n_matches (search), ==, 1 + 10 + 100 + 1000);
  g_assert_cmpuint (fairlead_log_search_get_match (search, 0), ==, 400);
  g_assert_cmpuint (fairlead_log_search_get_match (search, 1110), ==, 499900);
  g_assert_cmpuint (fairlead_log_search_find (search, 401), ==, 1);
  g_assert_cmpuint (fairlead_log_search_find (search, 499901), ==, 1111);

  /* What comes later is looked at too. */
  fairlead_log_model_append_data (model, "Error 4 again\nno\n", strlen ("Error 4 again\nno\n"));
  run_search (search);
  g_assert_cmpuint (fairlead_log_search_get_n_matches (search), ==, 1112);
  g_assert_cmpuint (fairlead_log_search_get_match (search, 1111), ==, 500000);

  none = fairlead_log_search_new (model, FAIRLEAD_LOG_ERROR, "line");
  run_search (none);
  g_assert_cmpuint (fairlead_log_search_get_n_matches (none), ==, 0);
}

static void
test_search_words (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new (100);
  const char *text = "STRASSE\nStra\303\237e \303\204rger\na a a\n\na\n";
  static const struct {
    const char *needle;
    guint n;
    guint64 first;
  } rows[] = {
    { "stra\303\237e", 2, 0 },
    { "\303\244RGER", 1, 1 },
    { "a", 4, 0 },
    { "a a", 1, 2 },
    { "zz", 0, 0 },
  };

  fairlead_log_model_append_data (model, text, strlen (text));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FairleadLogSearch) search = NULL;

      search = fairlead_log_search_new (model, FAIRLEAD_LOG_PLAIN, rows[i].needle);
      run_search (search);
      g_assert_cmpuint (fairlead_log_search_get_n_matches (search), ==, rows[i].n);
      if (rows[i].n > 0)
        g_assert_cmpuint (fairlead_log_search_get_match (search, 0), ==, rows[i].first);
    }
}

static void
fail_cb (void)
{
  g_assert_not_reached ();
}

static void
test_search_stop (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new_spooled (256 * MIB);
  FairleadLogSearch *search;

  append (model, 0, 500000);
  search = fairlead_log_search_new (model, FAIRLEAD_LOG_PLAIN, "line");
  g_signal_connect (search, "changed", G_CALLBACK (fail_cb), NULL);
  fairlead_log_search_stop (search);
  append (model, 500000, 600000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (search);
}

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  guint      *n_items)
{
  g_assert_cmpuint (position + removed, <=, *n_items);
  *n_items += added - removed;
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, *n_items);
}

static void
test_filter (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new (1000);
  g_autoptr (FairleadLogFilter) all = fairlead_log_filter_new (model, FAIRLEAD_LOG_PLAIN);
  g_autoptr (FairleadLogFilter) errors = NULL;
  g_autoptr (FairleadLogLine) line = NULL;
  guint n_all = 0;
  guint n_errors = 1;

  append (model, 0, 100);
  n_all = 100;
  errors = fairlead_log_filter_new (model, FAIRLEAD_LOG_WARNING);
  g_signal_connect (all, "items-changed", G_CALLBACK (items_changed_cb), &n_all);
  g_signal_connect (errors, "items-changed", G_CALLBACK (items_changed_cb), &n_errors);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (errors)), ==, 1);
  append (model, 100, 950);
  g_assert_cmpuint (n_all, ==, 950);
  g_assert_cmpuint (n_errors, ==, 10);
  append (model, 950, 1250);
  g_assert_cmpuint (n_all, ==, 1000);
  g_assert_cmpuint (n_errors, ==, 10);
  line = g_list_model_get_item (G_LIST_MODEL (errors), 0);
  g_assert_cmpstr (fairlead_log_line_get_text (line), ==, "ERROR 300 ........................");
  g_assert_cmpuint (fairlead_log_filter_get_line (errors, 9), ==, 1200);
  g_assert_cmpuint (fairlead_log_filter_find (errors, 1150), ==, 9);
  g_assert_cmpuint (fairlead_log_filter_find (errors, 1201), ==, 10);
  g_assert_cmpuint (fairlead_log_filter_find (all, 250), ==, 0);
  fairlead_log_model_clear (model);
  g_assert_cmpuint (n_all, ==, 0);
  g_assert_cmpuint (n_errors, ==, 0);
}

static void
take_result_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_result (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
test_copy (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new_spooled (256 * MIB);
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = NULL;
  const guint64 wanted[] = { 3, 4, 250000, 499999 };

  append (model, 0, 500000);
  g_array_append_vals (lines, wanted, G_N_ELEMENTS (wanted));
  fairlead_log_copy_async (model, lines, MIB, NULL, take_result_cb, &result);
  text = fairlead_log_copy_finish (wait_result (&result), NULL);
  g_assert_cmpstr (text, ==, "line 3 ........................\nline 4 ........................\n"
                             "ERROR 250000 ........................\nline 499999 ........................\n");
  g_clear_object (&result);
  g_clear_pointer (&text, g_free);
  fairlead_log_copy_async (model, lines, 70, NULL, take_result_cb, &result);
  text = fairlead_log_copy_finish (wait_result (&result), NULL);
  g_assert_cmpstr (text, ==, "line 3 ........................\nline 4 ........................\n");
}

/* Whole, or not at all. */
static void
test_save (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new_spooled (256 * MIB);
  g_autofree char *folder = g_dir_make_tmp ("fairlead-save-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "saved.log", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autofree char *text = NULL;
  GError *error = NULL;
  const char *p;
  gsize length;

  append (model, 0, 500000);
  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  g_cancellable_cancel (cancellable);
  fairlead_log_save_async (model, file, cancellable, take_result_cb, &cancelled);
  g_assert_false (fairlead_log_save_finish (wait_result (&cancelled), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "old");
  g_clear_pointer (&text, g_free);

  fairlead_log_save_async (model, file, NULL, take_result_cb, &result);
  g_assert_true (fairlead_log_save_finish (wait_result (&result), &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  p = text;
  for (guint i = 0; i < 500000; i++)
    {
      /* memchr(), since a sanitizer's strchr() looks through all the rest of it each time. */
      g_assert_cmpuint (g_ascii_strtoull (memchr (p, ' ', text + length - p), NULL, 10), ==, i);
      p = (const char *) memchr (p, '\n', text + length - p) + 1;
    }
  g_assert_cmpstr (p, ==, "");
  g_unlink (path);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_null (g_dir_read_name (dir));
  g_rmdir (folder);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *cache = g_dir_make_tmp ("fairlead-cache-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (cache, "fairlead", NULL);
  int result;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-search/search", test_search);
  g_test_add_func ("/log-search/words", test_search_words);
  g_test_add_func ("/log-search/stop", test_search_stop);
  g_test_add_func ("/log-search/filter", test_filter);
  g_test_add_func ("/log-search/copy", test_copy);
  g_test_add_func ("/log-search/save", test_save);
  result = g_test_run ();
  g_rmdir (folder);
  g_rmdir (cache);
  return result;
}
