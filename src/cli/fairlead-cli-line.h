/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadCliLine:
 * @name: the command, "import" or "key show"
 * @entries: its options beside --json
 * @parameters: what its help shows for its arguments
 * @summary: what it does
 * @min_arguments: how many there must be
 * @max_arguments: how many there may be
 *
 * What a command takes.
 */
typedef struct {
  const char         *name;
  const GOptionEntry *entries;
  const char         *parameters;
  const char         *summary;
  int                 min_arguments;
  int                 max_arguments;
} FairleadCliLine;

gboolean fairlead_cli_line_parse (const FairleadCliLine   *self,
                                  int                     *argc,
                                  char                  ***argv,
                                  gboolean                *json,
                                  GError                 **error);
int      fairlead_cli_end        (gboolean                 json,
                                  const GError            *error);

G_END_DECLS
