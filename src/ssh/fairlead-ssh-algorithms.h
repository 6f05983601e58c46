/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-target.h"

G_BEGIN_DECLS

const char *fairlead_ssh_algorithm_choose        (FairleadTarget  *target,
                                                  GBytes          *key,
                                                  const char      *server,
                                                  GError         **error);
gboolean    fairlead_ssh_algorithm_is_sha1       (const char      *algorithm);
const char *fairlead_ssh_algorithm_get_signature (const char      *algorithm);
char       *fairlead_ssh_algorithm_describe_source (FairleadTarget *target,
                                                    const char     *keyword);

G_END_DECLS
