/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_LAST_KNOWN (fairlead_last_known_get_type ())
G_DECLARE_FINAL_TYPE (FairleadLastKnown, fairlead_last_known, FAIRLEAD, LAST_KNOWN, GObject)

FairleadLastKnown    *fairlead_last_known_of         (FairleadRun       *run);
FairleadServerState   fairlead_last_known_get_server (FairleadLastKnown *self);
FairleadSolverStatus *fairlead_last_known_get_solver (FairleadLastKnown *self);
gint64                fairlead_last_known_get_time   (FairleadLastKnown *self);
gboolean              fairlead_last_known_is_past    (FairleadLastKnown *self);

G_END_DECLS
