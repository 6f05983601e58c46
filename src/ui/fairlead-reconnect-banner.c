/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-reconnect-banner.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-looks.h"
#include "fairlead-ui.h"
#include "fairlead-wrap-box.h"

/**
 * FairleadReconnectBanner:
 *
 * That the connection was lost and is made again: when, why it was lost, and the two things that one can
 * do about it. A bar across the head of the page, there for as long as that takes. (AdwBanner came with
 * libadwaita 1.3, and has one button.)
 */
struct _FairleadReconnectBanner {
  AdwBin parent_instance;

  /* Template children */
  GtkRevealer *revealer;
  GtkImage *icon;
  GtkSpinner *spinner;
  GtkLabel *title;
  GtkLabel *reason;
  GtkWidget *retry_button;
  GtkWidget *stop_button;

  /* Owned */
  GSignalGroup *run;
};

G_DEFINE_FINAL_TYPE (FairleadReconnectBanner, fairlead_reconnect_banner, ADW_TYPE_BIN)

/* What it was lost to, in one line; the whole of it is in the tooltip. */
static void
show_reason (FairleadReconnectBanner *self,
             const GError            *error)
{
  gboolean shown = error != NULL && !fairlead_error_is_cancel (error);
  const char *hint = shown ? fairlead_error_get_hint (error) : NULL;

  gtk_label_set_label (self->reason, shown ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason), shown);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->reason), hint);
}

static void
show_title (FairleadReconnectBanner *self,
            FairleadRun             *run,
            FairleadLinkState        state)
{
  g_autofree char *text = NULL;
  guint attempt = fairlead_run_get_attempt (run);

  if (state == FAIRLEAD_LINK_CONNECTING)
    /* Translators: a lost connection is made again, for the %u-th time. */
    text = g_strdup_printf (_("Reconnecting (attempt %u)"), MAX (attempt, 1));
  else
    g_object_get (run, "status-text", &text, NULL);
  gtk_label_set_label (self->title, text != NULL ? text : "");
}

static void
set_revealed (FairleadReconnectBanner *self,
              gboolean                 revealed)
{
  /* Hidden altogether only once it has slid away. */
  if (revealed)
    gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, revealed);
  if (!revealed && !gtk_revealer_get_child_revealed (self->revealer))
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
refresh (FairleadReconnectBanner *self)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);
  FairleadLinkState state = run != NULL ? fairlead_run_get_link_state (run) : FAIRLEAD_LINK_OFFLINE;
  gboolean trying = state == FAIRLEAD_LINK_CONNECTING;

  if (run == NULL || !fairlead_run_is_reconnecting (run) || state == FAIRLEAD_LINK_ONLINE)
    {
      gtk_spinner_stop (self->spinner);
      set_revealed (self, FALSE);
      return;
    }
  show_title (self, run, state);
  /* It is not known any more once an attempt runs, and stays on the screen. */
  if (!trying)
    show_reason (self, fairlead_run_get_link_error (run));
  fairlead_look_apply (fairlead_look_of_link (state), self->icon, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), !trying);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), trying);
  gtk_spinner_set_spinning (self->spinner, trying);
  /* Kept in its place, so that Stop does not move under the pointer. */
  gtk_widget_set_sensitive (self->retry_button, state == FAIRLEAD_LINK_BACKOFF
                                                  || state == FAIRLEAD_LINK_WAITING_FOR_NETWORK);
  set_revealed (self, TRUE);
}

static void
child_revealed_cb (FairleadReconnectBanner *self)
{
  if (!gtk_revealer_get_reveal_child (self->revealer))
    set_revealed (self, FALSE);
}

static void
retry_clicked_cb (FairleadReconnectBanner *self)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);

  if (run != NULL)
    fairlead_run_retry_now (run);
}

static void
stop_clicked_cb (FairleadReconnectBanner *self)
{
  g_autoptr (FairleadRun) run = g_signal_group_dup_target (self->run);

  if (run != NULL)
    fairlead_run_stop_reconnecting (run);
}

static void
fairlead_reconnect_banner_dispose (GObject *object)
{
  FairleadReconnectBanner *self = FAIRLEAD_RECONNECT_BANNER (object);

  g_clear_object (&self->run);
  /* The bin lets go of its child first: taken away by the template, it would be let go of twice. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_RECONNECT_BANNER);

  G_OBJECT_CLASS (fairlead_reconnect_banner_parent_class)->dispose (object);
}

static void
fairlead_reconnect_banner_class_init (FairleadReconnectBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_reconnect_banner_dispose;

  g_type_ensure (FAIRLEAD_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-reconnect-banner.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadReconnectBanner, name)
  BIND (revealer);
  BIND (icon);
  BIND (spinner);
  BIND (title);
  BIND (reason);
  BIND (retry_button);
  BIND (stop_button);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, child_revealed_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_clicked_cb);
}

static void
fairlead_reconnect_banner_init (FairleadReconnectBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->run = g_signal_group_new (FAIRLEAD_TYPE_RUN);
  g_signal_connect_object (self->run, "bind", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->run, "notify", G_CALLBACK (refresh), self);
}

/**
 * fairlead_reconnect_banner_set_run:
 * @run: (nullable): what to show
 */
void
fairlead_reconnect_banner_set_run (FairleadReconnectBanner *self,
                                   FairleadRun             *run)
{
  g_return_if_fail (FAIRLEAD_IS_RECONNECT_BANNER (self));

  g_signal_group_set_target (self->run, run);
  if (run == NULL)
    refresh (self);
}
