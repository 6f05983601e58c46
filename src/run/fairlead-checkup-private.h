/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-checkup.h"

G_BEGIN_DECLS

/* Each looks at one thing, and adds what it finds. */
typedef void (*FairleadJudge) (FairleadCheckup            *self,
                               const FairleadCheckupFacts *facts);

/* NULL-terminated, in the order of the list. fairlead-checkup-host.c, -job.c, -gpu.c */
extern const FairleadJudge fairlead_checkup_host_judges[];
extern const FairleadJudge fairlead_checkup_job_judges[];
extern const FairleadJudge fairlead_checkup_gpu_judges[];

FairleadFinding *fairlead_checkup_found      (FairleadCheckup            *self,
                                              const char                 *id,
                                              FairleadFindingLevel        level,
                                              const char                 *title,
                                              char                       *found,
                                              const char                 *advice);
void             fairlead_checkup_hide       (FairleadCheckup            *self,
                                              const char                 *name,
                                              const char                 *shown);
char            *fairlead_checkup_dup_size   (gint64                      kib);

G_END_DECLS
