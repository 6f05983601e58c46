/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-passphrase-dialog.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"
#include "fairlead-question-words.h"
#include "fairlead-ui.h"

/**
 * FairleadPassphraseDialog:
 *
 * Asks for the passphrase of a key file. The signal "answered" comes once, when the answer, or none,
 * is in the question.
 */
struct _FairleadPassphraseDialog {
  AdwMessageDialog parent_instance;

  /* Template children */
  GtkEditable *entry;
  GtkWidget *wrong;
  GtkWidget *caps_lock;
  GtkLabel *fingerprint;
  GtkCheckButton *keep;
  GtkCheckButton *remember;

  /* Borrowed */
  GdkDevice *keyboard;

  /* Owned */
  FairleadPassphraseQuestion *question;
};

G_DEFINE_FINAL_TYPE (FairleadPassphraseDialog, fairlead_passphrase_dialog, ADW_TYPE_MESSAGE_DIALOG)

enum {
  ANSWERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
fairlead_passphrase_dialog_response (AdwMessageDialog *dialog,
                                     const char       *response)
{
  FairleadPassphraseDialog *self = FAIRLEAD_PASSPHRASE_DIALOG (dialog);

  if (g_str_equal (response, "unlock"))
    {
      self->question->answer = fairlead_secret_new (gtk_editable_get_text (self->entry));
      self->question->keep_until_quit = gtk_check_button_get_active (self->keep);
      self->question->remember = gtk_check_button_get_active (self->remember);
    }
  gtk_editable_set_text (self->entry, "");
  g_signal_emit (self, signals[ANSWERED], 0);
}

static void
entry_changed_cb (FairleadPassphraseDialog *self)
{
  gboolean empty = *gtk_editable_get_text (self->entry) == '\0';

  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "unlock", !empty);
  if (!empty)
    gtk_widget_set_visible (self->wrong, FALSE);
}

static void
caps_lock_cb (FairleadPassphraseDialog *self)
{
  gtk_widget_set_visible (self->caps_lock, gdk_device_get_caps_lock_state (self->keyboard));
}

static void
fairlead_passphrase_dialog_realize (GtkWidget *widget)
{
  FairleadPassphraseDialog *self = FAIRLEAD_PASSPHRASE_DIALOG (widget);
  GdkSeat *seat = gdk_display_get_default_seat (gtk_widget_get_display (widget));

  GTK_WIDGET_CLASS (fairlead_passphrase_dialog_parent_class)->realize (widget);

  self->keyboard = seat != NULL ? gdk_seat_get_keyboard (seat) : NULL;
  if (self->keyboard == NULL)
    return;
  g_signal_connect_object (self->keyboard, "notify::caps-lock-state", G_CALLBACK (caps_lock_cb), self,
                           G_CONNECT_SWAPPED);
  caps_lock_cb (self);
}

static void
fairlead_passphrase_dialog_dispose (GObject *object)
{
  /* The text in a GtkPasswordEntry of GTK 4.8 may outlive it, and tells it when it loses the focus. */
  gtk_window_set_focus (GTK_WINDOW (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_PASSPHRASE_DIALOG);

  G_OBJECT_CLASS (fairlead_passphrase_dialog_parent_class)->dispose (object);
}

static void
fairlead_passphrase_dialog_finalize (GObject *object)
{
  FairleadPassphraseDialog *self = FAIRLEAD_PASSPHRASE_DIALOG (object);

  g_clear_object (&self->question);

  G_OBJECT_CLASS (fairlead_passphrase_dialog_parent_class)->finalize (object);
}

static void
fairlead_passphrase_dialog_class_init (FairleadPassphraseDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fairlead_passphrase_dialog_dispose;
  object_class->finalize = fairlead_passphrase_dialog_finalize;
  widget_class->realize = fairlead_passphrase_dialog_realize;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = fairlead_passphrase_dialog_response;

  signals[ANSWERED] = g_signal_new ("answered", FAIRLEAD_TYPE_PASSPHRASE_DIALOG, G_SIGNAL_RUN_LAST,
                                    0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-passphrase-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadPassphraseDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, FairleadPassphraseDialog, wrong);
  gtk_widget_class_bind_template_child (widget_class, FairleadPassphraseDialog, caps_lock);
  gtk_widget_class_bind_template_child (widget_class, FairleadPassphraseDialog, fingerprint);
  gtk_widget_class_bind_template_child (widget_class, FairleadPassphraseDialog, keep);
  gtk_widget_class_bind_template_child (widget_class, FairleadPassphraseDialog, remember);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);
}

static void
fairlead_passphrase_dialog_init (FairleadPassphraseDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_passphrase_dialog_new:
 * @parent: (nullable): the window it belongs to
 * @question: the question, written its answer
 *
 * Returns: (transfer none): the dialog, not yet shown
 */
GtkWindow *
fairlead_passphrase_dialog_new (GtkWindow                  *parent,
                                FairleadPassphraseQuestion *question)
{
  FairleadPassphraseDialog *self = g_object_new (FAIRLEAD_TYPE_PASSPHRASE_DIALOG,
                                                 "transient-for", parent,
                                                 "modal", TRUE,
                                                 NULL);
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  self->question = g_object_ref (question);
  name = fairlead_question_dup_name (FAIRLEAD_QUESTION (question));
  path = fairlead_tilde_path (question->path);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (self),
                                  /* Translators: a connection, already quoted, and a key file. */
                                  _("%s signs in with the key %s, which is locked."), name, path);
  gtk_label_set_label (self->fingerprint, question->fingerprint ? question->fingerprint : "");
  gtk_widget_set_visible (GTK_WIDGET (self->fingerprint), question->fingerprint != NULL);
  gtk_widget_set_visible (self->wrong, question->attempt > 0);
  gtk_check_button_set_active (self->keep, question->keep_until_quit);
  gtk_check_button_set_active (self->remember, question->can_remember && question->remember);
  gtk_widget_set_visible (GTK_WIDGET (self->remember), question->can_remember);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->entry));
  return GTK_WINDOW (self);
}
