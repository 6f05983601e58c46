/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-dialog-interaction.h"

#include <glib/gi18n-lib.h>

#include "fairlead-approval-dialog.h"
#include "fairlead-error.h"
#include "fairlead-host-key-dialog.h"
#include "fairlead-passphrase-dialog.h"
#include "fairlead-prompts-dialog.h"

/**
 * FairleadDialogInteraction:
 *
 * Asks a connection's questions by dialogs over the window. Main thread.
 *
 * The signal "asking" (the connection's name) comes before a dialog is shown, so that the window can
 * show the connection behind it. The signal "notice" (a name, a text or %NULL) is for what needs no
 * answer.
 */
struct _FairleadDialogInteraction {
  FairleadInteraction parent_instance;

  GtkWindow *parent;        /* weak */
};

G_DEFINE_FINAL_TYPE (FairleadDialogInteraction, fairlead_dialog_interaction,
                     FAIRLEAD_TYPE_INTERACTION)

enum {
  ASKING,
  NOTICE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* One question on the screen. */
typedef struct {
  GtkWindow *dialog;
  GSource *cancelled;
} Ask;

static void
ask_free (Ask *ask)
{
  if (ask->cancelled != NULL)
    g_source_destroy (ask->cancelled);
  g_clear_pointer (&ask->cancelled, g_source_unref);
  g_clear_object (&ask->dialog);
  g_free (ask);
}

static void
answered_cb (GtkWindow *dialog,
             GTask     *task)
{
  Ask *ask = g_task_get_task_data (task);

  g_signal_handlers_disconnect_by_data (dialog, task);
  if (ask->cancelled != NULL)
    g_source_destroy (ask->cancelled);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* The connection was cancelled while the dialog is up: it goes, second question and all. */
static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);

  g_signal_handlers_disconnect_by_data (ask->dialog, task);
  if (FAIRLEAD_IS_HOST_KEY_DIALOG (ask->dialog))
    fairlead_host_key_dialog_dismiss (FAIRLEAD_HOST_KEY_DIALOG (ask->dialog));
  else
    gtk_window_destroy (ask->dialog);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static GtkWindow *
dialog_for_question (FairleadDialogInteraction *self,
                     FairleadQuestion          *question)
{
  if (FAIRLEAD_IS_HOST_KEY_QUESTION (question))
    return fairlead_host_key_dialog_new (self->parent, FAIRLEAD_HOST_KEY_QUESTION (question));
  if (FAIRLEAD_IS_PASSPHRASE_QUESTION (question))
    return fairlead_passphrase_dialog_new (self->parent, FAIRLEAD_PASSPHRASE_QUESTION (question));
  if (FAIRLEAD_IS_PROMPTS_QUESTION (question))
    return fairlead_prompts_dialog_new (self->parent, FAIRLEAD_PROMPTS_QUESTION (question));
  if (FAIRLEAD_IS_APPROVAL_QUESTION (question))
    return fairlead_approval_dialog_new (self->parent, FAIRLEAD_APPROVAL_QUESTION (question));
  return NULL;
}

/* What the window knows it by: a jump host asks for the connection that goes through it. */
static const char *
connection_of (FairleadQuestion *question)
{
  const char *destination = fairlead_question_get_destination (question);

  return destination != NULL ? destination : fairlead_question_get_connection (question);
}

static void
fairlead_dialog_interaction_ask_async (FairleadInteraction *interaction,
                                       FairleadQuestion    *question,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  FairleadDialogInteraction *self = FAIRLEAD_DIALOG_INTERACTION (interaction);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GtkWindow *dialog;
  Ask *ask;

  g_task_set_source_tag (task, fairlead_dialog_interaction_ask_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  dialog = self->parent != NULL ? dialog_for_question (self, question) : NULL;
  if (dialog == NULL)
    {
      g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_NEEDS_PERSON,
                                                     _("“%s” has a question, and no window is open to "
                                                       "ask it."),
                                                     fairlead_question_get_connection (question)));
      return;
    }

  g_signal_emit (self, signals[ASKING], 0, connection_of (question));
  ask = g_new0 (Ask, 1);
  ask->dialog = g_object_ref (dialog);
  g_task_set_task_data (task, ask, (GDestroyNotify) ask_free);
  if (cancellable != NULL)
    {
      ask->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (ask->cancelled, G_SOURCE_FUNC (cancelled_cb), task, NULL);
      g_source_attach (ask->cancelled, NULL);
    }
  g_signal_connect (dialog, "answered", G_CALLBACK (answered_cb), g_steal_pointer (&task));
  gtk_window_present (dialog);
}

static gboolean
fairlead_dialog_interaction_ask_finish (FairleadInteraction  *interaction,
                                        GAsyncResult         *result,
                                        GError              **error)
{
  g_return_val_if_fail (g_task_is_valid (result, interaction), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
fairlead_dialog_interaction_notice (FairleadInteraction *interaction,
                                    const char          *connection,
                                    const char          *text)
{
  g_signal_emit (interaction, signals[NOTICE], 0, connection, text);
}

static void
fairlead_dialog_interaction_finalize (GObject *object)
{
  FairleadDialogInteraction *self = FAIRLEAD_DIALOG_INTERACTION (object);

  g_clear_weak_pointer (&self->parent);

  G_OBJECT_CLASS (fairlead_dialog_interaction_parent_class)->finalize (object);
}

static void
fairlead_dialog_interaction_class_init (FairleadDialogInteractionClass *klass)
{
  FairleadInteractionClass *interaction_class = FAIRLEAD_INTERACTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fairlead_dialog_interaction_finalize;
  interaction_class->ask_async = fairlead_dialog_interaction_ask_async;
  interaction_class->ask_finish = fairlead_dialog_interaction_ask_finish;
  interaction_class->notice = fairlead_dialog_interaction_notice;

  signals[ASKING] = g_signal_new ("asking", FAIRLEAD_TYPE_DIALOG_INTERACTION, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[NOTICE] = g_signal_new ("notice", FAIRLEAD_TYPE_DIALOG_INTERACTION, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
fairlead_dialog_interaction_init (FairleadDialogInteraction *self)
{
}

/**
 * fairlead_dialog_interaction_new:
 *
 * Returns: (transfer full): an interaction that asks on the calling thread's main context
 */
FairleadDialogInteraction *
fairlead_dialog_interaction_new (void)
{
  return g_object_new (FAIRLEAD_TYPE_DIALOG_INTERACTION, NULL);
}

/**
 * fairlead_dialog_interaction_set_parent:
 * @parent: (nullable): the window to ask over; with %NULL nobody can be asked
 */
void
fairlead_dialog_interaction_set_parent (FairleadDialogInteraction *self,
                                        GtkWindow                 *parent)
{
  g_return_if_fail (FAIRLEAD_IS_DIALOG_INTERACTION (self));

  g_set_weak_pointer (&self->parent, parent);
}
