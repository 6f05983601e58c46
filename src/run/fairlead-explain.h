/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadExplainWhen:
 * @FAIRLEAD_EXPLAIN_STARTING: it ended before it was ready
 * @FAIRLEAD_EXPLAIN_RUNNING: it was ready, and ended
 * @FAIRLEAD_EXPLAIN_AWAY: it ended while the connection was lost
 * @FAIRLEAD_EXPLAIN_REPORTED: it runs, and wrote an error to progress.log instead of being ready
 * @FAIRLEAD_EXPLAIN_NOT_READY: it runs, and was not ready in time
 *
 * When the solver's server failed.
 */
typedef enum {
  FAIRLEAD_EXPLAIN_STARTING,
  FAIRLEAD_EXPLAIN_RUNNING,
  FAIRLEAD_EXPLAIN_AWAY,
  FAIRLEAD_EXPLAIN_REPORTED,
  FAIRLEAD_EXPLAIN_NOT_READY,
} FairleadExplainWhen;

/**
 * FairleadExplainFacts:
 * @when: when it failed
 * @code: its exit code as a shell has it, above 128 for a signal; -1: not known
 * @seconds: how long it was waited for
 * @port: the port that it was told
 * @free_kib: what is free on the disk of its folder; -1: not known
 * @host: how the person calls the host
 * @path: (nullable): its folder
 * @python: (nullable): the interpreter that runs it
 * @log: (nullable): the end of server.log since its start, foreign bytes
 * @progress: (nullable): the end of progress.log, foreign bytes
 * @reported: (nullable): the line that reported an error, foreign bytes
 * @listens: (nullable): the ports that its processes listen on, as words; %NULL: not known
 *
 * What is known about a failure.
 */
typedef struct {
  FairleadExplainWhen when;
  int code;
  guint seconds;
  guint port;
  gint64 free_kib;
  const char *host;
  const char *path;
  const char *python;
  const char *log;
  const char *progress;
  const char *reported;
  const char *listens;
} FairleadExplainFacts;

GError *fairlead_explain (const FairleadExplainFacts *facts);

G_END_DECLS
