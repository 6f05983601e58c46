/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "fairlead-ssh-config.h"

G_BEGIN_DECLS

/* One value and where it stands. */
typedef struct {
  char           *text;
  FairleadSource  source;
  gboolean        system; /* from the system's files, not the person's */
} FairleadConfigValue;

/**
 * FairleadConfigReader:
 * @typed: the host as typed
 * @host: the host that Host patterns are matched against: @typed, in the final pass its real name
 * @final: in the second pass (`Match final`, `Match canonical`)
 * @wants_final: a line asked for a second pass
 * @exec: (nullable): decides `Match exec`
 * @exec_data: for @exec
 * @account_home: what `%d` stands for
 * @home: what a relative Include and `~` in one are under
 * @system_dir: what a relative Include of a system file is under
 * @values: (element-type utf8 GPtrArray): by keyword, what holds for @host, in order
 * @notes: (element-type FairleadConfigNote): what holds for it and is not used
 * @noted: (element-type FairleadConfigNote): the set of them, to find one again
 * @forwards: (element-type utf8): keyword and value of each forward that was read
 * @aliases: (nullable): when set, only the names of Host lines are collected, into this
 *
 * Reads settings and files in the order of precedence: the first value wins (ssh_config(5)).
 */
typedef struct {
  const char *typed;
  const char *host;
  gboolean    final;
  gboolean    wants_final;
  FairleadConfigExecFunc exec;
  gpointer    exec_data;
  const char *account_home;
  char       *home;
  char       *system_dir;
  GHashTable *values;
  GPtrArray  *notes;
  GHashTable *noted;
  GHashTable *forwards;
  GPtrArray  *aliases;
} FairleadConfigReader;

FairleadConfigReader *fairlead_config_reader_new          (const char            *host,
                                                           const char            *home,
                                                           const char            *system_dir);
void                  fairlead_config_reader_free         (FairleadConfigReader  *self);
gboolean              fairlead_config_reader_read_setting (FairleadConfigReader  *self,
                                                           const char            *line,
                                                           GError               **error);
gboolean              fairlead_config_reader_read_file    (FairleadConfigReader  *self,
                                                           const char            *path,
                                                           gboolean               system,
                                                           gboolean               check_permissions,
                                                           gboolean               required,
                                                           GError               **error);
void                  fairlead_config_reader_set_default  (FairleadConfigReader  *self,
                                                           const char            *keyword,
                                                           const char            *text);
GPtrArray            *fairlead_config_reader_get_values   (FairleadConfigReader  *self,
                                                           const char            *keyword);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadConfigReader, fairlead_config_reader_free)

/* fairlead-config-file.c */
char *fairlead_config_file_read (const char  *path,
                                 gboolean     check_permissions,
                                 gboolean     required,
                                 gsize       *length,
                                 GError     **error);

G_END_DECLS
