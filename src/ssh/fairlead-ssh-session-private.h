/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-loop.h"
#include "fairlead-ssh-session.h"

G_BEGIN_DECLS

FairleadSshLoop       *fairlead_ssh_session_get_loop        (FairleadSshSession        *self);

/* fairlead-ssh-spawn.c */
void                   fairlead_ssh_session_spawn_async     (FairleadRemote            *remote,
                                                             const char                *command,
                                                             GCancellable              *cancellable,
                                                             GAsyncReadyCallback        callback,
                                                             gpointer                   user_data);
FairleadRemoteProcess *fairlead_ssh_session_spawn_finish    (FairleadRemote            *remote,
                                                             GAsyncResult              *result,
                                                             GError                   **error);
void                   fairlead_ssh_session_open_tcp_async  (FairleadRemote            *remote,
                                                             const char                *host,
                                                             guint                      port,
                                                             GCancellable              *cancellable,
                                                             GAsyncReadyCallback        callback,
                                                             gpointer                   user_data);
GIOStream             *fairlead_ssh_session_open_tcp_finish (FairleadRemote            *remote,
                                                             GAsyncResult              *result,
                                                             GError                   **error);

/* fairlead-ssh-check.c */
void                   fairlead_ssh_session_check_async     (FairleadRemote            *remote,
                                                             GCancellable              *cancellable,
                                                             GAsyncReadyCallback        callback,
                                                             gpointer                   user_data);
gboolean               fairlead_ssh_session_check_finish    (FairleadRemote            *remote,
                                                             GAsyncResult              *result,
                                                             GError                   **error);

/* fairlead-ssh-forward.c */
void                   fairlead_ssh_session_forward_async   (FairleadRemote            *remote,
                                                             const FairleadForwardSpec *spec,
                                                             GCancellable              *cancellable,
                                                             GAsyncReadyCallback        callback,
                                                             gpointer                   user_data);
FairleadForward       *fairlead_ssh_session_forward_finish  (FairleadRemote            *remote,
                                                             GAsyncResult              *result,
                                                             GError                   **error);

G_END_DECLS
