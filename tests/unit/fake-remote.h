/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-interaction.h"
#include "fairlead-remote.h"

G_BEGIN_DECLS

/* A FairleadRemote without SSH: "the remote" is this machine. Its commands are real shells in sessions of
 * their own, its connections go to the real loopback, its forwards really listen. */

#define FAKE_TYPE_REMOTE (fake_remote_get_type ())
G_DECLARE_FINAL_TYPE (FakeRemote, fake_remote, FAKE, REMOTE, GObject)

/**
 * FakeRemoteSetup:
 * @home: HOME of its commands; XDG_STATE_HOME is `state` in it
 * @path: (nullable): goes before PATH: a directory with another `sh`, say
 * @hang_in: a state that it stays in until cancelled; IDLE: none
 * @ask: ask a host-key question while VERIFYING
 * @one_session: a command waits until the one before it has ended, as with MaxSessions 1
 * @unreachable: connecting ends with a network error, at once
 * @refuse: (nullable): the message of the error that connecting ends with, while AUTHENTICATING
 *
 * How the next fake remote behaves.
 */
typedef struct {
  const char *home;
  const char *path;
  FairleadSessionState hang_in;
  gboolean ask;
  gboolean one_session;
  gboolean unreachable;
  const char *refuse;
} FakeRemoteSetup;

FairleadRemote *fake_remote_new  (const FakeRemoteSetup *setup,
                                  FairleadInteraction   *interaction);
void            fake_remote_lose (FakeRemote            *self);
void            fake_remote_set_mute (FakeRemote        *self);
guint           fake_remote_count_checks (FakeRemote    *self);

/* A person who answers each question as told, or never. */
#define FAKE_TYPE_PERSON (fake_person_get_type ())
G_DECLARE_FINAL_TYPE (FakePerson, fake_person, FAKE, PERSON, FairleadInteraction)

FakePerson *fake_person_new    (void);
gboolean    fake_person_asked  (FakePerson *self);
void        fake_person_answer (FakePerson *self);
FairleadQuestion *fake_person_get_question (FakePerson *self);

G_END_DECLS
