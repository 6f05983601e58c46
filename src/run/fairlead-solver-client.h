/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-place.h"
#include "fairlead-remote.h"
#include "fairlead-run-types.h"
#include "fairlead-solver-protocol.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_SOLVER_CLIENT (fairlead_solver_client_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSolverClient, fairlead_solver_client, FAIRLEAD, SOLVER_CLIENT, GObject)

FairleadSolverClient  *fairlead_solver_client_new          (FairleadRemote         *remote,
                                                            guint                   port,
                                                            const char             *project);
FairleadSolverClient  *fairlead_solver_client_new_in       (FairleadPlace          *place,
                                                            guint                   port,
                                                            const char             *project);
FairleadSolverClient  *fairlead_solver_client_new_local    (guint                   port,
                                                            const char             *project,
                                                            FairleadSolverFraming   framing);
FairleadSolverFraming  fairlead_solver_client_get_framing  (FairleadSolverClient   *self);
FairleadTunnelHealth   fairlead_solver_client_get_verdict  (FairleadSolverClient   *self);
void                   fairlead_solver_client_query_async  (FairleadSolverClient   *self,
                                                            GCancellable           *cancellable,
                                                            GAsyncReadyCallback     callback,
                                                            gpointer                user_data);
FairleadSolverStatus  *fairlead_solver_client_query_finish (FairleadSolverClient   *self,
                                                            GAsyncResult           *result,
                                                            GError                **error);
FairleadRemote        *fairlead_solver_client_get_remote   (FairleadSolverClient   *self);
const char            *fairlead_solver_client_get_project  (FairleadSolverClient   *self);
void                   fairlead_solver_client_open_async   (FairleadSolverClient   *self,
                                                            GCancellable           *cancellable,
                                                            GAsyncReadyCallback     callback,
                                                            gpointer                user_data);
GIOStream             *fairlead_solver_client_open_finish  (FairleadSolverClient   *self,
                                                            GAsyncResult           *result,
                                                            GError                **error);
void                   fairlead_solver_client_start        (FairleadSolverClient   *self);
void                   fairlead_solver_client_stop         (FairleadSolverClient   *self);
void                   fairlead_solver_client_poke         (FairleadSolverClient   *self);
void                   fairlead_solver_client_set_watched  (FairleadSolverClient   *self,
                                                            gboolean                watched);

G_END_DECLS
