/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/socket.h>

#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

/* An address to connect to, or to bind to. */
typedef struct {
  struct sockaddr_storage native;
  socklen_t length;
  char *text;                      /* with its scope, without the port */
} FairleadSshAddress;

GPtrArray *fairlead_ssh_addresses_look_up (FairleadSshLoop           *loop,
                                           GError                   **error);
gboolean   fairlead_ssh_addresses_bind    (FairleadSshLoop           *loop,
                                           const FairleadSshAddress  *to,
                                           int                        fd,
                                           GError                   **error);

G_END_DECLS
