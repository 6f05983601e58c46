/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-import.h"

G_BEGIN_DECLS

/* What the formats share. */

FairleadImportCandidate *fairlead_import_add    (FairleadImport           *self,
                                                 const char               *name);
void                     fairlead_import_refuse (FairleadImportCandidate  *candidate,
                                                 const char               *reason);
void                     fairlead_import_note   (FairleadImportCandidate  *candidate,
                                                 const char               *what,
                                                 const char               *reason);
void                     fairlead_import_check  (FairleadImportCandidate  *candidate);

void                     fairlead_import_toml   (FairleadImport           *self,
                                                 JsonObject               *root);
gboolean                 fairlead_import_json   (FairleadImport           *self,
                                                 JsonNode                 *root,
                                                 GError                  **error);

G_END_DECLS
