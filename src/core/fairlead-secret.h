/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_SECRET (fairlead_secret_get_type ())

/**
 * FairleadSecret:
 *
 * A passphrase in memory: reference-counted, immutable, cleansed when the last reference goes.
 * Any thread.
 */
typedef struct _FairleadSecret FairleadSecret;

GType           fairlead_secret_get_type   (void);
FairleadSecret *fairlead_secret_new        (const char           *text);
FairleadSecret *fairlead_secret_new_take   (char                 *text);
FairleadSecret *fairlead_secret_ref        (FairleadSecret       *self);
void            fairlead_secret_unref      (FairleadSecret       *self);
const char     *fairlead_secret_get_text   (const FairleadSecret *self);
gsize           fairlead_secret_get_length (const FairleadSecret *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadSecret, fairlead_secret_unref)

G_END_DECLS
