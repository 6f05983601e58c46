/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-container.h"
#include "fairlead-remote.h"

G_BEGIN_DECLS

/**
 * FairleadEngine:
 * @name: "docker" or "podman"
 * @program: its file on the host
 * @host: DOCKER_HOST for it; empty: none
 *
 * What runs the containers of a host.
 */
typedef struct {
  char *name;
  char *program;
  char *host;
} FairleadEngine;

void               fairlead_engine_free            (FairleadEngine       *self);
void               fairlead_container_look_async   (FairleadRemote       *remote,
                                                    const char           *host_name,
                                                    const char           *name,
                                                    gboolean              start,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
FairleadContainer *fairlead_container_look_finish  (FairleadRemote       *remote,
                                                    GAsyncResult         *result,
                                                    FairleadEngine      **engine,
                                                    gboolean             *gone,
                                                    GError              **error);
void               fairlead_container_list_async   (FairleadRemote       *remote,
                                                    const char           *host_name,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
GListModel        *fairlead_container_list_finish  (FairleadRemote       *remote,
                                                    GAsyncResult         *result,
                                                    GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadEngine, fairlead_engine_free)

G_END_DECLS
