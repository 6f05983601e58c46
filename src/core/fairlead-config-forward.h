/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadConfigForward:
 * @listen_host: (nullable): what to listen on, "" or "*" for every address; %NULL: not said
 * @listen_port: 1–65535
 * @host: the destination, as the remote sees it
 * @port: 1–65535
 *
 * A LocalForward from a TCP port to a TCP port.
 */
typedef struct {
  char *listen_host;
  guint listen_port;
  char *host;
  guint port;
} FairleadConfigForward;

gboolean fairlead_config_forward_parse (FairleadConfigForward *self,
                                        const char            *text);
void     fairlead_config_forward_clear (FairleadConfigForward *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FairleadConfigForward, fairlead_config_forward_clear)

G_END_DECLS
