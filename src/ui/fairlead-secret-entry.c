/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-secret-entry.h"

#include "fairlead-ui.h"

/**
 * FairleadSecretEntry:
 *
 * An entry for what nobody else is to read, with a button to see it. The signal "changed" comes with
 * each change of its text.
 */
struct _FairleadSecretEntry {
  AdwBin parent_instance;

  /* Template children */
  GtkEntry *entry;
  GtkToggleButton *peek;
};

G_DEFINE_FINAL_TYPE (FairleadSecretEntry, fairlead_secret_entry, ADW_TYPE_BIN)

enum {
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
changed_cb (FairleadSecretEntry *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
fairlead_secret_entry_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (FAIRLEAD_SECRET_ENTRY (widget)->entry));
}

static void
fairlead_secret_entry_dispose (GObject *object)
{
  /* The bin lets go of its child first: taken away by the template, it would be let go of twice. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_SECRET_ENTRY);

  G_OBJECT_CLASS (fairlead_secret_entry_parent_class)->dispose (object);
}

static void
fairlead_secret_entry_class_init (FairleadSecretEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_secret_entry_dispose;
  widget_class->grab_focus = fairlead_secret_entry_grab_focus;

  signals[CHANGED] = g_signal_new ("changed", FAIRLEAD_TYPE_SECRET_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-secret-entry.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadSecretEntry, entry);
  gtk_widget_class_bind_template_child (widget_class, FairleadSecretEntry, peek);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
fairlead_secret_entry_init (FairleadSecretEntry *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_secret_entry_new:
 * @label: what a screen reader calls it
 * @echo: it is no secret on the screen: what is typed is seen, without a button for that
 *
 * Returns: (transfer none): an empty entry
 */
GtkWidget *
fairlead_secret_entry_new (const char *label,
                           gboolean    echo)
{
  FairleadSecretEntry *self = g_object_new (FAIRLEAD_TYPE_SECRET_ENTRY, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_toggle_button_set_active (self->peek, echo);
  gtk_widget_set_visible (GTK_WIDGET (self->peek), !echo);
  return GTK_WIDGET (self);
}

/**
 * fairlead_secret_entry_get_entry:
 *
 * Returns: (transfer none): the entry itself
 */
GtkEntry *
fairlead_secret_entry_get_entry (FairleadSecretEntry *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_SECRET_ENTRY (self), NULL);

  return self->entry;
}

/**
 * fairlead_secret_entry_get_text:
 *
 * Returns: (transfer none): what has been typed, until it changes
 */
const char *
fairlead_secret_entry_get_text (FairleadSecretEntry *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_SECRET_ENTRY (self), NULL);

  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

/**
 * fairlead_secret_entry_take_secret:
 *
 * Returns: (transfer full): what has been typed; the entry is empty after this
 */
FairleadSecret *
fairlead_secret_entry_take_secret (FairleadSecretEntry *self)
{
  FairleadSecret *secret;

  g_return_val_if_fail (FAIRLEAD_IS_SECRET_ENTRY (self), NULL);

  secret = fairlead_secret_new (fairlead_secret_entry_get_text (self));
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  return secret;
}
