/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "fairlead-explain.h"

G_BEGIN_DECLS

#define FAIRLEAD_EXPLAIN_ANY_CODE 0

/**
 * FairleadExplainRule:
 * @needle: text that the line holds
 * @pattern: (nullable): what the whole line has to match; its groups are {1} and {2} in the texts
 * @code: the exit code that it goes with, or %FAIRLEAD_EXPLAIN_ANY_CODE
 * @cause: what it means, a clause, to be translated
 * @hint: what to do, to be translated
 *
 * How a line of a log is read. Texts have {host}, {path}, {python} and {port} too.
 */
typedef struct {
  const char *needle;
  const char *pattern;
  int code;
  const char *cause;
  const char *hint;
} FairleadExplainRule;

/* What an exit code means by itself. */
typedef struct {
  int code;
  gboolean decides;      /* whatever the log says */
  const char *cause;
  const char *hint;
} FairleadExplainCode;

const FairleadExplainRule *fairlead_explain_rules (gsize *n_rules);
const FairleadExplainCode *fairlead_explain_code  (int    code);

G_END_DECLS
