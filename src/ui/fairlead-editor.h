/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-profile.h"
#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_EDITOR (fairlead_editor_get_type ())
G_DECLARE_FINAL_TYPE (FairleadEditor, fairlead_editor, FAIRLEAD, EDITOR, AdwWindow)

FairleadEditor  *fairlead_editor_new          (GtkWindow       *parent,
                                               FairleadProfile *original,
                                               FairleadProfile *filled);
FairleadProfile *fairlead_editor_get_original (FairleadEditor  *self);
FairleadProfile *fairlead_editor_get_draft    (FairleadEditor  *self);
void             fairlead_editor_set_key_path (FairleadEditor  *self,
                                               const char      *path);
void             fairlead_editor_set_run      (FairleadEditor  *self,
                                              FairleadRun     *run);
gboolean         fairlead_editor_is_changed   (FairleadEditor  *self);

G_END_DECLS
