/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the functions that change known_hosts files share. */

/* Returns (transfer full) (nullable): what is to be in the file; %NULL to leave it as it is. May be
 * called again, when somebody else wrote the file meanwhile. */
typedef GString *(*FairleadKnownHostsEdit) (const char *contents,
                                            gsize       length,
                                            gpointer    data);

gboolean fairlead_known_hosts_fail        (GError                 **error,
                                           const char              *file,
                                           const char              *reason);
gboolean fairlead_known_hosts_fail_errno  (GError                 **error,
                                           const char              *file);
int      fairlead_known_hosts_open_locked (const char              *path,
                                           int                      flags);
gboolean fairlead_known_hosts_edit        (const char              *file,
                                           FairleadKnownHostsEdit   edit,
                                           gpointer                 data,
                                           char                   **backup,
                                           GError                 **error);

G_END_DECLS
