/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-explain.h"
#include "fairlead-remote-script.h"
#include "fairlead-server.h"

G_BEGIN_DECLS

/* Seconds that a script has which only looks at the remote, and one that starts something. */
#define FAIRLEAD_SERVER_LOOK_TIMEOUT 20
#define FAIRLEAD_SERVER_ACT_TIMEOUT 40

struct _FairleadServer {
  GObject parent_instance;

  FairleadProfile *profile;    /* a copy, of the last check */
  FairleadProfile *source;
  guint port;                  /* instead of the profile's; 0: that */
  FairleadFollow *follow;
  FairleadRemote *remote;      /* the host's; NULL while the link is down */
  FairleadPlace *place;        /* where the server lives */
  char *host;                  /* as the person calls that place */

  FairleadServerState state;
  FairleadExposure exposure;
  gboolean adopted;
  gboolean shared_host;
  char *bound_to;
  char *interpreter;
  char *warning;
  gboolean one_at_a_time;      /* the host allows one session: the follower makes way */
  int exit_code;
  gboolean looking;            /* at the place: is it still there? */
  GError *end_error;           /* why it ended, where more than its code is known */
  guint grace;                 /* seconds between TERM and KILL */
  gboolean adopt_only;         /* one that runs is found, none is launched */

  /* From the check. */
  char *kind;
  char *path;
  char *python;
  char *python_version;        /* of it, if it is to start the server; else empty */
  char *venv;

  /* From the launch. */
  char *record;
  char *token;
  gint64 pid;
  char *log_inode;             /* server.log at its launch, and what it held then; NULL: not known */
  gint64 log_offset;
  gboolean said_ready;
  gboolean wrote_progress;     /* it writes progress.log, as a solver does */
  gboolean ready_by_port;      /* nothing but its port told that it is ready */
  char *launching;             /* the token of a launch whose outcome is not known; NULL: none */
  FairleadServerState left;    /* STOPPED or EXITED when the link was lost; else UNKNOWN */
  guint follow_id;             /* following starts again then */
};

void                 fairlead_server_run_async  (FairleadServer        *self,
                                                 FairleadRemoteScript  *script,
                                                 guint                  timeout,
                                                 GCancellable          *cancellable,
                                                 GAsyncReadyCallback    callback,
                                                 gpointer               user_data);
void                 fairlead_server_run_on_host_async (FairleadServer *self,
                                                 FairleadRemoteScript  *script,
                                                 guint                  timeout,
                                                 GCancellable          *cancellable,
                                                 GAsyncReadyCallback    callback,
                                                 gpointer               user_data);
FairleadRemoteReply *fairlead_server_run_finish (FairleadServer        *self,
                                                 GAsyncResult          *result,
                                                 GError               **error);

void fairlead_server_fail_explained (FairleadServer             *self,
                                     GTask                      *task,
                                     const FairleadExplainFacts *facts);

char *fairlead_server_dup_typed_path (FairleadServer     *self);
void     fairlead_server_find_port_async  (FairleadServer       *self,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
gboolean fairlead_server_find_port_finish (FairleadServer       *self,
                                           GAsyncResult         *result,
                                           GError              **error);

void fairlead_server_start_follow (FairleadServer      *self,
                                   gboolean             launched);
void fairlead_server_take_launch  (FairleadServer      *self,
                                   FairleadRemoteReply *reply,
                                   gboolean             adopted,
                                   gboolean             launched);
void fairlead_server_set_state    (FairleadServer      *self,
                                   FairleadServerState  state);
void fairlead_server_set_adopted  (FairleadServer      *self,
                                   gboolean             adopted);
void fairlead_server_take_facts   (FairleadServer      *self,
                                   FairleadRemoteReply *reply);
void fairlead_server_set_exposure (FairleadServer      *self,
                                   FairleadExposure     exposure,
                                   const char          *bound_to);
void fairlead_server_forget       (FairleadServer      *self);
void fairlead_server_apply_port   (FairleadServer      *self);

G_END_DECLS
