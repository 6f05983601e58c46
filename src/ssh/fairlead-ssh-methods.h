/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <libssh2.h>

G_BEGIN_DECLS

void  fairlead_ssh_methods_set      (LIBSSH2_SESSION     *session,
                                     const char * const  *known_types);
char *fairlead_ssh_methods_describe (LIBSSH2_SESSION     *session);

G_END_DECLS
