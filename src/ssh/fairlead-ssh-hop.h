/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

/* The session that is carried: its own I/O thread. */
int     fairlead_ssh_hop_open       (FairleadSshLoop       *inner,
                                     GError               **error);
GError *fairlead_ssh_hop_get_error  (FairleadSshLoop       *inner);
void    fairlead_ssh_hop_check      (FairleadSshLoop       *inner);
void    fairlead_ssh_hop_end        (FairleadSshLoop       *inner);

/* The jump host's: its I/O thread. */
void    fairlead_ssh_hop_take_state (FairleadSshHop        *self,
                                     FairleadSessionState   state);
void    fairlead_ssh_hop_fail       (FairleadSshHop        *self,
                                     const GError          *error,
                                     gboolean               is_outer);

G_END_DECLS
