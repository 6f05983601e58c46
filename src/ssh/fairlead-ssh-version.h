/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *fairlead_ssh_library_version (void);
const char *fairlead_ssh_crypto_version  (void);

G_END_DECLS
