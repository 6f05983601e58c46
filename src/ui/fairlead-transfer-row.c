/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-transfer-row.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-looks.h"
#include "fairlead-rate-plot.h"
#include "fairlead-solve-words.h"
#include "fairlead-ui.h"

/**
 * FairleadTransferRow:
 *
 * One file, or one scene, on its way: what and where, how far and how fast, and what became of it.
 */
struct _FairleadTransferRow {
  GtkListBoxRow parent_instance;

  /* Template children */
  GtkImage *direction;
  GtkLabel *title;
  GtkLabel *place;
  GtkProgressBar *bar;
  GtkImage *state_icon;
  GtkLabel *state_label;
  GtkLabel *hint;
  GtkWidget *retry_button;
  GtkWidget *show_button;
  GtkWidget *cancel_button;
  GtkWidget *remove_button;

  /* Owned */
  FairleadRun *run;
  FairleadTransfer *transfer;
};

G_DEFINE_FINAL_TYPE (FairleadTransferRow, fairlead_transfer_row, GTK_TYPE_LIST_BOX_ROW)

static const FairleadLook looks[] = {
  [FAIRLEAD_TRANSFER_WAITING] = { "content-loading-symbolic", N_("Waiting"), "dim-label" },
  [FAIRLEAD_TRANSFER_HASHING] = { "content-loading-symbolic", N_("Reading"), "accent" },
  [FAIRLEAD_TRANSFER_RUNNING] = { "media-playback-start-symbolic", N_("Under way"), "accent" },
  [FAIRLEAD_TRANSFER_DONE] = { "object-select-symbolic", N_("Done"), "success" },
  [FAIRLEAD_TRANSFER_FAILED] = { "dialog-error-symbolic", N_("Failed"), "error" },
  [FAIRLEAD_TRANSFER_CANCELLED] = { "process-stop-symbolic", N_("Cancelled"), "dim-label" },
};

/* What applies of it, in this order, with dots between. */
static char *
dup_course (FairleadTransfer *transfer)
{
  guint64 done = fairlead_transfer_get_done (transfer);
  guint64 total = fairlead_transfer_get_total (transfer);
  g_autofree char *part = g_format_size (done);
  g_autofree char *all = g_format_size (total);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *left = NULL;
  double rate = 0;
  int seconds = -1;

  g_object_get (transfer, "rate", &rate, "time-left", &seconds, NULL);
  if (total > 0)
    g_string_append_printf (text, _("%s of %s"), part, all);
  else
    g_string_append (text, part);
  if (rate > 0)
    {
      g_autofree char *speed = fairlead_format_rate (rate);

      g_string_append_printf (text, " · %s", speed);
    }
  left = fairlead_format_time_left (seconds);
  if (left != NULL)
    g_string_append_printf (text, " · %s", left);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
dup_result (FairleadTransfer *transfer)
{
  g_autofree char *size = g_format_size (fairlead_transfer_get_total (transfer));
  g_autofree char *time = NULL;
  int elapsed = -1;

  g_object_get (transfer, "elapsed", &elapsed, NULL);
  if (elapsed <= 0)
    /* Translators: a size: "Done: 12.4 MB". */
    return g_strdup_printf (_("Done: %s"), size);
  time = fairlead_format_spoken_time (elapsed);
  /* Translators: a size, and a length of time: "Done: 2.1 GB in 25 seconds". */
  return g_strdup_printf (_("Done: %s in %s"), size, time);
}

static char *
dup_state_text (FairleadTransfer *transfer)
{
  FairleadTransferState state = fairlead_transfer_get_state (transfer);
  const GError *error = fairlead_transfer_get_error (transfer);
  g_autofree char *course = NULL;

  if (state == FAIRLEAD_TRANSFER_DONE)
    return dup_result (transfer);
  if (state == FAIRLEAD_TRANSFER_FAILED && error != NULL)
    return g_strdup (error->message);
  if (state == FAIRLEAD_TRANSFER_RUNNING)
    return dup_course (transfer);
  if (state != FAIRLEAD_TRANSFER_HASHING)
    return g_strdup (_(looks[state].word));
  course = dup_course (transfer);
  /* Translators: a file is read before it is sent: "Reading: 12 MB of 2.1 GB". */
  return g_strdup_printf (_("Reading: %s"), course);
}

static void
refresh_progress (FairleadTransferRow *self)
{
  guint64 total = fairlead_transfer_get_total (self->transfer);
  double share = total > 0 ? (double) fairlead_transfer_get_done (self->transfer) / total : 0;

  gtk_widget_set_visible (GTK_WIDGET (self->bar), !fairlead_transfer_is_over (self->transfer));
  gtk_progress_bar_set_fraction (self->bar, CLAMP (share, 0, 1));
}

static void
refresh_actions (FairleadTransferRow *self)
{
  FairleadTransferState state = fairlead_transfer_get_state (self->transfer);
  gboolean over = fairlead_transfer_is_over (self->transfer);
  gboolean here = state == FAIRLEAD_TRANSFER_DONE
                  && fairlead_transfer_get_direction (self->transfer) == FAIRLEAD_TRANSFER_FETCH;

  gtk_widget_set_visible (self->retry_button, over && state != FAIRLEAD_TRANSFER_DONE);
  gtk_widget_set_visible (self->show_button, here);
  gtk_widget_set_visible (self->cancel_button, !over);
  gtk_widget_set_visible (self->remove_button, over);
}

static void
refresh (FairleadTransferRow *self)
{
  FairleadTransferState state = fairlead_transfer_get_state (self->transfer);
  const GError *error = fairlead_transfer_get_error (self->transfer);
  const char *hint = state == FAIRLEAD_TRANSFER_FAILED && error != NULL ? fairlead_error_get_hint (error) : NULL;
  g_autofree char *text = dup_state_text (self->transfer);

  fairlead_look_apply (&looks[(gsize) state < G_N_ELEMENTS (looks) ? (gsize) state : 0], self->state_icon, NULL);
  gtk_label_set_label (self->state_label, text);
  gtk_label_set_label (self->hint, hint != NULL ? hint : "");
  gtk_widget_set_visible (GTK_WIDGET (self->hint), hint != NULL);
  refresh_progress (self);
  refresh_actions (self);
}

/* ------------------------------------------------------------------ what can be done with it */

static void
cancel_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  fairlead_transfer_cancel (FAIRLEAD_TRANSFER_ROW (widget)->transfer);
}

static void
retry_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  fairlead_transfer_retry (FAIRLEAD_TRANSFER_ROW (widget)->transfer);
}

static void
remove_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  FairleadTransferRow *self = FAIRLEAD_TRANSFER_ROW (widget);

  fairlead_run_remove_transfer (self->run, self->transfer);
}

/* Without a file manager that can point at the file, its folder. */
static void
shown_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (FairleadTransferRow) self = user_data;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autoptr (GFile) folder = NULL;
  g_autofree char *uri = NULL;

  if (answer != NULL || root == NULL || self->transfer == NULL)
    return;
  folder = g_file_get_parent (fairlead_transfer_get_file (self->transfer));
  uri = g_file_get_uri (folder);
  gtk_show_uri (GTK_WINDOW (root), uri, GDK_CURRENT_TIME);
}

static void
show_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  FairleadTransferRow *self = FAIRLEAD_TRANSFER_ROW (widget);
  GDBusConnection *bus = g_application_get_dbus_connection (g_application_get_default ());
  g_autofree char *uri = g_file_get_uri (fairlead_transfer_get_file (self->transfer));
  const char *uris[] = { uri, NULL };

  if (bus != NULL)
    g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                            "org.freedesktop.FileManager1", "ShowItems", g_variant_new ("(^ass)", uris, ""),
                            NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, shown_cb, g_object_ref (self));
}

/* ------------------------------------------------------------------ the object */

static void
fairlead_transfer_row_dispose (GObject *object)
{
  FairleadTransferRow *self = FAIRLEAD_TRANSFER_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_TRANSFER_ROW);
  g_clear_object (&self->transfer);
  g_clear_object (&self->run);

  G_OBJECT_CLASS (fairlead_transfer_row_parent_class)->dispose (object);
}

static void
fairlead_transfer_row_class_init (FairleadTransferRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_transfer_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-transfer-row.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadTransferRow, name)
  BIND (direction);
  BIND (title);
  BIND (place);
  BIND (bar);
  BIND (state_icon);
  BIND (state_label);
  BIND (hint);
  BIND (retry_button);
  BIND (show_button);
  BIND (cancel_button);
  BIND (remove_button);
#undef BIND
  gtk_widget_class_install_action (widget_class, "transfer.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "transfer.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "transfer.show", NULL, show_action);
  gtk_widget_class_install_action (widget_class, "transfer.remove", NULL, remove_action);
}

static void
fairlead_transfer_row_init (FairleadTransferRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_what (FairleadTransferRow *self)
{
  gboolean upload = fairlead_transfer_get_direction (self->transfer) == FAIRLEAD_TRANSFER_UPLOAD;
  const char *direction = upload ? _("Upload") : _("Fetch");
  const char *title = fairlead_transfer_get_title (self->transfer);
  g_autofree char *path = NULL;
  g_autofree char *place = NULL;
  g_autofree char *label = NULL;

  g_object_get (self->transfer, "path", &path, NULL);
  /* Translators: where a file goes to, or comes from, on the host. */
  place = g_strdup_printf (upload ? _("to %s") : _("from %s"), path);
  /* Translators: what a screen reader says of a progress bar. */
  label = g_strdup_printf (_("Progress of %s"), title);
  gtk_image_set_from_icon_name (self->direction, upload ? "go-up-symbolic" : "go-down-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->direction), direction);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->direction), GTK_ACCESSIBLE_PROPERTY_LABEL, direction, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->place, place);
}

/**
 * fairlead_transfer_row_new:
 * @run: whose it is
 * @transfer: what to show
 */
GtkWidget *
fairlead_transfer_row_new (FairleadRun      *run,
                           FairleadTransfer *transfer)
{
  FairleadTransferRow *self = g_object_new (FAIRLEAD_TYPE_TRANSFER_ROW, NULL);

  self->run = g_object_ref (run);
  self->transfer = g_object_ref (transfer);
  show_what (self);
  g_signal_connect_object (transfer, "notify", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
  return GTK_WIDGET (self);
}
