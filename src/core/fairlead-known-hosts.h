/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-certificate.h"
#include "fairlead-host-key-verdict.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_KNOWN_HOSTS (fairlead_known_hosts_get_type ())
G_DECLARE_FINAL_TYPE (FairleadKnownHosts, fairlead_known_hosts, FAIRLEAD, KNOWN_HOSTS, GObject)

FairleadKnownHosts     *fairlead_known_hosts_load           (const char *const   *user_files,
                                                             const char *const   *global_files,
                                                             GError             **error);
void                    fairlead_known_hosts_add            (FairleadKnownHosts  *self,
                                                             const char          *name,
                                                             const char          *contents,
                                                             gsize                length);
FairleadHostKeyVerdict *fairlead_known_hosts_check          (FairleadKnownHosts  *self,
                                                             const char          *host,
                                                             guint                port,
                                                             GBytes              *key);
FairleadHostKeyVerdict *fairlead_known_hosts_check_certificate
                                                            (FairleadKnownHosts  *self,
                                                             const char          *host,
                                                             guint                port,
                                                             FairleadCertificate *certificate);
gboolean                fairlead_known_hosts_has_authority  (FairleadKnownHosts  *self,
                                                             const char          *host,
                                                             guint                port);
char                  **fairlead_known_hosts_list_key_types (FairleadKnownHosts  *self,
                                                             const char          *host,
                                                             guint                port);

gboolean                fairlead_known_hosts_append         (const char          *file,
                                                             const char          *host,
                                                             guint                port,
                                                             GBytes              *key,
                                                             gboolean             hash,
                                                             GError             **error);
gboolean                fairlead_known_hosts_replace        (const char          *file,
                                                             const char          *host,
                                                             guint                port,
                                                             GBytes              *key,
                                                             gboolean             hash,
                                                             char               **backup,
                                                             GError             **error);
gboolean                fairlead_known_hosts_restore        (const char          *file,
                                                             const char          *backup,
                                                             GError             **error);

G_END_DECLS
