/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-interaction.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_TTY_INTERACTION (fairlead_tty_interaction_get_type ())
G_DECLARE_FINAL_TYPE (FairleadTtyInteraction, fairlead_tty_interaction, FAIRLEAD, TTY_INTERACTION,
                      FairleadInteraction)

FairleadInteraction *fairlead_tty_interaction_new (const char *host_key);

G_END_DECLS
