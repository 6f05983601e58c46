/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-exposure.h"
#include "fairlead-solver-protocol.h"
#include "fuzz.h"

/* What a solver answers, and what the kernel there says of its sockets. */

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *answer = (const char *) data;
  g_autofree char *text = fuzz_text (data, size);
  g_autofree char *bound_to = NULL;
  g_autoptr (FairleadSolverStatus) status = NULL;
  guint64 number;

  status = fairlead_solver_decode_status ("demo", answer, size, NULL);
  fairlead_solver_decode_ok (answer, size, NULL);
  fairlead_solver_decode_size (answer, size, &number, NULL);
  fairlead_exposure_judge (text, 9090, &bound_to);
  return 0;
}
