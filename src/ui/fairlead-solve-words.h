/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-looks.h"
#include "fairlead-solver-status.h"

G_BEGIN_DECLS

const FairleadLook *fairlead_look_of_solve         (FairleadSolverState   state);
char               *fairlead_format_time_left      (gint64                seconds);
char               *fairlead_format_spoken_time    (gint64                seconds);
char               *fairlead_format_clock          (gint64                time);
char               *fairlead_solve_dup_frame_text  (FairleadSolverStatus *solver);
char               *fairlead_solve_dup_percent     (FairleadSolverStatus *solver);
char               *fairlead_solve_dup_short_text  (FairleadSolverStatus *solver);

G_END_DECLS
