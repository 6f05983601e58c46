/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "fairlead-error.h"
#include "ssh-fixture.h"

/* The ssh layer on a way of several hosts. CHAIN_… of tests/lib/chain.py say where they are. */

static guint
number (const char *variable,
        guint       host)
{
  g_autofree char *name = g_strdup_printf ("%s_%u", variable, host);

  g_assert_nonnull (g_getenv (name));
  return g_ascii_strtoull (g_getenv (name), NULL, 10);
}

static guint
n_hosts (void)
{
  return g_ascii_strtoull (g_getenv ("CHAIN_HOSTS"), NULL, 10);
}

/* What one host of the way is instead of itself. */
typedef struct {
  guint host;                      /* 0 for none */
  guint port;                      /* 0 for its own */
  const char *known_hosts;         /* NULL for the way's */
} Other;

static FairleadTarget *
resolve (Fixture     *fixture,
         guint        host,
         const char  *known_hosts,
         const char  *config,
         const Other *other)
{
  g_autofree char *name = g_strdup_printf ("hop%u", host);
  g_autofree char *path = g_build_filename (fixture->directory, "config", NULL);
  g_autofree char *all = NULL, *text = NULL;
  gboolean is_other = other != NULL && other->host == host;
  FairleadTargetOptions options = { .config_file = path, .known_hosts_file = known_hosts };
  g_autoptr (GError) error = NULL;
  FairleadTarget *target;

  if (is_other && other->known_hosts != NULL)
    options.known_hosts_file = other->known_hosts;
  g_assert_true (g_file_get_contents (g_getenv ("CHAIN_CONFIG"), &all, NULL, NULL));
  text = g_strdup_printf ("%s\n%s", config ? config : "", all);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  target = fairlead_target_new_for_text (name, &options, &error);
  g_assert_no_error (error);
  if (is_other && other->port != 0)
    target->port = other->port;
  return target;
}

/* The way to its last host, each host with the one before it as its jump host. */
static void
use_way (Fixture     *fixture,
         const char  *known_hosts,
         const char  *config,
         const Other *other)
{
  g_autofree char *last = g_strdup_printf ("hop%u", n_hosts ());
  FairleadTarget *way = NULL;

  for (guint host = 1; host <= n_hosts (); host++)
    {
      FairleadTarget *target = resolve (fixture, host, known_hosts, config, other);

      g_clear_pointer (&target->via, fairlead_target_unref);
      target->via = way;
      if (host < n_hosts () && target->destination == NULL)
        target->destination = g_strdup (last);
      way = target;
    }
  test_use_target (fixture, way);
  fairlead_target_unref (way);
}

static const char *
passphrases (void)
{
  return g_getenv ("CHAIN_PASSPHRASE");
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  static const char *answers[9];

  for (guint i = 0; i < G_N_ELEMENTS (answers) - 1; i++)
    answers[i] = passphrases ();
  fixture->directory = g_dir_make_tmp ("fairlead-jump-XXXXXX", NULL);
  fixture->messages = g_string_new (NULL);
  fixture->person = g_object_new (TEST_TYPE_PERSON, NULL);
  fixture->person->passphrases = answers;
  fixture->person->forgets = TRUE;
}

static void
set_up_open (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  set_up (fixture, data);
  use_way (fixture, g_getenv ("CHAIN_KNOWN_HOSTS"), data, NULL);
  test_connect (fixture, &error);
  g_assert_no_error (error);
}

/* With all that is known of it. */
static void
fail_to_carry (Fixture         *fixture,
               FairleadForward *forward)
{
  const GError *error = fairlead_remote_get_error (fixture->remote);
  FairleadForwardCounters counters;
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC;

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  fairlead_forward_get_counters (forward, &counters);
  g_error ("The forward does not carry: %u connections, %u refused, %u failed, %u open. The session is in "
           "state %d, error: %s. It said:\n%s", (guint) counters.total, (guint) counters.refused,
           (guint) counters.failed, (guint) counters.open,
           fairlead_remote_get_state (fixture->remote), error ? error->message : "none",
           fixture->messages->str);
}

static void
assert_carries (Fixture *fixture)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadForward) forward = test_forward (fixture, 0, FALSE, echo_port (echo), &error);

  g_assert_no_error (error);
  for (guint i = 0; i < 20; i++)
    if (!test_exchange (fairlead_forward_get_local_port (forward), i))
      fail_to_carry (fixture, forward);
  fairlead_forward_close (forward);
  WAIT_FOR (!fairlead_forward_is_open (forward));
}

/* Each host's key and each passphrase is asked for once, under its name; then all is known. */
static void
test_first_contact (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *known_hosts = g_build_filename (fixture->directory, "known_hosts", NULL);
  g_autofree char *connection = NULL;
  g_autoptr (GError) error = NULL;
  guint keys = n_hosts ();

  fixture->person->answer = FAIRLEAD_HOST_KEY_TRUST;
  use_way (fixture, known_hosts, NULL, NULL);
  test_connect (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->person->heard->str, ==,
                   "key hop1 → hop3\nkey hop2 → hop3\npassphrase hop2 → hop3\nkey hop3 → \n");
  g_assert_cmpuint (fixture->person->asked, ==, keys + 1);
  g_assert_nonnull (strstr (fixture->messages->str, "\nhop1: Signed in"));
  g_assert_nonnull (strstr (fixture->messages->str, "\nhop2: Signed in"));
  g_assert_null (strstr (fixture->messages->str, "hop2: hop1: "));
  connection = test_run (fixture, "echo $SSH_CONNECTION", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_ascii_strtoull (strrchr (connection, ' '), NULL, 10), ==,
                    number ("CHAIN_PORT", n_hosts ()));
  assert_carries (fixture);
  test_close (fixture->remote);

  g_string_truncate (fixture->person->heard, 0);
  use_way (fixture, known_hosts, NULL, NULL);
  test_connect (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->person->heard->str, ==, "passphrase hop2 → hop3\n");
  assert_carries (fixture);
}

/* For now: until quit, and for this connection. */
static void
test_once (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *known_hosts = g_build_filename (fixture->directory, "known_hosts", NULL);
  g_autoptr (GError) error = NULL;

  fixture->person->answer = FAIRLEAD_HOST_KEY_ONCE;
  for (guint i = 0; i < 2; i++)
    {
      g_string_truncate (fixture->person->heard, 0);
      use_way (fixture, known_hosts, NULL, NULL);
      test_connect (fixture, &error);
      g_assert_no_error (error);
      test_close (fixture->remote);
    }
  g_assert_cmpstr (fixture->person->heard->str, ==, "passphrase hop2 → hop3\n");
  g_assert_false (g_file_test (known_hosts, G_FILE_TEST_EXISTS));
}

static void
assert_names_hop (const GError *error,
                  int           code,
                  guint         hop)
{
  g_autofree char *beginning =
    g_strdup_printf ("At the jump host “hop%u”, on the way to “hop%u”: ", hop, n_hosts ());

  g_assert_error (error, FAIRLEAD_ERROR, code);
  g_assert_true (g_str_has_prefix (error->message, beginning));
  g_assert_null (strstr (error->message + strlen (beginning), "At the jump host"));
}

/* Another key is saved for a jump host: it is that host's problem. */
static void
test_changed_key (Fixture       *fixture,
                  gconstpointer  data)
{
  guint hop = GPOINTER_TO_UINT (data);
  g_autofree char *known_hosts = g_build_filename (fixture->directory, "known_hosts", NULL);
  g_autofree char *key = test_make_key (fixture, "wrong", "ed25519", NULL, "");
  g_autofree char *public_path = g_strconcat (key, ".pub", NULL);
  g_autofree char *public_key = NULL, *line = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (public_path, &public_key, NULL, NULL));
  line = g_strdup_printf ("[127.0.0.1]:%u %s", number ("CHAIN_PORT", hop), public_key);
  g_assert_true (g_file_set_contents (known_hosts, line, -1, NULL));
  use_way (fixture, g_getenv ("CHAIN_KNOWN_HOSTS"), NULL,
           &(Other) { .host = hop, .known_hosts = known_hosts });
  fixture->person->answer = FAIRLEAD_HOST_KEY_CANCEL;
  g_assert_false (test_connect (fixture, &error));
  assert_names_hop (error, FAIRLEAD_ERROR_HOST_KEY, hop);
  g_assert_nonnull (fairlead_error_get_hint (error));
}

/* ---- lost on the way ---- */

/* The processes of the connections that host @host serves now; of the last one it is that of a hop. */
static void
signal_connections (guint host,
                    int   signal_number)
{
  g_autofree char *pid = g_strdup_printf ("%u", number ("CHAIN_PID", host));
  g_autoptr (GPtrArray) pids = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (pids, g_steal_pointer (&pid));
  for (guint i = 0; i < pids->len; i++)
    {
      g_autofree char *path = g_strdup_printf ("/proc/%s/task/%s/children", (char *) pids->pdata[i],
                                               (char *) pids->pdata[i]);
      g_autofree char *text = NULL;
      g_auto (GStrv) children = NULL;

      if (!g_file_get_contents (path, &text, NULL, NULL))
        continue;
      children = g_strsplit (g_strstrip (text), " ", -1);
      for (guint j = 0; children[j] != NULL; j++)
        if (*children[j] != '\0')
          g_ptr_array_add (pids, g_strdup (children[j]));
    }
  g_assert_cmpuint (pids->len, >, 1);
  for (guint i = 1; i < pids->len; i++)
    kill (g_ascii_strtoll (pids->pdata[i], NULL, 10), signal_number);
}

static void
test_killed (Fixture       *fixture,
             gconstpointer  data)
{
  guint hop = GPOINTER_TO_UINT (data);

  signal_connections (hop, SIGKILL);
  WAIT_FOR (fairlead_remote_get_state (fixture->remote) == FAIRLEAD_SESSION_FAILED);
  assert_names_hop (fairlead_remote_get_error (fixture->remote), FAIRLEAD_ERROR_NETWORK, hop);
}

static void
set_up_open_plain (Fixture       *fixture,
                   gconstpointer  data)
{
  set_up_open (fixture, NULL);
}

/* A jump host that falls silent is found out before what is behind it. */
static void
test_silent (Fixture       *fixture,
             gconstpointer  config)
{
  signal_connections (1, SIGSTOP);
  WAIT_FOR (fairlead_remote_get_state (fixture->remote) == FAIRLEAD_SESSION_FAILED);
  signal_connections (1, SIGCONT);
  assert_names_hop (fairlead_remote_get_error (fixture->remote), FAIRLEAD_ERROR_NETWORK, 1);
  g_assert_nonnull (strstr (fairlead_remote_get_error (fixture->remote)->message, "has not answered"));
}

/* Asked for a sign of life, the same. */
static void
test_check (Fixture       *fixture,
            gconstpointer  data)
{
  signal_connections (1, SIGSTOP);
  fairlead_remote_check_async (fixture->remote, NULL, NULL, NULL);
  WAIT_FOR (fairlead_remote_get_state (fixture->remote) == FAIRLEAD_SESSION_FAILED);
  signal_connections (1, SIGCONT);
  assert_names_hop (fairlead_remote_get_error (fixture->remote), FAIRLEAD_ERROR_NETWORK, 1);
}

/* ---- what a jump host may not do ---- */

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  use_way (fixture, g_getenv ("CHAIN_KNOWN_HOSTS"), NULL, NULL);
  g_assert_false (test_connect (fixture, &error));
  assert_names_hop (error, FAIRLEAD_ERROR_NETWORK, 1);
  g_assert_nonnull (strstr (error->message, "does not pass connections on"));
  g_assert_nonnull (strstr (fairlead_error_get_hint (error), "AllowTcpForwarding"));
}

static void
test_nothing_there (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  Echo *echo = echo_start ();
  Other other = { .host = 2, .port = echo_port (echo) };

  echo_stop (echo);
  use_way (fixture, g_getenv ("CHAIN_KNOWN_HOSTS"), NULL, &other);
  g_assert_false (test_connect (fixture, &error));
  assert_names_hop (error, FAIRLEAD_ERROR_NETWORK, 1);
  g_assert_nonnull (strstr (error->message, "cannot reach 127.0.0.1"));
}

/* No session, no shell: what matters of a jump host is that it passes connections on. */
static void
test_carries (Fixture       *fixture,
              gconstpointer  data)
{
  assert_carries (fixture);
}

static guint
count_in_log (guint       host,
              const char *text)
{
  g_autofree char *name = g_strdup_printf ("CHAIN_LOG_%u", host);
  g_autofree char *log = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (g_getenv (name), &log, NULL, NULL));
  for (const char *p = log; (p = strstr (p, text)) != NULL; p += strlen (text))
    n++;
  return n;
}

/* The last host hangs up while the person decides about its key: the way to it is still there. */
static void
test_late (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *known_hosts = g_build_filename (fixture->directory, "known_hosts", NULL);
  g_autoptr (Relay) relay = relay_start (number ("CHAIN_PORT", n_hosts ()));
  Other other = { .host = n_hosts (), .port = relay_get_port (relay), .known_hosts = known_hosts };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint before = count_in_log (1, "Accepted publickey");

  use_way (fixture, g_getenv ("CHAIN_KNOWN_HOSTS"), NULL, &other);
  fairlead_remote_connect_async (fixture->remote, NULL, keep_result_cb, &result);
  fixture->person->thinks = TRUE;
  fixture->person->answer = FAIRLEAD_HOST_KEY_TRUST;
  WAIT_FOR (fixture->person->pending != NULL);
  test_person_answer (fixture->person);        /* hop2's passphrase */
  WAIT_FOR (fixture->person->pending != NULL);
  WAIT_POLLING (relay_get_hang_ups (relay) > 0);
  test_person_answer (fixture->person);
  WAIT_FOR (result != NULL);
  g_assert_true (fairlead_remote_connect_finish (fixture->remote, result, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (fixture->messages->str, "The host hung up meanwhile"));
  g_assert_cmpuint (count_in_log (1, "Accepted publickey"), ==, before + 1);
}

/* ---- cancelled, or dropped, at any moment ---- */

static guint
count_threads (void)
{
  g_autoptr (GDir) directory = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  for (const char *name; (name = g_dir_read_name (directory)) != NULL;)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", name, "comm", NULL);
      g_autofree char *comm = NULL;

      if (g_file_get_contents (path, &comm, NULL, NULL) && g_str_has_prefix (comm, "ssh"))
        n++;
    }
  return n;
}

typedef struct {
  const char *name;
  guint hop;                       /* that is a black hole, or mute */
  gboolean mute;
  gboolean asks_key;               /* it is unknown, and the person thinks */
  const char *message;             /* the last one before */
} Moment;

static const Moment moments[] = {
  { "first-connecting", 1, FALSE, FALSE, "hop1: Connecting to" },
  { "first-handshaking", 1, TRUE, FALSE, "hop1: Connecting to" },
  { "first-key", 1, FALSE, TRUE, NULL },
  { "second-connecting", 2, FALSE, FALSE, "hop2: Connecting to" },
  { "second-handshaking", 2, TRUE, FALSE, "hop2: Connecting to" },
  { "second-key", 2, FALSE, TRUE, NULL },
  { "second-passphrase", 0, FALSE, FALSE, NULL },
  { "last-connecting", 3, FALSE, FALSE, "\nConnecting to" },
  { "last-handshaking", 3, TRUE, FALSE, "\nConnecting to" },
  { "last-key", 3, FALSE, TRUE, NULL },
};

static gboolean
has_reached (Fixture      *fixture,
             const Moment *moment)
{
  TestPerson *person = fixture->person;

  if (moment->message != NULL)
    return strstr (fixture->messages->str, moment->message) != NULL;
  return person->pending != NULL
         && (!moment->asks_key
             || FAIRLEAD_IS_HOST_KEY_QUESTION (g_task_get_task_data (person->pending)));
}

static void
go_on_until (Fixture      *fixture,
             const Moment *moment)
{
  TestPerson *person = fixture->person;

  while (!has_reached (fixture, moment))
    {
      WAIT_FOR (has_reached (fixture, moment) || person->pending != NULL);
      /* A passphrase on the way there. */
      if (!has_reached (fixture, moment))
        test_person_answer (person);
    }
}

static void
test_cancel_at (Fixture       *fixture,
                gconstpointer  data)
{
  const Moment *moment = data;
  g_autofree char *known_hosts = g_build_filename (fixture->directory, "known_hosts", NULL);
  BlackHole hole;
  Echo *echo = echo_start ();
  Other other = { .host = moment->hop };

  black_hole_start (&hole);
  if (moment->asks_key)
    other.known_hosts = known_hosts;
  else
    other.port = moment->mute ? echo_port (echo) : hole.port;
  fixture->person->thinks = TRUE;
  for (guint drop = 0; drop < 2; drop++)
    {
      guint fds = test_count_fds ();
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      gint64 start;
      FairleadRemote *remote;

      g_string_truncate (fixture->messages, 0);
      use_way (fixture, g_getenv ("CHAIN_KNOWN_HOSTS"), NULL, &other);
      remote = fixture->remote;
      fairlead_remote_connect_async (remote, cancellable, keep_result_cb, &result);
      go_on_until (fixture, moment);
      g_assert_null (result);
      start = g_get_monotonic_time ();
      if (drop)
        g_clear_object (&fixture->remote);
      g_cancellable_cancel (cancellable);
      WAIT_FOR (result != NULL);
      g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
      g_assert_false (fairlead_remote_connect_finish (remote, result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      if (!drop)
        test_close (remote);
      g_clear_object (&result);
      g_clear_object (&fixture->remote);
      WAIT_POLLING (count_threads () == 0 && test_count_fds () <= fds);
    }
  black_hole_stop (&hole);
  echo_stop (echo);
}

/* The end of an open way, closed or dropped: each host on it is told. */
static void
test_end (Fixture       *fixture,
          gconstpointer  dropped)
{
  g_autofree guint *before = g_new0 (guint, n_hosts () + 1);

  for (guint host = 1; host <= n_hosts (); host++)
    before[host] = count_in_log (host, "Received disconnect from");
  if (dropped)
    g_assert_finalize_object (g_steal_pointer (&fixture->remote));
  else
    test_close (fixture->remote);
  WAIT_POLLING (count_threads () == 0);
  for (guint host = 1; host <= n_hosts (); host++)
    WAIT_POLLING (count_in_log (host, "Received disconnect from") > before[host]);
}

/* ---- how fast ---- */

static void
test_bulk (Fixture       *fixture,
           gconstpointer  data)
{
  gsize size = 64 * MIB;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  fairlead_remote_run_async (fixture->remote, "head -c 67108864 /dev/zero", NULL, size + 1, NULL,
                             keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_run_finish (fixture->remote, result, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (out), ==, size);
  g_test_message ("%.0f MB/s", size / (double) (g_get_monotonic_time () - start));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("CHAIN_HOSTS") == NULL)
    {
      g_printerr ("run by tests/lib/chain.py, which says where the hosts are\n");
      return 2;
    }

#define NEW(path, data, func) g_test_add (path, Fixture, data, set_up, func, test_tear_down)
#define OPEN(path, data, func) \
  g_test_add (path, Fixture, data, set_up_open_plain, func, test_tear_down)
  NEW ("/jump/way/first-contact", NULL, test_first_contact);
  NEW ("/jump/once/held", NULL, test_once);
  NEW ("/jump/way/changed-key-first", GUINT_TO_POINTER (1), test_changed_key);
  NEW ("/jump/way/changed-key-second", GUINT_TO_POINTER (2), test_changed_key);
  OPEN ("/jump/way/killed-first", GUINT_TO_POINTER (1), test_killed);
  OPEN ("/jump/way/killed-second", GUINT_TO_POINTER (2), test_killed);
  g_test_add ("/jump/way/silent", Fixture, "Host *\n ServerAliveInterval 1\n ServerAliveCountMax 2\n",
              set_up_open, test_silent, test_tear_down);
  OPEN ("/jump/way/check", NULL, test_check);
  NEW ("/jump/way/nothing-there", NULL, test_nothing_there);
  OPEN ("/jump/way/end-closed", NULL, test_end);
  OPEN ("/jump/way/end-dropped", "dropped", test_end);
  OPEN ("/jump/way/bulk", NULL, test_bulk);
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autofree char *path = g_strdup_printf ("/jump/way/cancel-%s", moments[i].name);

      NEW (path, &moments[i], test_cancel_at);
    }
  NEW ("/jump/no-tunnels/said", NULL, test_refused);
  OPEN ("/jump/sessions/carries", NULL, test_carries);
  NEW ("/jump/grace/late", NULL, test_late);
  return g_test_run ();
}
