/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-attempt.h"

G_BEGIN_DECLS

GError *fairlead_ssh_auth_report_refused (FairleadSshAuth *auth);
GError *fairlead_ssh_auth_report_hung_up (FairleadSshAuth *auth,
                                          const GError    *error);

G_END_DECLS
