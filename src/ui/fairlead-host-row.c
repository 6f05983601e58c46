/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-host-row.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"

/**
 * FairleadHostRow:
 *
 * A line of what there is on a host. The signal "end" comes when a solver of ours is to be stopped, or its record
 * to be forgotten.
 */
struct _FairleadHostRow {
  AdwActionRow parent_instance;

  /* Borrowed from the row; NULL: not a solver of ours */
  GtkWidget *icon;
  GtkWidget *button;

  /* Owned */
  FairleadHostEntry *entry;
};

G_DEFINE_FINAL_TYPE (FairleadHostRow, fairlead_host_row, ADW_TYPE_ACTION_ROW)

enum {
  END,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
fairlead_host_row_dispose (GObject *object)
{
  g_clear_object (&FAIRLEAD_HOST_ROW (object)->entry);

  G_OBJECT_CLASS (fairlead_host_row_parent_class)->dispose (object);
}

static void
fairlead_host_row_class_init (FairleadHostRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fairlead_host_row_dispose;

  signals[END] = g_signal_new ("end", FAIRLEAD_TYPE_HOST_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
}

static void
fairlead_host_row_init (FairleadHostRow *self)
{
  /* Names and command lines of others are no markup. */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
}

static void
clicked_cb (FairleadHostRow *self)
{
  g_signal_emit (self, signals[END], 0);
}

static void
show_state (FairleadHostRow *self)
{
  static const FairleadLook running = { "object-select-symbolic", N_("Running"), "success" };
  static const FairleadLook ended = { "media-playback-stop-symbolic", N_("Ended"), "dim-label" };
  gboolean runs = fairlead_host_entry_is_running (self->entry);
  g_autofree char *name = NULL;

  fairlead_look_apply (runs ? &running : &ended, GTK_IMAGE (self->icon), NULL);
  gtk_button_set_label (GTK_BUTTON (self->button), runs ? _("Stop…") : _("Forget"));
  /* Translators: a button's word, and what it is about: "Stop…: “drape” on port 9090" */
  name = g_strdup_printf (_("%s: %s"), runs ? _("Stop…") : _("Forget"),
                          fairlead_host_entry_get_title (self->entry));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
make_ours (FairleadHostRow *self)
{
  self->icon = gtk_image_new ();
  self->button = gtk_button_new ();
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), self->icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->button);
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (clicked_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "notify::running", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  show_state (self);
}

/**
 * fairlead_host_row_new:
 * @entry: what to show, and to keep showing
 *
 * Returns: (transfer floating): its row
 */
GtkWidget *
fairlead_host_row_new (FairleadHostEntry *entry)
{
  FairleadHostRow *self = g_object_new (FAIRLEAD_TYPE_HOST_ROW, NULL);

  self->entry = g_object_ref (entry);
  g_object_bind_property (entry, "title", self, "title", G_BINDING_SYNC_CREATE);
  g_object_bind_property (entry, "subtitle", self, "subtitle", G_BINDING_SYNC_CREATE);
  if (fairlead_host_entry_get_kind (entry) == FAIRLEAD_HOST_SOLVER)
    make_ours (self);
  return GTK_WIDGET (self);
}

/**
 * fairlead_host_row_get_entry:
 *
 * Returns: (transfer none): what it shows
 */
FairleadHostEntry *
fairlead_host_row_get_entry (FairleadHostRow *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_HOST_ROW (self), NULL);

  return self->entry;
}
