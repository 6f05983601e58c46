/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

gboolean fairlead_ssh_error_is_fatal  (int              code);
GError  *fairlead_ssh_error_lost      (FairleadSshLoop *loop,
                                       int              code);
GError  *fairlead_ssh_error_handshake (FairleadSshLoop *loop,
                                       int              code);
GError  *fairlead_ssh_error_sign_in   (FairleadSshLoop *loop,
                                       int              code);
GError  *fairlead_ssh_error_channel   (FairleadSshLoop *loop,
                                       int              code,
                                       const FairleadForwardEnd *to);
GError  *fairlead_ssh_error_listen    (FairleadSshLoop *loop,
                                       int              code,
                                       const FairleadForwardEnd *listen);
GError  *fairlead_ssh_error_closed    (FairleadSshLoop *loop);
GError  *fairlead_ssh_error_no_remote_forward (void);

G_END_DECLS
