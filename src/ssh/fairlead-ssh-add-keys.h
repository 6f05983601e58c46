/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-attempt.h"

G_BEGIN_DECLS

void fairlead_ssh_add_keys (FairleadSshAuth *auth);

G_END_DECLS
