/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-approval-dialog.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"
#include "fairlead-question-words.h"
#include "fairlead-remote-script.h"
#include "fairlead-ui.h"

/**
 * FairleadApprovalDialog:
 *
 * Asks whether a command that came with a connection may be run. The signal "answered" comes once,
 * when the answer is in the question. Cancel is the default and what Esc means.
 */
struct _FairleadApprovalDialog {
  AdwMessageDialog parent_instance;

  /* Template children */
  GtkLabel *origin;
  GtkLabel *command;
  GtkWidget *hidden;
  GtkLabel *where;

  /* Owned */
  FairleadApprovalQuestion *question;
};

G_DEFINE_FINAL_TYPE (FairleadApprovalDialog, fairlead_approval_dialog, ADW_TYPE_MESSAGE_DIALOG)

enum {
  ANSWERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What it is run for, with who asks; and on which machine. */
static const struct {
  const char *purpose;
  const char *where;
} kinds[] = {
#define HERE N_("It would run on this computer, with all that you may do here. Allow it only if you know " \
                "who gave it to you and what it does.")
  [FAIRLEAD_COMMAND_PROXY] = { N_("%s is reached through this command."), HERE },
  [FAIRLEAD_COMMAND_MATCH_EXEC] = {
    N_("By this command the configuration decides which settings hold for %s."), HERE },
  [FAIRLEAD_COMMAND_KNOWN_HOSTS] = {
    N_("This command says by which keys %s is to be known."), HERE },
  [FAIRLEAD_COMMAND_LAUNCH] = {
    N_("This command starts the solver on %s."),
    N_("It would run on that host, with all that your account may do there. Allow it only if you know "
       "who gave it to you and what it does.") },
#undef HERE
};

static void
fairlead_approval_dialog_response (AdwMessageDialog *dialog,
                                   const char       *response)
{
  FairleadApprovalDialog *self = FAIRLEAD_APPROVAL_DIALOG (dialog);

  self->question->approved = g_str_equal (response, "run");
  g_signal_emit (self, signals[ANSWERED], 0);
}

/* What came in cannot reorder or hide a part of itself; if it tries to, that is said. */
static void
show_command (FairleadApprovalDialog *self)
{
  const char *command = self->question->command;
  g_autofree char *inert = fairlead_make_inert_lines (command, strlen (command));

  gtk_label_set_label (self->command, inert);
  gtk_widget_set_visible (self->hidden, g_strcmp0 (inert, command) != 0);
}

static void
show_question (FairleadApprovalDialog *self)
{
  FairleadApprovalQuestion *question = self->question;
  g_autofree char *name = fairlead_question_dup_name (FAIRLEAD_QUESTION (question));
  g_autoptr (GString) purpose = g_string_new (_(kinds[question->kind].purpose));

  g_string_replace (purpose, "%s", name, 1);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (self), purpose->str);
  gtk_label_set_label (self->origin, question->origin != NULL ? question->origin
                                                              : _("It came with the connection"));
  gtk_label_set_label (self->where, _(kinds[question->kind].where));
  show_command (self);
}

static void
fairlead_approval_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_APPROVAL_DIALOG);

  G_OBJECT_CLASS (fairlead_approval_dialog_parent_class)->dispose (object);
}

static void
fairlead_approval_dialog_finalize (GObject *object)
{
  FairleadApprovalDialog *self = FAIRLEAD_APPROVAL_DIALOG (object);

  g_clear_object (&self->question);

  G_OBJECT_CLASS (fairlead_approval_dialog_parent_class)->finalize (object);
}

static void
fairlead_approval_dialog_class_init (FairleadApprovalDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fairlead_approval_dialog_dispose;
  object_class->finalize = fairlead_approval_dialog_finalize;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = fairlead_approval_dialog_response;

  signals[ANSWERED] = g_signal_new ("answered", FAIRLEAD_TYPE_APPROVAL_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-approval-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadApprovalDialog, origin);
  gtk_widget_class_bind_template_child (widget_class, FairleadApprovalDialog, command);
  gtk_widget_class_bind_template_child (widget_class, FairleadApprovalDialog, hidden);
  gtk_widget_class_bind_template_child (widget_class, FairleadApprovalDialog, where);
}

static void
fairlead_approval_dialog_init (FairleadApprovalDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_approval_dialog_new:
 * @parent: (nullable): the window it belongs to
 * @question: the question, written its answer
 *
 * Returns: (transfer none): the dialog, not yet shown
 */
GtkWindow *
fairlead_approval_dialog_new (GtkWindow                *parent,
                              FairleadApprovalQuestion *question)
{
  FairleadApprovalDialog *self = g_object_new (FAIRLEAD_TYPE_APPROVAL_DIALOG,
                                               "transient-for", parent,
                                               "modal", TRUE,
                                               NULL);

  self->question = g_object_ref (question);
  show_question (self);
  return GTK_WINDOW (self);
}
