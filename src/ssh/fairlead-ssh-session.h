/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-interaction.h"
#include "fairlead-remote.h"
#include "fairlead-target.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_SSH_SESSION (fairlead_ssh_session_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSshSession, fairlead_ssh_session, FAIRLEAD, SSH_SESSION, GObject)

FairleadRemote *fairlead_ssh_session_new (FairleadTarget      *target,
                                          FairleadInteraction *interaction);

G_END_DECLS
