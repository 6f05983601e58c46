/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-error.h"
#include "fairlead-run.h"

G_BEGIN_DECLS

/**
 * FairleadFix:
 * @kind: what is to be done
 * @port: of %FAIRLEAD_REMEDY_USE_PORT: the server port; else 0
 * @subject: (nullable): what else it takes, as @kind says; borrowed from the error
 *
 * What a run itself can do about an error, at one press of a button. It travels in the error: who makes the
 * error calls fairlead_fix_attach(), and whoever shows it (FairleadNotice, a list of findings, the CLI) asks
 * fairlead_fix_from_error(), shows fairlead_fix_dup_label() and calls fairlead_run_apply_fix().
 *
 * A new kind is a value of #FairleadRemedy and a row of the table in fairlead-fix.c: its label, whether it can
 * also be kept in the profile, and the function that does it. No view changes for it.
 */
typedef struct {
  FairleadRemedy kind;
  guint port;
  const char *subject;
} FairleadFix;

void     fairlead_fix_attach         (GError            *error,
                                      FairleadRemedy     kind,
                                      guint              port,
                                      const char        *subject);
gboolean fairlead_fix_from_error     (const GError      *error,
                                      FairleadFix       *fix);
char    *fairlead_fix_dup_label      (const FairleadFix *fix);
char    *fairlead_fix_dup_keep_label (const FairleadFix *fix);
void     fairlead_run_apply_fix      (FairleadRun       *run,
                                      const FairleadFix *fix,
                                      gboolean           keep);

G_END_DECLS
