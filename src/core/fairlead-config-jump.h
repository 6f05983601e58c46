/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadConfigHop:
 * @user: (nullable): the account there
 * @host: the host, without brackets
 * @port: 0 where none is given
 *
 * One host of ProxyJump or `ssh -J`: `[user@]host[:port]` or an `ssh://` URI.
 */
typedef struct {
  char  *user;
  char  *host;
  guint  port;
} FairleadConfigHop;

FairleadConfigHop *fairlead_config_hop_parse      (const char        *text);
void               fairlead_config_hop_free       (FairleadConfigHop *self);
char              *fairlead_config_jump_normalize (const char        *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadConfigHop, fairlead_config_hop_free)

G_END_DECLS
