/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char **fairlead_slurm_options_split (const char  *text,
                                     GError     **error);

G_END_DECLS
