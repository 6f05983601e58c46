/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-slurm-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"

/* What Slurm says, in words for a person: squeue(1), "JOB REASON CODES" and "JOB STATE CODES". */

void
fairlead_slurm_job_clear (FairleadSlurmJob *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->state, g_free);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->node, g_free);
  memset (self, 0, sizeof *self);
}

static gboolean
is_one_of (const char         *state,
           const char * const *states)
{
  return state != NULL && g_strv_contains (states, state);
}

/**
 * fairlead_slurm_job_waits:
 *
 * Returns: whether it is in the queue, or on its way to its node
 */
gboolean
fairlead_slurm_job_waits (const FairleadSlurmJob *self)
{
  static const char * const states[] = {
    "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT", NULL,
  };

  return is_one_of (self->state, states);
}

/**
 * fairlead_slurm_job_runs:
 *
 * Returns: whether its processes are on its node, also where they are held up or are ending
 */
gboolean
fairlead_slurm_job_runs (const FairleadSlurmJob *self)
{
  static const char * const states[] = {
    "RUNNING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING", "COMPLETING", "STAGE_OUT", NULL,
  };

  return is_one_of (self->state, states);
}

/* A time of day, with the day where it is not today's. */
static char *
dup_time (gint64 seconds)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (seconds);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gboolean today;

  if (when == NULL)
    return g_strdup ("");
  today = g_date_time_get_year (when) == g_date_time_get_year (now)
          && g_date_time_get_day_of_year (when) == g_date_time_get_day_of_year (now);
  /* Translators: a time; the second one is of another day than today (strftime(3)). */
  return g_date_time_format (when, today ? _("%H:%M") : _("%-d %b %H:%M"));
}

static const char *
explain_reason (const char *reason)
{
  static const struct {
    const char *start;
    const char *text;
  } reasons[] = {
    { "Resources", N_("nodes are not free yet") },
    { "Priority", N_("others come first") },
    { "JobHeldUser", N_("it is held: “scontrol release” on the login node lets it go") },
    { "JobHeldAdmin", N_("an administrator holds it: ask them") },
    { "BeginTime", N_("it is to begin later") },
    { "Dependency", N_("it waits for another job") },
    { "Licenses", N_("licences are not free yet") },
    { "Reservation", N_("it waits for its reservation") },
    { "PartitionTimeLimit", N_("it asks for more time than its partition allows, and would not start: see "
       "--time") },
    { "PartitionNodeLimit", N_("it asks for more nodes than its partition allows, and would not start") },
    { "PartitionConfig", N_("its partition cannot run it as it is") },
    { "PartitionDown", N_("its partition is down") },
    { "PartitionInactive", N_("its partition is inactive") },
    { "ReqNodeNotAvail", N_("a node that it needs is not available") },
    { "BadConstraints", N_("no node has what it asks for") },
    { "NodeDown", N_("a node that it needs is down") },
    { "QOSMax", N_("a limit of its quality of service is reached") },
    { "QOSGrp", N_("a limit of its quality of service is reached") },
    { "Assoc", N_("a limit of its account is reached") },
    { "InvalidAccount", N_("its account is not valid") },
    { "InvalidQOS", N_("its quality of service is not valid") },
  };

  for (gsize i = 0; reason != NULL && i < G_N_ELEMENTS (reasons); i++)
    if (g_str_has_prefix (reason, reasons[i].start))
      return _(reasons[i].text);
  return NULL;
}

/**
 * fairlead_slurm_job_dup_queue:
 * @self: a job that waits
 *
 * Returns: its place in the queue, why it waits, and when it is thought to start
 */
char *
fairlead_slurm_job_dup_queue (const FairleadSlurmJob *self)
{
  const char *why = explain_reason (self->reason);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _("Job %s"), self->id);
  if (self->place > 0)
    /* Translators: after "Job 12": its place in the queue. */
    g_string_append_printf (text, _(", place %u of %u"), self->place, self->waiting);
  if (self->start > 0 && g_strcmp0 (self->state, "PENDING") == 0)
    {
      g_autofree char *when = dup_time (self->start);

      /* Translators: after "Job 12, place 3 of 7": when it is thought to start. */
      g_string_append_printf (text, _(", about %s"), when);
    }
  if (g_strcmp0 (self->state, "CONFIGURING") == 0)
    g_string_append_printf (text, ": %s", _("its node is being made ready"));
  else if (why != NULL)
    g_string_append_printf (text, ": %s", why);
  else if (self->reason != NULL && *self->reason != '\0' && !g_str_equal (self->reason, "None"))
    g_string_append_printf (text, ": %s", self->reason);
  return g_string_free (text, FALSE);
}

/**
 * fairlead_slurm_job_dup_running:
 * @self: a job that runs
 *
 * Returns: its number, its node, and when its time limit ends it
 */
char *
fairlead_slurm_job_dup_running (const FairleadSlurmJob *self)
{
  g_autofree char *end = NULL;

  if (self->end <= 0)
    return g_strdup_printf (_("Job %s on %s"), self->id, self->node);
  end = dup_time (self->end);
  return g_strdup_printf (_("Job %s on %s, until %s"), self->id, self->node, end);
}

typedef struct {
  const char *word;
  const char *message;
  const char *hint;
} Words;

/* What the {names} in a message stand for. */
typedef struct {
  const char *job;
  const char *host;
  const char *node;
  const char *path;
} Names;

static void
fill (GString    *text,
      const char *name,
      const char *value)
{
  if (value != NULL)
    g_string_replace (text, name, value, 0);
}

/* The error for @word; NULL when the table has none. */
static GError *
look_up (const Words  *words,
         gsize         n_words,
         const char   *word,
         const Names  *names)
{
  for (gsize i = 0; word != NULL && i < n_words; i++)
    {
      g_autoptr (GString) text = NULL;
      GError *error;

      if (strstr (word, words[i].word) == NULL)
        continue;
      text = g_string_new (_(words[i].message));
      fill (text, "{job}", names->job);
      fill (text, "{host}", names->host);
      fill (text, "{node}", names->node);
      fill (text, "{path}", names->path);
      error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "%s", text->str);
      if (words[i].hint != NULL)
        fairlead_error_set_hint (error, _(words[i].hint));
      return error;
    }
  return NULL;
}

static GError *
hinted (GError     *error,
        const char *hint)
{
  fairlead_error_set_hint (error, hint);
  return error;
}

/**
 * fairlead_slurm_job_end_error:
 * @self: a job that has ended; one without a state is not known to Slurm any more
 * @host: the login node, as the person calls it
 *
 * Returns: (transfer full): what became of it
 */
GError *
fairlead_slurm_job_end_error (const FairleadSlurmJob *self,
                              const char             *host)
{
  static const Words ends[] = {
    { "TIMEOUT", N_("Job {job} on {host} reached its time limit, and Slurm ended it."),
      N_("Ask for more time in the Slurm options (--time=8:00:00), as far as the partition allows.") },
    { "CANCELLED", N_("Job {job} on {host} was cancelled, by another program or an administrator."),
      N_("Start Solver submits a new one.") },
    { "NODE_FAIL", N_("The node of job {job} on {host} failed."),
      N_("Start Solver submits a new one, to another node.") },
    { "BOOT_FAIL", N_("The node of job {job} on {host} did not start."),
      N_("Start Solver submits a new one.") },
    { "OUT_OF_MEMORY", N_("Job {job} on {host} used more memory than it may, and was ended."),
      N_("Ask for more memory in the Slurm options (--mem=64G).") },
    { "PREEMPTED", N_("Job {job} on {host} had to make way for another one."),
      N_("Start Solver submits a new one. Another partition or quality of service may not be interrupted.") },
    { "DEADLINE", N_("Job {job} on {host} could not be done before its deadline."), NULL },
    { "COMPLETED", N_("Job {job} on {host} has ended."), N_("The log says why.") },
    { "FAILED", N_("Job {job} on {host} has failed."), N_("The log says why.") },
  };

  const Names names = { .job = self->id, .host = host };
  GError *error = look_up (ends, G_N_ELEMENTS (ends), self->state, &names);

  if (error != NULL)
    return error;
  return hinted (fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                     _("Job %s on %s is not there any more: it has ended."), self->id, host),
                 _("Start Solver submits a new one."));
}

/**
 * fairlead_slurm_outcome_error:
 * @outcome: what its batch script said: "no-python"
 * @path: the remote path, made inert
 * @command: (nullable): who else is in that path, made inert
 *
 * Returns: (transfer full): why a job that ran started no solver
 */
GError *
fairlead_slurm_outcome_error (const FairleadSlurmJob *self,
                              const char             *outcome,
                              const char             *path,
                              const char             *command)
{
  static const Words outcomes[] = {
    { "no-server", N_("Job {job} found no solver on {node}: there is no {path}/server.py."),
      N_("The remote path has to be in a folder that the nodes share with the login node.") },
    { "no-python", N_("Job {job} found no Python on {node} to start the solver in {path} with."),
      N_("Name an interpreter that the nodes have in the connection's settings.") },
    { "no-path", N_("Job {job} found no folder on {node} that is called {path}."),
      N_("The remote path has to be in a folder that the nodes share with the login node.") },
    { "path-busy", N_("Job {job} started no solver on {node}: another one runs in {path} there."),
      N_("Stop it first: two solvers in one folder overwrite each other's files.") },
    { "no-state", N_("Job {job} cannot write its record on {node}, for the solver in {path}."),
      N_("The home directory there may be full or read-only.") },
    { "not-writable", N_("Job {job} cannot write server.log on {node}, in {path}."),
      N_("The folder must be writable for your account on the nodes, too.") },
  };
  const Names names = { .job = self->id, .node = self->node, .path = path };
  GError *error = look_up (outcomes, G_N_ELEMENTS (outcomes), outcome, &names);

  if (error == NULL)
    error = hinted (fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("Job %s on %s started no solver in %s."),
                                        self->id, self->node, path), _("The log may say why."));
  if (command != NULL && *command != '\0')
    fairlead_error_set_details (error, command);
  return error;
}

/* What sbatch says, in any case, and what to do. */
static GError *
refusal (const char *host,
         const char *errors)
{
  static const Words refusals[] = {
    { "invalid partition", N_("{host} has no such partition."),
      N_("“sinfo” on it lists them. See --partition in the Slurm options.") },
    { "invalid account", N_("Slurm on {host} does not let you use this account or partition."),
      N_("See --account in the Slurm options. “sacctmgr show associations” on it lists yours.") },
    { "invalid qos", N_("Slurm on {host} has no such quality of service for you."),
      N_("See --qos in the Slurm options.") },
    { "invalid generic resource", N_("{host} has no such resource (--gres)."),
      N_("“sinfo -O Partition,Gres” on it lists them.") },
    { "requested time limit is invalid", N_("The job asks for more time than the partition of {host} allows."),
      N_("See --time in the Slurm options; “sinfo” shows the limits.") },
    { "submitted job limit", N_("You have as many jobs as you may on {host}."),
      N_("Cancel one of them, or wait until one has ended.") },
    { "violates accounting/qos policy", N_("The job is more than you may ask for on {host}."),
      N_("A limit of your account or quality of service: how many jobs, how large, how long.") },
    { "temporarily unable to accept", N_("The queue of {host} is full."), N_("Try again in a while.") },
    { "unable to contact slurm", N_("Slurm's controller on {host} does not answer."),
      N_("It may be down for maintenance; jobs go on meanwhile. Try again in a while.") },
    { "can not be satisfied", N_("{host} has no node like the one that the job asks for."),
      N_("See the Slurm options: less memory, fewer processors, another partition.") },
    { "node configuration is not available", N_("{host} has no node like the one that the job asks for."),
      N_("See the Slurm options: less memory, fewer processors, another partition.") },
    { "more processors requested", N_("{host} has no node like the one that the job asks for."),
      N_("See the Slurm options: fewer processors, another partition.") },
    { "unrecognized option", N_("sbatch on {host} does not know one of the Slurm options."),
      N_("See the Slurm options; “sbatch --help” lists them.") },
    { "invalid option", N_("sbatch on {host} does not know one of the Slurm options."),
      N_("See the Slurm options; “sbatch --help” lists them.") },
  };
  g_autofree char *lower = g_ascii_strdown (errors, -1);

  const Names names = { .host = host };
  GError *error = look_up (refusals, G_N_ELEMENTS (refusals), lower, &names);

  if (error != NULL)
    return error;
  return hinted (fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("Slurm on %s refused the job."), host),
                 _("The details say why. See the Slurm options."));
}

/**
 * fairlead_slurm_submit_error:
 * @host: the login node, as the person calls it
 * @result: what scripts/slurm.sh came to: "refused"
 * @errors: what Slurm's commands said, made inert
 *
 * Returns: (transfer full): why there is no job
 */
GError *
fairlead_slurm_submit_error (const char *host,
                             const char *result,
                             const char *errors)
{
  static const Words results[] = {
    { "no-slurm", N_("{host} is not a login node of Slurm: it has no sbatch."),
      N_("Connect to the cluster's login node, or have the solver run directly. Where Slurm is in a module, "
         "your "
         "shell has to load it for commands, too.") },
    { "no-state", N_("The record of the job cannot be written on {host}."),
      N_("The home directory there may be full or read-only.") },
    { "no-path", N_("The remote path is not on {host}."),
      N_("Remote Path is the folder of the solver, as the login node and the nodes see it.") },
    { "not-writable", N_("server.log cannot be written in the remote path on {host}."),
      N_("The folder must be writable for your account there.") },
    { "locked", N_("Another start or stop of a solver is under way on {host}."), N_("Try again in a moment.") },
    { "unreachable", N_("Slurm's controller on {host} does not answer."),
      N_("It may be down for maintenance; jobs go on meanwhile. Try again in a while.") },
  };
  const Names names = { .host = host };
  GError *error = look_up (results, G_N_ELEMENTS (results), result, &names);

  if (error == NULL)
    error = refusal (host, errors);
  if (*errors != '\0')
    fairlead_error_set_details (error, errors);
  return error;
}
