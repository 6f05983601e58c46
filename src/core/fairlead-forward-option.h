/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-forward-spec.h"

G_BEGIN_DECLS

FairleadForwardSpec *fairlead_forward_spec_parse_option  (const char                *text,
                                                          GError                   **error);
char                *fairlead_forward_option_to_setting  (const char                *text,
                                                          GError                   **error);
char                *fairlead_forward_spec_format_option (const FairleadForwardSpec *self);

G_END_DECLS
