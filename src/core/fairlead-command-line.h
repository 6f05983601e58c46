/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "fairlead-config-note.h"

G_BEGIN_DECLS

/**
 * FairleadUnderstood:
 * @keyword: what it is, by ssh_config(5); from fairlead_command_line_describe() a label for people
 * @value: its value
 * @part: the part of the text that said so
 *
 * One thing that a pasted text says.
 */
typedef struct {
  char *keyword;
  char *value;
  char *part;
} FairleadUnderstood;

/**
 * FairleadCommandLine:
 * @host: the host as typed, without user, port and brackets
 * @program: (nullable): the program of the command, such as `ssh`; %NULL when it was no command
 * @command: (nullable): the command on one line, without prompt, `sudo` and what came after it; a
 *   piece of ssh_config(5) as the `ssh` line that says the same; %NULL when host, user, port and key
 *   say it all
 * @guessed: it was neither a command nor an address, but a text that what looks like one was picked out
 *   of; only for where a person sees what came of it
 * @config_file: (nullable): the argument of `-F`
 * @settings: what else was given, as lines of ssh_config(5), in the order in which they count
 * @understood: (element-type FairleadUnderstood): the same, with the parts of the text
 * @notes: (element-type FairleadConfigNote): what is not used or was read as something else, and why
 *
 * What somebody typed or pasted to name a host: an alias, `user@host[:port]`, an `ssh://` URI, a whole
 * `ssh …` line, or a line of a log.
 */
typedef struct {
  char       *host;
  const char *program;
  char       *command;
  gboolean    guessed;
  char       *config_file;
  GPtrArray  *settings;
  GPtrArray  *understood;
  GPtrArray  *notes;
} FairleadCommandLine;

FairleadCommandLine *fairlead_command_line_new               (void);
FairleadCommandLine *fairlead_command_line_parse_command     (const char           *text,
                                                              GError              **error);
FairleadCommandLine *fairlead_command_line_parse_destination (const char           *text,
                                                              GError              **error);
FairleadCommandLine *fairlead_command_line_parse             (const char           *text,
                                                              GError              **error);
void                 fairlead_command_line_add               (FairleadCommandLine  *self,
                                                              const char           *keyword,
                                                              const char           *value);
void                 fairlead_command_line_free              (FairleadCommandLine  *self);
char                *fairlead_command_line_get_value         (FairleadCommandLine  *self,
                                                              const char           *keyword);
GPtrArray           *fairlead_command_line_describe          (FairleadCommandLine  *self);
char                *fairlead_command_line_format            (FairleadCommandLine  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadCommandLine, fairlead_command_line_free)

G_END_DECLS
