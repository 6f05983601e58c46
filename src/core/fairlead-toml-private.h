/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-toml.h"

G_BEGIN_DECLS

/**
 * FairleadTomlReader:
 * @c: where the reading stands; a NUL ends the text
 * @line: the line of @c, from 1
 *
 * What the files of the TOML reader share.
 */
typedef struct {
  const char *c;
  guint       line;
} FairleadTomlReader;

void      fairlead_toml_set_error      (FairleadTomlReader  *self,
                                        GError             **error,
                                        const char          *reason);
void      fairlead_toml_skip_space     (FairleadTomlReader  *self);
gboolean  fairlead_toml_skip_newline   (FairleadTomlReader  *self);
char     *fairlead_toml_take_string    (FairleadTomlReader  *self,
                                        gboolean             may_be_long,
                                        GError             **error);
JsonNode *fairlead_toml_take_scalar    (FairleadTomlReader  *self,
                                        GError             **error);

G_END_DECLS
