/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-prompts-dialog.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"
#include "fairlead-question-words.h"
#include "fairlead-remote-script.h"
#include "fairlead-secret-entry.h"
#include "fairlead-ui.h"

/**
 * FairleadPromptsDialog:
 *
 * Puts a server's own questions, such as for a one-time code. All words of the server stand in one
 * box, so that they are not taken for ours. The signal "answered" comes once, when the answers, or
 * none, are in the question.
 */
struct _FairleadPromptsDialog {
  AdwMessageDialog parent_instance;

  /* Template children */
  GtkLabel *name;
  GtkLabel *instruction;
  GtkBox *prompts;
  GtkWidget *not_accepted;

  /* Borrowed */
  GPtrArray *entries;          /* of FairleadSecretEntry */

  /* Owned */
  FairleadPromptsQuestion *question;
};

G_DEFINE_FINAL_TYPE (FairleadPromptsDialog, fairlead_prompts_dialog, ADW_TYPE_MESSAGE_DIALOG)

enum {
  ANSWERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
fairlead_prompts_dialog_response (AdwMessageDialog *dialog,
                                  const char       *response)
{
  FairleadPromptsDialog *self = FAIRLEAD_PROMPTS_DIALOG (dialog);
  g_autoptr (GPtrArray) answers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) fairlead_secret_unref);

  for (guint i = 0; i < self->entries->len; i++)
    g_ptr_array_add (answers, fairlead_secret_entry_take_secret (self->entries->pdata[i]));
  if (g_str_equal (response, "continue"))
    self->question->answers = g_steal_pointer (&answers);
  g_signal_emit (self, signals[ANSWERED], 0);
}

/* Enter goes on: to the next of several, after the last to the host. */
static void
activate_cb (FairleadPromptsDialog *self,
             GtkEntry              *entry)
{
  for (guint i = 0; i + 1 < self->entries->len; i++)
    if (fairlead_secret_entry_get_entry (self->entries->pdata[i]) == entry)
      {
        gtk_widget_grab_focus (self->entries->pdata[i + 1]);
        return;
      }
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (self), "continue");
}

static void
changed_cb (FairleadPromptsDialog *self)
{
  gtk_widget_set_visible (self->not_accepted, FALSE);
}

static GtkWidget *
prompt_label_new (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  fairlead_label_wrap_inert (GTK_LABEL (label));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  return label;
}

static void
add_prompt (FairleadPromptsDialog *self,
            const FairleadPrompt  *prompt)
{
  g_autofree char *text = fairlead_make_inert_lines (prompt->text, strlen (prompt->text));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *entry;

  g_strstrip (text);
  entry = fairlead_secret_entry_new (*text != '\0' ? text : _("Answer"), prompt->echo);
  if (*text != '\0')
    gtk_box_append (GTK_BOX (box), prompt_label_new (text));
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (self->prompts, box);
  g_ptr_array_add (self->entries, entry);
  g_signal_connect_object (entry, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (fairlead_secret_entry_get_entry (FAIRLEAD_SECRET_ENTRY (entry)), "activate",
                           G_CALLBACK (activate_cb), self, G_CONNECT_SWAPPED);
}

static void
set_foreign_text (GtkLabel   *label,
                  const char *text)
{
  g_autofree char *inert = text != NULL ? fairlead_make_inert_lines (text, strlen (text))
                                        : g_strdup ("");

  g_strstrip (inert);
  gtk_label_set_label (label, inert);
  gtk_widget_set_visible (GTK_WIDGET (label), *inert != '\0');
}

static void
show_question (FairleadPromptsDialog *self)
{
  FairleadPromptsQuestion *question = self->question;
  const char *connection = fairlead_question_get_connection (FAIRLEAD_QUESTION (question));
  g_autofree char *body = NULL;

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (self), _("“%s” Asks for More"), connection);
  body = g_strdup_printf (_("Before it lets “%s” in, the host wants more than a key."),
                          question->user != NULL ? question->user : "");
  fairlead_question_set_body (FAIRLEAD_QUESTION (question), ADW_MESSAGE_DIALOG (self), body);
  set_foreign_text (self->name, question->name);
  set_foreign_text (self->instruction, question->instruction);
  for (guint i = 0; i < question->prompts->len; i++)
    add_prompt (self, &g_array_index (question->prompts, FairleadPrompt, i));
  gtk_widget_set_visible (self->not_accepted, question->attempt > 0);
  if (self->entries->len > 0)
    gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (fairlead_secret_entry_get_entry (
                                               self->entries->pdata[0])));
}

static void
fairlead_prompts_dialog_dispose (GObject *object)
{
  gtk_window_set_focus (GTK_WINDOW (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_PROMPTS_DIALOG);

  G_OBJECT_CLASS (fairlead_prompts_dialog_parent_class)->dispose (object);
}

static void
fairlead_prompts_dialog_finalize (GObject *object)
{
  FairleadPromptsDialog *self = FAIRLEAD_PROMPTS_DIALOG (object);

  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_clear_object (&self->question);

  G_OBJECT_CLASS (fairlead_prompts_dialog_parent_class)->finalize (object);
}

static void
fairlead_prompts_dialog_class_init (FairleadPromptsDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fairlead_prompts_dialog_dispose;
  object_class->finalize = fairlead_prompts_dialog_finalize;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = fairlead_prompts_dialog_response;

  signals[ANSWERED] = g_signal_new ("answered", FAIRLEAD_TYPE_PROMPTS_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-prompts-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadPromptsDialog, name);
  gtk_widget_class_bind_template_child (widget_class, FairleadPromptsDialog, instruction);
  gtk_widget_class_bind_template_child (widget_class, FairleadPromptsDialog, prompts);
  gtk_widget_class_bind_template_child (widget_class, FairleadPromptsDialog, not_accepted);
}

static void
fairlead_prompts_dialog_init (FairleadPromptsDialog *self)
{
  self->entries = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_prompts_dialog_new:
 * @parent: (nullable): the window it belongs to
 * @question: the question, written its answers
 *
 * Returns: (transfer none): the dialog, not yet shown
 */
GtkWindow *
fairlead_prompts_dialog_new (GtkWindow               *parent,
                             FairleadPromptsQuestion *question)
{
  FairleadPromptsDialog *self = g_object_new (FAIRLEAD_TYPE_PROMPTS_DIALOG,
                                              "transient-for", parent,
                                              "modal", TRUE,
                                              NULL);

  self->question = g_object_ref (question);
  show_question (self);
  return GTK_WINDOW (self);
}
