/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "fairlead-transfer-private.h"
#include "own-config.h"
#include "run-fixture.h"

/* Scenes to the demo solver, and files from it: whole, or not at all. */

#define MIB (1024 * 1024)

/* @size bytes that do not repeat. */
static char *
make_file (Fixture    *fixture,
           const char *name,
           gsize       size)
{
  char *path = g_build_filename (fixture->root, name, NULL);
  g_autofree guint32 *bytes = g_malloc (size + 4);
  g_autoptr (GRand) random = g_rand_new_with_seed (size);
  GError *error = NULL;

  for (gsize i = 0; i <= size / 4; i++)
    bytes[i] = g_rand_int (random);
  g_file_set_contents (path, (const char *) bytes, (gssize) size, &error);
  g_assert_no_error (error);
  return path;
}

static char *
hash_of (const char *path)
{
  g_autofree char *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, length);
}

/* A folder that files are saved in, with nothing else. */
static char *
make_folder (Fixture *fixture)
{
  char *folder = g_build_filename (fixture->root, "saved", NULL);

  g_mkdir (folder, 0755);
  return folder;
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
connect_with (Fixture    *fixture,
              const char *failure)
{
  g_autofree char *knob = g_strdup_printf ("FAIRLEAD_DEMO_FAIL=%s", failure);

  fixture_knobs (fixture, knob);
  fixture_connect (fixture);
  fixture_assert_ready (fixture);
}

static FairleadTransfer *
upload (Fixture    *fixture,
        const char *data,
        const char *param)
{
  g_autoptr (GFile) data_file = data != NULL ? g_file_new_for_path (data) : NULL;
  g_autoptr (GFile) param_file = param != NULL ? g_file_new_for_path (param) : NULL;
  const FairleadSceneUpload what = { .data = data_file, .param = param_file, .path = "/p x", .name = "demo" };

  return fairlead_run_upload (fixture->run, &what);
}

static FairleadTransfer *
fetch (Fixture    *fixture,
       const char *path,
       const char *to,
       gboolean    replace)
{
  g_autoptr (GFile) file = g_file_new_for_path (to);

  return fairlead_run_fetch (fixture->run, path, "demo", file, replace);
}

static void
assert_done (FairleadTransfer *transfer)
{
  wait_until (fairlead_transfer_is_over (transfer));
  g_assert_no_error (fairlead_transfer_get_error (transfer));
  g_assert_cmpint (fairlead_transfer_get_state (transfer), ==, FAIRLEAD_TRANSFER_DONE);
  g_assert_cmpuint (fairlead_transfer_get_done (transfer), ==, fairlead_transfer_get_total (transfer));
}

static void
assert_failed (FairleadTransfer *transfer,
               int               code,
               const char       *words,
               const char       *hint)
{
  const GError *error;

  wait_until (fairlead_transfer_is_over (transfer));
  error = fairlead_transfer_get_error (transfer);
  g_assert_error (error, FAIRLEAD_ERROR, code);
  g_test_message ("%s | %s", error->message, fairlead_error_get_hint (error));
  g_assert_nonnull (strstr (error->message, words));
  if (hint != NULL)
    g_assert_nonnull (strstr (fairlead_error_get_hint (error), hint));
}

typedef struct {
  guint seen[FAIRLEAD_TRANSFER_CANCELLED + 1];
  FairleadTransferState last;
  guint64 done;
} Watch;

static void
state_cb (FairleadTransfer *transfer,
          GParamSpec       *pspec,
          Watch            *watch)
{
  watch->last = fairlead_transfer_get_state (transfer);
  watch->seen[watch->last]++;
  watch->done = 0;
}

static void
done_cb (FairleadTransfer *transfer,
         GParamSpec       *pspec,
         Watch            *watch)
{
  guint64 done = fairlead_transfer_get_done (transfer);

  if (watch->last == fairlead_transfer_get_state (transfer))
    g_assert_cmpuint (done, >=, watch->done);
  watch->done = done;
}

/* There and back: equal, and all that is told of it on the way. */
static void
test_round_trip (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *scene = make_file (fixture, "scene.pickle", 9 * MIB + 17);
  g_autofree char *param = make_file (fixture, "param.pickle", 321);
  g_autofree char *folder = make_folder (fixture);
  g_autofree char *to = g_build_filename (folder, "data.pickle", NULL);
  g_autofree char *to_param = g_build_filename (folder, "param.pickle", NULL);
  g_autofree char *hash = hash_of (scene);
  g_autofree char *fetched = NULL;
  g_autofree char *fetched_param = NULL;
  g_autofree char *hash_param = hash_of (param);
  GListModel *transfers = fairlead_run_get_transfers (fixture->run);
  FairleadTransfer *transfer;
  Watch watch = { { 0, }, FAIRLEAD_TRANSFER_WAITING, 0 };
  int elapsed;

  connect_with (fixture, data != NULL ? data : "");
  transfer = upload (fixture, scene, param);
  watch.last = fairlead_transfer_get_state (transfer);
  g_assert_cmpint (watch.last, ==, FAIRLEAD_TRANSFER_HASHING);
  g_signal_connect (transfer, "notify::state", G_CALLBACK (state_cb), &watch);
  g_signal_connect (transfer, "notify::done", G_CALLBACK (done_cb), &watch);
  assert_done (transfer);
  g_assert_cmpuint (watch.seen[FAIRLEAD_TRANSFER_RUNNING], ==, 1);
  g_assert_cmpuint (fairlead_transfer_get_total (transfer), ==, 9 * MIB + 17 + 321);
  g_assert_cmpstr (fairlead_transfer_get_title (transfer), ==, "scene.pickle");
  g_object_get (transfer, "elapsed", &elapsed, NULL);
  g_assert_cmpint (elapsed, >=, 0);
  /* The solver is asked at once, and has it. */
  wait_until (fairlead_solver_status_get_state (fairlead_run_get_solver (fixture->run)) == FAIRLEAD_SOLVER_NO_BUILD);

  assert_done (fetch (fixture, "/p x/data.pickle", to, FALSE));
  assert_done (fetch (fixture, "/p x/param.pickle", to_param, FALSE));
  fetched = hash_of (to);
  fetched_param = hash_of (to_param);
  g_assert_cmpstr (fetched, ==, hash);
  g_assert_cmpstr (fetched_param, ==, hash_param);
  g_assert_cmpuint (count_files (folder), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (transfers), ==, 3);
  fairlead_run_remove_transfer (fixture->run, transfer);
  g_assert_cmpuint (g_list_model_get_n_items (transfers), ==, 2);
  fixture_stop (fixture);
}

/* The parameters alone; an empty file is one. */
static void
test_small (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *param = make_file (fixture, "param.pickle", 1);
  g_autofree char *empty = make_file (fixture, "empty", 0);
  g_autofree char *folder = make_folder (fixture);
  g_autofree char *to = g_build_filename (folder, "param", NULL);

  connect_with (fixture, "");
  assert_done (upload (fixture, empty, param));
  assert_done (upload (fixture, NULL, param));
  assert_done (fetch (fixture, "/p x/param.pickle", to, FALSE));
  assert_failed (upload (fixture, empty, NULL), FAIRLEAD_ERROR_CONFIG, "nothing in", NULL);
  fixture_stop (fixture);
}

/* What is wrong here is said before anything is sent. */
static void
test_wrong_here (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *scene = make_file (fixture, "scene", 100);
  g_autofree char *folder = make_folder (fixture);
  g_autofree char *missing = g_build_filename (folder, "missing", NULL);
  g_autofree char *deep = g_build_filename (folder, "no", "where", NULL);
  g_autoptr (GFile) remote = g_file_new_for_uri ("https://example.invalid/scene");
  g_autoptr (GFile) file = g_file_new_for_path (scene);
  FairleadSceneUpload what = { .data = file, .path = "/p", .name = "demo" };

  assert_failed (upload (fixture, scene, NULL), FAIRLEAD_ERROR_NETWORK, "no connection", NULL);
  connect_with (fixture, "");
  assert_failed (upload (fixture, missing, NULL), FAIRLEAD_ERROR_CONFIG, "No such file", NULL);
  assert_failed (upload (fixture, folder, NULL), FAIRLEAD_ERROR_CONFIG, "is not a file", NULL);
  assert_failed (upload (fixture, NULL, NULL), FAIRLEAD_ERROR_CONFIG, "no file on this computer", NULL);
  what.path = "/p\nq";
  assert_failed (fairlead_run_upload (fixture->run, &what), FAIRLEAD_ERROR_CONFIG, "A path", NULL);
  what.path = "/p";
  what.name = "";
  assert_failed (fairlead_run_upload (fixture->run, &what), FAIRLEAD_ERROR_CONFIG, "name", NULL);
  what.name = "\xff";
  assert_failed (fairlead_run_upload (fixture->run, &what), FAIRLEAD_ERROR_CONFIG, "name", NULL);
  what.name = "demo";
  what.data = remote;
  assert_failed (fairlead_run_upload (fixture->run, &what), FAIRLEAD_ERROR_CONFIG, "no file on this computer", NULL);
  assert_done (upload (fixture, scene, NULL));
  assert_failed (fetch (fixture, "/p x/data.pickle", deep, FALSE), FAIRLEAD_ERROR_CONFIG, "No such file", NULL);
  assert_failed (fetch (fixture, "/none", missing, FALSE), FAIRLEAD_ERROR_REMOTE, "No such file: /none", "own words");
  g_assert_cmpuint (count_files (folder), ==, 0);
  fixture_stop (fixture);
}

/* What is there is replaced only if somebody said so, and stays until the new one is whole. */
static void
test_replace (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *scene = make_file (fixture, "scene", 3 * MIB);
  g_autofree char *folder = make_folder (fixture);
  g_autofree char *to = g_build_filename (folder, "there", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autofree char *text = NULL;
  g_autofree char *fetched = NULL;
  g_autofree char *hash = hash_of (scene);

  connect_with (fixture, "");
  assert_done (upload (fixture, scene, NULL));
  g_assert_true (g_file_set_contents (to, "old", -1, NULL));
  assert_failed (fetch (fixture, "/p x/data.pickle", to, FALSE), FAIRLEAD_ERROR_CONFIG, "already", "not touched");
  assert_failed (fetch (fixture, "/none", to, TRUE), FAIRLEAD_ERROR_REMOTE, "No such file", NULL);
  g_assert_true (g_file_get_contents (to, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "old");
  g_assert_cmpint (symlink ("there", link), ==, 0);
  assert_failed (fetch (fixture, "/p x/data.pickle", link, FALSE), FAIRLEAD_ERROR_CONFIG, "already", NULL);
  assert_done (fetch (fixture, "/p x/data.pickle", link, TRUE));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  fetched = hash_of (to);
  g_assert_cmpstr (fetched, ==, hash);
  g_assert_cmpuint (count_files (folder), ==, 2);
  fixture_stop (fixture);
}

/* A file that comes to be where another is being saved is not lost. */
static void
test_name_taken_meanwhile (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autofree char *scene = make_file (fixture, "scene", 8 * MIB);
  g_autofree char *folder = make_folder (fixture);
  g_autofree char *to = g_build_filename (folder, "there", NULL);
  g_autofree char *text = NULL;
  FairleadTransfer *transfer;

  connect_with (fixture, "slow");
  assert_done (upload (fixture, scene, NULL));
  transfer = fetch (fixture, "/p x/data.pickle", to, FALSE);
  wait_until (fairlead_transfer_get_done (transfer) > 0);
  g_assert_false (g_file_test (to, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (to, "mine", -1, NULL));
  assert_failed (transfer, FAIRLEAD_ERROR_CONFIG, "already", NULL);
  g_assert_true (g_file_get_contents (to, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
  g_assert_cmpuint (count_files (folder), ==, 1);
  fixture_stop (fixture);
}

static void
append (const char *path)
{
  FILE *file = fopen (path, "a");

  g_assert_nonnull (file);
  fputc ('x', file);
  fclose (file);
}

/* A file that is written to on its way is noticed, and the solver keeps what it had. */
static void
test_changed (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *scene = make_file (fixture, "scene", 16 * MIB);
  FairleadTransfer *transfer;

  connect_with (fixture, "slow");
  transfer = upload (fixture, scene, NULL);
  wait_until (fairlead_transfer_get_state (transfer) == FAIRLEAD_TRANSFER_RUNNING
              && fairlead_transfer_get_done (transfer) > MIB);
  append (scene);
  assert_failed (transfer, FAIRLEAD_ERROR_CONFIG, "was changed while", "retry");
  /* Cut short while it is sent. */
  fairlead_transfer_retry (transfer);
  wait_until (fairlead_transfer_get_state (transfer) == FAIRLEAD_TRANSFER_RUNNING
              && fairlead_transfer_get_done (transfer) > MIB);
  g_assert_cmpint (truncate (scene, MIB), ==, 0);
  assert_failed (transfer, FAIRLEAD_ERROR_CONFIG, "was changed while", "retry");
  g_assert_cmpint (fairlead_solver_status_get_state (fairlead_run_get_solver (fixture->run)), ==,
                   FAIRLEAD_SOLVER_NO_DATA);
  fairlead_transfer_retry (transfer);
  assert_done (transfer);
  fixture_stop (fixture);
}

typedef struct {
  const char *failure;
  gboolean fetched;            /* a fetch; else an upload */
  const char *words;
  const char *hint;
} Wrong;

static const Wrong wrongs[] = {
  { "disk-full", FALSE, "No space left on device", "disk of the host is full" },
  { "cuts", FALSE, "closed the connection after", "log" },
  { "stops-reading", FALSE, "neither taken nor given a byte for 1 s", "restart it" },
  { "never-says-ok", FALSE, "neither taken nor given a byte for 1 s", "restart it" },
  { "cuts", TRUE, "closed the connection after 1", "log" },
  { "stops-sending", TRUE, "neither taken nor given a byte for 1 s", "restart it" },
};

/* A file that the solver has, without its being asked to take one. */
static void
plant (Fixture    *fixture,
       const char *path,
       gsize       size)
{
  g_autofree char *folder = g_build_filename (fixture->path, "data", NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA1, path, -1);
  g_autofree char *name = g_strdup_printf ("solver/data/%.16s", hash);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_free (make_file (fixture, name, size));
}

static void
test_wrong_there (Fixture       *fixture,
                  gconstpointer  data)
{
  const Wrong *wrong = data;
  g_autofree char *scene = make_file (fixture, "scene", 20 * MIB);
  g_autofree char *folder = make_folder (fixture);
  g_autofree char *to = g_build_filename (folder, "there", NULL);
  FairleadTransfer *transfer;

  connect_with (fixture, wrong->failure);
  plant (fixture, "/planted", 20 * MIB);
  if (wrong->fetched)
    transfer = fetch (fixture, "/planted", to, FALSE);
  else
    transfer = upload (fixture, scene, NULL);
  fairlead_transfer_set_patience (transfer, 1);
  assert_failed (transfer, FAIRLEAD_ERROR_REMOTE, wrong->words, wrong->hint);
  g_assert_cmpuint (count_files (folder), ==, 0);
}

/* The solver ends in the middle; what waits for its turn has no solver then. */
static void
test_killed (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *scene = make_file (fixture, "scene", 40 * MIB);
  FairleadTransfer *first, *second;

  connect_with (fixture, "slow");
  first = upload (fixture, scene, NULL);
  second = upload (fixture, scene, NULL);
  wait_until (fairlead_transfer_get_state (first) == FAIRLEAD_TRANSFER_RUNNING
              && fairlead_transfer_get_done (first) > MIB);
  kill ((pid_t) fixture_recorded_pid (fixture), SIGKILL);
  assert_failed (first, FAIRLEAD_ERROR_REMOTE, "closed the connection after", "log");
  wait_until (fairlead_transfer_is_over (second));
  g_assert_error (fairlead_transfer_get_error (second), FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  wait_until (fairlead_run_get_server_state (fixture->run) == FAIRLEAD_SERVER_EXITED);
}

/* Where it was cut, it works the next time. */
static void
test_retry (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *scene = make_file (fixture, "scene", 5 * MIB);
  FairleadTransfer *transfer;

  connect_with (fixture, "cuts-once");
  transfer = upload (fixture, scene, NULL);
  assert_failed (transfer, FAIRLEAD_ERROR_REMOTE, "closed the connection", NULL);
  fairlead_transfer_retry (transfer);
  g_assert_null (fairlead_transfer_get_error (transfer));
  assert_done (transfer);
  fairlead_transfer_retry (transfer);
  g_assert_cmpint (fairlead_transfer_get_state (transfer), ==, FAIRLEAD_TRANSFER_DONE);
  fixture_stop (fixture);
}

static void
assert_cancelled (FairleadTransfer *transfer)
{
  gint64 began = g_get_monotonic_time ();

  fairlead_transfer_cancel (transfer);
  wait_until (fairlead_transfer_is_over (transfer));
  g_test_message ("%g ms", (double) (g_get_monotonic_time () - began) / 1000);
  g_assert_cmpint (fairlead_transfer_get_state (transfer), ==, FAIRLEAD_TRANSFER_CANCELLED);
  g_assert_null (fairlead_transfer_get_error (transfer));
}

/* At any point, also where the other side does not move; the next one goes on at once. */
static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *scene = make_file (fixture, "scene", 20 * MIB);
  g_autofree char *folder = make_folder (fixture);
  g_autofree char *to = g_build_filename (folder, "there", NULL);
  FairleadTransfer *first, *second;

  connect_with (fixture, "stops-reading,stops-sending");
  plant (fixture, "/planted", 20 * MIB);
  first = upload (fixture, scene, NULL);
  second = fetch (fixture, "/planted", to, FALSE);
  g_assert_cmpint (fairlead_transfer_get_state (second), ==, FAIRLEAD_TRANSFER_WAITING);
  wait_until (fairlead_transfer_get_state (first) == FAIRLEAD_TRANSFER_RUNNING
              && fairlead_transfer_get_done (first) >= MIB);
  assert_cancelled (first);
  wait_until (fairlead_transfer_get_done (second) >= MIB);
  g_assert_cmpuint (count_files (folder), ==, 1);
  assert_cancelled (second);
  g_assert_cmpuint (count_files (folder), ==, 0);
  /* While it is hashed, and while it waits. */
  first = upload (fixture, scene, NULL);
  second = upload (fixture, scene, NULL);
  assert_cancelled (second);
  assert_cancelled (first);
  fixture_stop (fixture);
}

/* What is under way ends with the connection that a person closes. */
static void
test_disconnect (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *scene = make_file (fixture, "scene", 20 * MIB);
  FairleadTransfer *first, *second;

  connect_with (fixture, "stops-reading");
  first = upload (fixture, scene, NULL);
  second = upload (fixture, scene, NULL);
  wait_until (fairlead_transfer_get_state (first) == FAIRLEAD_TRANSFER_RUNNING);
  fixture_disconnect (fixture);
  wait_until (fairlead_transfer_is_over (first));
  g_assert_cmpint (fairlead_transfer_get_state (first), ==, FAIRLEAD_TRANSFER_CANCELLED);
  g_assert_cmpint (fairlead_transfer_get_state (second), ==, FAIRLEAD_TRANSFER_CANCELLED);
}

/* One that is asked for while the connection is away waits for it. */
static void
test_waits (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *scene = make_file (fixture, "scene", 2 * MIB);
  FairleadTransfer *transfer;

  connect_with (fixture, "");
  fixture->setup.unreachable = TRUE;
  fake_remote_lose (fixture->remote);
  wait_until (fairlead_run_get_link_state (fixture->run) == FAIRLEAD_LINK_BACKOFF);
  transfer = upload (fixture, scene, NULL);
  g_assert_cmpint (fairlead_transfer_get_state (transfer), ==, FAIRLEAD_TRANSFER_WAITING);
  fixture->setup.unreachable = FALSE;
  fairlead_run_retry_now (fixture->run);
  assert_done (transfer);
  wait_idle (fixture);
  /* ... and fails where it will not come back. */
  fixture->setup.unreachable = TRUE;
  fake_remote_lose (fixture->remote);
  wait_until (fairlead_run_get_link_state (fixture->run) == FAIRLEAD_LINK_BACKOFF);
  transfer = upload (fixture, scene, NULL);
  fairlead_run_stop_reconnecting (fixture->run);
  assert_failed (transfer, FAIRLEAD_ERROR_NETWORK, "no connection", NULL);
}

/* A file that is larger than may be here. */
static void
test_too_large_here (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *folder = make_folder (fixture);
  g_autofree char *to = g_build_filename (folder, "there", NULL);
  struct rlimit limit, small;

  connect_with (fixture, "");
  plant (fixture, "/planted", 4 * MIB);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  small = limit;
  small.rlim_cur = MIB;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  assert_failed (fetch (fixture, "/planted", to, FALSE), FAIRLEAD_ERROR_CONFIG, "cannot be written", "of that size");
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_cmpuint (count_files (folder), ==, 0);
  fixture_stop (fixture);
}

#define ADD(name, data, function) \
  g_test_add ("/transfer/" name, Fixture, data, fixture_set_up, function, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  char *own = own_config_new ();
  int result;

  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", NULL, test_round_trip);
  ADD ("round-trip-old-protocol", "old-protocol", test_round_trip);
  ADD ("small", NULL, test_small);
  ADD ("wrong-here", NULL, test_wrong_here);
  ADD ("replace", NULL, test_replace);
  ADD ("name-taken-meanwhile", NULL, test_name_taken_meanwhile);
  ADD ("changed", NULL, test_changed);
  for (gsize i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autofree char *name = g_strdup_printf ("/transfer/wrong-there/%s-%s", wrongs[i].failure,
                                               wrongs[i].fetched ? "fetch" : "upload");

      g_test_add (name, Fixture, &wrongs[i], fixture_set_up, test_wrong_there, fixture_tear_down);
    }
  ADD ("killed", NULL, test_killed);
  ADD ("retry", NULL, test_retry);
  ADD ("cancel", NULL, test_cancel);
  ADD ("disconnect", NULL, test_disconnect);
  ADD ("waits", NULL, test_waits);
  ADD ("too-large-here", NULL, test_too_large_here);
  result = g_test_run ();
  own_config_remove (own);
  return result;
}
