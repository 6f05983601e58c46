/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/types.h>

#include "fairlead-forward-spec.h"

G_BEGIN_DECLS

#define FAIRLEAD_SSH_MAX_SOCKETS 16

/**
 * FairleadSshBind:
 * @mask: StreamLocalBindMask of ssh_config(5): the permissions a UNIX socket does not get
 * @unlink: StreamLocalBindUnlink: a socket that is in the way is removed
 *
 * What the configuration says about sockets to listen on.
 */
typedef struct {
  mode_t mask;
  gboolean unlink;
} FairleadSshBind;

/**
 * FairleadSshSockets:
 *
 * What one forward listens on: one socket for each address that its host stands for, all on the same
 * port, or one UNIX socket. Immutable.
 */
typedef struct {
  int fds[FAIRLEAD_SSH_MAX_SOCKETS];
  guint n_fds;
  guint port;                      /* 0 for a UNIX socket */
  char *path;                      /* of the UNIX socket: removed with it, while it is still that one */
  dev_t device;
  ino_t inode;
} FairleadSshSockets;

FairleadSshSockets *fairlead_ssh_sockets_listen (const FairleadForwardSpec *spec,
                                                 const FairleadSshBind     *how,
                                                 GError                   **error);
void                fairlead_ssh_sockets_free   (FairleadSshSockets        *self);

/* fairlead-ssh-sockets-unix.c */
gboolean            fairlead_ssh_sockets_listen_at_path (FairleadSshSockets    *self,
                                                         const char            *path,
                                                         const FairleadSshBind *how,
                                                         GError               **error);
void                fairlead_ssh_sockets_remove_path    (FairleadSshSockets    *self);

#define FAIRLEAD_SSH_BACKLOG 1024

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadSshSockets, fairlead_ssh_sockets_free)

G_END_DECLS
