/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-config-note.h"
#include "fairlead-interaction.h"

G_BEGIN_DECLS

/**
 * FairleadMatchExec:
 * @connection: the name of the connection that is resolved
 * @destination: (nullable): of a jump host: the connection that it is on the way to
 * @interaction: who is asked
 * @cancellable: (nullable): ends question and command
 *
 * Who decides about the commands of `Match exec`.
 */
typedef struct {
  const char          *connection;
  const char          *destination;
  FairleadInteraction *interaction;
  GCancellable        *cancellable;
} FairleadMatchExec;

gboolean fairlead_match_exec_decide (const char            *command,
                                     const FairleadSource  *source,
                                     gboolean              *holds,
                                     gpointer               match_exec,
                                     GError               **error);

G_END_DECLS
