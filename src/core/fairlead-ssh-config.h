/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-types.h"

G_BEGIN_DECLS

/**
 * FairleadSourceKind:
 * @FAIRLEAD_SOURCE_DEFAULT: nothing said so: the default of ssh
 * @FAIRLEAD_SOURCE_GIVEN: given with the target: a field of the profile, an option of the ssh line
 * @FAIRLEAD_SOURCE_FILE: a line of a configuration file
 */
typedef enum {
  FAIRLEAD_SOURCE_DEFAULT,
  FAIRLEAD_SOURCE_GIVEN,
  FAIRLEAD_SOURCE_FILE,
} FairleadSourceKind;

/**
 * FairleadSource:
 * @kind: where a value comes from
 * @file: (nullable): the file, for %FAIRLEAD_SOURCE_FILE
 * @line: its line, from 1
 */
typedef struct {
  FairleadSourceKind  kind;
  const char         *file;
  guint               line;
} FairleadSource;

/**
 * FairleadConfigNote:
 * @keyword: the keyword or option as it was written
 * @reason: why it is not used, a whole sentence
 * @source: where it stands
 */
typedef struct {
  char           *keyword;
  char           *reason;
  FairleadSource  source;
} FairleadConfigNote;

#define FAIRLEAD_TYPE_SSH_CONFIG (fairlead_ssh_config_get_type ())
GType              fairlead_ssh_config_get_type (void);
FairleadSshConfig *fairlead_ssh_config_ref      (FairleadSshConfig *self);
void               fairlead_ssh_config_unref    (FairleadSshConfig *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadSshConfig, fairlead_ssh_config_unref)

G_END_DECLS
