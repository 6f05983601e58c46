/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-finding.h"
#include "fairlead-profile.h"
#include "fairlead-remote-reply.h"
#include "fairlead-solver-status.h"

G_BEGIN_DECLS

/**
 * FairleadCheckupFacts:
 * @reply: what doctor.sh answered
 * @profile: the connection
 * @host: its host as the person calls it
 * @sent: when the script was sent, in microseconds of g_get_real_time()
 * @received: when its answer was there
 * @forwarding: (nullable): why no channel to the solver's port could be opened; %NULL: it could
 * @solver: (nullable): what the solver answered; %NULL: it was not asked, or did not
 * @solver_error: (nullable): why it did not
 *
 * All that a check of a host has found out.
 */
typedef struct {
  FairleadRemoteReply *reply;
  FairleadProfile *profile;
  const char *host;
  gint64 sent;
  gint64 received;
  const GError *forwarding;
  FairleadSolverStatus *solver;
  const GError *solver_error;
} FairleadCheckupFacts;

#define FAIRLEAD_TYPE_CHECKUP (fairlead_checkup_get_type ())
G_DECLARE_FINAL_TYPE (FairleadCheckup, fairlead_checkup, FAIRLEAD, CHECKUP, GObject)

FairleadCheckup      *fairlead_checkup_new           (const FairleadCheckupFacts *facts);
GListModel           *fairlead_checkup_get_findings  (FairleadCheckup            *self);
guint                 fairlead_checkup_count         (FairleadCheckup            *self,
                                                      FairleadFindingLevel        level);
void                  fairlead_checkup_add           (FairleadCheckup            *self,
                                                      FairleadFinding            *finding);
gint64                fairlead_checkup_get_time      (FairleadCheckup            *self);
char                 *fairlead_checkup_dup_summary   (FairleadCheckup            *self);
char                 *fairlead_checkup_dup_report    (FairleadCheckup            *self);
gboolean              fairlead_checkup_may_ask       (FairleadRemoteReply        *reply);

G_END_DECLS
