/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-run.h"
#include "fake-remote.h"

G_BEGIN_DECLS

/* A run against the demo solver, in directories and on ports of its own. */
typedef struct {
  char *root;                  /* holds home/ and the remote path */
  char *home;
  char *path;                  /* the remote path: server.py is there */
  guint server_port;
  FairleadProfile *profile;
  FakePerson *person;
  FakeRemoteSetup setup;
  FairleadRun *run;
  FakeRemote *remote;          /* the last one that the run made; borrowed */
} Fixture;

void     fixture_set_up         (Fixture        *fixture,
                                 gconstpointer   data);
void     fixture_tear_down      (Fixture        *fixture,
                                 gconstpointer   data);
void     fixture_use_path       (Fixture        *fixture,
                                 const char     *name);
void     fixture_knobs          (Fixture        *fixture,
                                 const char     *lines);
void     fixture_connect        (Fixture        *fixture);
void     fixture_assert_ready   (Fixture        *fixture);
gint64   fixture_recorded_pid   (Fixture        *fixture);
char    *fixture_step_detail    (Fixture        *fixture,
                                 FairleadStepId  id);
guint    fixture_count_log      (Fixture        *fixture,
                                 const char     *text);
void     fixture_stop           (Fixture        *fixture);
void     fixture_disconnect     (Fixture        *fixture);
guint    free_port              (void);
gboolean process_runs           (gint64          pid);

/* Runs the main loop until @condition; fails the test after 30 s. */
#define wait_until(condition)                                                          \
  G_STMT_START {                                                                       \
    guint deadline_ = g_timeout_add_seconds (30, wait_deadline_cb, (gpointer) #condition); \
    while (!(condition))                                                               \
      g_main_context_iteration (NULL, TRUE);                                           \
    g_source_remove (deadline_);                                                       \
  } G_STMT_END

gboolean wait_deadline_cb       (gpointer        text);

#define wait_idle(fixture) wait_until (!fairlead_run_is_busy ((fixture)->run))

G_END_DECLS
