/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-error.h"
#include "fairlead-explain.h"
#include "fuzz.h"

/* What a solver wrote before it ended: an exit code, then its log. */

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *log = size > 1 ? g_strndup ((const char *) data + 1, size - 1) : g_strdup ("");
  FairleadExplainFacts facts = {
    .when = size > 0 ? data[0] % 5 : 0, .code = size > 0 ? data[0] : -1, .free_kib = -1, .host = "host",
    .path = "/", .log = log, .progress = log, .reported = size % 3 == 0 ? log : NULL,
  };
  g_autoptr (GError) error = fairlead_explain (&facts);
  const char *details = fairlead_error_get_details (error);

  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (details == NULL || g_utf8_validate (details, -1, NULL));
  g_assert_nonnull (fairlead_error_get_hint (error));
  g_assert_null (strpbrk (error->message, "\033\n\r"));
  return 0;
}
