/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadSshServer:
 *
 * What is known of a kind of server that does less than others do.
 */
typedef struct {
  const char *prefix;              /* of the software in its version line (RFC 4253 §4.2) */
  const char *name;
  gboolean one_command;            /* per connection, which then ends */
  gboolean no_forwarding;
  gboolean one_by_one;             /* no session is opened while the command of another may end */
} FairleadSshServer;

const FairleadSshServer *fairlead_ssh_server_find (const char *version_line);

G_END_DECLS
