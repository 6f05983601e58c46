/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-import.h"

G_BEGIN_DECLS

/**
 * FairleadCliLine:
 * @name: the command, "import"
 * @entries: its options beside --json
 * @parameters: what its help shows for its arguments
 * @summary: what it does
 * @min_arguments: how many there must be
 * @max_arguments: how many there may be
 *
 * What a command about saved connections takes.
 */
typedef struct {
  const char         *name;
  const GOptionEntry *entries;
  const char         *parameters;
  const char         *summary;
  int                 min_arguments;
  int                 max_arguments;
} FairleadCliLine;

/* The commands; each returns the exit code. */
int                   fairlead_cli_import           (int                       argc,
                                                     char                    **argv);
int                   fairlead_cli_export           (int                       argc,
                                                     char                    **argv);
int                   fairlead_cli_list             (int                       argc,
                                                     char                    **argv);

/* What they share. */
gboolean              fairlead_cli_profiles_parse   (const FairleadCliLine    *line,
                                                     int                      *argc,
                                                     char                   ***argv,
                                                     gboolean                 *json,
                                                     GError                  **error);
FairleadProfileStore *fairlead_cli_profiles_load    (void);
void                  fairlead_cli_profiles_show    (FairleadProfile          *profile,
                                                     const char               *name,
                                                     const char               *state,
                                                     const char               *reason,
                                                     gboolean                  json);
void                  fairlead_cli_profiles_note    (const char               *name,
                                                     const FairleadConfigNote *note,
                                                     gboolean                  json);
int                   fairlead_cli_profiles_end     (gboolean                  json,
                                                     const GError             *error);

G_END_DECLS
