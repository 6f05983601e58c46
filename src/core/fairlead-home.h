/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *fairlead_ssh_home      (void);
const char *fairlead_ssh_user_name (void);

G_END_DECLS
