/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-cli-visit.h"
#include "fairlead-run.h"

G_BEGIN_DECLS

/* What a command needs that asks a running solver for something and goes again. Zero-initialized; cleared. */
typedef struct {
  FairleadCliVisit visit;
  char *remote_path;
  char *project;
  int server_port;
} FairleadCliErrand;

/* Its options, for an array of GOptionEntry. */
#define FAIRLEAD_CLI_ERRAND_ENTRIES(errand) \
    FAIRLEAD_CLI_VISIT_ENTRIES (&(errand)->visit), \
    { "remote-path", 0, 0, G_OPTION_ARG_STRING, &(errand)->remote_path, \
      N_("Directory of the solver on the remote"), N_("PATH") }, \
    { "server-port", 0, 0, G_OPTION_ARG_INT, &(errand)->server_port, \
      N_("Port of the solver on the remote"), N_("PORT") }, \
    { "project", 0, 0, G_OPTION_ARG_STRING, &(errand)->project, \
      N_("Project to ask the solver about"), N_("NAME") }

FairleadRun *fairlead_cli_errand_open  (const FairleadCliErrand  *self,
                                        const char               *target,
                                        GError                  **error);
void         fairlead_cli_errand_close (FairleadRun              *run);
void         fairlead_cli_errand_clear (FairleadCliErrand        *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FairleadCliErrand, fairlead_cli_errand_clear)

G_END_DECLS
