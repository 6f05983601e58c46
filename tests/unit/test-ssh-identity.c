/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-interaction.h"
#include "fairlead-ssh-identity.h"
#include "keygen.h"

/* Where the passphrase of a key file comes from: memory, then the store, then the person. Real keys of
 * ssh-keygen; a store and a person that do as they are told and write down what they were asked. */

#define RIGHT "correct horse"
#define WRONG "battery staple"

/* ---- a store in a variable ---- */

#define TEST_TYPE_STORE (test_store_get_type ())
G_DECLARE_FINAL_TYPE (TestStore, test_store, TEST, STORE, FairleadPassphraseStore)

struct _TestStore {
  FairleadPassphraseStore parent_instance;

  GString *story;
  const char *fingerprint;     /* the one that it must be asked for; "": none */
  FairleadSecret *remembered;
  GQuark fails;                /* with an error of this domain, 0: does not */
  int code;
};

G_DEFINE_FINAL_TYPE (TestStore, test_store, FAIRLEAD_TYPE_PASSPHRASE_STORE)

static gboolean
test_store_begin (TestStore   *self,
                  const char  *what,
                  const char  *path,
                  const char  *fingerprint,
                  GError     **error)
{
  g_string_append_printf (self->story, "%s ", what);
  g_assert_true (g_str_has_suffix (path, "/id"));
  g_assert_cmpstr (fingerprint ? fingerprint : "", ==, self->fingerprint);
  if (self->fails != 0)
    g_set_error_literal (error, self->fails, self->code, "the store is closed");
  return self->fails == 0;
}

static gboolean
test_store_lookup (FairleadPassphraseStore  *store,
                   const char               *path,
                   const char               *fingerprint,
                   FairleadSecret          **passphrase,
                   GCancellable             *cancellable,
                   GError                  **error)
{
  TestStore *self = TEST_STORE (store);

  if (!test_store_begin (self, "lookup", path, fingerprint, error))
    return FALSE;
  *passphrase = self->remembered != NULL ? fairlead_secret_ref (self->remembered) : NULL;
  return TRUE;
}

static gboolean
test_store_store (FairleadPassphraseStore  *store,
                  const char               *path,
                  const char               *fingerprint,
                  FairleadSecret           *passphrase,
                  GCancellable             *cancellable,
                  GError                  **error)
{
  TestStore *self = TEST_STORE (store);

  if (!test_store_begin (self, "store", path, fingerprint, error))
    return FALSE;
  g_clear_pointer (&self->remembered, fairlead_secret_unref);
  self->remembered = fairlead_secret_ref (passphrase);
  return TRUE;
}

static gboolean
test_store_forget (FairleadPassphraseStore  *store,
                   const char               *path,
                   const char               *fingerprint,
                   GCancellable             *cancellable,
                   GError                  **error)
{
  TestStore *self = TEST_STORE (store);

  if (!test_store_begin (self, "forget", path, fingerprint, error))
    return FALSE;
  g_clear_pointer (&self->remembered, fairlead_secret_unref);
  return TRUE;
}

static void
test_store_finalize (GObject *object)
{
  g_clear_pointer (&TEST_STORE (object)->remembered, fairlead_secret_unref);

  G_OBJECT_CLASS (test_store_parent_class)->finalize (object);
}

static void
test_store_class_init (TestStoreClass *klass)
{
  FairleadPassphraseStoreClass *store_class = FAIRLEAD_PASSPHRASE_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_store_finalize;
  store_class->lookup = test_store_lookup;
  store_class->store = test_store_store;
  store_class->forget = test_store_forget;
}

static void
test_store_init (TestStore *self)
{
}

/* ---- a person who answers as told ---- */

#define TEST_TYPE_PERSON (test_person_get_type ())
G_DECLARE_FINAL_TYPE (TestPerson, test_person, TEST, PERSON, FairleadInteraction)

struct _TestPerson {
  FairleadInteraction parent_instance;

  GString *story;
  const char *answers[3];      /* NULL: Cancel */
  gboolean ticks_remember;     /* at the first question, where it can */
  gboolean keeps;
  TestStore *closes;           /* nullable: while the question is up */
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
  FairleadPassphraseQuestion *passphrase = FAIRLEAD_PASSPHRASE_QUESTION (question);
  const char *answer = self->answers[passphrase->attempt];
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_string_append_printf (self->story, "ask%u%s%s ", passphrase->attempt,
                          passphrase->can_remember ? "+" : "",
                          passphrase->remember ? "ticked" : "");
  passphrase->keep_until_quit = self->keeps;
  if (passphrase->attempt == 0)
    passphrase->remember = self->ticks_remember;
  if (self->closes != NULL)
    self->closes->fails = G_IO_ERROR;
  if (answer != NULL)
    passphrase->answer = fairlead_secret_new (answer);
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
test_person_class_init (TestPersonClass *klass)
{
  FairleadInteractionClass *interaction_class = FAIRLEAD_INTERACTION_CLASS (klass);

  interaction_class->ask_async = test_person_ask_async;
  interaction_class->ask_finish = test_person_ask_finish;
}

static void
test_person_init (TestPerson *self)
{
}

/* ---- the fixture: one locked key, a loop without a connection ---- */

typedef struct {
  char *dir;
  char *path;
  char *fingerprint;
  GString *story;              /* what store and person were asked, in order */
  GString *messages;
  TestStore *store;
  TestPerson *person;
  FairleadSshMemory *memory;
  FairleadSshLoop *loop;
  GPtrArray *identities;       /* the one */
  GError *error;
  gboolean unlocked;
  gboolean done;
} Fixture;

static void
state_cb (gpointer              owner,
          FairleadSessionState  state,
          const GError         *error)
{
  g_assert_not_reached ();
}

static void
message_cb (gpointer    owner,
            const char *text)
{
  Fixture *fixture = owner;

  g_assert_null (strstr (text, RIGHT));
  g_assert_null (strstr (text, WRONG));
  g_string_append_printf (fixture->messages, "%s\n", text);
}

static void
set_up_key (Fixture    *fixture,
            const char *format)
{
  g_autoptr (FairleadTarget) target = NULL;
  g_autoptr (GBytes) key = NULL;
  g_autofree char *public_path = NULL;
  g_autoptr (GError) error = NULL;
  const char *files[2] = { NULL };

  fixture->dir = keygen_make_dir ();
  fixture->path = g_build_filename (fixture->dir, "id", NULL);
  public_path = g_strconcat (fixture->path, ".pub", NULL);
  keygen_do (KEYGEN_ARGV ("-q", "-t", "ecdsa", "-m", format, "-N", RIGHT, "-f", fixture->path));
  key = keygen_read_public (public_path);
  fixture->fingerprint = fairlead_fingerprint_sha256 (key);
  /* Without it, a PEM file does not tell whose key it is. */
  g_assert_cmpint (g_remove (public_path), ==, 0);

  fixture->story = g_string_new (NULL);
  fixture->messages = g_string_new (NULL);
  fixture->store = g_object_new (TEST_TYPE_STORE, NULL);
  fixture->store->story = fixture->story;
  fixture->store->fingerprint = fixture->fingerprint;
  fixture->person = g_object_new (TEST_TYPE_PERSON, NULL);
  fixture->person->story = fixture->story;

  files[0] = fixture->path;
  target = fairlead_target_new_for_text ("gpu01", &(FairleadTargetOptions) {
    .config_file = "/dev/null", .home = fixture->dir, .identity_files = files,
  }, &error);
  g_assert_no_error (error);
  fixture->memory = fairlead_ssh_memory_new ();
  fairlead_ssh_memory_set_store (fixture->memory, FAIRLEAD_PASSPHRASE_STORE (fixture->store));
  fixture->loop = fairlead_ssh_loop_new (target, FAIRLEAD_INTERACTION (fixture->person),
                                         fixture->memory, state_cb, message_cb, fixture);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  set_up_key (fixture, "RFC4716");
}

static void
set_up_pem (Fixture       *fixture,
            gconstpointer  data)
{
  set_up_key (fixture, "PEM");
  fixture->store->fingerprint = "";
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->identities, g_ptr_array_unref);
  fairlead_ssh_loop_unref (fixture->loop);
  fairlead_ssh_memory_unref (fixture->memory);
  g_object_unref (fixture->person);
  g_object_unref (fixture->store);
  g_clear_error (&fixture->error);
  g_string_free (fixture->story, TRUE);
  g_string_free (fixture->messages, TRUE);
  keygen_remove_dir (fixture->dir);
  g_free (fixture->fingerprint);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static gboolean
done_cb (gpointer data)
{
  ((Fixture *) data)->done = TRUE;
  return G_SOURCE_REMOVE;
}

/* As the session's thread does. */
static gpointer
session_thread (gpointer data)
{
  Fixture *fixture = data;

  fixture->identities = fairlead_ssh_identities_gather (fixture->loop, NULL, &fixture->error);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->identities->len, ==, 1);
  fixture->unlocked = fairlead_ssh_identity_unlock (fixture->identities->pdata[0], fixture->loop,
                                                    &fixture->error);
  g_idle_add (done_cb, fixture);
  return NULL;
}

/* Unlocks the key anew, as one more session does. */
static gboolean
unlock (Fixture *fixture)
{
  GThread *thread;

  g_clear_pointer (&fixture->identities, g_ptr_array_unref);
  g_clear_error (&fixture->error);
  g_string_truncate (fixture->story, 0);
  fixture->done = FALSE;
  thread = g_thread_new ("session", session_thread, fixture);
  while (!fixture->done)
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  /* The messages were posted before, at a higher priority. */
  if (fixture->unlocked)
    g_assert_no_error (fixture->error);
  return fixture->unlocked;
}

static void
assert_remembered (Fixture    *fixture,
                   const char *text)
{
  const FairleadSecret *remembered = fixture->store->remembered;

  g_assert_cmpstr (remembered ? fairlead_secret_get_text (remembered) : NULL, ==, text);
}

/* ---- the tests ---- */

static void
test_kept (Fixture       *fixture,
           gconstpointer  data)
{
  fixture->person->answers[0] = RIGHT;
  fixture->person->keeps = TRUE;
  g_assert_true (unlock (fixture));
  g_assert_cmpstr (fixture->story->str, ==, "lookup ask0+ ");
  assert_remembered (fixture, NULL);

  g_assert_true (unlock (fixture));
  g_assert_cmpstr (fixture->story->str, ==, "");
}

static void
test_remembered (Fixture       *fixture,
                 gconstpointer  data)
{
  fixture->person->answers[0] = RIGHT;
  fixture->person->ticks_remember = TRUE;
  g_assert_true (unlock (fixture));
  g_assert_cmpstr (fixture->story->str, ==, "lookup ask0+ store ");
  assert_remembered (fixture, RIGHT);

  g_assert_true (unlock (fixture));
  g_assert_cmpstr (fixture->story->str, ==, "lookup ");
  g_assert_cmpstr (fixture->messages->str, ==, "");
}

static void
test_kept_is_wrong (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (FairleadSecret) wrong = fairlead_secret_new (WRONG);

  fairlead_ssh_memory_keep (fixture->memory, fixture->path, wrong);
  fixture->store->remembered = fairlead_secret_new (RIGHT);
  g_assert_true (unlock (fixture));
  g_assert_cmpstr (fixture->story->str, ==, "lookup ");
  g_assert_null (fairlead_ssh_memory_get (fixture->memory, fixture->path));
}

static void
test_remembered_is_wrong (Fixture       *fixture,
                          gconstpointer  data)
{
  fixture->store->remembered = fairlead_secret_new (WRONG);
  fixture->person->answers[0] = RIGHT;
  g_assert_true (unlock (fixture));
  g_assert_cmpstr (fixture->story->str, ==, "lookup forget ask0+ ");
  assert_remembered (fixture, NULL);
  g_assert_nonnull (strstr (fixture->messages->str, "does not open"));
}

/* The tick outlives the wrong answer; the wrong answer is not stored. */
static void
test_answer_is_wrong (Fixture       *fixture,
                      gconstpointer  data)
{
  fixture->person->answers[0] = WRONG;
  fixture->person->answers[1] = RIGHT;
  fixture->person->ticks_remember = TRUE;
  g_assert_true (unlock (fixture));
  g_assert_cmpstr (fixture->story->str, ==, "lookup ask0+ ask1+ticked store ");
  assert_remembered (fixture, RIGHT);
}

static void
test_person_cancels (Fixture       *fixture,
                     gconstpointer  data)
{
  fixture->person->answers[0] = WRONG;
  fixture->person->ticks_remember = TRUE;
  g_assert_false (unlock (fixture));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_remembered (fixture, NULL);
}

/* Without a keyring that answers, the box is not offered, and what it says is of no effect. */
static void
test_store_fails (Fixture       *fixture,
                  gconstpointer  data)
{
  fixture->store->fails = G_IO_ERROR;
  fixture->store->code = G_IO_ERROR_TIMED_OUT;
  fixture->person->answers[0] = RIGHT;
  fixture->person->ticks_remember = TRUE;
  g_assert_true (unlock (fixture));
  g_assert_cmpstr (fixture->story->str, ==, "lookup ask0 ");
  g_assert_nonnull (strstr (fixture->messages->str, "the store is closed"));
}

/* It answers when asked, and not when it is to store: the connection goes on. */
static void
test_storing_fails (Fixture       *fixture,
                    gconstpointer  data)
{
  fixture->person->answers[0] = RIGHT;
  fixture->person->ticks_remember = TRUE;
  fixture->person->closes = fixture->store;
  g_assert_true (unlock (fixture));
  g_assert_cmpstr (fixture->story->str, ==, "lookup ask0+ store ");
  assert_remembered (fixture, NULL);
  g_assert_nonnull (strstr (fixture->messages->str, "was not remembered: the store is closed"));
}

static void
test_no_store (Fixture       *fixture,
               gconstpointer  data)
{
  fairlead_ssh_memory_set_store (fixture->memory, NULL);
  fixture->person->answers[0] = RIGHT;
  fixture->person->ticks_remember = TRUE;
  g_assert_true (unlock (fixture));
  g_assert_cmpstr (fixture->story->str, ==, "ask0 ");
  g_assert_cmpstr (fixture->messages->str, ==, "");
}

/* Cancel while the keyring is asked: the person is not asked after that. */
static void
test_cancel_in_store (Fixture       *fixture,
                      gconstpointer  data)
{
  fixture->store->fails = G_IO_ERROR;
  fixture->store->code = G_IO_ERROR_CANCELLED;
  fixture->person->answers[0] = RIGHT;
  g_assert_false (unlock (fixture));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (fixture->story->str, ==, "lookup ");
}

int
main (int   argc,
      char *argv[])
{
  static const struct {
    const char *name;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "kept", test_kept },
    { "remembered", test_remembered },
    { "kept-is-wrong", test_kept_is_wrong },
    { "remembered-is-wrong", test_remembered_is_wrong },
    { "answer-is-wrong", test_answer_is_wrong },
    { "person-cancels", test_person_cancels },
    { "store-fails", test_store_fails },
    { "storing-fails", test_storing_fails },
    { "no-store", test_no_store },
    { "cancel-in-store", test_cancel_in_store },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh-identity/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
  /* A key that shows its public half only when it is open is remembered by its path alone. */
  g_test_add ("/ssh-identity/pem", Fixture, NULL, set_up_pem, test_remembered, tear_down);
  return g_test_run ();
}
