/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-follow.h"
#include "fairlead-link.h"
#include "fairlead-run.h"
#include "fairlead-server.h"
#include "fairlead-solver-client.h"
#include "fairlead-solver-course.h"
#include "fairlead-tunnel-list.h"
#include "fairlead-tunnel-private.h"

G_BEGIN_DECLS

/* What the work of a step comes to, as the int of its task; -1 is an error. */
enum {
  FAIRLEAD_STEP_NEXT = 1,      /* on to the next step */
  FAIRLEAD_STEP_ENOUGH,        /* the job ends here, well */
  FAIRLEAD_STEP_AGAIN,         /* from Check path again */
};

/* What is to be taken up when a lost connection is back. */
typedef enum {
  FAIRLEAD_RESUME_ALL,         /* a job like any other: Check path … Open tunnel */
  FAIRLEAD_RESUME_SERVER,      /* a server of ours was running or being launched: never another one */
  FAIRLEAD_RESUME_NOTHING,     /* there was none */
} FairleadRunResume;

struct _FairleadRun {
  GObject parent_instance;

  FairleadProfile *profile;
  FairleadLink *link;
  FairleadServer *server;
  FairleadFollow *follow;
  GListStore *steps;
  FairleadLogModel *log;
  FairleadLogModel *progress_log;
  FairleadLogModel *messages;

  /* Options, deep copies; NULL: none. */
  FairleadTargetOptions *options;
  guint ready_timeout;
  guint server_port;           /* instead of the profile's; 0: that */
  gboolean any_port;           /* where that is in use, the one that is offered */
  guint port_tries;            /* how many were, in this job */
  gboolean restart;            /* the job under way, or the next, ends the solver that it finds */

  /* The job under way; NULL: none. Each has a cancellable of its own, which tells it from the others. */
  GCancellable *job;

  /* A connection that was lost and is made again. */
  gboolean away;               /* it was lost, and nothing has been taken up since */
  FairleadRunResume resume;    /* what the job under way takes up */
  guint countdown_id;          /* the status text changes with the seconds */

  FairleadTarget *target;
  FairleadTunnelList *tunnels;
  FairleadTunnel *solver_tunnel;   /* one of them; NULL: not wished for */
  gboolean has_wishes;             /* those of the configuration are among them */
  gboolean errand;                 /* a solver that runs is asked for something, and that is all */
  gboolean refuse_waiting;         /* clients of a tunnel whose link was lost are turned away */
  FairleadSolverClient *client;
  FairleadSolverStatus *solver;
  gboolean other_service;      /* what was launched does not speak the solver's protocol */
  FairleadSolverCourse course;     /* of its answers; also over a lost connection */
  gboolean unwatched;              /* nobody looks at them */
  GListStore *transfers;           /* the newest first */
  guint suspicion_id;              /* ... but others use its tunnel */
  GError *error;
  guint local_port;            /* of the last tunnel, kept for the session */
};

/* fairlead-run-object.c */
FairleadStep *fairlead_run_get_step      (FairleadRun          *self,
                                          FairleadStepId        id);
void          fairlead_run_take_error    (FairleadRun          *self,
                                          GError               *error);
void          fairlead_run_take_job      (FairleadRun          *self,
                                          GCancellable         *job);
void          fairlead_run_set_solver_tunnel (FairleadRun      *self,
                                              FairleadTunnel   *tunnel);
FairleadTunnelHealth fairlead_run_get_health (FairleadRun      *self);
void          fairlead_run_set_health    (FairleadRun          *self,
                                          FairleadTunnelHealth  health);
void          fairlead_run_set_solver    (FairleadRun          *self,
                                          FairleadSolverStatus *solver);
void          fairlead_run_status_changed (FairleadRun        *self);
void          fairlead_run_say           (FairleadRun          *self,
                                          FairleadLogLevel      level,
                                          const char           *text);

/* fairlead-run-steps.c: each takes the task. */
void          fairlead_run_resolve        (FairleadRun         *self,
                                           GTask               *task);
void          fairlead_run_make_link      (FairleadRun         *self,
                                           GTask               *task);
void          fairlead_run_use_link       (FairleadRun         *self,
                                           GTask               *task);
void          fairlead_run_check_path     (FairleadRun         *self,
                                           GTask               *task);
void          fairlead_run_start_server   (FairleadRun         *self,
                                           GTask               *task);
void          fairlead_run_wait_ready     (FairleadRun         *self,
                                           GTask               *task);
void          fairlead_run_check_exposure (FairleadRun         *self,
                                           GTask               *task);
void          fairlead_run_open_tunnel    (FairleadRun         *self,
                                           GTask               *task);

gboolean      fairlead_run_wants_solver   (FairleadRun         *self);

/* fairlead-run-place.c: takes the task. */
void          fairlead_run_prepare_place  (FairleadRun         *self,
                                           GTask               *task);

/* fairlead-run-forwards.c: all tunnels but the solver's are opened with a link, and each is lost and
 * closed with it. link_up takes the task; after a link that was lost it opens them on the same ports. The
 * solver's follows by fairlead_run_open_tunnel(), once it is known to be the solver that answers there. */
void          fairlead_run_forwards_link_up   (FairleadRun     *self,
                                               GTask           *task);
void          fairlead_run_forwards_link_lost (FairleadRun     *self);
void          fairlead_run_forwards_close     (FairleadRun     *self);
void          fairlead_run_say_tunnel         (FairleadRun     *self,
                                               FairleadTunnel  *tunnel);

/* fairlead-run-tunnels.c */
GError       *fairlead_run_error_offline      (void);
void          fairlead_run_add_made_tunnel    (FairleadRun         *self,
                                               FairleadTunnel      *tunnel,
                                               GCancellable        *cancellable,
                                               GAsyncReadyCallback  callback,
                                               gpointer             user_data);

/* fairlead-run-restart.c: takes the task, if there is one to be ended first. */
void          fairlead_run_pause_solver       (FairleadRun     *self);
gboolean      fairlead_run_end_found          (FairleadRun     *self,
                                               GTask           *task);

/* fairlead-run-port.c */
void          fairlead_run_watch_port         (FairleadRun     *self);
gboolean      fairlead_run_take_offered_port  (FairleadRun     *self,
                                               const GError    *error);

/* fairlead-run-resume.c: what becomes of a run whose connection was lost. */
void          fairlead_run_link_lost      (FairleadRun         *self);
void          fairlead_run_link_back      (FairleadRun         *self);
void          fairlead_run_count_down     (FairleadRun         *self,
                                           gboolean             waits);
char         *fairlead_run_dup_countdown  (FairleadRun         *self);

/* fairlead-run-watch.c: what happens by itself. */
void          fairlead_run_watch          (FairleadRun         *self);
void          fairlead_run_let_go         (FairleadRun         *self);

/* fairlead-run-solver.c: the solver's answers. */
void          fairlead_run_take_status    (FairleadRun          *self,
                                           FairleadSolverStatus *status);
void          fairlead_run_watch_solver   (FairleadRun         *self);
void          fairlead_run_leave_solver   (FairleadRun         *self);
void          fairlead_run_forget_solver  (FairleadRun         *self);
GError       *fairlead_run_error_no_solver (FairleadRun        *self);

/* fairlead-run-transfers.c */
void          fairlead_run_pump_transfers   (FairleadRun       *self);
void          fairlead_run_cancel_transfers (FairleadRun       *self);

/* fairlead-run.c */
void          fairlead_run_resume_job     (FairleadRun         *self,
                                           FairleadRunResume    resume);
void          fairlead_run_resume_place   (FairleadRun         *self);
void          fairlead_run_end_steps      (FairleadRun         *self,
                                           FairleadStepState    state,
                                           const char          *detail);
void          fairlead_run_end_job        (FairleadRun         *self,
                                           FairleadStepState    state,
                                           const char          *detail);

G_END_DECLS
