/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

int fairlead_ssh_behind_open (FairleadSshLoop  *inner,
                              GError          **error);

G_END_DECLS
