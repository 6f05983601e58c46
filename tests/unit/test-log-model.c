/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "fairlead-log-model.h"

#define MIB (1024 * 1024)

/* What a list view does: it takes each change as it is told, and looks at the ends of what it was told of. */
typedef struct {
  FairleadLogModel *model;
  guint n_items;
  guint n_notices;
} Watch;

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Watch      *watch)
{
  g_assert_cmpuint (position + removed, <=, watch->n_items);
  watch->n_items = watch->n_items - removed + added;
  for (guint i = position; i < position + added; i++)
    if (fairlead_log_model_get_level (FAIRLEAD_LOG_MODEL (model), i) == FAIRLEAD_LOG_NOTICE)
      watch->n_notices++;
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, watch->n_items);
  if (watch->n_items > 0)
    {
      g_autoptr (GObject) first = g_list_model_get_item (model, 0);
      g_autoptr (GObject) last = g_list_model_get_item (model, watch->n_items - 1);

      g_assert_true (first != NULL && last != NULL);
    }
  g_assert_null (g_list_model_get_item (model, watch->n_items));
}

static void
watch (Watch            *self,
       FairleadLogModel *model)
{
  *self = (Watch) { model, g_list_model_get_n_items (G_LIST_MODEL (model)), 0 };
  g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), self);
}

static void
append (FairleadLogModel *model,
        const char       *text)
{
  fairlead_log_model_append_data (model, text, strlen (text));
}

static guint
length_of (FairleadLogModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (model));
}

static FairleadLogLine *
line_at (FairleadLogModel *model,
         guint             position)
{
  return g_list_model_get_item (G_LIST_MODEL (model), position);
}

/* "line N\n" for each N, about a mebibyte at a time. */
static void
append_numbers (FairleadLogModel *model,
                guint             from,
                guint             to,
                const char       *padding)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = from; i < to; i++)
    {
      g_string_append_printf (text, "line %u%s\n", i, padding);
      if (text->len < MIB && i + 1 < to)
        continue;
      fairlead_log_model_append_data (model, text->str, text->len);
      g_string_truncate (text, 0);
      while (g_main_context_iteration (NULL, FALSE) || fairlead_log_model_get_backlog (model) > 16 * MIB)
        ;
    }
}

static void
wait_written (FairleadLogModel *model)
{
  while (fairlead_log_model_get_backlog (model) > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_line (FairleadLogModel *model,
             guint             position,
             const char       *text)
{
  g_autoptr (FairleadLogLine) line = line_at (model, position);

  while (*fairlead_log_line_get_text (line) == '\0')
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (fairlead_log_line_get_text (line), ==, text);
}

static void
test_lines (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new (100);
  g_autofree char *tail = NULL;
  g_autoptr (FairleadLogLine) line = NULL;
  Watch w;

  watch (&w, model);
  append (model, "one\ntw");
  g_assert_cmpuint (length_of (model), ==, 1);
  append (model, "o\n\nWARNING: hot\nERROR and WARNING\n\033[31mred\033[0m \342\200\256x\n");
  fairlead_log_model_append_line (model, FAIRLEAD_LOG_NOTICE, "said by us");
  tail = fairlead_log_model_dup_tail (model, 100);
  g_assert_cmpstr (tail, ==, "one\ntwo\n\nWARNING: hot\nERROR and WARNING\nred \357\277\275x\nsaid by us\n");
  g_assert_cmpint (fairlead_log_model_get_level (model, 0), ==, FAIRLEAD_LOG_PLAIN);
  g_assert_cmpint (fairlead_log_model_get_level (model, 3), ==, FAIRLEAD_LOG_WARNING);
  g_assert_cmpint (fairlead_log_model_get_level (model, 4), ==, FAIRLEAD_LOG_ERROR);
  g_assert_cmpint (fairlead_log_model_get_level (model, 6), ==, FAIRLEAD_LOG_NOTICE);
  line = line_at (model, 4);
  g_assert_cmpuint (fairlead_log_line_get_number (line), ==, 5);
}

/* The same line is the same object for as long as somebody has it. */
static void
test_identity (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new (3);
  g_autoptr (FairleadLogLine) line = NULL;
  g_autoptr (FairleadLogLine) again = NULL;

  append (model, "a\nb\nc\n");
  line = line_at (model, 2);
  append (model, "d\n");
  again = line_at (model, 1);
  g_assert_true (line == again);
  fairlead_log_model_clear (model);
  g_assert_cmpstr (fairlead_log_line_get_text (line), ==, "c");
}

static void
assert_oldest (FairleadLogModel *model,
               guint             first)
{
  g_autofree char *text = g_strdup_printf ("line %u", first);
  g_autofree char *last = NULL;

  last = g_strdup_printf ("line %u", first + length_of (model) - 1);
  assert_line (model, 0, text);
  assert_line (model, length_of (model) - 1, last);
  g_assert_cmpuint (fairlead_log_model_get_first (model), ==, first);
}

static void
test_bound (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new (1000);
  g_autofree char *tail = NULL;
  Watch w;

  watch (&w, model);
  append_numbers (model, 0, 600, "");
  assert_oldest (model, 0);
  append_numbers (model, 600, 1500, "");
  g_assert_cmpuint (length_of (model), ==, 1000);
  assert_oldest (model, 500);
  /* More at once than is kept. */
  append_numbers (model, 1500, 60000, "");
  g_assert_cmpuint (length_of (model), ==, 1000);
  assert_oldest (model, 59000);
  tail = fairlead_log_model_dup_tail (model, 2);
  g_assert_cmpstr (tail, ==, "line 59998\nline 59999\n");
}

static void
test_long_line (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new (100);
  g_autofree char *text = g_strnfill (10000, 'x');

  append (model, text);
  append (model, "\ny\n");
  g_assert_cmpuint (length_of (model), ==, 4);
  assert_line (model, 3, "y");
}

/* What a progress bar wrote last stands, however its bytes are cut. */
static void
test_carriage_return (void)
{
  const char *bar = "start\r\n  0%|   |\r 50%|#  |\r100%|###|\n\r\r\ra\rb\r\r\nend\r";
  gsize length = strlen (bar);

  for (gsize step = 1; step <= length; step++)
    {
      g_autoptr (FairleadLogModel) model = fairlead_log_model_new (100);
      g_autofree char *tail = NULL;
      g_autofree char *partial = NULL;

      for (gsize i = 0; i < length; i += step)
        fairlead_log_model_append_data (model, bar + i, MIN (step, length - i));
      tail = fairlead_log_model_dup_tail (model, 100);
      g_assert_cmpstr (tail, ==, "start\n100%|###|\nb\n");
      g_object_get (model, "partial", &partial, NULL);
      g_assert_cmpstr (partial, ==, "end");
    }
}

static void
count_cb (guint *n)
{
  ++*n;
}

static void
test_partial (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new (100);
  g_autofree char *partial = NULL;
  guint n = 0;

  g_signal_connect_swapped (model, "notify::partial", G_CALLBACK (count_cb), &n);
  append (model, "one\n");
  g_assert_cmpuint (n, ==, 0);
  append (model, "\033[1m 10%|#");
  g_object_get (model, "partial", &partial, NULL);
  g_assert_cmpstr (partial, ==, " 10%|#");
  g_assert_cmpuint (n, ==, 1);
  append (model, "\n");
  g_assert_cmpuint (n, ==, 2);
}

static void
test_clear (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new_spooled (64 * MIB);
  g_autoptr (FairleadLogLine) line = NULL;
  Watch w;

  watch (&w, model);
  append_numbers (model, 0, 600000, " and some more");
  fairlead_log_model_clear (model);
  g_assert_cmpuint (length_of (model), ==, 0);
  append_numbers (model, 0, 600000, "");
  wait_written (model);
  assert_line (model, 0, "line 0");
  assert_line (model, 599999, "line 599999");
  line = line_at (model, 1);
  g_assert_cmpuint (fairlead_log_line_get_number (line), ==, 2);
}

/* Each line comes back from the disk as it was, from whichever end one asks. */
static void
test_spool (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new_spooled (1024 * MIB);
  const char *padding = " ........................................................................";
  guint n = 1000000;
  Watch w;

  watch (&w, model);
  append_numbers (model, 0, n, padding);
  wait_written (model);
  g_assert_cmpuint (length_of (model), ==, n);
  for (guint i = 0; i < n; i += 997)
    {
      g_autofree char *up = g_strdup_printf ("line %u%s", i, padding);
      g_autofree char *down = g_strdup_printf ("line %u%s", n - 1 - i, padding);

      assert_line (model, i, up);
      assert_line (model, n - 1 - i, down);
    }
}

/* The spool is a ring: what is in it is the end of the log, said once. */
static void
test_ring (void)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new_spooled (8 * MIB);
  guint last = 0;
  Watch w;

  watch (&w, model);
  append_numbers (model, 0, 3000000, "");
  wait_written (model);
  g_assert_cmpuint (length_of (model), <, 1000000);
  g_assert_cmpuint (w.n_notices, ==, 1);
  for (guint i = 0; i < length_of (model); i += 10007)
    {
      g_autoptr (FairleadLogLine) line = line_at (model, i);
      guint number;

      while (*fairlead_log_line_get_text (line) == '\0')
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (sscanf (fairlead_log_line_get_text (line), "line %u", &number), ==, 1);
      if (i > 0)
        g_assert_cmpuint (number, ==, last + 10007);
      last = number;
    }
  assert_line (model, length_of (model) - 1, "line 2999999");
}

/* Kilobytes that are the process's own, not a file's (proc(5), status). */
static guint
own_memory (void)
{
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, "RssAnon:");
  g_assert_nonnull (line);
  return g_ascii_strtoull (line + strlen ("RssAnon:"), NULL, 10);
}

static void
test_memory (void)
{
  g_autoptr (FairleadLogModel) model = NULL;
  guint before = own_memory ();
  guint after;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  g_test_skip ("A sanitizer keeps what was freed");
  return;
#endif
  model = fairlead_log_model_new_spooled (1024 * MIB);
  append_numbers (model, 0, 10000000, "");
  wait_written (model);
  g_assert_cmpuint (length_of (model), ==, 10000000);
  after = own_memory ();
  g_test_message ("10,000,000 lines take %u KiB", after - before);
  g_assert_cmpuint (after - before, <, 48 * 1024);
  assert_line (model, 5000000, "line 5000000");
}

/* Where nothing can be written, the end is kept, and one line says so. */
static void
test_no_disk (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "fairlead", NULL);
  g_autoptr (FairleadLogModel) model = NULL;
  Watch w;

  g_rmdir (folder);
  g_assert_true (g_file_set_contents (folder, "in the way", -1, NULL));
  model = fairlead_log_model_new_spooled (1024 * MIB);
  watch (&w, model);
  append_numbers (model, 0, 5000000, "");
  g_unlink (folder);
  g_assert_cmpuint (length_of (model), >, 1000000);
  g_assert_cmpuint (length_of (model), <, 5000000);
  assert_line (model, length_of (model) - 1, "line 4999999");
  g_assert_cmpuint (w.n_notices, ==, 1);
}

/* The file has no name, and nobody else could have opened it. */
static void
test_file (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "fairlead", NULL);
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new_spooled (1024 * MIB);
  g_autoptr (GDir) dir = NULL;
  GStatBuf info;

  append_numbers (model, 0, 1000000, "");
  wait_written (model);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  g_assert_null (g_dir_read_name (dir));
  g_assert_cmpint (g_stat (folder, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
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
  g_test_add_func ("/log-model/lines", test_lines);
  g_test_add_func ("/log-model/identity", test_identity);
  g_test_add_func ("/log-model/bound", test_bound);
  g_test_add_func ("/log-model/long-line", test_long_line);
  g_test_add_func ("/log-model/carriage-return", test_carriage_return);
  g_test_add_func ("/log-model/partial", test_partial);
  g_test_add_func ("/log-model/clear", test_clear);
  g_test_add_func ("/log-model/spool", test_spool);
  g_test_add_func ("/log-model/ring", test_ring);
  g_test_add_func ("/log-model/memory", test_memory);
  g_test_add_func ("/log-model/file", test_file);
  g_test_add_func ("/log-model/no-disk", test_no_disk);
  result = g_test_run ();
  g_rmdir (folder);
  g_rmdir (cache);
  return result;
}
