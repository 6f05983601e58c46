/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-error.h"
#include "fairlead-slurm-words.h"

/* What Slurm 20 to 24 say where this machine's cannot be made to: sacctmgr(1) limits, full queues. */
static const struct {
  const char *result;
  const char *errors;
  const char *message;         /* a part of it */
} refusals[] = {
  { "refused", "sbatch: error: invalid partition specified: x", "has no such partition" },
  { "refused", "sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified",
    "does not let you use this account" },
  { "refused", "sbatch: error: Batch job submission failed: Invalid qos specification", "no such quality of service" },
  { "refused", "sbatch: error: QOSMaxSubmitJobPerUserLimit\n"
               "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, "
               "user's size and/or time limits)", "more than you may ask for" },
  { "refused", "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying", "queue of login is full" },
  { "refused", "sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or exceeds some "
               "limit)", "more time than the partition" },
  { "refused", "sbatch: error: Batch job submission failed: More processors requested than permitted",
    "no node like the one" },
  { "refused", "sbatch: error: something new", "refused the job" },
  { "unreachable", "", "controller on login does not answer" },
  { "no-slurm", "", "login is not a login node of Slurm" },
};

static void
test_refusals (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr (GError) error = fairlead_slurm_submit_error ("login", refusals[i].result, refusals[i].errors);

      g_test_message ("%s", error->message);
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
      g_assert_nonnull (strstr (error->message, refusals[i].message));
      g_assert_null (strchr (error->message, '{'));
      g_assert_nonnull (fairlead_error_get_hint (error));
      g_assert_cmpstr (fairlead_error_get_details (error), ==, *refusals[i].errors ? refusals[i].errors : NULL);
    }
}

static void
test_ends (void)
{
  static const char * const states[] = {
    "TIMEOUT", "CANCELLED", "NODE_FAIL", "BOOT_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "DEADLINE", "COMPLETED", "FAILED",
    "SOMETHING_NEW", NULL,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      FairleadSlurmJob job = { .id = (char *) "12", .state = (char *) states[i] };
      g_autoptr (GError) error = fairlead_slurm_job_end_error (&job, "login");

      g_assert_nonnull (strstr (error->message, "12"));
      g_assert_nonnull (strstr (error->message, "login"));
      g_assert_null (strchr (error->message, '{'));
      g_assert_false (fairlead_slurm_job_waits (&job) || fairlead_slurm_job_runs (&job));
    }
}

static void
test_queue (void)
{
  FairleadSlurmJob job = {
    .id = (char *) "12", .state = (char *) "PENDING", .reason = (char *) "Priority", .place = 3, .waiting = 7,
  };
  g_autofree char *bare = fairlead_slurm_job_dup_queue (&job);
  g_autofree char *timed = NULL;
  g_autofree char *other = NULL;

  g_assert_cmpstr (bare, ==, "Job 12, place 3 of 7: others come first");
  job.start = g_get_real_time () / G_USEC_PER_SEC + 60;
  timed = fairlead_slurm_job_dup_queue (&job);
  g_assert_true (g_str_has_prefix (timed, "Job 12, place 3 of 7, about "));
  job.start = 0;
  job.place = 0;
  job.reason = (char *) "SomethingNew";
  other = fairlead_slurm_job_dup_queue (&job);
  g_assert_cmpstr (other, ==, "Job 12: SomethingNew");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slurm-words/refusals", test_refusals);
  g_test_add_func ("/slurm-words/ends", test_ends);
  g_test_add_func ("/slurm-words/queue", test_queue);
  return g_test_run ();
}
