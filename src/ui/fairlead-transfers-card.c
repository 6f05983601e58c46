/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-transfers-card.h"

#include "fairlead-transfer-row.h"
#include "fairlead-ui.h"
#include "fairlead-wrap-box.h"

/**
 * FairleadTransfersCard:
 *
 * The files that go to the solver and come from it, a row each. Those that are over stay until they are
 * removed, wherever the connection is by then.
 */
struct _FairleadTransfersCard {
  AdwBin parent_instance;

  /* Template children */
  GtkWidget *clear_button;
  GtkWidget *fetch_button;
  GtkWidget *upload_button;
  GtkListBox *list;

  /* Owned */
  GSignalGroup *run;
  GSignalGroup *transfers;
};

G_DEFINE_FINAL_TYPE (FairleadTransfersCard, fairlead_transfers_card, ADW_TYPE_BIN)

static void
refresh (FairleadTransfersCard *self)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);
  GListModel *transfers = run != NULL ? fairlead_run_get_transfers (run) : NULL;
  guint n = transfers != NULL ? g_list_model_get_n_items (transfers) : 0;
  gboolean ready = run != NULL && fairlead_run_get_server_state (run) == FAIRLEAD_SERVER_READY;
  gboolean any_over = FALSE;

  for (guint i = 0; i < n && !any_over; i++)
    {
      g_autoptr (FairleadTransfer) transfer = g_list_model_get_item (transfers, i);

      any_over = fairlead_transfer_is_over (transfer);
    }
  gtk_widget_set_visible (self->clear_button, any_over);
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0 || ready);
}

static GtkWidget *
create_row_cb (gpointer item,
               gpointer user_data)
{
  FairleadTransfersCard *self = FAIRLEAD_TRANSFERS_CARD (user_data);
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);

  g_signal_handlers_disconnect_by_func (item, refresh, self);
  g_signal_connect_object (item, "notify::state", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  return fairlead_transfer_row_new (run, FAIRLEAD_TRANSFER (item));
}

static void
clear_clicked_cb (FairleadTransfersCard *self)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);
  GListModel *transfers = fairlead_run_get_transfers (run);

  for (guint i = g_list_model_get_n_items (transfers); i > 0; i--)
    {
      g_autoptr (FairleadTransfer) transfer = g_list_model_get_item (transfers, i - 1);

      if (fairlead_transfer_is_over (transfer))
        fairlead_run_remove_transfer (run, transfer);
    }
}

static void
run_bound_cb (FairleadTransfersCard *self,
              FairleadRun           *run)
{
  gtk_list_box_bind_model (self->list, fairlead_run_get_transfers (run), create_row_cb, self, NULL);
  g_signal_group_set_target (self->transfers, fairlead_run_get_transfers (run));
  refresh (self);
}

static void
run_unbound_cb (FairleadTransfersCard *self)
{
  /* While it is disposed of its children are gone before. */
  if (self->list == NULL)
    return;
  gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_signal_group_set_target (self->transfers, NULL);
  refresh (self);
}

static void
fairlead_transfers_card_dispose (GObject *object)
{
  FairleadTransfersCard *self = FAIRLEAD_TRANSFERS_CARD (object);

  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_object (&self->transfers);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_TRANSFERS_CARD);
  g_clear_object (&self->run);

  G_OBJECT_CLASS (fairlead_transfers_card_parent_class)->dispose (object);
}

static void
fairlead_transfers_card_class_init (FairleadTransfersCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_transfers_card_dispose;

  g_type_ensure (FAIRLEAD_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-transfers-card.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadTransfersCard, clear_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadTransfersCard, fetch_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadTransfersCard, upload_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadTransfersCard, list);
  gtk_widget_class_bind_template_callback (widget_class, clear_clicked_cb);
}

static void
fairlead_transfers_card_init (FairleadTransfersCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->transfers = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->transfers, "items-changed", G_CALLBACK (refresh), self);
  self->run = g_signal_group_new (FAIRLEAD_TYPE_RUN);
  g_signal_connect_object (self->run, "bind", G_CALLBACK (run_bound_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "unbind", G_CALLBACK (run_unbound_cb), self, G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->run, "notify::server-state", G_CALLBACK (refresh), self);
}

/**
 * fairlead_transfers_card_set_run:
 * @run: (nullable): what to show
 */
void
fairlead_transfers_card_set_run (FairleadTransfersCard *self,
                                 FairleadRun           *run)
{
  g_return_if_fail (FAIRLEAD_IS_TRANSFERS_CARD (self));

  g_signal_group_set_target (self->run, run);
}
