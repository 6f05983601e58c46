/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <libssh2.h>

#include "fairlead-target.h"

G_BEGIN_DECLS

gboolean  fairlead_ssh_methods_set               (LIBSSH2_SESSION     *session,
                                                  FairleadTarget      *target,
                                                  const char * const  *known_types,
                                                  GError             **error);
gboolean  fairlead_ssh_methods_wants_compression (FairleadTarget      *target);
gboolean  fairlead_ssh_methods_are_compressed    (LIBSSH2_SESSION     *session);
char     *fairlead_ssh_methods_describe          (LIBSSH2_SESSION     *session);

G_END_DECLS
