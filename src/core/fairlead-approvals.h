/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-interaction.h"

G_BEGIN_DECLS

/* Which commands the person has allowed: bound to the exact text of each, and to what it is for. */

gboolean fairlead_approvals_contain (FairleadCommandKind   kind,
                                     const char           *command);
gboolean fairlead_approvals_add     (FairleadCommandKind   kind,
                                     const char           *command,
                                     GError              **error);
gboolean fairlead_approvals_require (FairleadInteraction  *interaction,
                                     const char           *connection,
                                     const char           *destination,
                                     FairleadCommandKind   kind,
                                     const char           *command,
                                     const char           *origin,
                                     GCancellable         *cancellable,
                                     GError              **error);

G_END_DECLS
