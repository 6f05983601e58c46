/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-run-types.h"

G_BEGIN_DECLS

FairleadStep *fairlead_step_new       (FairleadStepId     id);
void          fairlead_step_set       (FairleadStep      *self,
                                       FairleadStepState  state,
                                       const char        *detail);
void          fairlead_step_set_title (FairleadStep      *self,
                                       const char        *title);

G_END_DECLS
