/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadSlurmJob:
 * @id: its number
 * @state: squeue(1), "JOB STATE CODES", in full: "PENDING"
 * @reason: why it waits: "Resources"
 * @node: where its batch script runs, once it does
 * @partition: the partition asked for
 * @start: when it began, or is thought to; seconds since 1970 by the clock here; 0: not known
 * @end: when its time limit ends it; the same; 0: not known, or never
 * @place: its place in the queue, from 1; 0: not known
 * @waiting: how many wait there
 *
 * What Slurm says of a job.
 */
typedef struct {
  char *id;
  char *state;
  char *reason;
  char *node;
  gint64 start;
  gint64 end;
  guint place;
  guint waiting;
} FairleadSlurmJob;

void      fairlead_slurm_job_clear       (FairleadSlurmJob       *self);
gboolean  fairlead_slurm_job_waits       (const FairleadSlurmJob *self);
gboolean  fairlead_slurm_job_runs        (const FairleadSlurmJob *self);
char     *fairlead_slurm_job_dup_queue   (const FairleadSlurmJob *self);
char     *fairlead_slurm_job_dup_running (const FairleadSlurmJob *self);
GError   *fairlead_slurm_job_end_error   (const FairleadSlurmJob *self,
                                          const char             *host);
GError   *fairlead_slurm_outcome_error   (const FairleadSlurmJob *self,
                                          const char             *outcome,
                                          const char             *path,
                                          const char             *command);
GError   *fairlead_slurm_submit_error    (const char             *host,
                                          const char             *result,
                                          const char             *errors);

G_END_DECLS
