/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "fairlead-error.h"

G_BEGIN_DECLS

/**
 * FairleadCliExit:
 *
 * The exit codes, by what a script would do about them. A signal before the tunnel is open ends
 * with 128 and its number, as the shell counts.
 */
typedef enum {
  FAIRLEAD_CLI_EXIT_OK = 0,
  FAIRLEAD_CLI_EXIT_USAGE = 2,
  FAIRLEAD_CLI_EXIT_CONFIG = 3,
  FAIRLEAD_CLI_EXIT_NETWORK = 4,
  FAIRLEAD_CLI_EXIT_HOST_KEY = 5,
  FAIRLEAD_CLI_EXIT_AUTH = 6,
  FAIRLEAD_CLI_EXIT_REMOTE = 7,
  FAIRLEAD_CLI_EXIT_NEEDS_PERSON = 8,
  FAIRLEAD_CLI_EXIT_SIGNAL = 128,
} FairleadCliExit;

int             fairlead_cli_connect        (int           argc,
                                             char        **argv);
int             fairlead_cli_doctor         (int           argc,
                                             char        **argv);
int             fairlead_cli_host           (int           argc,
                                             char        **argv);
int             fairlead_cli_solver         (int           argc,
                                             char        **argv);
int             fairlead_cli_upload         (int           argc,
                                             char        **argv);
int             fairlead_cli_fetch          (int           argc,
                                             char        **argv);
FairleadCliExit fairlead_cli_exit_for_error (const GError *error);
const char     *fairlead_cli_name_of_exit   (int           exit_code);
void            fairlead_cli_print_error    (const GError *error);

G_END_DECLS
