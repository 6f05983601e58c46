/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-forward-spec.h"

G_BEGIN_DECLS

int fairlead_ssh_local_dial     (const FairleadForwardEnd *to,
                                 int                       begun,
                                 int                      *code);
int fairlead_ssh_local_dial_now (const FairleadForwardEnd *to,
                                 int                      *code);

G_END_DECLS
