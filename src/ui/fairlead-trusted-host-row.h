/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-known-hosts-list.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_TRUSTED_HOST_ROW (fairlead_trusted_host_row_get_type ())
G_DECLARE_FINAL_TYPE (FairleadTrustedHostRow, fairlead_trusted_host_row, FAIRLEAD, TRUSTED_HOST_ROW,
                      AdwBin)

void fairlead_trusted_host_row_set_entry (FairleadTrustedHostRow  *self,
                                          FairleadKnownHostsEntry *entry);

char *fairlead_trusted_host_dup_name     (FairleadKnownHostsEntry *entry);

G_END_DECLS
