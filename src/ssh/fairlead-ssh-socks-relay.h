/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int fairlead_ssh_socks_relay_start (void);

G_END_DECLS
