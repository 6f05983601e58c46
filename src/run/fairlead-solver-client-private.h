/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-solver-client.h"
#include "fairlead-solver-polling.h"

G_BEGIN_DECLS

struct _FairleadSolverClient {
  GObject parent_instance;

  FairleadRemote *remote;      /* NULL: local */
  char *host;                  /* on the remote; NULL: its loopback */
  guint port;
  char *project;               /* NULL: none */
  FairleadSolverFraming framing;
  FairleadTunnelHealth verdict;

  /* The polling; NULL: none. A poll belongs to the cancellable that it was begun with. */
  GCancellable *polling;
  gboolean watched;
  gboolean asking;             /* a poll is under way */
  gboolean again;              /* ... and the next one follows at once */
  guint poll_id;
  FairleadSolverPolling rate;
};

void fairlead_solver_client_send_async (FairleadSolverClient *self,
                                        const char           *word,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
void fairlead_solver_client_take_answer (FairleadSolverClient *self,
                                         FairleadSolverStatus *status);

G_END_DECLS
