/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-run.h"

G_BEGIN_DECLS

typedef struct _FairleadCliReport FairleadCliReport;

FairleadCliReport *fairlead_cli_report_new        (FairleadRun       *run,
                                                   gboolean           json,
                                                   gboolean           traffic);
void               fairlead_cli_report_free       (FairleadCliReport *self);
gboolean           fairlead_cli_report_has_reader (FairleadCliReport *self);
void               fairlead_cli_report_open       (FairleadCliReport *self,
                                                   gboolean           held);
void               fairlead_cli_report_end        (FairleadCliReport *self,
                                                   const GError      *error,
                                                   int                exit_code,
                                                   gboolean           solver_runs,
                                                   gboolean           solver_stopped);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadCliReport, fairlead_cli_report_free)

G_END_DECLS
