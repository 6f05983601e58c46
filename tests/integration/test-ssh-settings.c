/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-error.h"
#include "ssh-fixture.h"

/* What the configuration chooses of a connection (ssh_config(5)). */

/* The sshd of this run, or another port or address, with these lines. */
static FairleadTarget *
target_named (Fixture    *fixture,
              const char *host_name,
              guint       port,
              const char *config)
{
  g_autofree char *text = g_strdup_printf ("HostName %s\n%s", host_name, config);

  return test_target (fixture, port, NULL, text);
}

static void
connect_to (Fixture        *fixture,
            FairleadTarget *target,
            GError        **error)
{
  fixture->person->answer = FAIRLEAD_HOST_KEY_ONCE;
  test_use_target (fixture, target);
  test_connect (fixture, error);
}

/* ---- addresses ---- */

static void
test_bind_address (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (FairleadTarget) target = target_named (fixture, "127.0.0.1", test_sshd_port (),
                                                    "BindAddress 127.0.0.3\n");
  g_autoptr (GError) error = NULL;
  g_autofree char *connection = NULL;

  connect_to (fixture, target, &error);
  g_assert_no_error (error);
  connection = test_run (fixture, "echo $SSH_CONNECTION", &error);
  g_assert_true (g_str_has_prefix (connection, "127.0.0.3 "));
}

static void
test_bind_interface (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (FairleadTarget) loopback = target_named (fixture, "127.0.0.2", test_sshd_port (),
                                                      "BindInterface lo\n");
  g_autoptr (FairleadTarget) none = target_named (fixture, "127.0.0.1", test_sshd_port (),
                                                  "BindInterface nothing0\n");
  g_autoptr (FairleadTarget) elsewhere = target_named (fixture, "127.0.0.1", test_sshd_port (),
                                                       "BindAddress 192.0.2.1\n");
  FairleadTarget *wrong[] = { none, elsewhere };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      connect_to (fixture, wrong[i], &error);
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
      g_assert_nonnull (strstr (error->message, i == 0 ? "nothing0" : "192.0.2.1"));
      g_assert_nonnull (strstr (fairlead_error_get_hint (error), "BindAddress"));
      g_clear_error (&error);
    }
  /* Its address is 127.0.0.1, which refuses at 127.0.0.2: but from there. */
  connect_to (fixture, loopback, &error);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_nonnull (strstr (error->message, "Connection refused"));
}

/* As often as the configuration says, a second apart. */
static void
test_attempts (Fixture       *fixture,
               gconstpointer  data)
{
  Echo *echo = echo_start ();
  g_autoptr (FairleadTarget) target = target_named (fixture, "127.0.0.1", echo_port (echo),
                                                    "ConnectionAttempts 3\n");
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  guint n = 0;

  echo_stop (echo);
  connect_to (fixture, target, &error);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 2 * G_USEC_PER_SEC);
  for (const char *p = fixture->messages->str; (p = strstr (p, "Connecting to")) != NULL; p++)
    n++;
  g_assert_cmpuint (n, ==, 3);
}

/* ---- algorithms ---- */

typedef struct {
  const char *config;
  const char *agreed;
} Choice;

static const Choice choices[] = {
  { "Ciphers aes256-ctr,aes128-gcm@openssh.com\nKexAlgorithms ecdh-sha2-nistp384\nMACs hmac-sha2-512",
    "Encrypted: ecdh-sha2-nistp384, ssh-ed25519, aes256-ctr" },
  { "Ciphers ^aes192-ctr", "aes192-ctr" },
  { "Ciphers 3des-cbc,aes128-ctr", "aes128-ctr" },
  { "KexAlgorithms -curve25519*,sntrup*", "Encrypted: ecdh-sha2-nistp256, " },
  { "HostKeyAlgorithms +ssh-rsa", ", ssh-ed25519, " },
};

/* In the person's order, as far as we offer it. */
static void
test_chosen (Fixture       *fixture,
             gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_autoptr (FairleadTarget) target = target_named (fixture, "127.0.0.1", test_sshd_port (),
                                                        choices[i].config);
      g_autoptr (GError) error = NULL;

      g_string_truncate (fixture->messages, 0);
      connect_to (fixture, target, &error);
      g_assert_no_error (error);
      if (strstr (fixture->messages->str, choices[i].agreed) == NULL)
        g_error ("not “%s” in: %s", choices[i].agreed, fixture->messages->str);
      test_close (fixture->remote);
    }
}

static gboolean
processor_has (const char *what)
{
  g_autofree char *info = NULL;
  g_autofree char *word = g_strdup_printf ("\\b%s\\b", what);

  g_assert_true (g_file_get_contents ("/proc/cpuinfo", &info, NULL, NULL));
  return g_regex_match_simple (word, info, 0, 0);
}

/* Where nobody has chosen a cipher, by what the processor is good at. */
static void
test_by_processor (Fixture       *fixture,
                   gconstpointer  data)
{
  gboolean has_aes = processor_has ("aes") && (processor_has ("pclmulqdq") || processor_has ("pmull"));
  g_autoptr (FairleadTarget) target = target_named (fixture, "127.0.0.1", test_sshd_port (), "");
  g_autoptr (GError) error = NULL;

  connect_to (fixture, target, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (fixture->messages->str, has_aes ? ", aes128-gcm@" : ", chacha20-poly1305@"));
  test_close (fixture->remote);
}

/* A choice of what is not safe is not made some other way: it is refused, and said where it stands. */
static void
test_unsafe (Fixture       *fixture,
             gconstpointer  data)
{
  static const char *const unsafe[][2] = {
    { "Ciphers", "aes256-cbc,3des-cbc" },
    { "MACs", "hmac-md5,hmac-sha1" },
    { "KexAlgorithms", "diffie-hellman-group1-sha1,diffie-hellman-group14-sha1" },
    { "HostKeyAlgorithms", "ssh-rsa" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (unsafe); i++)
    {
      g_autofree char *config = g_strdup_printf ("%s %s\n", unsafe[i][0], unsafe[i][1]);
      g_autoptr (FairleadTarget) target = target_named (fixture, "127.0.0.1", test_sshd_port (), config);
      g_autoptr (GError) error = NULL;

      connect_to (fixture, target, &error);
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
      g_assert_true (g_str_has_prefix (error->message, unsafe[i][0]));
      g_assert_nonnull (strstr (error->message, "/config:2)"));
      g_assert_nonnull (strstr (fairlead_error_get_details (error), unsafe[i][1]));
    }
  g_assert_cmpuint (fixture->person->asked, ==, 0);
}

/* ---- the environment ---- */

/* What SetEnv and SendEnv name, and nothing else; a variable that the host does not take is no matter. */
static void
test_environment (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (FairleadTarget) target =
    target_named (fixture, "127.0.0.1", test_sshd_port (),
                  "SetEnv FL_ONE=1 \"FL_TWO=two words; $(id)\" OTHER=no\nSendEnv FL_S* FL_ONE\n");
  g_autoptr (GError) error = NULL;

  connect_to (fixture, target, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *seen = test_run (fixture, "echo \"$FL_ONE|$FL_TWO|$FL_SENT|$FL_KEPT|$OTHER\"",
                                        &error);

      g_assert_no_error (error);
      g_assert_cmpstr (seen, ==, "1|two words; $(id)|sent||\n");
    }
}

/* However many there are, no answer is waited for: they come in no more round trips than none. */
static void
test_environment_at_once (Fixture       *fixture,
                          gconstpointer  data)
{
  enum { N = 60, WITHOUT = 0, WITH = 1 };
  g_autoptr (GString) config = g_string_new (NULL);
  guint turns[2];

  for (guint with = WITHOUT; with <= WITH; with++)
    {
      g_autoptr (Relay) relay = relay_start (test_sshd_port ());
      g_autoptr (FairleadTarget) target = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *seen = NULL;

      for (guint i = 0; with == WITH && i < N; i++)
        g_string_append_printf (config, "%s FL_%u=%u", i == 0 ? "SetEnv" : "", i, i);
      target = target_named (fixture, "127.0.0.1", relay_get_port (relay), config->str);
      fixture->person->answer = FAIRLEAD_HOST_KEY_ONCE;
      connect_to (fixture, target, &error);
      g_assert_no_error (error);
      seen = test_run (fixture, "env | grep -c ^FL_", &error);
      g_assert_no_error (error);
      g_assert_cmpint (g_ascii_strtoll (seen, NULL, 10), ==, with == WITH ? N : 0);
      turns[with] = relay_get_turns (relay);
      test_close (fixture->remote);
    }
  /* Some come and go with how the server's writes fall into packets. */
  g_assert_cmpuint (turns[WITH], <, turns[WITHOUT] + N / 2);
}

/* ---- the log ---- */

static void
test_log_level (Fixture       *fixture,
                gconstpointer  data)
{
  static const struct {
    const char *level;
    gboolean steps, details;
  } rows[] = {
    { "QUIET", FALSE, FALSE }, { "ERROR", FALSE, FALSE }, { "INFO", TRUE, FALSE },
    { "VERBOSE", TRUE, TRUE }, { "DEBUG3", TRUE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *config = g_strdup_printf ("LogLevel %s\n", rows[i].level);
      g_autoptr (FairleadTarget) target = target_named (fixture, "127.0.0.1", test_sshd_port (), config);
      g_autoptr (GError) error = NULL;

      g_string_truncate (fixture->messages, 0);
      connect_to (fixture, target, &error);
      g_assert_no_error (error);
      g_assert_true ((strstr (fixture->messages->str, "Signed in as") != NULL) == rows[i].steps);
      g_assert_true ((strstr (fixture->messages->str, "OpenSSH") != NULL) == rows[i].details);
      test_close (fixture->remote);
    }
}

int
main (int   argc,
      char *argv[])
{
  /* Before any thread is. */
  g_setenv ("FL_SENT", "sent", TRUE);
  g_setenv ("FL_ONE", "overruled", TRUE);
  g_setenv ("FL_KEPT", "kept", TRUE);
  g_test_init (&argc, &argv, NULL);
  if (!test_ready ())
    return 2;

#define NEW(path, func) g_test_add (path, Fixture, NULL, test_set_up, func, test_tear_down)
  NEW ("/settings/bind-address", test_bind_address);
  NEW ("/settings/bind-interface", test_bind_interface);
  NEW ("/settings/attempts", test_attempts);
  NEW ("/settings/algorithms/chosen", test_chosen);
  NEW ("/settings/algorithms/by-processor", test_by_processor);
  NEW ("/settings/algorithms/unsafe", test_unsafe);
  NEW ("/settings/environment/sent", test_environment);
#if HAVE_LIBSSH2_PIPELINED_OPEN
  NEW ("/settings/environment/at-once", test_environment_at_once);
#endif
  NEW ("/settings/log-level", test_log_level);
  return g_test_run ();
}
