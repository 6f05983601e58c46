/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-agent.h"
#include "fairlead-cli-line.h"
#include "fairlead-install-key.h"
#include "fairlead-key-file.h"

G_BEGIN_DECLS

int             fairlead_cli_key                 (int                        argc,
                                                  char                     **argv);

/* fairlead-cli-key.c: what the commands share. */
FairleadSecret *fairlead_cli_key_ask_new         (const char                *path,
                                                  GError                   **error);
FairleadKey    *fairlead_cli_key_unlock          (const char                *path,
                                                  FairleadSecret           **passphrase,
                                                  GError                   **error);

/* fairlead-cli-key-report.c: what they say. */
void            fairlead_cli_key_report          (const FairleadKeyInfo     *info,
                                                  gboolean                   json,
                                                  gboolean                   whole);
void            fairlead_cli_key_report_install  (const FairleadInstalledKey *installed,
                                                  const char                *target,
                                                  gboolean                   json);
void            fairlead_cli_key_report_add      (const char                *path,
                                                  FairleadKey               *key,
                                                  const FairleadAgentTerms  *terms,
                                                  gboolean                   json);

/* The commands; each returns the exit code. */
int             fairlead_cli_key_generate        (int                        argc,
                                                  char                     **argv);
int             fairlead_cli_key_show            (int                        argc,
                                                  char                     **argv);
int             fairlead_cli_key_convert         (int                        argc,
                                                  char                     **argv);
int             fairlead_cli_key_passphrase      (int                        argc,
                                                  char                     **argv);
int             fairlead_cli_key_fix_permissions (int                        argc,
                                                  char                     **argv);
int             fairlead_cli_key_add             (int                        argc,
                                                  char                     **argv);
int             fairlead_cli_key_install         (int                        argc,
                                                  char                     **argv);

G_END_DECLS
