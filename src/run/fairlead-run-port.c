/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-fix.h"

/* Which port of the remote the solver uses, where it is not the profile's. */

/* The one that is offered may be taken by the time it is tried. */
#define MAX_TRIES 5

/**
 * fairlead_run_set_any_port:
 * @any_port: where the server port is in use, the port is used where our solver in this path is, or the next free
 *   one; by default the error says so, and a person decides (fairlead-fix.h)
 */
void
fairlead_run_set_any_port (FairleadRun *self,
                           gboolean     any_port)
{
  self->any_port = any_port;
}

/**
 * fairlead_run_get_server_port:
 *
 * Returns: the port of the remote that the solver is to use at the next start
 */
guint
fairlead_run_get_server_port (FairleadRun *self)
{
  return self->server_port != 0 ? self->server_port : fairlead_profile_get_server_port (self->profile);
}

/**
 * fairlead_run_use_server_port:
 * @port: a port of the remote, 1 to 65535
 * @keep: write it into the profile; else it holds for this run, until the profile's is changed
 *
 * What the solver is to use from the next start on.
 */
void
fairlead_run_use_server_port (FairleadRun *self,
                              guint        port,
                              gboolean     keep)
{
  g_return_if_fail (FAIRLEAD_IS_RUN (self));
  g_return_if_fail (port > 0 && port <= G_MAXUINT16);

  self->server_port = port;
  fairlead_server_set_port (self->server, port);
  if (keep)
    g_object_set (self->profile, "server-port", port, NULL);
}

/* Whoever changes the profile's port means that one. */
static void
profile_port_cb (FairleadRun *self)
{
  self->server_port = 0;
  fairlead_server_set_port (self->server, 0);
}

void
fairlead_run_watch_port (FairleadRun *self)
{
  g_signal_connect_object (self->profile, "notify::server-port", G_CALLBACK (profile_port_cb), self,
                           G_CONNECT_SWAPPED);
}

/* The start was refused for its port, another is offered, and any will do. */
gboolean
fairlead_run_take_offered_port (FairleadRun  *self,
                                const GError *error)
{
  g_autofree char *text = NULL;
  FairleadFix fix;

  if (!self->any_port || !fairlead_fix_from_error (error, &fix) || fix.kind != FAIRLEAD_REMEDY_USE_PORT
      || self->port_tries == MAX_TRIES)
    return FALSE;
  self->port_tries++;
  text = g_strdup_printf (_("%s Port %u is used instead."), error->message, fix.port);
  fairlead_run_say (self, FAIRLEAD_LOG_NOTICE, text);
  fairlead_run_use_server_port (self, fix.port, FALSE);
  return TRUE;
}
