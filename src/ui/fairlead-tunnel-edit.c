/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-tunnel-edit.h"

#include "fairlead-tunnel-dialog.h"

/* A tunnel of a connection that is up, added or changed by its form: the form stays until it is open. */

typedef struct {
  FairleadRun *run;
  FairleadTunnel *tunnel;        /* %NULL: a new one */
  GCancellable *cancellable;     /* the form is gone */
} Edit;

static void
edit_free (gpointer  data,
           GClosure *closure)
{
  Edit *edit = data;

  g_clear_object (&edit->run);
  g_clear_object (&edit->tunnel);
  g_clear_object (&edit->cancellable);
  g_free (edit);
}

/* Of a form that was closed meanwhile nothing is to be told. */
static void
finish (FairleadTunnelDialog *dialog,
        GTask                *task,
        const GError         *error)
{
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return;
  if (error != NULL)
    fairlead_tunnel_dialog_show_error (dialog, error);
  else
    gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
added_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (FairleadTunnelDialog) dialog = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTunnel) tunnel =
    fairlead_run_add_tunnel_finish (FAIRLEAD_RUN (source), result, &error);

  finish (dialog, G_TASK (result), error);
}

static void
changed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (FairleadTunnelDialog) dialog = user_data;
  g_autoptr (GError) error = NULL;

  fairlead_run_change_tunnel_finish (FAIRLEAD_RUN (source), result, &error);
  finish (dialog, G_TASK (result), error);
}

static void
apply_cb (FairleadTunnelDialog      *dialog,
          const FairleadForwardSpec *spec,
          gboolean                   keep,
          gpointer                   user_data)
{
  Edit *edit = user_data;

  fairlead_tunnel_dialog_set_busy (dialog, TRUE);
  if (edit->tunnel != NULL)
    fairlead_run_change_tunnel_async (edit->run, edit->tunnel, spec, keep, edit->cancellable, changed_cb,
                                      g_object_ref (dialog));
  else
    fairlead_run_add_tunnel_async (edit->run, spec, keep, edit->cancellable, added_cb,
                                   g_object_ref (dialog));
}

static void
destroy_cb (GCancellable *cancellable)
{
  g_cancellable_cancel (cancellable);
}

/**
 * fairlead_tunnel_edit:
 * @parent: (nullable): the window it belongs to
 * @run: a run that is connected
 * @tunnel: (nullable): one of its tunnels; %NULL for another one
 *
 * Shows the form of a tunnel, which goes once the tunnel is open as it says. What fails is said in it.
 *
 * Returns: (transfer none): the form
 */
GtkWindow *
fairlead_tunnel_edit (GtkWindow      *parent,
                      FairleadRun    *run,
                      FairleadTunnel *tunnel)
{
  FairleadTunnelDialog *dialog =
    fairlead_tunnel_dialog_new (parent, tunnel != NULL ? fairlead_tunnel_get_spec (tunnel) : NULL);
  Edit *edit = g_new0 (Edit, 1);

  edit->run = g_object_ref (run);
  g_set_object (&edit->tunnel, tunnel);
  edit->cancellable = g_cancellable_new ();
  fairlead_tunnel_dialog_offer_keep (
    dialog, tunnel != NULL && fairlead_tunnel_get_origin (tunnel) == FAIRLEAD_TUNNEL_ORIGIN_PROFILE);
  g_signal_connect_data (dialog, "apply", G_CALLBACK (apply_cb), edit, edit_free, 0);
  g_signal_connect_object (dialog, "destroy", G_CALLBACK (destroy_cb), edit->cancellable, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  return GTK_WINDOW (dialog);
}
