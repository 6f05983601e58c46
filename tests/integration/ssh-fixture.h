/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-interaction.h"
#include "fairlead-remote.h"
#include "fairlead-target.h"

/* What the tests of the ssh layer share. SSHD_… of tests/lib/sshd.py say where the server is. */

#define DEADLINE_SECONDS 60
#define MIB (1024 * 1024)

/* ---- a person that answers as told ---- */

#define TEST_TYPE_PERSON (test_person_get_type ())
G_DECLARE_FINAL_TYPE (TestPerson, test_person, TEST, PERSON, FairleadInteraction)

struct _TestPerson {
  FairleadInteraction parent_instance;

  FairleadHostKeyAnswer answer;
  const char * const *passphrases;   /* given one after the other; NULL-terminated */
  gboolean forgets;                  /* a passphrase is not kept until the end */
  gboolean approves;                 /* commands */
  gboolean thinks;                   /* keeps the question until test_person_answer() or a cancel */
  guint asked;
  guint asked_passphrase;
  char *fingerprint;
  GString *heard;                    /* "KIND CONNECTION → DESTINATION", a line each */
  GTask *pending;
};

void             test_person_answer  (TestPerson          *self);

/* ---- waiting ---- */

gboolean         test_give_up_cb     (gpointer             what);
void             keep_result_cb      (GObject             *source,
                                      GAsyncResult        *result,
                                      gpointer             user_data);

#define WAIT_FOR(condition)                                                                   \
  G_STMT_START {                                                                              \
    guint wait_id_ = g_timeout_add_seconds (DEADLINE_SECONDS, test_give_up_cb,                \
                                            (gpointer) #condition);                           \
    while (!(condition))                                                                      \
      g_main_context_iteration (NULL, TRUE);                                                  \
    g_source_remove (wait_id_);                                                               \
  } G_STMT_END

/* The same for what no event of this program announces. */
#define WAIT_POLLING(condition)                                                               \
  G_STMT_START {                                                                              \
    gint64 wait_end_ = g_get_monotonic_time () + DEADLINE_SECONDS * G_USEC_PER_SEC;           \
    while (!(condition))                                                                      \
      {                                                                                       \
        g_assert_cmpint (g_get_monotonic_time (), <, wait_end_);                              \
        g_main_context_iteration (NULL, FALSE);                                               \
        g_usleep (2000);                                                                      \
      }                                                                                       \
  } G_STMT_END

/* ---- the fixture ---- */

typedef struct {
  char *directory;
  TestPerson *person;
  FairleadRemote *remote;
  GString *messages;               /* what the session said, a line each */
} Fixture;

FairleadTarget  *test_target         (Fixture             *fixture,
                                      guint                port,
                                      const char          *known_hosts,
                                      const char          *config);
void             test_use_target     (Fixture             *fixture,
                                      FairleadTarget      *target);
guint            test_sshd_port      (void);
void             test_authorize      (const char          *public_key);
char            *test_make_key       (Fixture             *fixture,
                                      const char          *name,
                                      const char          *type,
                                      const char          *bits,
                                      const char          *passphrase);
void             test_set_up         (Fixture             *fixture,
                                      gconstpointer        known);
void             test_set_up_open    (Fixture             *fixture,
                                      gconstpointer        data);
void             test_tear_down      (Fixture             *fixture,
                                      gconstpointer        data);
gboolean         test_connect        (Fixture             *fixture,
                                      GError             **error);
void             test_close          (FairleadRemote      *remote);
char            *test_run            (Fixture             *fixture,
                                      const char          *command,
                                      GError             **error);
FairleadForward *test_forward        (Fixture             *fixture,
                                      guint                local_port,
                                      gboolean             or_next_free,
                                      guint                remote_port,
                                      GError             **error);
guint            test_count_fds      (void);
GPid             test_connection_pid (Fixture             *fixture);
int              test_dial           (guint                port);
gboolean         test_exchange       (guint                port,
                                      guint                number);
gboolean         test_ready          (void);

/* ---- a server that answers each connection, after its client has shut down its side, with all that
 * it sent, twice ---- */

typedef struct _Echo Echo;

Echo            *echo_start          (void);
void             echo_stop           (Echo                *echo);
guint            echo_port           (Echo                *echo);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Echo, echo_stop)

/* ---- a listener that takes no more: connecting to it neither fails nor succeeds ---- */

typedef struct {
  int fd;
  guint port;
  int fill[8];
} BlackHole;

void             black_hole_start    (BlackHole           *self);
void             black_hole_stop     (BlackHole           *self);

/* ---- a wire between the session and the sshd that can be held and cut ---- */

typedef struct _Relay Relay;

Relay           *relay_start         (guint                port);
void             relay_stop          (Relay               *relay);
guint            relay_get_port      (Relay               *relay);
guint64          relay_get_down      (Relay               *relay);
guint            relay_get_turns     (Relay               *relay);
guint            relay_get_hang_ups  (Relay               *relay);
void             relay_set_target    (Relay               *relay,
                                      guint                port);
void             relay_hold_up       (Relay               *relay,
                                      gboolean             held);
void             relay_hold_down     (Relay               *relay,
                                      gboolean             held);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Relay, relay_stop)
