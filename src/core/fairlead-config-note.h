/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

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
 * @file: (nullable): the file, for %FAIRLEAD_SOURCE_FILE; an interned string
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

FairleadConfigNote *fairlead_config_note_new  (const char               *keyword,
                                               const char               *reason,
                                               const FairleadSource     *source);
FairleadConfigNote *fairlead_config_note_copy (const FairleadConfigNote *self);
void                fairlead_config_note_free (FairleadConfigNote       *self);
GHashTable         *fairlead_config_note_set_new (void);
char               *fairlead_source_format    (const FairleadSource     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadConfigNote, fairlead_config_note_free)

G_END_DECLS
