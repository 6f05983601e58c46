/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solver-course.h"

#include <stdlib.h>
#include <string.h>

#include "fairlead-solver-status-private.h"

/* Before this long, or this many steps, a rate says nothing. */
#define ENOUGH_SECONDS 3.0
#define ENOUGH_STEPS 3

/* A step that takes this many times as long as the others is not told by them any more. */
#define STALLED 8

/* A step is left out whose pace is so many times that of most. */
#define SLOW 5

/* Longer than that is not an estimate. */
#define MOST_SECONDS (60 * 60 * 24 * 100)

static void
forget_steps (FairleadSolverCourse *self)
{
  self->n_steps = 0;
}

static void
add_step (FairleadSolverCourse *self,
          double                progress,
          gint64                now)
{
  if (self->n_steps > 0 && progress < self->progress[self->n_steps - 1])
    forget_steps (self);
  if (self->n_steps > 0 && progress == self->progress[self->n_steps - 1])
    return;
  if (self->n_steps == FAIRLEAD_SOLVER_COURSE_STEPS)
    {
      memmove (self->when, self->when + 1, sizeof self->when - sizeof self->when[0]);
      memmove (self->progress, self->progress + 1, sizeof self->progress - sizeof self->progress[0]);
      self->n_steps--;
    }
  self->when[self->n_steps] = now;
  self->progress[self->n_steps++] = progress;
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Seconds per unit of progress, from one step to the next. */
static double
pace_of (FairleadSolverCourse *self,
         guint                 step)
{
  return (double) (self->when[step + 1] - self->when[step]) / G_USEC_PER_SEC
         / (self->progress[step + 1] - self->progress[step]);
}

/* The same over all steps, but for those that were much slower than most: one frame that took very long
 * says nothing about the others. */
static double
usual_pace (FairleadSolverCourse *self)
{
  double paces[FAIRLEAD_SOLVER_COURSE_STEPS];
  double seconds = 0;
  double progress = 0;
  double median;
  guint n = self->n_steps - 1;

  for (guint i = 0; i < n; i++)
    paces[i] = pace_of (self, i);
  qsort (paces, n, sizeof *paces, compare_doubles);
  median = paces[n / 2];
  for (guint i = 0; i < n; i++)
    {
      if (pace_of (self, i) > SLOW * median)
        continue;
      seconds += (double) (self->when[i + 1] - self->when[i]) / G_USEC_PER_SEC;
      progress += self->progress[i + 1] - self->progress[i];
    }
  return seconds / progress;
}

static int
estimate (FairleadSolverCourse *self,
          gint64                now)
{
  guint last = self->n_steps - 1;
  double seen;
  double since_last;
  double left;

  if (self->n_steps < ENOUGH_STEPS)
    return -1;
  seen = (double) (self->when[last] - self->when[0]) / G_USEC_PER_SEC;
  since_last = (double) (now - self->when[last]) / G_USEC_PER_SEC;
  if (seen < ENOUGH_SECONDS || since_last > STALLED * seen / last)
    return -1;
  left = (1 - self->progress[last]) * usual_pace (self) - since_last;
  if (left > MOST_SECONDS)
    return -1;
  return left > 0 ? (int) (left + 0.5) : 0;
}

/* BUILDING and BUSY are works; SAVE_AND_QUIT is the end of one. */
static FairleadSolverState
work_of (FairleadSolverCourse *self,
         FairleadSolverState   state)
{
  if (state == FAIRLEAD_SOLVER_SAVE_AND_QUIT)
    return self->active != FAIRLEAD_SOLVER_UNKNOWN ? self->active : FAIRLEAD_SOLVER_BUSY;
  return state == FAIRLEAD_SOLVER_BUILDING || state == FAIRLEAD_SOLVER_BUSY ? state : FAIRLEAD_SOLVER_UNKNOWN;
}

/**
 * fairlead_solver_course_take:
 * @status: the next answer, which gets its time-left, elapsed and previous-state from this
 * @now: of g_get_monotonic_time()
 *
 * Returns: whether a build or a solve has ended: the answer before was of one at work, and this one is not.
 *   The solver's word for that alone counts; one without a state, or of another solver that has nothing, ends
 *   nothing
 */
gboolean
fairlead_solver_course_take (FairleadSolverCourse *self,
                             FairleadSolverStatus *status,
                             gint64                now)
{
  FairleadSolverState state = fairlead_solver_status_get_state (status);
  FairleadSolverState work = work_of (self, state);
  gboolean ended = self->active != FAIRLEAD_SOLVER_UNKNOWN && work == FAIRLEAD_SOLVER_UNKNOWN
                   && state != FAIRLEAD_SOLVER_UNKNOWN;

  status->previous = self->state;
  if (state == FAIRLEAD_SOLVER_UNKNOWN)
    return FALSE;
  if (work != self->active || state != self->state)
    forget_steps (self);
  if (work != FAIRLEAD_SOLVER_UNKNOWN && work != self->active)
    self->since = now;
  if (work != FAIRLEAD_SOLVER_UNKNOWN || ended)
    status->elapsed = (int) ((now - self->since) / G_USEC_PER_SEC);
  if (work != FAIRLEAD_SOLVER_UNKNOWN && status->progress >= 0)
    {
      add_step (self, status->progress, now);
      status->time_left = estimate (self, now);
    }
  self->state = state;
  self->active = work;
  return ended && state != FAIRLEAD_SOLVER_NO_DATA;
}
