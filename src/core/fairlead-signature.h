/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean fairlead_signature_verify (GBytes        *key,
                                    const guint8  *signature,
                                    gsize          signature_length,
                                    const guint8  *data,
                                    gsize          length);
char    *fairlead_signature_get_algorithm (const guint8 *signature,
                                           gsize         length);

G_END_DECLS
