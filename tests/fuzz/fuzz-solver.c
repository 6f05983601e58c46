/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-exposure.h"
#include "fairlead-solver-course.h"
#include "fairlead-solver-polling.h"
#include "fairlead-solver-protocol.h"
#include "fuzz.h"

/* What a solver answers, what several answers come to, and what the kernel there says of its sockets. */

/* One, or two in turn. */
static void
follow (FairleadSolverStatus *first,
        FairleadSolverStatus *second)
{
  FairleadSolverCourse course = { 0, };
  FairleadSolverPolling polling = { NULL, };

  for (guint i = 0; i < 20; i++)
    {
      FairleadSolverStatus *status = i % 2 == 0 || second == NULL ? first : second;

      fairlead_solver_course_take (&course, status, (gint64) i * G_USEC_PER_SEC);
      fairlead_solver_polling_next (&polling, status, TRUE);
    }
  fairlead_solver_polling_clear (&polling);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *answer = (const char *) data;
  g_autofree char *text = fuzz_text (data, size);
  g_autofree char *bound_to = NULL;
  g_autoptr (FairleadSolverStatus) status = NULL;
  g_autoptr (FairleadSolverStatus) second = NULL;
  const char *cut = memchr (data, '\n', size);
  guint64 number;

  status = fairlead_solver_decode_status ("demo", answer, cut != NULL ? (gsize) (cut - answer) : size, NULL);
  if (cut != NULL)
    second = fairlead_solver_decode_status ("demo", cut, size - (gsize) (cut - answer), NULL);
  if (status != NULL)
    follow (status, second);
  fairlead_solver_decode_ok (answer, size, NULL);
  fairlead_solver_decode_size (answer, size, &number, NULL);
  fairlead_exposure_judge (text, 9090, &bound_to);
  return 0;
}
