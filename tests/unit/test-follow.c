/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include "fairlead-follow-parser.h"
#include "fairlead-follow.h"
#include "run-fixture.h"

/* The follower and its script against files that really grow, move and shrink. */
typedef struct {
  char *root;
  char *log;                   /* server.log */
  char *progress;
  FakePerson *person;
  FairleadRemote *remote;
  FairleadLogModel *log_model;
  FairleadLogModel *progress_model;
  FairleadFollow *follow;
  GString *lines;              /* what ::progress-line told */
  GSubprocess *server;         /* what appends to the log */
  gint64 pid;
} Following;

static void
add (const char *file,
     const char *text)
{
  FILE *stream = g_fopen (file, "a");

  g_assert_nonnull (stream);
  g_assert_cmpint (fputs (text, stream), >=, 0);
  g_assert_cmpint (fclose (stream), ==, 0);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_assert_true (fairlead_remote_connect_finish (FAIRLEAD_REMOTE (source), result, NULL));
}

static void
line_cb (FairleadFollow *follow,
         const char     *line,
         Following      *following)
{
  g_string_append_printf (following->lines, "%s|", line);
}

/* A folder to be found before all others, in which that shell is "sh", and busybox is all tools. */
static char *
make_bin (Following  *f,
          const char *shell)
{
  g_autofree char *found = g_find_program_in_path (shell);
  g_autofree char *command = NULL;
  char *bin = g_build_filename (f->root, "bin", NULL);

  if (found == NULL)
    {
      g_test_skip ("That shell is not here");
      return bin;
    }
  if (strcmp (shell, "busybox") == 0)
    command = g_strdup_printf ("mkdir '%s' && '%s' --install -s '%s' && rm -f '%s/env'",
                               bin, found, bin, bin);
  else
    command = g_strdup_printf ("mkdir '%s' && ln -s '%s' '%s/sh'", bin, found, bin);
  g_assert_cmpint (system (command), ==, 0);
  return bin;
}

static void
following_set_up (Following     *f,
                  gconstpointer  data)
{
  FakeRemoteSetup setup = { 0 };
  g_autofree char *bin = NULL;

  f->root = g_dir_make_tmp ("fairlead-follow-XXXXXX", NULL);
  f->log = g_build_filename (f->root, "server.log", NULL);
  f->progress = g_build_filename (f->root, "progress.log", NULL);
  f->person = fake_person_new ();
  setup.home = f->root;
  setup.path = bin = make_bin (f, data);
  f->remote = fake_remote_new (&setup, FAIRLEAD_INTERACTION (f->person));
  fairlead_remote_connect_async (f->remote, NULL, opened_cb, NULL);
  wait_until (fairlead_remote_get_state (f->remote) == FAIRLEAD_SESSION_OPEN);
  f->log_model = fairlead_log_model_new (100000);
  f->progress_model = fairlead_log_model_new (100000);
  f->follow = fairlead_follow_new (f->log_model, f->progress_model);
  f->lines = g_string_new (NULL);
  g_signal_connect (f->follow, "progress-line", G_CALLBACK (line_cb), f);
}

static void
following_tear_down (Following     *f,
                     gconstpointer  data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", f->root);

  if (f->server != NULL)
    {
      g_subprocess_force_exit (f->server);
      g_subprocess_wait (f->server, NULL, NULL);
    }
  g_clear_object (&f->server);
  fairlead_follow_stop (f->follow);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (f->follow);
  g_object_unref (f->remote);
  g_object_unref (f->person);
  g_object_unref (f->log_model);
  g_object_unref (f->progress_model);
  g_string_free (f->lines, TRUE);
  g_assert_cmpint (system (command), ==, 0);
  g_free (f->root);
  g_free (f->log);
  g_free (f->progress);
}

static void
start (Following *f,
       gint64     pid,
       gboolean   launched)
{
  g_autoptr (FairleadPlace) place = fairlead_place_new ();
  FairleadFollowWhat what = { place, f->root, f->root, pid, launched, NULL, 0 };

  fairlead_place_set_host (place, f->remote, "here");
  fairlead_follow_start (f->follow, &what);
}

static char *
text_of (FairleadLogModel *model)
{
  return fairlead_log_model_dup_tail (model, 100000);
}

static gboolean
log_is (Following  *f,
        const char *text)
{
  g_autofree char *now = text_of (f->log_model);

  return g_str_equal (now, text);
}

static gboolean
log_ends (Following  *f,
          const char *text)
{
  g_autofree char *now = text_of (f->log_model);

  return g_str_has_suffix (now, text);
}

/* A server whose standard output is the log, as ours is started. It writes what it is told to. */
static void
start_server (Following *f)
{
  f->server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, NULL, "sh", "-c",
                                "exec >>\"$1\"\n"
                                "while read -r line; do\n"
                                "  case $line in\n"
                                "    truncate) : >\"$1\" ;;\n"
                                "    *) printf '%s\\n' \"$line\" ;;\n"
                                "  esac\n"
                                "done", "server", f->log, NULL);
  g_assert_nonnull (f->server);
  f->pid = g_ascii_strtoll (g_subprocess_get_identifier (f->server), NULL, 10);
}

static void
tell (Following  *f,
      const char *lines)
{
  GOutputStream *stream = g_subprocess_get_stdin_pipe (f->server);

  g_assert_true (g_output_stream_write_all (stream, lines, strlen (lines), NULL, NULL, NULL));
  g_assert_true (g_output_stream_flush (stream, NULL, NULL));
}

static void
wait_size (const char *file,
           gsize       size)
{
  GStatBuf info = { 0 };

  while (g_stat (file, &info) == 0 && (gsize) info.st_size != size)
    g_usleep (1000);
}

static guint
count (Following  *f,
       const char *text)
{
  g_autofree char *now = text_of (f->log_model);
  guint n = 0;

  for (const char *p = strstr (now, text); p != NULL; p = strstr (p + 1, text))
    n++;
  return n;
}

#define CUT_SHORT "The log was cut short: lines may be missing here.\n"

/* Truncated when all had been read: nothing is missing, and nothing is said, whatever came since. */
static void
test_cut_read (Following     *f,
               gconstpointer  data)
{
  start_server (f);
  tell (f, "one one one\n");
  start (f, f->pid, TRUE);
  wait_until (log_is (f, "one one one\n"));
  tell (f, "truncate\ntwo\n");
  wait_until (log_is (f, "one one one\ntwo\n"));
  /* It has grown past our position when that is looked at. */
  tell (f, "truncate\nthree\nthree and more than was there before\n");
  wait_until (log_is (f, "one one one\ntwo\nthree\nthree and more than was there before\n"));
  tell (f, "truncate\n");
  tell (f, "four\n");
  wait_until (log_ends (f, "there before\nfour\n"));
}

/* Truncated before it was read: one line says so. Unless we were quicker. */
static void
test_cut_unread (Following     *f,
                 gconstpointer  data)
{
  gboolean unread = FALSE;

  start_server (f);
  tell (f, "start\n");
  start (f, f->pid, TRUE);
  wait_until (log_is (f, "start\n"));
  for (guint i = 0; i < 20 && !unread; i++)
    {
      g_autofree char *lines = g_strdup_printf ("lost %u\ntruncate\nfound %u\n", i, i);
      g_autofree char *found = g_strdup_printf ("found %u\n", i);

      tell (f, lines);
      wait_until (log_ends (f, found));
      unread = count (f, "lost") == i;
      g_assert_cmpuint (count (f, CUT_SHORT), ==, unread ? 1 : 0);
    }
  g_assert_true (unread);
}

/* logrotate's copytruncate: what was not read is in the copy. */
static void
test_copied (Following     *f,
             gconstpointer  data)
{
  g_autofree char *copy = g_strconcat (f->log, ".1", NULL);

  start_server (f);
  tell (f, "one\n");
  start (f, f->pid, TRUE);
  wait_until (log_is (f, "one\n"));
  /* The copy is there before the log is cut. */
  add (copy, "one\ntwo\n");
  tell (f, "two\ntruncate\nthree\n");
  wait_until (log_is (f, "one\ntwo\nthree\n"));

  fairlead_follow_stop (f->follow);
  g_assert_cmpint (g_unlink (copy), ==, 0);
  add (copy, "three\nfour\n");
  tell (f, "truncate\nfive\n");
  wait_size (f->log, strlen ("five\n"));
  start (f, f->pid, FALSE);
  /* What came between the copying and the cutting nobody knows. */
  wait_until (log_is (f, "one\ntwo\nthree\nfour\n" CUT_SHORT "five\n"));
}

/* While nobody followed, another log got the number of the one that was read, and is longer. */
static void
test_other_file (Following     *f,
                 gconstpointer  data)
{
  add (f->log, "one\n");
  start (f, 0, TRUE);
  wait_until (log_is (f, "one\n"));
  fairlead_follow_stop (f->follow);
  g_assert_cmpint (truncate (f->log, 0), ==, 0);
  add (f->log, "two\nthree\n");
  start (f, 0, FALSE);
  wait_until (log_is (f, "one\n" CUT_SHORT "two\nthree\n"));
}

/* Of a server that was found running, all that it wrote. */
static void
test_from_launch (Following     *f,
                  gconstpointer  data)
{
  g_autoptr (FairleadPlace) place = fairlead_place_new ();
  FairleadFollowWhat what = { place, f->root, f->root, 0, FALSE, NULL, 0 };
  g_autofree char *inode = NULL;
  GStatBuf info;

  add (f->log, "of another launch\n");
  g_assert_cmpint (g_stat (f->log, &info), ==, 0);
  what.log_inode = inode = g_strdup_printf ("%" G_GUINT64_FORMAT, (guint64) info.st_ino);
  what.log_offset = info.st_size;
  add (f->log, "one\ntwo\n");
  fairlead_place_set_host (place, f->remote, "here");
  fairlead_follow_start (f->follow, &what);
  wait_until (log_is (f, "one\ntwo\n"));
}

/* Of a log of nobody knows what, its end, and that there is more. */
static void
test_skipped (Following     *f,
              gconstpointer  data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *now = NULL;

  while (text->len < 2 * 1024 * 1024)
    g_string_append_printf (text, "line at %zu\n", text->len);
  add (f->log, text->str);
  add (f->log, "end\n");
  start (f, 0, TRUE);
  wait_until (log_ends (f, "end\n"));
  now = text_of (f->log_model);
  g_assert_true (g_str_has_prefix (now, "Earlier lines are not shown: the log on the host has them.\nline at 1"));
}

/* A server that was not told of the rotation goes on with the old file. */
static void
test_rotate_untold (Following     *f,
                    gconstpointer  data)
{
  g_autofree char *old = g_strconcat (f->log, ".1", NULL);

  start_server (f);
  tell (f, "one\n");
  start (f, f->pid, TRUE);
  wait_until (log_is (f, "one\n"));
  g_assert_cmpint (g_rename (f->log, old), ==, 0);
  add (f->log, "");
  for (guint i = 0; i < 3; i++)
    {
      guint before = g_list_model_get_n_items (G_LIST_MODEL (f->log_model));

      tell (f, "more\n");
      wait_until (g_list_model_get_n_items (G_LIST_MODEL (f->log_model)) == before + 1);
    }
  add (f->log, "new\n");
  wait_until (log_is (f, "one\nmore\nmore\nmore\nnew\n"));
}

static void
test_grow (Following     *f,
           gconstpointer  data)
{
  add (f->log, "one\ntw");
  start (f, 0, TRUE);
  wait_until (log_is (f, "one\n"));
  add (f->log, "o\nthree\n");
  wait_until (log_is (f, "one\ntwo\nthree\n"));
  /* A file that comes later. */
  add (f->progress, "Loading\nSERVER_");
  wait_until (g_str_equal (f->lines->str, "Loading|"));
  add (f->progress, "READY\n");
  wait_until (g_str_equal (f->lines->str, "Loading|SERVER_READY|"));
}

static void
test_rotate (Following     *f,
             gconstpointer  data)
{
  g_autofree char *old = g_strconcat (f->log, ".1", NULL);

  add (f->log, "one\n");
  start (f, 0, TRUE);
  wait_until (log_is (f, "one\n"));
  add (f->log, "two\nunfinished");
  g_assert_cmpint (g_rename (f->log, old), ==, 0);
  add (f->log, "three\n");
  wait_until (log_is (f, "one\ntwo\nunfinished\nthree\n"));
}

static void
test_truncate (Following     *f,
               gconstpointer  data)
{
  add (f->log, "one\ntwo\n");
  start (f, 0, TRUE);
  wait_until (log_is (f, "one\ntwo\n"));
  g_assert_cmpint (truncate (f->log, 0), ==, 0);
  add (f->log, "x\n");
  wait_until (log_is (f, "one\ntwo\nThe log was cut short: lines may be missing here.\nx\n"));
}

/* Stopped and started again at any point, also on a file that has moved meanwhile. */
static void
test_restart (Following     *f,
              gconstpointer  data)
{
  g_autofree char *old = g_strconcat (f->log, "-20260101", NULL);

  add (f->log, "one\ntw");
  start (f, 0, TRUE);
  wait_until (log_is (f, "one\n"));
  fairlead_follow_stop (f->follow);
  add (f->log, "o\nthree\n");
  start (f, 0, FALSE);
  wait_until (log_is (f, "one\ntwo\nthree\n"));

  fairlead_follow_stop (f->follow);
  add (f->log, "four\n");
  g_assert_cmpint (g_rename (f->log, old), ==, 0);
  add (f->log, "five\n");
  start (f, 0, FALSE);
  wait_until (log_is (f, "one\ntwo\nthree\nfour\nfive\n"));
}

static void
test_gap (Following     *f,
          gconstpointer  data)
{
  g_autofree char *moved = g_build_filename (f->root, "elsewhere", NULL);

  add (f->log, "one\n");
  start (f, 0, TRUE);
  wait_until (log_is (f, "one\n"));
  fairlead_follow_stop (f->follow);
  /* Not beside the log under a name like its own: as good as gone. */
  g_assert_cmpint (g_rename (f->log, moved), ==, 0);
  add (f->log, "two\n");
  start (f, 0, FALSE);
  wait_until (log_is (f, "one\nThe log was replaced while it was not followed: lines are missing here.\n"
                         "two\n"));

  fairlead_follow_stop (f->follow);
  g_assert_cmpint (truncate (f->log, 0), ==, 0);
  add (f->log, "3\n");
  start (f, 0, FALSE);
  wait_until (log_ends (f, "two\nThe log was cut short: lines may be missing here.\n3\n"));
}

/* Rotated twice while nobody followed: what was written between is another file, and not ours to guess. */
static void
test_rotate_twice (Following     *f,
                   gconstpointer  data)
{
  const struct utimbuf earlier = { 1700000000, 1700000000 };
  const struct utimbuf later = { 1700000100, 1700000100 };
  g_autofree char *first = g_strconcat (f->log, ".2", NULL);
  g_autofree char *second = g_strconcat (f->log, ".1", NULL);

  add (f->log, "one\n");
  start (f, 0, TRUE);
  wait_until (log_is (f, "one\n"));
  fairlead_follow_stop (f->follow);
  add (f->log, "two\n");
  g_assert_cmpint (g_rename (f->log, first), ==, 0);
  g_assert_cmpint (g_utime (first, (struct utimbuf *) &earlier), ==, 0);
  add (second, "three\n");
  g_assert_cmpint (g_utime (second, (struct utimbuf *) &later), ==, 0);
  add (f->log, "four\n");
  start (f, 0, FALSE);
  wait_until (log_is (f, "one\ntwo\n"
                         "The log was replaced while it was not followed: lines are missing here.\n"
                         "four\n"));
}

/* A writer at full speed, and a follower that is torn away again and again: each line once, in order. */
static void
test_no_line_lost (Following     *f,
                   gconstpointer  data)
{
  g_autofree char *command = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GSubprocess) writer = NULL;
  g_autoptr (GString) expected = g_string_new (NULL);
  guint rounds = 0;

  command = g_strdup_printf ("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo \"line $i\"; done >>'%s'",
                             f->log);
  for (guint i = 1; i <= 20000; i++)
    g_string_append_printf (expected, "line %u\n", i);
  add (f->log, "");
  start (f, 0, TRUE);
  writer = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "sh", "-c", command, NULL);
  while (!log_ends (f, "line 20000\n"))
    {
      guint before = g_list_model_get_n_items (G_LIST_MODEL (f->log_model));

      wait_until (g_list_model_get_n_items (G_LIST_MODEL (f->log_model)) > before);
      if (rounds++ < 5)
        start (f, 0, FALSE);
    }
  text = text_of (f->log_model);
  g_assert_cmpstr (text, ==, expected->str);
  g_subprocess_wait (writer, NULL, NULL);
}

static void
exited_cb (FairleadFollow *follow,
           int             code,
           int            *told)
{
  *told = code;
}

static void
test_exit (Following     *f,
           gconstpointer  data)
{
  g_autofree char *exit_file = g_build_filename (f->root, "exit", NULL);
  g_autofree char *record = NULL;
  g_autoptr (GSubprocess) process = NULL;
  gint64 pid;
  int told = -2;

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, NULL, "sh", "-c", "read x; exit 0", NULL);
  pid = g_ascii_strtoll (g_subprocess_get_identifier (process), NULL, 10);
  g_signal_connect (f->follow, "exited", G_CALLBACK (exited_cb), &told);
  add (f->log, "running\n");
  start (f, pid, TRUE);
  wait_until (log_is (f, "running\n"));
  record = g_strdup_printf ("%" G_GINT64_FORMAT " 7\n", pid);
  add (f->log, "last words\n");
  add (exit_file, record);
  g_subprocess_force_exit (process);
  wait_until (told != -2);
  g_assert_cmpint (told, ==, 7);
  /* What it said last has come before its end. */
  g_assert_true (log_is (f, "running\nlast words\n"));
}

/* Nothing is left on the remote when nobody follows any more. */
static void
test_leaves_nothing (Following     *f,
                     gconstpointer  data)
{
  g_autofree char *pattern = g_strdup_printf ("for p in /proc/[0-9]*; do [ $p/cwd -ef '%s' ] && echo $p; done",
                                              f->root);

  add (f->log, "one\n");
  start (f, 0, TRUE);
  wait_until (log_is (f, "one\n"));
  fairlead_follow_stop (f->follow);
  for (gboolean gone = FALSE; !gone;)
    {
      g_autoptr (GSubprocess) look = NULL;
      g_autofree char *out = NULL;

      look = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, "sh", "-c", pattern, NULL);
      g_subprocess_communicate_utf8 (look, NULL, NULL, &out, NULL, NULL);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      gone = out == NULL || *out == '\0';
    }
}

static void
record_event (const char * const *words,
              gpointer            user_data)
{
  g_autofree char *text = g_strjoinv (" ", (char **) words);

  g_string_append_printf (user_data, "<%s>", text);
}

static void
record_data (const guchar *data,
             gsize         length,
             gpointer      user_data)
{
  g_string_append_len (user_data, (const char *) data, length);
}

/* However the bytes are cut, the same comes out. */
static void
test_parser (void)
{
  static const FairleadFollowParserFuncs funcs = { record_event, record_data };
  const char *text = "motd\nMARK no\n"
                     "\nMARK data l 1 0\none\n\ntwo\n"
                     "\nMARK alive\nchatter\n"
                     "\nMARK data p 2 9\nthree\nMARK\n\nMAR\n"
                     "\nMARK exit 3\n"
                     "\nMARK data l 1 5\n\n"
                     "\nMARK alive\n";
  const char *expected = "<no><data l 1 0>one\n\ntwo\n<alive><data p 2 9>three\nMARK\n\nMAR\n<exit 3>"
                         "<data l 1 5>\n<alive>";
  gsize length = strlen (text);

  for (gsize step = 1; step <= length; step++)
    {
      g_autoptr (GString) seen = g_string_new (NULL);
      g_autoptr (FairleadFollowParser) parser = fairlead_follow_parser_new ("MARK", &funcs, seen);

      for (gsize i = 0; i < length; i += step)
        fairlead_follow_parser_feed (parser, (const guchar *) text + i, MIN (step, length - i));
      g_assert_cmpstr (seen->str, ==, expected);
    }
}

int
main (int   argc,
      char *argv[])
{
  static const struct {
    const char *name;
    void (*test) (Following *f, gconstpointer data);
  } tests[] = {
    { "grow", test_grow },
    { "rotate", test_rotate },
    { "rotate-untold", test_rotate_untold },
    { "rotate-twice", test_rotate_twice },
    { "truncate", test_truncate },
    { "cut-read", test_cut_read },
    { "cut-unread", test_cut_unread },
    { "copied", test_copied },
    { "restart", test_restart },
    { "gap", test_gap },
    { "other-file", test_other_file },
    { "from-launch", test_from_launch },
    { "skipped", test_skipped },
    { "no-line-lost", test_no_line_lost },
    { "exit", test_exit },
    { "leaves-nothing", test_leaves_nothing },
  };
  static const char * const shells[] = { "dash", "bash", "busybox" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/follow/parser", test_parser);
  for (gsize i = 0; i < G_N_ELEMENTS (tests) * G_N_ELEMENTS (shells); i++)
    {
      const char *shell = shells[i / G_N_ELEMENTS (tests)];
      g_autofree char *path = g_strdup_printf ("/follow/%s/%s", shell, tests[i % G_N_ELEMENTS (tests)].name);

      g_test_add (path, Following, shell, following_set_up, tests[i % G_N_ELEMENTS (tests)].test,
                  following_tear_down);
    }
  return g_test_run ();
}
