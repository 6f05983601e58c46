/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-remote.h"
#include "fairlead-tunnel.h"

G_BEGIN_DECLS

void     fairlead_tunnel_probe_async  (FairleadTunnel       *tunnel,
                                       FairleadRemote       *remote,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean fairlead_tunnel_probe_finish (FairleadTunnel       *tunnel,
                                       GAsyncResult         *result,
                                       GError              **error);

G_END_DECLS
