/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "fairlead-config-note.h"

G_BEGIN_DECLS

/**
 * FairleadCommandLine:
 * @host: the host as typed, without user, port and brackets
 * @config_file: (nullable): the argument of `-F`
 * @settings: what else was given, as lines of ssh_config(5), in the order in which they were given
 * @notes: (element-type FairleadConfigNote): options that are not used, and why
 *
 * What somebody typed to name a host: an alias, `user@host[:port]`, an `ssh://` URI or a whole
 * `ssh …` line.
 */
typedef struct {
  char       *host;
  char       *config_file;
  GPtrArray  *settings;
  GPtrArray  *notes;
} FairleadCommandLine;

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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadCommandLine, fairlead_command_line_free)

G_END_DECLS
