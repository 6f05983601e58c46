/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-interaction.h"
#include "fairlead-ssh-session.h"

/* The ssh layer against a real sshd: SSHD_… of tests/lib/sshd.py say where it is. */

#define DEADLINE_SECONDS 30
#define MIB (1024 * 1024)

/* ---- a person that answers as told ---- */

#define TEST_TYPE_PERSON (test_person_get_type ())
G_DECLARE_FINAL_TYPE (TestPerson, test_person, TEST, PERSON, FairleadInteraction)

struct _TestPerson {
  FairleadInteraction parent_instance;

  FairleadHostKeyAnswer answer;
  guint asked;
  char *fingerprint;
};

G_DEFINE_FINAL_TYPE (TestPerson, test_person, FAIRLEAD_TYPE_INTERACTION)

static void
test_person_ask_async (FairleadInteraction *interaction,
                       FairleadQuestion    *question,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  TestPerson *self = TEST_PERSON (interaction);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_assert_true (FAIRLEAD_IS_HOST_KEY_QUESTION (question));
  self->asked++;
  g_free (self->fingerprint);
  self->fingerprint = g_strdup (FAIRLEAD_HOST_KEY_QUESTION (question)->fingerprint);
  FAIRLEAD_HOST_KEY_QUESTION (question)->answer = self->answer;
  g_task_return_boolean (task, TRUE);
}

static gboolean
test_person_ask_finish (FairleadInteraction  *interaction,
                        GAsyncResult         *result,
                        GError              **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_person_finalize (GObject *object)
{
  g_free (TEST_PERSON (object)->fingerprint);
  G_OBJECT_CLASS (test_person_parent_class)->finalize (object);
}

static void
test_person_class_init (TestPersonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_person_finalize;
  FAIRLEAD_INTERACTION_CLASS (klass)->ask_async = test_person_ask_async;
  FAIRLEAD_INTERACTION_CLASS (klass)->ask_finish = test_person_ask_finish;
}

static void
test_person_init (TestPerson *self)
{
}

/* ---- waiting ---- */

static gboolean
give_up_cb (gpointer what)
{
  g_error ("gave up waiting for %s", (const char *) what);
  return G_SOURCE_REMOVE;
}

#define WAIT_FOR(condition)                                                                 \
  G_STMT_START {                                                                            \
    guint id = g_timeout_add_seconds (DEADLINE_SECONDS, give_up_cb, (gpointer) #condition); \
    while (!(condition))                                                                    \
      g_main_context_iteration (NULL, TRUE);                                                \
    g_source_remove (id);                                                                   \
  } G_STMT_END

static void
keep_result_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* ---- the fixture ---- */

typedef struct {
  char *directory;
  TestPerson *person;
  FairleadRemote *remote;
} Fixture;

static FairleadTarget *
make_target (const char *host,
             guint       port,
             const char *known_hosts)
{
  const char *key = g_getenv ("SSHD_KEY");
  const char *identities[] = { key, NULL };
  FairleadTargetOptions options = {
    .config_file = "/dev/null",
    .home = g_getenv ("SSHD_HOME"),
    .known_hosts_file = known_hosts,
    .identity_files = identities,
    .user = g_getenv ("SSHD_USER"),
    .port = port,
  };
  g_autoptr (GError) error = NULL;
  FairleadTarget *target = fairlead_target_new_for_text (host, &options, &error);

  g_assert_no_error (error);
  return target;
}

static guint
sshd_port (void)
{
  return g_ascii_strtoull (g_getenv ("SSHD_PORT"), NULL, 10);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  known)
{
  g_autoptr (FairleadTarget) target = NULL;
  g_autofree char *empty = NULL;

  fixture->directory = g_dir_make_tmp ("fairlead-ssh-XXXXXX", NULL);
  empty = g_build_filename (fixture->directory, "known_hosts", NULL);
  target = make_target (g_getenv ("SSHD_HOST"), sshd_port (),
                        known ? g_getenv ("SSHD_KNOWN_HOSTS") : empty);
  fixture->person = g_object_new (TEST_TYPE_PERSON, NULL);
  fixture->remote = fairlead_ssh_session_new (target, FAIRLEAD_INTERACTION (fixture->person));
}

static gboolean
connect_remote (Fixture  *fixture,
                GError  **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_remote_connect_async (fixture->remote, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  return fairlead_remote_connect_finish (fixture->remote, result, error);
}

static void
set_up_open (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  set_up (fixture, "known");
  connect_remote (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->person->asked, ==, 0);
}

/* Its thread has been joined when this returns. */
static void
close_remote (FairleadRemote *remote)
{
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_remote_close_async (remote, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  g_assert_true (fairlead_remote_close_finish (remote, result, NULL));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *known_hosts = g_build_filename (fixture->directory, "known_hosts", NULL);

  close_remote (fixture->remote);
  g_assert_finalize_object (fixture->remote);
  g_assert_finalize_object (fixture->person);
  g_remove (known_hosts);
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
}

/* ---- commands ---- */

static void
test_command (Fixture       *fixture,
              gconstpointer  data)
{
  const char *command = "printf 'out\\n'; printf 'err\\n' >&2; cat; exit 7";
  const char *input = "all of the input\n";
  g_autoptr (GBytes) bytes = g_bytes_new (input, strlen (input));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (GBytes) out = NULL, err = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_remote_run_async (fixture->remote, command, bytes, MIB, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_run_finish (fixture->remote, result, &out, &err, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (out, NULL), g_bytes_get_size (out),
                   "out\nall of the input\n", strlen ("out\nall of the input\n"));
  g_assert_cmpmem (g_bytes_get_data (err, NULL), g_bytes_get_size (err), "err\n", 4);
  g_assert_cmpint (fairlead_remote_process_get_exit_status (process), ==, 7);
  g_assert_null (fairlead_remote_process_get_exit_signal (process));
}

static void
test_signal (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_remote_run_async (fixture->remote, "kill -TERM $$", NULL, MIB, NULL, keep_result_cb,
                             &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_run_finish (fixture->remote, result, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fairlead_remote_process_get_exit_signal (process), ==, "TERM");
  g_assert_cmpint (fairlead_remote_process_get_exit_status (process), ==, -1);
}

/* A stream of 64 MiB each way arrives as it was sent, and the process is not all in memory. */
static void
test_bulk (Fixture       *fixture,
           gconstpointer  data)
{
  gsize size = 64 * MIB;
  g_autofree guint8 *content = g_malloc (size);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GError) error = NULL;
  guint32 seed = 1;

  for (gsize i = 0; i < size; i++)
    content[i] = (seed = seed * 1664525 + 1013904223) >> 24;
  bytes = g_bytes_new_take (g_steal_pointer (&content), size);
  fairlead_remote_run_async (fixture->remote, "cat", bytes, size + 1, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_run_finish (fixture->remote, result, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (out), ==, size);
  g_assert_true (g_bytes_equal (out, bytes));
  g_assert_cmpint (fairlead_remote_process_get_exit_status (process), ==, 0);
}

/* More than MaxSessions at once: those that do not fit wait for the others (sshd's default is 10). */
static void
test_many_commands (Fixture       *fixture,
                    gconstpointer  data)
{
  enum { N = 25 };
  GAsyncResult *results[N] = { NULL };

  for (guint i = 0; i < N; i++)
    {
      g_autofree char *command = g_strdup_printf ("read line; echo %u", i);
      g_autoptr (GBytes) input = g_bytes_new_static ("go\n", 3);

      fairlead_remote_run_async (fixture->remote, command, input, MIB, NULL, keep_result_cb,
                                 &results[i]);
    }
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *expected = g_strdup_printf ("%u\n", i);
      g_autoptr (FairleadRemoteProcess) process = NULL;
      g_autoptr (GBytes) out = NULL;
      g_autoptr (GError) error = NULL;

      WAIT_FOR (results[i] != NULL);
      process = fairlead_remote_run_finish (fixture->remote, results[i], &out, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (out, NULL), g_bytes_get_size (out), expected,
                       strlen (expected));
      g_object_unref (results[i]);
    }
}

/* A process that nobody wants any more ends with its streams. */
static void
test_dropped_process (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autofree char *mark = g_build_filename (fixture->directory, "ended", NULL);
  g_autofree char *command = g_strdup_printf ("trap 'echo > %s' EXIT; cat > /dev/null", mark);
  g_autoptr (GAsyncResult) result = NULL;
  FairleadRemoteProcess *process;
  g_autoptr (GError) error = NULL;

  fairlead_remote_spawn_async (fixture->remote, command, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_spawn_finish (fixture->remote, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_finalize_object (process);
  for (gint64 end = g_get_monotonic_time () + DEADLINE_SECONDS * G_USEC_PER_SEC;
       !g_file_test (mark, G_FILE_TEST_EXISTS);)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_remove (mark);
}

/* ---- tunnels ---- */

/* A server of its own thread that answers each connection, after its client has shut down its side,
 * with all that it sent, twice. */
typedef struct {
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  GSocketService *service;
  guint16 port;
} Echo;

static gboolean
echo_cb (GThreadedSocketService *service,
         GSocketConnection      *connection,
         GObject                *source,
         gpointer                user_data)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_byte_array_append (all, buffer, n);
  for (guint i = 0; i < 2; i++)
    g_output_stream_write_all (out, all->data, all->len, NULL, NULL, NULL);
  return TRUE;
}

static gpointer
echo_thread (gpointer data)
{
  Echo *echo = data;

  g_main_context_push_thread_default (echo->context);
  g_main_loop_run (echo->loop);
  g_main_context_pop_thread_default (echo->context);
  return NULL;
}

static Echo *
echo_start (void)
{
  Echo *echo = g_new0 (Echo, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  echo->context = g_main_context_new ();
  echo->loop = g_main_loop_new (echo->context, FALSE);
  g_main_context_push_thread_default (echo->context);
  echo->service = g_threaded_socket_service_new (-1);
  g_socket_listener_set_backlog (G_SOCKET_LISTENER (echo->service), 1024);
  g_signal_connect (echo->service, "run", G_CALLBACK (echo_cb), NULL);
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (echo->service), address,
                                                G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                                &bound, NULL));
  g_main_context_pop_thread_default (echo->context);
  echo->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  echo->thread = g_thread_new ("echo", echo_thread, echo);
  return echo;
}

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
echo_stop (Echo *echo)
{
  g_main_context_invoke (echo->context, quit_cb, echo->loop);
  g_thread_join (echo->thread);
  g_socket_listener_close (G_SOCKET_LISTENER (echo->service));
  g_object_unref (echo->service);
  g_main_loop_unref (echo->loop);
  g_main_context_unref (echo->context);
  g_free (echo);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Echo, echo_stop)

static FairleadForward *
open_forward (Fixture *fixture,
              guint    local_port,
              gboolean or_next_free,
              guint    remote_port,
              GError **error)
{
  FairleadForwardSpec spec = {
    .local_port = local_port,
    .or_next_free = or_next_free,
    .remote_host = "127.0.0.1",
    .remote_port = remote_port,
  };
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_remote_forward_async (fixture->remote, &spec, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  return fairlead_remote_forward_finish (fixture->remote, result, error);
}

typedef struct {
  guint16 port;
  guint number;
  gboolean good;
} Client;

static gpointer
client_thread (gpointer data)
{
  Client *client = data;
  g_autoptr (GSocketClient) socket_client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  g_autofree guint8 *request = NULL;
  gsize size = 1 + client->number * 997;
  guint8 buffer[4096];
  gssize n;

  request = g_malloc (size);
  for (gsize i = 0; i < size; i++)
    request[i] = (i * 31 + client->number) & 0xff;
  connection = g_socket_client_connect_to_host (socket_client, "127.0.0.1", client->port, NULL, NULL);
  if (connection == NULL
      || !g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                                     size, NULL, NULL, NULL))
    return NULL;
  g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
  while ((n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), buffer,
                                   sizeof buffer, NULL, NULL)) > 0)
    g_byte_array_append (answer, buffer, n);
  client->good = n == 0 && answer->len == 2 * size && memcmp (answer->data, request, size) == 0
                 && memcmp (answer->data + size, request, size) == 0;
  return NULL;
}

/* 200 connections at once, each shutting its side after the request, all get their full answer. */
static void
test_half_close (Fixture       *fixture,
                 gconstpointer  data)
{
  enum { N = 200 };
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadForward) forward = open_forward (fixture, 0, FALSE, echo->port, &error);
  FairleadForwardCounters counters;
  Client clients[N];
  GThread *threads[N];

  g_assert_no_error (error);
  for (guint i = 0; i < N; i++)
    {
      clients[i] = (Client) { .port = fairlead_forward_get_local_port (forward), .number = i };
      threads[i] = g_thread_new ("client", client_thread, &clients[i]);
    }
  for (guint i = 0; i < N; i++)
    {
      g_thread_join (threads[i]);
      g_assert_true (clients[i].good);
    }
  WAIT_FOR ((fairlead_forward_get_counters (forward, &counters),
             counters.total == N && counters.open == 0));
  g_assert_cmpuint (counters.failed, ==, 0);
  g_assert_cmpuint (counters.received, ==, 2 * counters.sent);
  fairlead_forward_close (forward);
  WAIT_FOR (!fairlead_forward_is_open (forward));
}

static void
test_stream (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  char answer[64];
  gsize n = 0;

  fairlead_remote_open_tcp_async (fixture->remote, "127.0.0.1", echo->port, NULL, keep_result_cb,
                                  &result);
  WAIT_FOR (result != NULL);
  stream = fairlead_remote_open_tcp_finish (fixture->remote, result, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), "ping", 4, NULL, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close (g_io_stream_get_output_stream (stream), NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_all (g_io_stream_get_input_stream (stream), answer, sizeof answer, &n, NULL,
                           &error);
  g_assert_no_error (error);
  g_assert_cmpmem (answer, n, "pingping", 8);
}

static void
test_nobody_listens (Fixture       *fixture,
                     gconstpointer  data)
{
  Echo *echo = echo_start ();
  guint port = echo->port;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  echo_stop (echo);
  fairlead_remote_open_tcp_async (fixture->remote, "127.0.0.1", port, NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  g_assert_null (fairlead_remote_open_tcp_finish (fixture->remote, result, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_assert_cmpint (fairlead_remote_get_state (fixture->remote), ==, FAIRLEAD_SESSION_OPEN);
}

static void
test_busy_port (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadForward) refused = open_forward (fixture, echo->port, FALSE, 9, &error);
  g_autoptr (FairleadForward) moved = NULL;

  g_assert_null (refused);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_nonnull (fairlead_error_get_hint (error));
  g_clear_error (&error);
  moved = open_forward (fixture, echo->port, TRUE, 9, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fairlead_forward_get_local_port (moved), !=, echo->port);
}

/* ---- host keys ---- */

static void
test_first_contact (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "known_hosts", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;

  fixture->person->answer = FAIRLEAD_HOST_KEY_TRUST;
  connect_remote (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->person->asked, ==, 1);
  g_assert_cmpstr (fixture->person->fingerprint, ==, g_getenv ("SSHD_FINGERPRINT"));
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_nonnull (strstr (content, g_getenv ("SSHD_PORT")));
}

static void
test_refused_key (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "known_hosts", NULL);
  g_autoptr (GError) error = NULL;

  fixture->person->answer = FAIRLEAD_HOST_KEY_CANCEL;
  g_assert_false (connect_remote (fixture, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_HOST_KEY);
  g_assert_cmpint (fairlead_remote_get_state (fixture->remote), ==, FAIRLEAD_SESSION_FAILED);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* ---- ends ---- */

/* A server that takes the connection and never says a word. */
static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (Echo) echo = echo_start ();
  g_autoptr (FairleadTarget) target = make_target ("127.0.0.1", echo->port, "/dev/null");
  g_autoptr (FairleadRemote) remote =
    fairlead_ssh_session_new (target, FAIRLEAD_INTERACTION (fixture->person));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_remote_connect_async (remote, cancellable, keep_result_cb, &result);
  WAIT_FOR (fairlead_remote_get_state (remote) == FAIRLEAD_SESSION_HANDSHAKING);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  WAIT_FOR (result != NULL);
  g_assert_false (fairlead_remote_connect_finish (remote, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  close_remote (remote);
}

/* The server's process for this connection is killed: known within a second, by everyone who waits. */
static void
test_lost (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) waiting = NULL;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (FairleadForward) forward = NULL;
  g_autoptr (GError) error = NULL;
  char line[32] = "";
  gint64 killed;

  forward = open_forward (fixture, 0, FALSE, 9, &error);
  g_assert_no_error (error);
  fairlead_remote_spawn_async (fixture->remote, "echo $PPID; cat", NULL, keep_result_cb, &result);
  WAIT_FOR (result != NULL);
  process = fairlead_remote_spawn_finish (fixture->remote, result, &error);
  g_assert_no_error (error);
  while (strchr (line, '\n') == NULL)
    g_assert_cmpint (g_input_stream_read (fairlead_remote_process_get_output (process),
                                          line + strlen (line), 1, NULL, NULL), ==, 1);
  fairlead_remote_process_wait_async (process, NULL, keep_result_cb, &waiting);
  killed = g_get_monotonic_time ();
  g_assert_no_errno (kill (g_ascii_strtoll (line, NULL, 10), SIGKILL));
  WAIT_FOR (fairlead_remote_get_state (fixture->remote) == FAIRLEAD_SESSION_FAILED);
  g_assert_cmpint (g_get_monotonic_time () - killed, <, G_USEC_PER_SEC);
  g_assert_error (fairlead_remote_get_error (fixture->remote), FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  WAIT_FOR (waiting != NULL);
  g_assert_false (fairlead_remote_process_wait_finish (process, waiting, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  WAIT_FOR (!fairlead_forward_is_open (forward));
}

/* Closing does not wait for what still runs, and tells it. */
static void
test_close_busy (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GAsyncResult) ran = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_remote_run_async (fixture->remote, "cat /dev/zero", NULL, MIB, NULL, keep_result_cb, &ran);
  fairlead_remote_close_async (fixture->remote, NULL, keep_result_cb, &closed);
  WAIT_FOR (closed != NULL && ran != NULL);
  g_assert_true (fairlead_remote_close_finish (fixture->remote, closed, NULL));
  fairlead_remote_spawn_async (fixture->remote, "true", NULL, keep_result_cb, &late);
  WAIT_FOR (late != NULL);
  g_assert_null (fairlead_remote_spawn_finish (fixture->remote, late, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("SSHD_PORT") == NULL)
    {
      g_printerr ("run by tests/lib/sshd.py, which says where the sshd is\n");
      return 2;
    }

#define OPEN(path, func) g_test_add (path, Fixture, NULL, set_up_open, func, tear_down)
#define NEW(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  OPEN ("/ssh/command/streams", test_command);
  OPEN ("/ssh/command/signal", test_signal);
  OPEN ("/ssh/command/bulk", test_bulk);
  OPEN ("/ssh/command/many", test_many_commands);
  OPEN ("/ssh/command/dropped", test_dropped_process);
  OPEN ("/ssh/tunnel/half-close", test_half_close);
  OPEN ("/ssh/tunnel/stream", test_stream);
  OPEN ("/ssh/tunnel/nobody-listens", test_nobody_listens);
  OPEN ("/ssh/tunnel/busy-port", test_busy_port);
  NEW ("/ssh/host-key/first-contact", test_first_contact);
  NEW ("/ssh/host-key/refused", test_refused_key);
  NEW ("/ssh/end/cancel", test_cancel);
  OPEN ("/ssh/end/lost", test_lost);
  OPEN ("/ssh/end/close-busy", test_close_busy);
  return g_test_run ();
}
