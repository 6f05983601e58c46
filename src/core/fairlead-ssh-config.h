/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-config-note.h"
#include "fairlead-types.h"

G_BEGIN_DECLS

/**
 * FairleadConfigExecFunc:
 * @command: the command of a `Match exec`, its tokens expanded
 * @source: where it stands
 * @holds: (out): whether the criterion holds
 * @user_data: what was given with it
 * @error: return location
 *
 * Decides a `Match exec`, mostly by running @command.
 *
 * Returns: %FALSE when nothing can be resolved
 */
typedef gboolean (*FairleadConfigExecFunc) (const char            *command,
                                            const FairleadSource  *source,
                                            gboolean              *holds,
                                            gpointer               user_data,
                                            GError               **error);

/**
 * FairleadSshConfigOptions:
 * @config_file: (nullable): `-F`: this file instead of the person's and the system's; `none` for no
 *   file at all
 * @system_config_file: (nullable): %NULL for /etc/ssh/ssh_config
 * @home: (nullable): the home directory; %NULL for that of the account, as ssh takes it
 * @settings: (nullable) (array zero-terminated=1): lines that come before the files
 * @is_jump_host: only a connection goes through it (`ssh -W`): no forward of its own is opened
 * @exec: (nullable): decides `Match exec`; %NULL: its block does not hold, and a note says so
 * @exec_data: for @exec
 */
typedef struct {
  const char         *config_file;
  const char         *system_config_file;
  const char         *home;
  const char * const *settings;
  gboolean            is_jump_host;
  FairleadConfigExecFunc exec;
  gpointer            exec_data;
} FairleadSshConfigOptions;

#define FAIRLEAD_TYPE_SSH_CONFIG (fairlead_ssh_config_get_type ())
GType               fairlead_ssh_config_get_type     (void);
FairleadSshConfig  *fairlead_ssh_config_new          (const char                      *host,
                                                      const FairleadSshConfigOptions  *options,
                                                      GError                         **error);
FairleadSshConfig  *fairlead_ssh_config_ref          (FairleadSshConfig               *self);
void                fairlead_ssh_config_unref        (FairleadSshConfig               *self);
const char         *fairlead_ssh_config_lookup       (FairleadSshConfig               *self,
                                                      const char                      *keyword,
                                                      FairleadSource                  *source);
const char * const *fairlead_ssh_config_lookup_list  (FairleadSshConfig               *self,
                                                      const char                      *keyword,
                                                      FairleadSource                  *source);
guint               fairlead_ssh_config_lookup_uint  (FairleadSshConfig               *self,
                                                      const char                      *keyword,
                                                      FairleadSource                  *source);
FairleadSource      fairlead_ssh_config_get_source   (FairleadSshConfig               *self,
                                                      const char                      *keyword,
                                                      guint                            index);
const char        **fairlead_ssh_config_list_keywords (void);
char               *fairlead_ssh_config_expand       (FairleadSshConfig               *self,
                                                      const char                      *text,
                                                      GError                         **error);
char               *fairlead_ssh_config_expand_command (FairleadSshConfig             *self,
                                                      const char                      *text,
                                                      const char                      *letters,
                                                      GError                         **error);
GPtrArray          *fairlead_ssh_config_get_notes    (FairleadSshConfig               *self);
char               *fairlead_ssh_config_print        (FairleadSshConfig               *self);
char              **fairlead_ssh_config_list_aliases (const FairleadSshConfigOptions  *options);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadSshConfig, fairlead_ssh_config_unref)

G_END_DECLS
