/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-agent.h"
#include "fairlead-key-file.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_ADD_TO_AGENT (fairlead_add_to_agent_get_type ())
G_DECLARE_FINAL_TYPE (FairleadAddToAgent, fairlead_add_to_agent, FAIRLEAD, ADD_TO_AGENT,
                      AdwMessageDialog)

GtkWindow *fairlead_add_to_agent_new (GtkWindow             *parent,
                                      FairleadAgent         *agent,
                                      const FairleadKeyInfo *info);

G_END_DECLS
