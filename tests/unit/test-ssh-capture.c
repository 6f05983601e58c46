/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "fairlead-ssh-capture.h"

/* Programs of which what they say is taken: with an end, or without. */

#define LONG (60 * G_USEC_PER_SEC)
#define SHORT (G_USEC_PER_SEC / 5)
#define LIMIT (1024 * 1024)

typedef struct {
  GByteArray *output;
  GByteArray *errors;
  GError *error;
  int status;
  gboolean good;
} Taken;

static void
taken_clear (Taken *taken)
{
  g_byte_array_unref (taken->output);
  g_byte_array_unref (taken->errors);
  g_clear_error (&taken->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Taken, taken_clear)

static Taken
run (const char   *script,
     gint64        silence,
     GCancellable *cancellable)
{
  const char *argv[] = { "/bin/sh", "-c", script, NULL };
  Taken taken = { .output = g_byte_array_new (), .errors = g_byte_array_new (), .status = -1 };

  taken.good = fairlead_ssh_capture (argv, silence, LIMIT, taken.output, taken.errors, cancellable,
                                     &taken.status, &taken.error);
  g_assert_true (taken.good == (taken.error == NULL));
  return taken;
}

static void
test_says (void)
{
  g_auto (Taken) taken = run ("cat; printf one; sleep 0.1; printf ' two'; printf oops >&2; exit 3", LONG,
                              NULL);

  g_assert_no_error (taken.error);
  g_assert_cmpmem (taken.output->data, taken.output->len, "one two", 7);
  g_assert_cmpmem (taken.errors->data, taken.errors->len, "oops", 4);
  g_assert_true (WIFEXITED (taken.status));
  g_assert_cmpint (WEXITSTATUS (taken.status), ==, 3);
}

/* It is not its children's end that is waited for. */
static void
test_leaves_a_child (void)
{
  g_auto (Taken) taken = run ("sleep 1000 & echo $!", LONG, NULL);

  g_assert_no_error (taken.error);
  g_byte_array_append (taken.output, (const guint8 *) "", 1);
  g_assert_no_errno (kill (g_ascii_strtoll ((char *) taken.output->data, NULL, 10), SIGKILL));
}

static void
test_ended_by_a_signal (void)
{
  g_auto (Taken) taken = run ("kill -9 $$", LONG, NULL);

  g_assert_no_error (taken.error);
  g_assert_true (WIFSIGNALED (taken.status));
}

static void
test_is_not_there (void)
{
  const char *argv[] = { "/nonexistent", NULL };
  g_autoptr (GByteArray) output = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_false (fairlead_ssh_capture (argv, LONG, LIMIT, output, output, NULL, &status, &error));
  g_assert_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
}

static void
assert_is_gone (GByteArray *pid)
{
  g_byte_array_append (pid, (const guint8 *) "", 1);
  /* Adopted by init, which reaps it: it may still be seen for a moment. */
  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *path = g_strdup_printf ("/proc/%s/stat", g_strstrip ((char *) pid->data));
      g_autofree char *stat = NULL;

      if (!g_file_get_contents (path, &stat, NULL, NULL) || strstr (stat, ") Z ") != NULL)
        return;
      g_usleep (2000);
    }
  g_assert_not_reached ();
}

/* With all that it has started. */
static void
test_falls_silent (void)
{
  g_auto (Taken) taken = run ("sleep 1000 & echo $!; wait", SHORT, NULL);

  g_assert_error (taken.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  assert_is_gone (taken.output);
}

static void
test_closes_and_stays (void)
{
  g_auto (Taken) taken = run ("exec >&- 2>&-; exec sleep 1000", SHORT, NULL);

  g_assert_error (taken.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* Slow, but not silent. */
static void
test_is_slow (void)
{
  g_auto (Taken) taken = run ("for i in a b c d e f g h i j k l; do sleep 0.25; echo $i; done",
                              5 * G_USEC_PER_SEC / 2, NULL);

  g_assert_no_error (taken.error);
  g_assert_cmpuint (taken.output->len, ==, 24);
}

static void
test_never_stops (void)
{
  g_auto (Taken) taken = run ("exec cat /dev/zero", LONG, NULL);

  g_assert_error (taken.error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_assert_cmpuint (taken.output->len, <=, LIMIT + 16384);
}

static void
test_many_errors (void)
{
  g_auto (Taken) taken = run ("head -c 3000000 /dev/zero >&2; echo last >&2", LONG, NULL);

  g_assert_no_error (taken.error);
  g_assert_cmpuint (taken.errors->len, ==, 64 * 1024);
  g_assert_cmpmem (taken.errors->data + taken.errors->len - 5, 5, "last\n", 5);
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_usleep (SHORT);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);
  g_auto (Taken) taken = run ("sleep 1000 & echo $!; wait", LONG, cancellable);

  g_thread_join (thread);
  g_assert_error (taken.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_is_gone (taken.output);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh-capture/says", test_says);
  g_test_add_func ("/ssh-capture/leaves-a-child", test_leaves_a_child);
  g_test_add_func ("/ssh-capture/ended-by-a-signal", test_ended_by_a_signal);
  g_test_add_func ("/ssh-capture/is-not-there", test_is_not_there);
  g_test_add_func ("/ssh-capture/falls-silent", test_falls_silent);
  g_test_add_func ("/ssh-capture/closes-and-stays", test_closes_and_stays);
  g_test_add_func ("/ssh-capture/is-slow", test_is_slow);
  g_test_add_func ("/ssh-capture/never-stops", test_never_stops);
  g_test_add_func ("/ssh-capture/many-errors", test_many_errors);
  g_test_add_func ("/ssh-capture/cancelled", test_cancelled);
  return g_test_run ();
}
