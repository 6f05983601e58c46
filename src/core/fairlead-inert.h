/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *fairlead_make_inert   (const char *text,
                             gssize      length);
void  fairlead_append_inert (GString    *out,
                             const char *text,
                             gsize       length);

G_END_DECLS
