/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-forward.h"

G_BEGIN_DECLS

FairleadForward *fake_forward_new (const FairleadForwardSpec  *spec,
                                   GError                    **error);

G_END_DECLS
