/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-run.h"

G_BEGIN_DECLS

typedef enum {
  FAIRLEAD_CLI_SOLVER_NONE,
  FAIRLEAD_CLI_SOLVER_RUNNING,
  FAIRLEAD_CLI_SOLVER_STOPPED,
} FairleadCliSolver;

gboolean fairlead_cli_event_step   (FairleadStep      *step);
gboolean fairlead_cli_event_link   (FairleadRun       *run);
gboolean fairlead_cli_event_server (FairleadRun       *run,
                                    char             **last);
gboolean fairlead_cli_event_tunnel (FairleadRun       *run,
                                    char             **last);
gboolean fairlead_cli_event_forward (FairleadTunnel   *tunnel,
                                     char            **last);
gboolean fairlead_cli_event_counters (FairleadTunnel  *tunnel,
                                      char           **last);
gboolean fairlead_cli_event_solver (FairleadRun       *run,
                                    char             **last);
gboolean fairlead_cli_event_transfer (FairleadTransfer *transfer,
                                      char            **last);
gboolean fairlead_cli_event_log    (const char        *source,
                                    FairleadLogLine   *line);
gboolean fairlead_cli_event_error  (const GError      *error);
gboolean fairlead_cli_event_exit   (int                exit_code,
                                    FairleadCliSolver  solver);

G_END_DECLS
