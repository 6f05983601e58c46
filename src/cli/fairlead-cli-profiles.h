/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-cli-line.h"
#include "fairlead-import.h"

G_BEGIN_DECLS

/* The commands; each returns the exit code. */
int                   fairlead_cli_import           (int                       argc,
                                                     char                    **argv);
int                   fairlead_cli_export           (int                       argc,
                                                     char                    **argv);
int                   fairlead_cli_list             (int                       argc,
                                                     char                    **argv);

/* What they share. */
FairleadProfileStore *fairlead_cli_profiles_load    (void);
void                  fairlead_cli_profiles_show    (FairleadProfile          *profile,
                                                     const char               *name,
                                                     const char               *state,
                                                     const char               *reason,
                                                     gboolean                  json);
void                  fairlead_cli_profiles_note    (const char               *name,
                                                     const FairleadConfigNote *note,
                                                     gboolean                  json);

G_END_DECLS
