/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Tunnels that the person adds, changes and takes away while connected. */

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-forward-option.h"
#include "fairlead-run-private.h"
#include "fairlead-tunnel-probe.h"

/* ---- what the profile keeps ---- */

/* The forwards of the profile with @new (%NULL: none) in the place of @old; with no @old, after them all.
 * Who saves profiles sees that they changed. */
static void
edit_profile (FairleadRun *self,
              const char  *old,
              const char  *new)
{
  const char * const *forwards = fairlead_profile_get_forwards (self->profile);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) edited = NULL;
  gboolean found = FALSE;

  for (; *forwards != NULL; forwards++)
    {
      gboolean here = !found && g_strcmp0 (*forwards, old) == 0;

      found |= here;
      if (!here)
        g_strv_builder_add (builder, *forwards);
      else if (new != NULL)
        g_strv_builder_add (builder, new);
    }
  if (!found && new != NULL)
    g_strv_builder_add (builder, new);
  edited = g_strv_builder_end (builder);
  g_object_set (self->profile, "forwards", edited, NULL);
}

/* The wish is another one now: of the profile, or of this session alone. */
static void
take_wish (FairleadRun               *self,
           FairleadTunnel            *tunnel,
           const FairleadForwardSpec *spec,
           gboolean                   keep)
{
  g_autofree char *option = keep ? fairlead_forward_spec_format_option (spec) : NULL;

  if (keep)
    edit_profile (self, fairlead_tunnel_get_option (tunnel), option);
  fairlead_tunnel_set_spec (tunnel, spec);
  fairlead_tunnel_set_option (tunnel, option);
}

/* ---- a forward that is opened for a tunnel ---- */

GError *
fairlead_run_error_offline (void)
{
  return fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "%s", _("There is no connection just now."));
}

typedef struct {
  FairleadTunnel *tunnel;
  FairleadForwardSpec *spec;
  gboolean keep;
  gboolean bring_back;         /* the tunnel was closed to make place */
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_clear_object (&wish->tunnel);
  fairlead_forward_spec_free (wish->spec);
  g_free (wish);
}

/* What listens for the network is open to its accounts; the person said so. */
static FairleadForwardSpec *
prepare (const FairleadForwardSpec *spec)
{
  FairleadForwardSpec *prepared = fairlead_forward_spec_copy (spec);

  prepared->allow_other_users |= fairlead_forward_spec_is_for_network (prepared);
  return prepared;
}

static GTask *
begin (FairleadRun               *self,
       FairleadTunnel            *tunnel,
       const FairleadForwardSpec *spec,
       gboolean                   keep,
       GCancellable              *cancellable,
       GAsyncReadyCallback        callback,
       gpointer                   user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Wish *wish = g_new0 (Wish, 1);

  wish->tunnel = g_object_ref (tunnel);
  wish->spec = prepare (spec);
  wish->keep = keep;
  g_task_set_task_data (task, wish, wish_free);
  if (fairlead_run_get_remote (self) != NULL)
    return task;
  g_task_return_error (task, fairlead_run_error_offline ());
  g_object_unref (task);
  return NULL;
}

/* Of a connection that has gone meanwhile, nothing is to be had. */
static FairleadForward *
finish_forward (FairleadRun   *self,
                GObject       *remote,
                GAsyncResult  *result,
                GError       **error)
{
  g_autoptr (FairleadForward) forward =
    fairlead_remote_forward_finish (FAIRLEAD_REMOTE (remote), result, error);

  if (forward == NULL || FAIRLEAD_REMOTE (remote) == fairlead_run_get_remote (self))
    return g_steal_pointer (&forward);
  fairlead_forward_close (forward);
  g_propagate_error (error, fairlead_run_error_offline ());
  return NULL;
}

/* ---- adding ---- */

static void
added_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  Wish *wish = g_task_get_task_data (task);
  g_autoptr (FairleadForward) forward = NULL;
  GError *error = NULL;

  forward = finish_forward (self, source, result, &error);
  if (forward == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  take_wish (self, wish->tunnel, wish->spec, wish->keep);
  fairlead_tunnel_list_add (self->tunnels, wish->tunnel);
  fairlead_tunnel_take_forward (wish->tunnel, forward);
  fairlead_run_say_tunnel (self, wish->tunnel);
  g_task_return_pointer (task, g_object_ref (wish->tunnel), g_object_unref);
}

static void
add (FairleadRun               *self,
     FairleadTunnel            *tunnel,
     const FairleadForwardSpec *spec,
     gboolean                   keep,
     GCancellable              *cancellable,
     GAsyncReadyCallback        callback,
     gpointer                   user_data)
{
  GTask *task = begin (self, tunnel, spec, keep, cancellable, callback, user_data);
  Wish *wish;

  if (task == NULL)
    return;
  g_task_set_source_tag (task, fairlead_run_add_tunnel_async);
  wish = g_task_get_task_data (task);
  fairlead_remote_forward_async (fairlead_run_get_remote (self), wish->spec, cancellable, added_cb, task);
}

/**
 * fairlead_run_add_tunnel_async:
 * @self: a run that is connected
 * @spec: what to open; one that listens for the network is what the person wants
 * @keep: in the profile, too; else it goes with the connection
 *
 * Opens another tunnel. One that cannot be opened is not added.
 */
void
fairlead_run_add_tunnel_async (FairleadRun               *self,
                               const FairleadForwardSpec *spec,
                               gboolean                   keep,
                               GCancellable              *cancellable,
                               GAsyncReadyCallback        callback,
                               gpointer                   user_data)
{
  g_autoptr (FairleadTunnel) tunnel = NULL;

  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  tunnel = fairlead_tunnel_new (FAIRLEAD_TUNNEL_ORIGIN_SESSION, spec, NULL, NULL);
  add (self, tunnel, spec, keep, cancellable, callback, user_data);
}

/* One that somebody has made for this session, with what it knows beside its wish. */
void
fairlead_run_add_made_tunnel (FairleadRun         *self,
                              FairleadTunnel      *tunnel,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  add (self, tunnel, fairlead_tunnel_get_spec (tunnel), FALSE, cancellable, callback, user_data);
}

/**
 * fairlead_run_add_tunnel_finish:
 * @error: return location; of a busy port it names who holds it, and the next free one
 *
 * Returns: (transfer full): the tunnel, which is among those of fairlead_run_get_tunnels() now
 */
FairleadTunnel *
fairlead_run_add_tunnel_finish (FairleadRun   *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- changing ---- */

/* The old one, which had to make place, is there again; what keeps it from it stands in its state. */
static void
bring_back (FairleadRun *self,
            Wish        *wish)
{
  FairleadRemote *remote = fairlead_run_get_remote (self);

  if (wish->bring_back && remote != NULL)
    fairlead_tunnel_open_async (wish->tunnel, remote, NULL, NULL, NULL);
}

static void
changed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  Wish *wish = g_task_get_task_data (task);
  g_autoptr (FairleadForward) forward = NULL;
  GError *error = NULL;

  forward = finish_forward (self, source, result, &error);
  if (forward == NULL)
    {
      bring_back (self, wish);
      g_task_return_error (task, error);
      return;
    }
  take_wish (self, wish->tunnel, wish->spec, wish->keep);
  fairlead_tunnel_take_forward (wish->tunnel, forward);
  fairlead_run_say_tunnel (self, wish->tunnel);
  g_task_return_boolean (task, TRUE);
}

static void
open_changed (GTask *task)
{
  FairleadRun *self = g_task_get_source_object (task);
  Wish *wish = g_task_get_task_data (task);
  FairleadRemote *remote = fairlead_run_get_remote (self);

  if (remote != NULL)
    {
      fairlead_remote_forward_async (remote, wish->spec, g_task_get_cancellable (task), changed_cb, task);
      return;
    }
  g_task_return_error (task, fairlead_run_error_offline ());
  g_object_unref (task);
}

/* Both cannot be there at once. */
static gboolean
collide (const FairleadForwardSpec *a,
         const FairleadForwardSpec *b)
{
  if ((a->kind == FAIRLEAD_FORWARD_REMOTE) != (b->kind == FAIRLEAD_FORWARD_REMOTE))
    return FALSE;
  if (a->listen.path != NULL || b->listen.path != NULL)
    return g_strcmp0 (a->listen.path, b->listen.path) == 0;
  return a->listen.port == b->listen.port;
}

static void
place_free_cb (FairleadForward *old,
               GParamSpec      *pspec,
               GTask           *task)
{
  if (fairlead_forward_is_open (old))
    return;
  g_signal_handlers_disconnect_by_func (old, place_free_cb, task);
  open_changed (task);
}

/* The new one needs the place of the old, which goes first; changed_cb() brings it back if need be. */
static void
make_place (FairleadTunnel *tunnel,
            GTask          *task)
{
  g_autoptr (FairleadForward) old = g_object_ref (fairlead_tunnel_get_forward (tunnel));
  Wish *wish = g_task_get_task_data (task);

  wish->bring_back = TRUE;
  g_signal_connect (old, "notify::open", G_CALLBACK (place_free_cb), task);
  fairlead_tunnel_close (tunnel);
}

/**
 * fairlead_run_change_tunnel_async:
 * @tunnel: one of its tunnels, but not the solver's
 * @spec: what it is to be
 * @keep: in the profile, too; else until the connection ends
 *
 * Where only the destination is another one, the listener stays and so do the connections through it.
 * Else the new listener is opened before the old one is closed, if both can be there at once: a change that
 * fails leaves all as it was.
 */
void
fairlead_run_change_tunnel_async (FairleadRun               *self,
                                  FairleadTunnel            *tunnel,
                                  const FairleadForwardSpec *spec,
                                  gboolean                   keep,
                                  GCancellable              *cancellable,
                                  GAsyncReadyCallback        callback,
                                  gpointer                   user_data)
{
  FairleadForward *forward;
  GTask *task;
  Wish *wish;

  g_return_if_fail (FAIRLEAD_IS_RUN (self));
  g_return_if_fail (FAIRLEAD_IS_TUNNEL (tunnel) && tunnel != self->solver_tunnel);

  task = begin (self, tunnel, spec, keep, cancellable, callback, user_data);
  if (task == NULL)
    return;
  g_task_set_source_tag (task, fairlead_run_change_tunnel_async);
  wish = g_task_get_task_data (task);
  forward = fairlead_tunnel_get_forward (tunnel);
  if (fairlead_tunnel_redirect (tunnel, wish->spec))
    {
      take_wish (self, tunnel, wish->spec, keep);
      fairlead_run_say_tunnel (self, tunnel);
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else if (forward != NULL && collide (fairlead_forward_get_spec (forward), wish->spec))
    make_place (tunnel, task);
  else
    open_changed (task);
}

gboolean
fairlead_run_change_tunnel_finish (FairleadRun   *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- taking away, trying again ---- */

/**
 * fairlead_run_remove_tunnel:
 * @tunnel: one of its tunnels, but not the solver's
 * @keep: it is not in the profile any more, either; else it is there again with the next connect
 *
 * Closes it, and every connection through it.
 */
void
fairlead_run_remove_tunnel (FairleadRun    *self,
                            FairleadTunnel *tunnel,
                            gboolean        keep)
{
  g_return_if_fail (FAIRLEAD_IS_RUN (self));
  g_return_if_fail (FAIRLEAD_IS_TUNNEL (tunnel) && tunnel != self->solver_tunnel);

  if (keep && fairlead_tunnel_get_option (tunnel) != NULL)
    edit_profile (self, fairlead_tunnel_get_option (tunnel), NULL);
  fairlead_tunnel_list_remove (self->tunnels, tunnel);
}

static void
retried_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (FairleadRun) self = user_data;
  g_autoptr (GError) error = NULL;

  if (fairlead_tunnel_open_finish (FAIRLEAD_TUNNEL (source), result, &error))
    fairlead_run_say_tunnel (self, FAIRLEAD_TUNNEL (source));
  else if (!fairlead_error_is_cancel (error))
    fairlead_run_say (self, FAIRLEAD_LOG_WARNING, error->message);
}

/**
 * fairlead_run_retry_tunnel:
 * @tunnel: one that is FAILED
 * @port: listen on this one instead, until the connection ends; 0 for the same one again
 *
 * Opens it. That is also the person's word for one that waited for it, since it came by paste or import.
 */
void
fairlead_run_retry_tunnel (FairleadRun    *self,
                           FairleadTunnel *tunnel,
                           guint           port)
{
  FairleadRemote *remote;

  g_return_if_fail (FAIRLEAD_IS_RUN (self));
  g_return_if_fail (FAIRLEAD_IS_TUNNEL (tunnel));

  remote = fairlead_run_get_remote (self);
  if (remote == NULL || fairlead_tunnel_get_state (tunnel) != FAIRLEAD_TUNNEL_STATE_FAILED)
    return;
  if (port != 0)
    {
      g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_copy (fairlead_tunnel_get_spec (tunnel));

      spec->listen.port = port;
      fairlead_tunnel_set_spec (tunnel, spec);
    }
  fairlead_tunnel_open_async (tunnel, remote, NULL, retried_cb, g_object_ref (self));
}

/* ---- proving it ---- */

static void
tested_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (fairlead_tunnel_probe_finish (FAIRLEAD_TUNNEL (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * fairlead_run_test_tunnel_async:
 * @tunnel: one that is OPEN
 *
 * Makes one connection through it; its health then says what that proved.
 */
void
fairlead_run_test_tunnel_async (FairleadRun         *self,
                                FairleadTunnel      *tunnel,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (FAIRLEAD_IS_RUN (self));

  g_task_set_source_tag (task, fairlead_run_test_tunnel_async);
  fairlead_tunnel_probe_async (tunnel, fairlead_run_get_remote (self), cancellable, tested_cb, task);
}

/**
 * fairlead_run_test_tunnel_finish:
 *
 * Returns: whether the destination was reached; else @error says why not
 */
gboolean
fairlead_run_test_tunnel_finish (FairleadRun   *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
