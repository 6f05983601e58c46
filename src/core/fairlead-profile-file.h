/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * FairleadProfileFile:
 *
 * The file that profiles are saved in, for any thread: reading, setting aside, atomic writing.
 */
typedef struct _FairleadProfileFile FairleadProfileFile;

#define FAIRLEAD_PROFILE_FILE_VERSION 1

FairleadProfileFile *fairlead_profile_file_new      (const char           *path);
FairleadProfileFile *fairlead_profile_file_ref      (FairleadProfileFile  *self);
void                 fairlead_profile_file_unref    (FairleadProfileFile  *self);
const char          *fairlead_profile_file_get_path (FairleadProfileFile  *self);
JsonNode            *fairlead_profile_file_read     (FairleadProfileFile  *self,
                                                     char                **notice);
gboolean             fairlead_profile_file_write    (FairleadProfileFile  *self,
                                                     const char           *text,
                                                     guint                 generation,
                                                     GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadProfileFile, fairlead_profile_file_unref)

G_END_DECLS
