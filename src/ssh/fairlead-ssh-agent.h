/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-agent.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_SSH_AGENT (fairlead_ssh_agent_get_type ())
G_DECLARE_FINAL_TYPE (FairleadSshAgent, fairlead_ssh_agent, FAIRLEAD, SSH_AGENT, FairleadAgent)

FairleadAgent *fairlead_ssh_agent_new         (const char *path);
FairleadAgent *fairlead_ssh_agent_new_default (void);

G_END_DECLS
