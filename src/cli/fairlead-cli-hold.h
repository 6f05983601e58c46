/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-run.h"

G_BEGIN_DECLS

/**
 * FairleadCliHoldOptions:
 * @json: write events to standard output
 * @traffic: with @json: write what moves through the tunnels
 * @detach: end when the solver is ready, and leave it running
 * @stop_on_exit: stop the solver at the end, however it comes
 * @no_reconnect: end when the connection is lost
 * @timeout: seconds until the tunnel must be open, not counting those in which a question waits for
 *   a person; 0 for no limit but those of the steps
 */
typedef struct {
  gboolean json;
  gboolean traffic;
  gboolean detach;
  gboolean stop_on_exit;
  gboolean no_reconnect;
  guint timeout;
} FairleadCliHoldOptions;

int fairlead_cli_hold (FairleadRun                  *run,
                       const FairleadCliHoldOptions *options);

G_END_DECLS
