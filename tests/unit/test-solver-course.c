/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-solver-course.h"
#include "fairlead-solver-polling.h"
#include "fairlead-solver-protocol.h"

/* What several answers of a solver come to, and how often it is asked for them. Time is counted here. */

static FairleadSolverStatus *
answer (const char *state,
        int         frame,
        double      progress)
{
  g_autofree char *text = NULL;
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  FairleadSolverStatus *status;

  g_ascii_dtostr (number, sizeof number, progress);
  text = g_strdup_printf ("{\"protocol_version\":\"0.04\",\"status\":\"%s\",\"frame\":%d,\"progress\":%s}",
                          state, frame, number);
  status = fairlead_solver_decode_status ("demo", text, strlen (text), NULL);
  g_assert_nonnull (status);
  return status;
}

/* One answer at @seconds; its time-left, and through @elapsed its elapsed. */
static int
take (FairleadSolverCourse *course,
      const char           *state,
      double                progress,
      double                seconds,
      gboolean             *ended,
      int                  *elapsed)
{
  g_autoptr (FairleadSolverStatus) status = answer (state, 0, progress);
  int left, took;

  *ended = fairlead_solver_course_take (course, status, (gint64) (seconds * G_USEC_PER_SEC));
  g_object_get (status, "time-left", &left, "elapsed", &took, NULL);
  if (elapsed != NULL)
    *elapsed = took;
  return left;
}

/* 120 frames of @pace seconds each, asked for once a second, from second 1000. @frames: how many of them. */
static int
solve (FairleadSolverCourse *course,
       double                pace,
       guint                 frames)
{
  gboolean ended;
  int left = -1;

  for (double t = 0; t <= frames * pace; t++)
    {
      left = take (course, "BUSY", (int) (t / pace) / 120.0, 1000 + t, &ended, NULL);
      g_assert_false (ended);
    }
  return left;
}

static void
test_time_left (void)
{
  static const double paces[] = { 0.1, 0.5, 1, 7, 300 };

  for (gsize i = 0; i < G_N_ELEMENTS (paces); i++)
    {
      FairleadSolverCourse course = { 0, };
      int left = solve (&course, paces[i], 60);

      g_test_message ("%g s a frame: %d s left", paces[i], left);
      g_assert_cmpfloat_with_epsilon (left, 60 * paces[i], 60 * paces[i] * 0.1 + 1);
    }
}

static void
test_nothing_to_tell (void)
{
  FairleadSolverCourse course = { 0, };
  gboolean ended;

  /* Too early; then no step for much longer than any took; and no progress at all. */
  g_assert_cmpint (take (&course, "BUSY", 0.01, 1, &ended, NULL), ==, -1);
  g_assert_cmpint (take (&course, "BUSY", 0.02, 2, &ended, NULL), ==, -1);
  g_assert_cmpint (take (&course, "BUSY", 0.03, 3, &ended, NULL), ==, -1);
  g_assert_cmpint (take (&course, "BUSY", 0.04, 4, &ended, NULL), ==, 96);
  g_assert_cmpint (take (&course, "BUSY", 0.04, 5, &ended, NULL), ==, 95);
  g_assert_cmpint (take (&course, "BUSY", 0.04, 30, &ended, NULL), ==, -1);
  g_assert_cmpint (take (&course, "BUSY", -1, 31, &ended, NULL), ==, -1);
}

/* One frame of a minute among those of a second. */
static void
test_one_slow_frame (void)
{
  FairleadSolverCourse course = { 0, };
  gboolean ended;
  int left;

  solve (&course, 1, 20);
  left = take (&course, "BUSY", 21 / 120.0, 1080, &ended, NULL);
  for (guint i = 22; i < 30; i++)
    left = take (&course, "BUSY", i / 120.0, 1080 + i - 21, &ended, NULL);
  g_assert_cmpfloat_with_epsilon (left, 91, 10);
}

/* A build's pace is not the solve's, and a second solve begins anew. */
static void
test_anew (void)
{
  FairleadSolverCourse course = { 0, };
  gboolean ended;
  int elapsed;

  for (guint i = 0; i <= 5; i++)
    take (&course, "BUILDING", i / 10.0, 10 + i, &ended, NULL);
  g_assert_cmpint (take (&course, "BUSY", 0.6, 16, &ended, &elapsed), ==, -1);
  g_assert_false (ended);
  g_assert_cmpint (elapsed, ==, 0);
  for (guint i = 1; i <= 9; i++)
    take (&course, "BUSY", i / 10.0, 20 + i, &ended, NULL);
  g_assert_cmpint (take (&course, "BUSY", 0, 31, &ended, NULL), ==, -1);
}

static const struct {
  const char *states[4];
  gboolean ended;              /* by the last one */
  FairleadSolverState previous;
} ends[] = {
  { { "READY", "BUSY", "READY" }, TRUE, FAIRLEAD_SOLVER_BUSY },
  { { "BUSY", "RESUMABLE" }, TRUE, FAIRLEAD_SOLVER_BUSY },
  { { "BUSY", "SAVE_AND_QUIT", "RESUMABLE" }, TRUE, FAIRLEAD_SOLVER_SAVE_AND_QUIT },
  { { "BUSY", "SAVE_AND_QUIT" }, FALSE, FAIRLEAD_SOLVER_BUSY },
  { { "BUSY", "FAILED" }, TRUE, FAIRLEAD_SOLVER_BUSY },
  { { "BUILDING", "READY" }, TRUE, FAIRLEAD_SOLVER_BUILDING },
  { { "BUILDING", "NO_BUILD" }, TRUE, FAIRLEAD_SOLVER_BUILDING },
  { { "BUILDING", "BUSY" }, FALSE, FAIRLEAD_SOLVER_BUILDING },
  { { "READY" }, FALSE, FAIRLEAD_SOLVER_UNKNOWN },
  { { "NO_DATA", "READY" }, FALSE, FAIRLEAD_SOLVER_NO_DATA },
  /* It was started anew, or the project was deleted. */
  { { "BUSY", "NO_DATA" }, FALSE, FAIRLEAD_SOLVER_BUSY },
  /* Not heard is not ended. */
  { { "BUSY", "?", }, FALSE, FAIRLEAD_SOLVER_BUSY },
  { { "BUSY", "?", "READY" }, TRUE, FAIRLEAD_SOLVER_BUSY },
  { { "BUSY", "READY", "READY" }, FALSE, FAIRLEAD_SOLVER_READY },
};

static void
test_ends (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      FairleadSolverCourse course = { 0, };
      FairleadSolverState previous = FAIRLEAD_SOLVER_UNKNOWN;
      gboolean ended = FALSE;
      int elapsed = -1;
      guint n = 0;

      for (; n < G_N_ELEMENTS (ends[i].states) && ends[i].states[n] != NULL; n++)
        {
          g_autoptr (FairleadSolverStatus) status = answer (ends[i].states[n], 0, -1);

          g_assert_false (ended);
          ended = fairlead_solver_course_take (&course, status, n * 100 * G_USEC_PER_SEC);
          g_object_get (status, "previous-state", &previous, "elapsed", &elapsed, NULL);
          if (ended && ends[i].states[n + 1] != NULL)
            ended = FALSE;
        }
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (ended, ==, ends[i].ended);
      g_assert_cmpint (previous, ==, ends[i].previous);
      g_assert_cmpint (ended ? elapsed > 0 && elapsed % 100 == 0 : TRUE, ==, TRUE);
    }
}

typedef struct {
  const char *state;           /* NULL: no answer */
  int frame;
  guint next;                  /* ms */
} Round;

static void
poll (FairleadSolverPolling *polling,
      const Round           *rounds,
      gsize                  n,
      gboolean               watched)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (FairleadSolverStatus) status = NULL;

      if (rounds[i].state != NULL)
        status = answer (rounds[i].state, rounds[i].frame, 0.5);
      g_test_message ("round %" G_GSIZE_FORMAT, i);
      g_assert_cmpuint (fairlead_solver_polling_next (polling, status, watched), ==, rounds[i].next);
    }
}

static void
test_polling (void)
{
  static const Round idle[] = {
    { "READY", 1, 250 }, { "READY", 1, 500 }, { "READY", 1, 1000 }, { "READY", 1, 2000 }, { "READY", 1, 4000 },
    { "READY", 1, 8000 }, { "READY", 1, 12000 }, { "READY", 1, 12000 }, { "RESUMABLE", 1, 1000 },
    { "RESUMABLE", 1, 2000 },
  };
  static const Round busy[] = {
    { "BUSY", 1, 1000 }, { "BUSY", 2, 500 }, { "BUSY", 3, 250 }, { "BUSY", 4, 250 }, { "BUSY", 4, 375 },
    { "BUSY", 4, 562 }, { "BUSY", 4, 843 }, { "BUSY", 4, 1000 }, { "BUSY", 4, 1000 }, { NULL, 0, 1000 },
    { "BUSY", 5, 500 },
  };
  static const Round hidden[] = {
    { "BUSY", 6, 5000 }, { NULL, 0, 5000 }, { "BUSY", 7, 5000 }, { "READY", 9, 0 }, { NULL, 0, 0 },
  };
  static const Round seen[] = { { "READY", 9, 250 } };
  static const Round hurried[] = { { "READY", 9, 250 }, { "BUSY", 1, 250 } };
  FairleadSolverPolling polling = { NULL, };

  poll (&polling, idle, G_N_ELEMENTS (idle), TRUE);
  poll (&polling, busy, G_N_ELEMENTS (busy), TRUE);
  poll (&polling, hidden, G_N_ELEMENTS (hidden), FALSE);
  poll (&polling, seen, G_N_ELEMENTS (seen), TRUE);
  fairlead_solver_polling_hurry (&polling);
  poll (&polling, hurried, G_N_ELEMENTS (hurried), TRUE);
  fairlead_solver_polling_clear (&polling);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/solver-course/time-left", test_time_left);
  g_test_add_func ("/solver-course/nothing-to-tell", test_nothing_to_tell);
  g_test_add_func ("/solver-course/one-slow-frame", test_one_slow_frame);
  g_test_add_func ("/solver-course/anew", test_anew);
  g_test_add_func ("/solver-course/ends", test_ends);
  g_test_add_func ("/solver-course/polling", test_polling);
  return g_test_run ();
}
