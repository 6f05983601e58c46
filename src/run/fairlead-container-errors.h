/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-container.h"

G_BEGIN_DECLS

GError *fairlead_container_error_no_engine     (const char            *host);
GError *fairlead_container_error_none_chosen   (GListModel            *containers);
GError *fairlead_container_error_engine        (const char            *host,
                                                const char            *engine,
                                                const char            *name,
                                                const char            *said,
                                                const char            *others,
                                                gboolean              *gone);
GError *fairlead_container_error_start         (const char            *host,
                                                const char            *name,
                                                const char            *said);
GError *fairlead_container_error_state         (const char            *host,
                                                FairleadContainer     *container,
                                                const char            *engine);
GError *fairlead_container_error_not_published (FairleadContainer     *container,
                                                const char            *engine,
                                                guint                  port);
GError *fairlead_container_error_wide          (const char            *host,
                                                FairleadContainer     *container,
                                                const char            *engine,
                                                const FairleadPublish *publish,
                                                gboolean               runs);
GError *fairlead_container_error_loopback      (const char            *host,
                                                const char            *name,
                                                guint                  port);
GError *fairlead_container_error_no_shell      (const char            *host,
                                                const char            *name);

int     fairlead_container_error_rank          (const char            *said);

G_END_DECLS
