/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Many connections, of which every byte is checked at both ends. Connection NUMBER sends LENGTH bytes and its
 * end, and is sent as many, all of which depend on its number, the direction and the place. */

/* ---- the far end: a server ---- */

typedef struct _LoadServer LoadServer;

LoadServer *load_server_start    (void);
void        load_server_stop     (LoadServer  *server);
guint       load_server_get_port (LoadServer  *server);
guint       load_server_get_open (LoadServer  *server);

/* ---- the near end ---- */

typedef struct _LoadClients LoadClients;

LoadClients *load_clients_start     (guint         port,
                                     guint         n,
                                     gsize         length);
guint        load_clients_get_ready (LoadClients  *clients);
void         load_clients_go        (LoadClients  *clients);
gboolean     load_clients_is_done   (LoadClients  *clients);
void         load_clients_free      (LoadClients  *clients);

gboolean     load_exchange          (guint         port,
                                     guint         number,
                                     gsize         length);

/* What either end found to be wrong in this process; told by g_test_message() too. */
guint        load_count_errors      (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LoadServer, load_server_stop)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LoadClients, load_clients_free)
