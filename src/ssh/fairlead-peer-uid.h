/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

gboolean fairlead_peer_uid (int    fd,
                            uid_t *uid);

G_END_DECLS
