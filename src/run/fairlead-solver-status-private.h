/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-json.h"
#include "fairlead-solver-status.h"

G_BEGIN_DECLS

FairleadSolverStatus *fairlead_solver_status_new_from_json (const char *project,
                                                            JsonObject *object);

G_END_DECLS
