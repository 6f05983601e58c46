/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-target.h"

G_BEGIN_DECLS

/* A variable for the commands on the host (RFC 4254 §6.4). */
typedef struct {
  char *name;
  char *value;
  gboolean refused;                /* a stock libssh2: the host does not take it */
} FairleadSshVariable;

GPtrArray *fairlead_ssh_environment_new (FairleadTarget *target);

G_END_DECLS
