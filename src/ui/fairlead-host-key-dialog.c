/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-host-key-dialog.h"

#include <glib/gi18n-lib.h>

#include "fairlead-fingerprint.h"
#include "fairlead-looks.h"
#include "fairlead-question-words.h"
#include "fairlead-ui.h"

/**
 * FairleadHostKeyDialog:
 *
 * Asks whether a host's key is to be trusted. The signal "answered" comes once, when the answer is in
 * the question. Cancel is the default and what Esc means; no key press that was not aimed at a button
 * of trust trusts anything.
 */
struct _FairleadHostKeyDialog {
  AdwMessageDialog parent_instance;

  /* Template children */
  GtkLabel *key_type;
  GtkLabel *address;
  GtkLabel *fingerprint_title;
  GtkLabel *fingerprint;
  GtkWidget *saved_box;
  GtkLabel *saved_title;
  GtkLabel *saved_fingerprint;
  GtkWidget *copy_button;
  GtkLabel *other_names;
  GtkWidget *how_box;
  GtkLabel *how_command;
  GtkWidget *compare_box;
  GtkEditable *compare_entry;
  GtkWidget *compare_answer;
  GtkImage *compare_icon;
  GtkLabel *compare_label;
  GtkLabel *checking_off;

  /* Owned */
  FairleadHostKeyQuestion *question;
  GtkWidget *confirm;          /* a second question, borrowed weakly */
};

G_DEFINE_FINAL_TYPE (FairleadHostKeyDialog, fairlead_host_key_dialog, ADW_TYPE_MESSAGE_DIALOG)

enum {
  ANSWERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const struct {
  const char *response;
  FairleadHostKeyAnswer answer;
} answers[] = {
  { "cancel", FAIRLEAD_HOST_KEY_CANCEL },
  { "once", FAIRLEAD_HOST_KEY_ONCE },
  { "trust", FAIRLEAD_HOST_KEY_TRUST },
  { "replace", FAIRLEAD_HOST_KEY_REPLACE },
};

static const struct {
  const char *icon;
  const char *text;
  const char *style;
} comparisons[] = {
  [FAIRLEAD_FINGERPRINT_MATCHES] = {
    "object-select-symbolic", N_("It matches: this is the key you were told of."), "success" },
  [FAIRLEAD_FINGERPRINT_DIFFERS] = {
    "dialog-error-symbolic", N_("It does not match: this is another key."), "error" },
  [FAIRLEAD_FINGERPRINT_NOT_A_FINGERPRINT] = {
    "dialog-question-symbolic", N_("This is not a whole fingerprint or public key."), "warning" },
};

static void
answer (FairleadHostKeyDialog *self,
        FairleadHostKeyAnswer  value)
{
  self->question->answer = value;
  g_signal_emit (self, signals[ANSWERED], 0);
}

static void
confirm_response_cb (FairleadHostKeyDialog *self,
                     const char            *response)
{
  answer (self, g_str_equal (response, "replace") ? FAIRLEAD_HOST_KEY_REPLACE
                                                  : FAIRLEAD_HOST_KEY_CANCEL);
}

/* The second question before a saved key is replaced. */
static void
ask_again (FairleadHostKeyDialog *self)
{
  const char *name = fairlead_question_get_connection (FAIRLEAD_QUESTION (self->question));
  GtkWidget *dialog = adw_message_dialog_new (gtk_window_get_transient_for (GTK_WINDOW (self)),
                                              NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog),
                                     _("Replace the Saved Key of “%s”?"), name);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  _("From now on the key %s is trusted for this host. Do this only if "
                                    "you know why the key changed. The old line is kept as a backup "
                                    "and can be put back."),
                                  self->question->fingerprint);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"),
                                    "replace", _("_Replace Saved Key"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "replace",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (confirm_response_cb), self,
                           G_CONNECT_SWAPPED);
  g_set_weak_pointer (&self->confirm, dialog);
  /* The first dialog goes with its response; the question stays with the second. */
  g_object_set_data_full (G_OBJECT (dialog), "fairlead-first", g_object_ref (self), g_object_unref);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
fairlead_host_key_dialog_response (AdwMessageDialog *dialog,
                                   const char       *response)
{
  FairleadHostKeyDialog *self = FAIRLEAD_HOST_KEY_DIALOG (dialog);

  if (g_str_equal (response, "replace"))
    {
      ask_again (self);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_str_equal (response, answers[i].response))
      {
        answer (self, answers[i].answer);
        return;
      }
}

static void
compare_changed_cb (FairleadHostKeyDialog *self)
{
  const char *pasted = gtk_editable_get_text (self->compare_entry);
  g_autofree char *text = g_strstrip (g_strdup (pasted));
  FairleadFingerprintMatch match;

  gtk_widget_set_visible (self->compare_answer, *text != '\0');
  for (gsize i = 0; i < G_N_ELEMENTS (comparisons); i++)
    gtk_widget_remove_css_class (self->compare_answer, comparisons[i].style);
  if (*text == '\0')
    return;

  match = fairlead_fingerprint_compare (self->question->key, text);
  gtk_widget_add_css_class (self->compare_answer, comparisons[match].style);
  gtk_image_set_from_icon_name (self->compare_icon, comparisons[match].icon);
  gtk_label_set_label (self->compare_label, _(comparisons[match].text));
}

static void
copy_clicked_cb (FairleadHostKeyDialog *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          self->question->fingerprint);
}

static void
set_label (GtkLabel *label,
           char     *text)
{
  gtk_label_set_label (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), TRUE);
  g_free (text);
}

static char *
dup_saved_place (FairleadHostKeyQuestion *question)
{
  g_autofree char *file = NULL;
  g_autofree char *age = NULL;

  if (question->saved_file == NULL)
    return g_strdup (_("Saved key"));
  file = fairlead_tilde_path (question->saved_file);
  if (question->saved_time == 0)
    return g_strdup_printf (_("Saved key (%s, line %u)"), file, question->saved_line);
  age = fairlead_format_age (question->saved_time, g_get_real_time () / G_USEC_PER_SEC);
  /* Translators: a file, a line of it and how long ago the file was written. */
  return g_strdup_printf (_("Saved key (%s, line %u, written %s)"), file, question->saved_line, age);
}

/* What every one of the dialogs shows: who answered, and with which key. */
static void
show_facts (FairleadHostKeyDialog *self)
{
  FairleadHostKeyQuestion *question = self->question;
  const char *address = question->address ? question->address : question->host;

  if (question->host != NULL && g_strcmp0 (question->host, address) != 0)
    /* Translators: a host's name, its address and the port. */
    set_label (self->address, g_strdup_printf (_("%s at %s, port %u"), question->host, address,
                                               question->port));
  else
    set_label (self->address, g_strdup_printf (_("%s, port %u"), address, question->port));
  set_label (self->key_type, g_strdup (question->key_type));
  set_label (self->fingerprint, g_strdup (question->fingerprint));
  if (question->other_names != NULL && question->other_names[0] != NULL)
    {
      g_autofree char *names = g_strjoinv (", ", question->other_names);

      set_label (self->other_names,
                 g_strdup_printf (_("This very key is already trusted under other names: %s."),
                                  names));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->checking_off), question->checking_is_off);
}

static void
show_saved (FairleadHostKeyDialog *self)
{
  if (self->question->saved_file == NULL && self->question->saved_fingerprint == NULL)
    return;
  gtk_widget_set_visible (self->saved_box, TRUE);
  set_label (self->saved_title, dup_saved_place (self->question));
  if (self->question->saved_fingerprint != NULL)
    set_label (self->saved_fingerprint, g_strdup (self->question->saved_fingerprint));
}

static void
show_how (FairleadHostKeyDialog *self)
{
  g_autofree char *type =
    g_ascii_strdown (self->question->key_type ? self->question->key_type : "ed25519", -1);
  g_autofree char *command =
    g_strdup_printf ("ssh-keygen -lf /etc/ssh/ssh_host_%s_key.pub", type);

  gtk_widget_set_visible (self->how_box, TRUE);
  gtk_widget_set_visible (self->compare_box, TRUE);
  gtk_label_set_label (self->how_command, command);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->compare_entry));
}

static void
set_up_first_contact (FairleadHostKeyDialog *self,
                      const char            *name)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);
  /* What carries the connection may have said more than we do. */
  const char *own = self->question->proxy_command == NULL
    ? NULL
    : _("Nothing about you has been sent to it, but for what the proxy command sends by itself.");
  g_autofree char *body = g_strjoin (
    " ", _("This host has not been seen before. Compare the fingerprint with the one you were given."),
    own, NULL);

  adw_message_dialog_format_heading (dialog, _("Verify “%s”?"), name);
  fairlead_question_set_body (FAIRLEAD_QUESTION (self->question), dialog, body);
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "once", _("Connect _Once"),
                                    "trust", _("_Trust and Connect"), NULL);
  show_how (self);
}

static void
set_up_changed (FairleadHostKeyDialog *self,
                const char            *name)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);

  adw_message_dialog_format_heading (dialog, _("The identity of “%s” has changed"), name);
  fairlead_question_set_body (
    FAIRLEAD_QUESTION (self->question), dialog,
    self->question->problem == FAIRLEAD_HOST_KEY_NEW_TYPE
      ? _("It is known by a key of another type, and no longer shows that one. A host reinstalled, or a "
          "rented address given to another machine, looks like this; so does someone intercepting the "
          "connection.")
      : _("A host reinstalled, or a rented address given to another machine, looks like this; so does "
          "someone intercepting the connection."));
  gtk_label_set_label (self->fingerprint_title, _("New key, shown by the host now"));
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"),
                                    "replace", _("_Replace Saved Key…"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "replace", ADW_RESPONSE_DESTRUCTIVE);
  show_saved (self);
  show_how (self);
}

static void
set_up_revoked (FairleadHostKeyDialog *self,
                const char            *name)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);

  adw_message_dialog_format_heading (dialog, _("The key of “%s” is revoked"), name);
  fairlead_question_set_body (
    FAIRLEAD_QUESTION (self->question), dialog,
    _("Whoever keeps your list of known hosts has marked this key as no longer to be trusted. "
              "There is no way round: ask them, or the host's owner, for its new key."));
  if (self->question->saved_file != NULL)
    {
      gtk_widget_set_visible (self->saved_box, TRUE);
      set_label (self->saved_title, g_strdup_printf (_("Revoked in %s, line %u"),
                                                     self->question->saved_file,
                                                     self->question->saved_line));
    }
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), NULL);
}

static void
set_up (FairleadHostKeyDialog *self)
{
  static void (* const set_ups[]) (FairleadHostKeyDialog *, const char *) = {
    [FAIRLEAD_HOST_KEY_FIRST_CONTACT] = set_up_first_contact,
    [FAIRLEAD_HOST_KEY_NEW_TYPE] = set_up_changed,
    [FAIRLEAD_HOST_KEY_HAS_CHANGED] = set_up_changed,
    [FAIRLEAD_HOST_KEY_IS_REVOKED] = set_up_revoked,
  };

  show_facts (self);
  set_ups[self->question->problem] (
    self, fairlead_question_get_connection (FAIRLEAD_QUESTION (self->question)));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (self), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (self), "cancel");
}

static void
fairlead_host_key_dialog_dispose (GObject *object)
{
  FairleadHostKeyDialog *self = FAIRLEAD_HOST_KEY_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_HOST_KEY_DIALOG);

  G_OBJECT_CLASS (fairlead_host_key_dialog_parent_class)->dispose (object);
}

static void
fairlead_host_key_dialog_finalize (GObject *object)
{
  FairleadHostKeyDialog *self = FAIRLEAD_HOST_KEY_DIALOG (object);

  g_clear_object (&self->question);
  g_clear_weak_pointer (&self->confirm);

  G_OBJECT_CLASS (fairlead_host_key_dialog_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadHostKeyDialog, name)
  BIND (key_type);
  BIND (address);
  BIND (fingerprint_title);
  BIND (fingerprint);
  BIND (saved_box);
  BIND (saved_title);
  BIND (saved_fingerprint);
  BIND (copy_button);
  BIND (other_names);
  BIND (how_box);
  BIND (how_command);
  BIND (compare_box);
  BIND (compare_entry);
  BIND (compare_answer);
  BIND (compare_icon);
  BIND (compare_label);
  BIND (checking_off);
#undef BIND
}

static void
fairlead_host_key_dialog_class_init (FairleadHostKeyDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fairlead_host_key_dialog_dispose;
  object_class->finalize = fairlead_host_key_dialog_finalize;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = fairlead_host_key_dialog_response;

  signals[ANSWERED] = g_signal_new ("answered", FAIRLEAD_TYPE_HOST_KEY_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-host-key-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, compare_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
}

static void
fairlead_host_key_dialog_init (FairleadHostKeyDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_host_key_dialog_new:
 * @parent: (nullable): the window it belongs to
 * @question: the question, written its answer
 *
 * Returns: (transfer none): the dialog, not yet shown
 */
GtkWindow *
fairlead_host_key_dialog_new (GtkWindow               *parent,
                              FairleadHostKeyQuestion *question)
{
  FairleadHostKeyDialog *self = g_object_new (FAIRLEAD_TYPE_HOST_KEY_DIALOG,
                                              "transient-for", parent,
                                              "modal", TRUE,
                                              NULL);

  self->question = g_object_ref (question);
  set_up (self);
  return GTK_WINDOW (self);
}

/**
 * fairlead_host_key_dialog_dismiss:
 *
 * Takes the dialog, and the one that asks again, off the screen without an answer.
 */
void
fairlead_host_key_dialog_dismiss (FairleadHostKeyDialog *self)
{
  g_return_if_fail (FAIRLEAD_IS_HOST_KEY_DIALOG (self));

  if (self->confirm != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->confirm, self);
      gtk_window_destroy (GTK_WINDOW (self->confirm));
    }
  gtk_window_destroy (GTK_WINDOW (self));
}
