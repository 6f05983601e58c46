/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-fetch-dialog.h"
#include "fairlead-ui.h"
#include "fairlead-upload-dialog.h"

/* Files to and from the solver of the selected connection. */

typedef GtkWindow *(*NewDialogFunc) (GtkWindow   *parent,
                                     FairleadRun *run);

static void
show_dialog (GtkWidget     *widget,
             NewDialogFunc  new_dialog)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (FAIRLEAD_WINDOW (widget));

  if (run != NULL)
    gtk_window_present (new_dialog (GTK_WINDOW (widget), run));
}

static void
upload_scene_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  show_dialog (widget, fairlead_upload_dialog_new);
}

static void
fetch_file_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  show_dialog (widget, fairlead_fetch_dialog_new);
}

void
fairlead_window_install_transfers (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.upload-scene", NULL, upload_scene_action);
  gtk_widget_class_install_action (widget_class, "win.fetch-file", NULL, fetch_file_action);
}

/**
 * fairlead_window_update_transfers:
 * @run: (nullable): the run of the selected connection
 *
 * Enables what can be done with the files of its solver.
 */
void
fairlead_window_update_transfers (FairleadWindow *self,
                                  FairleadRun    *run)
{
  gboolean ready = run != NULL && fairlead_run_get_link_state (run) == FAIRLEAD_LINK_ONLINE
                   && fairlead_run_get_server_state (run) == FAIRLEAD_SERVER_READY;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.upload-scene", ready);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.fetch-file", ready);
}

/* ------------------------------------------------------------------ those that would be cut off */

static guint
count_of (FairleadRun *run)
{
  GListModel *transfers = fairlead_run_get_transfers (run);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (FairleadTransfer) transfer = g_list_model_get_item (transfers, i);

      n += fairlead_transfer_is_over (transfer) ? 0 : 1;
    }
  return n;
}

/* Of @run, or of all. */
static guint
count (FairleadWindow *self,
       FairleadRun    *run)
{
  guint n = 0;

  if (run != NULL)
    return count_of (run);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->runs)); i++)
    {
      g_autoptr (FairleadRun) each = g_list_model_get_item (G_LIST_MODEL (self->runs), i);

      n += count_of (each);
    }
  return n;
}

static char *
dup_text (guint n)
{
  return g_strdup_printf (ngettext ("%u transfer is under way. Nothing of it would be left, here or there.",
                                    "%u transfers are under way. Nothing of them would be left, here or there.",
                                    n), n);
}

typedef struct {
  FairleadWindow *window;
  GSourceFunc then;
} Asked;

static void
response_cb (GtkWidget  *dialog,
             const char *response,
             Asked      *asked)
{
  if (g_str_equal (response, "end"))
    fairlead_ui_later (asked->then, asked->window);
}

static void
asked_free (gpointer  data,
            GClosure *closure)
{
  g_object_unref (((Asked *) data)->window);
  g_free (data);
}

/**
 * fairlead_window_ask_about_transfers:
 * @run: (nullable): whose transfers would end; %NULL: those of all
 * @then: gets the window, when the person agrees
 *
 * Returns: %FALSE when none is under way, so that there is nothing to ask
 */
gboolean
fairlead_window_ask_about_transfers (FairleadWindow *self,
                                     FairleadRun    *run,
                                     GSourceFunc     then)
{
  guint n = count (self, run);
  g_autofree char *text = dup_text (n);
  GtkWidget *dialog;
  Asked *asked;

  if (n == 0)
    return FALSE;
  asked = g_new0 (Asked, 1);
  asked->window = g_object_ref (self);
  asked->then = then;
  dialog = adw_message_dialog_new (GTK_WINDOW (self),
                                   ngettext ("End the Transfer?", "End the Transfers?", n), text);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "end",
                                    run != NULL ? _("_Disconnect") : _("_Close"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "end", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), asked, asked_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}

/**
 * fairlead_window_mention_transfers:
 * @dialog: asks whether to close, for another reason
 *
 * Says in it what else would end.
 */
void
fairlead_window_mention_transfers (FairleadWindow   *self,
                                   AdwMessageDialog *dialog)
{
  guint n = count (self, NULL);
  g_autofree char *text = dup_text (n);
  g_autofree char *both = g_strjoin ("\n\n", adw_message_dialog_get_body (dialog), text, NULL);

  if (n > 0)
    adw_message_dialog_set_body (dialog, both);
}
