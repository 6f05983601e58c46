/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-certificate.h"

G_BEGIN_DECLS

gboolean fairlead_revoked_keys_allow  (const char           *path,
                                       const char           *connection,
                                       GBytes               *key,
                                       FairleadCertificate  *certificate,
                                       GError              **error);

/* fairlead-krl.c: the binary form, PROTOCOL.krl of OpenSSH. */
gboolean fairlead_krl_is_one          (const guint8         *data,
                                       gsize                 length);
gboolean fairlead_krl_lookup          (const guint8         *data,
                                       gsize                 length,
                                       GBytes               *key,
                                       FairleadCertificate  *certificate,
                                       gboolean             *revoked);

G_END_DECLS
