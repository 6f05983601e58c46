/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-socks.h"
#include "fairlead-ssh-channel.h"

G_BEGIN_DECLS

FairleadSshSocks *fairlead_ssh_socks_new          (int                 fd);
void              fairlead_ssh_socks_free         (FairleadSshSocks   *self);
gboolean          fairlead_ssh_socks_read         (FairleadSshSocks   *self,
                                                   FairleadSocksStep  *step);
GError           *fairlead_ssh_socks_error        (FairleadSshSocks   *self);
int               fairlead_ssh_socks_get_fd       (FairleadSshSocks   *self);
gint64            fairlead_ssh_socks_get_deadline (FairleadSshSocks   *self);
void              fairlead_ssh_socks_open         (FairleadSshSocks   *self,
                                                   FairleadSshChannel *channel);
void              fairlead_ssh_socks_end          (FairleadSshChannel *channel);

G_END_DECLS
