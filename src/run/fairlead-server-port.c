/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-server-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-exposure.h"

/* Whether our server answers on its port: asked until it does, by a connection and then by a look at whose
 * it is. What publishes a container's port takes connections for a server that is not there yet. */

#define AGAIN_MS 300

static void try_port (GTask *task);

static gboolean
again_cb (gpointer user_data)
{
  try_port (user_data);
  return G_SOURCE_REMOVE;
}

/* Takes @task. */
static void
try_later (GTask *task)
{
  g_timeout_add_full (G_PRIORITY_DEFAULT, AGAIN_MS, again_cb, task, g_object_unref);
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadServer *self = FAIRLEAD_SERVER (source);
  guint port = fairlead_profile_get_server_port (self->profile);
  g_autoptr (FairleadRemoteReply) reply = NULL;
  g_autofree char *bound_to = NULL;
  GError *error = NULL;

  reply = fairlead_server_run_finish (self, result, &error);
  if (reply == NULL)
    g_task_return_error (task, error);
  else if (fairlead_exposure_judge (fairlead_remote_reply_get (reply, "sockets"), port, &bound_to)
           != FAIRLEAD_EXPOSURE_UNKNOWN)
    g_task_return_boolean (task, TRUE);
  else
    try_later (g_steal_pointer (&task));
}

static void
look (FairleadServer *self,
      GTask          *task /* taken */)
{
  g_autoptr (FairleadRemoteScript) script = fairlead_remote_script_new ("exposure");

  fairlead_remote_script_set (script, "FL_DIR", self->record);
  fairlead_remote_script_set (script, "FL_TOKEN", self->token);
  fairlead_server_run_async (self, script, FAIRLEAD_SERVER_LOOK_TIMEOUT, g_task_get_cancellable (task),
                             looked_cb, task);
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadServer *self = g_task_get_source_object (task);
  g_autoptr (GIOStream) stream = NULL;
  GError *error = NULL;

  stream = fairlead_place_open_tcp_finish (FAIRLEAD_PLACE (source), result, &error);
  if (g_task_return_error_if_cancelled (task))
    g_clear_error (&error);
  else if (stream != NULL && self->token != NULL)
    look (self, g_steal_pointer (&task));
  else if (error == NULL || g_error_matches (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE))
    {
      g_clear_error (&error);
      try_later (g_steal_pointer (&task));
    }
  else
    g_task_return_error (task, error);
}

static void
try_port (GTask *task)
{
  FairleadServer *self = g_task_get_source_object (task);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->remote == NULL)
    g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection was lost.")));
  else
    fairlead_place_open_tcp_async (self->place, fairlead_profile_get_server_port (self->profile),
                                   g_task_get_cancellable (task), connected_cb, g_object_ref (task));
}

/**
 * fairlead_server_find_port_async:
 * @cancellable: ends it; there is no other end while nothing of the server's listens there
 *
 * Waits until a process of the server's takes connections on its port. Nothing is sent to it.
 */
void
fairlead_server_find_port_async (FairleadServer      *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fairlead_server_find_port_async);
  try_port (task);
}

/**
 * fairlead_server_find_port_finish:
 *
 * Returns: %TRUE when it takes connections
 */
gboolean
fairlead_server_find_port_finish (FairleadServer  *self,
                                  GAsyncResult    *result,
                                  GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
