/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

/* A run for the views: no job behind it, every property set by the test. Linked instead of src/run's. */

FairleadRun *fake_run_new              (FairleadProfile      *profile);
void         fake_run_set_link         (FairleadRun          *self,
                                        FairleadLinkState     state,
                                        const char           *status);
void         fake_run_set_retry        (FairleadRun          *self,
                                        gboolean              reconnecting,
                                        guint                 attempt,
                                        gint64                retry_at);
void         fake_run_set_server       (FairleadRun          *self,
                                        FairleadServerState   state);
void         fake_run_set_step         (FairleadRun          *self,
                                        FairleadStepId        id,
                                        FairleadStepState     state,
                                        double                seconds,
                                        const char           *detail);
void         fake_run_set_busy         (FairleadRun          *self,
                                        gboolean              busy);
void         fake_run_take_error       (FairleadRun          *self,
                                        GError               *error);
void         fake_run_set_place        (FairleadRun          *self,
                                        FairleadExposure      exposure,
                                        const char           *bound_to,
                                        const char           *interpreter,
                                        gboolean              shared);
void         fake_run_set_place_note   (FairleadRun          *self,
                                        const char           *note);
void         fake_run_take_tunnel      (FairleadRun          *self,
                                        FairleadForward      *tunnel,
                                        FairleadTunnelHealth  health);
void         fake_run_take_solver      (FairleadRun          *self,
                                        FairleadSolverStatus *solver);
FairleadSolverStatus *fake_solver_new  (int                   frame,
                                        int                   frames,
                                        double                progress);
FairleadSolverStatus *fake_solver_new_for_json (const char *text);
void         fake_run_end_solve       (FairleadRun          *self,
                                       FairleadSolverStatus *status,
                                       FairleadSolverState   previous,
                                       int                   elapsed);
void         fake_solver_set_time_left (FairleadSolverStatus *self,
                                        int                   seconds);
void         fake_run_add_transfer    (FairleadRun          *self,
                                       FairleadTransfer     *transfer);
FairleadForward      *fake_forward_new (guint                 local_port,
                                        guint                 remote_port);
FairleadForward      *fake_forward_new_for_spec (const FairleadForwardSpec *spec);
FairleadTunnel       *fake_run_add_tunnel (FairleadRun               *self,
                                           FairleadTunnelOrigin       origin,
                                           const FairleadForwardSpec *spec,
                                           const char                *title,
                                           const char                *source,
                                           const GError              *error);
void                  fake_run_move       (FairleadRun                   *self,
                                           FairleadTunnel                *tunnel,
                                           const FairleadForwardCounters *counters,
                                           gint64                         now);
void                  fake_run_take_tunnel_error (FairleadRun *self,
                                                  GError      *error);
const char           *fake_run_get_asked (FairleadRun        *self);

/* A view of such a run, in a window of its own. */
typedef struct {
  FairleadProfile *profile;
  FairleadRun *run;
  GtkWidget *window;
  GtkWidget *view;
} FakeRunView;

void                  fake_run_view_show (FakeRunView        *self,
                                          GType               type);
void                  fake_run_view_end  (FakeRunView        *self);

G_END_DECLS
