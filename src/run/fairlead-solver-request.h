/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-solver-client.h"

G_BEGIN_DECLS

void                  fairlead_solver_client_request_async  (FairleadSolverClient   *self,
                                                             FairleadSolverRequest   request,
                                                             GCancellable           *cancellable,
                                                             GAsyncReadyCallback     callback,
                                                             gpointer                user_data);
FairleadSolverStatus *fairlead_solver_client_request_finish (FairleadSolverClient   *self,
                                                             GAsyncResult           *result,
                                                             GError                **error);

G_END_DECLS
